import type { Flag, ParsedFlags } from "./flags.ts";
import { VALUE_FLAGS } from "./template-flags.ts";

/** Flags that say what is rendered for the SBOM. */
export const SBOM_FLAGS: readonly Flag[] = [
  ...VALUE_FLAGS,
  { name: "kube-version", kind: "string" } as const,
  { name: "api-versions", short: "a", kind: "slice" } as const,
  { name: "skip-schema-validation", kind: "bool" } as const,
].map((flag) => ({ ...flag, about: "as template takes it: what the SBOM is of" }));

/** Flags that say what is in provenance. */
export const PROVENANCE_FLAGS: readonly Flag[] = [
  { name: "slsa-builder-id", kind: "string", check: checkUri, about: "the URI of who builds, for the provenance" },
  { name: "slsa-source", kind: "string", check: checkUri, about: "URI[@COMMIT] of the chart's sources" },
];

/** Flags of `package` and `push` that Helm does not have: what is attached to a chart. */
export const ATTESTATION_FLAGS: readonly Flag[] = [
  { name: "cosign-key", kind: "string", about: "sign with the private key in this file" },
  {
    name: "sbom",
    kind: "string",
    alone: "spdx",
    check: checkFormat,
    about: "attach a bill of the images (spdx, cyclonedx)",
  },
  { name: "slsa-provenance", kind: "bool", about: "attach SLSA provenance" },
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
