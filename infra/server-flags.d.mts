/** Flags of the process that runs `slipway serve`, under these NODE_OPTIONS. */
export function serverFlags(nodeOptions: string | undefined): readonly string[];
