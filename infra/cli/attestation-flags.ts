import type { Flag, ParsedFlags } from "./flags.ts";
import { VALUE_FLAGS } from "./template-flags.ts";

/** Flags that say what is rendered for the SBOM. */
export const SBOM_FLAGS: readonly Flag[] = [
  ...VALUE_FLAGS,
  { name: "kube-version", kind: "string" },
  { name: "api-versions", short: "a", kind: "slice" },
  { name: "skip-schema-validation", kind: "bool" },
];

/** Flags that say what is in provenance. */
export const PROVENANCE_FLAGS: readonly Flag[] = [
  { name: "slsa-builder-id", kind: "string", check: checkUri },
  { name: "slsa-source", kind: "string", check: checkUri },
];

/** Flags of `package` and `push` that Helm does not have: what is attached to a chart. */
export const ATTESTATION_FLAGS: readonly Flag[] = [
  { name: "cosign-key", kind: "string" },
  { name: "sbom", kind: "string", alone: "spdx", check: checkFormat },
  { name: "slsa-provenance", kind: "bool" },
  ...SBOM_FLAGS,
  ...PROVENANCE_FLAGS,
];

/** True when a command line has one of {@link ATTESTATION_FLAGS}. */
export function wantsAttachments(flags: ParsedFlags): boolean {
  return ATTESTATION_FLAGS.some(({ name }) => flags.isSet(name));
}

function checkFormat(value: string): string | undefined {
  return value === "spdx" || value === "cyclonedx" ? undefined : "must be spdx or cyclonedx";
}

function checkUri(value: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(value) ? undefined : "must be a URI";
}
