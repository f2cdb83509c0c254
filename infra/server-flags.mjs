/**
 * How Node runs `slipway serve`: V8 may let its young generation grow to 128 MB, of which answers gain nothing, and half of what the server then holds is
 * garbage. An operator's own size in NODE_OPTIONS stays.
 */
export function serverFlags(nodeOptions) {
  return /semi[-_]space/.test(nodeOptions ?? "") ? [] : ["--max-semi-space-size=16"];
}
