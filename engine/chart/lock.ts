import { encodeYamlJson } from "../encoding/index.ts";
import { formatTime, RFC3339_NANO } from "../go/time-format.ts";
import { ZERO_INSTANT } from "../go/time-instant.ts";
import type { Instant } from "../go/time-instant.ts";
import { parseTime } from "../go/time-parse.ts";
import { toUtf8 } from "../go/utf8.ts";
import { dependencyText } from "../oci/chart-artifact.ts";
import { digestOf } from "../oci/digest.ts";
import type { Dependency, Lock } from "./chart.ts";
import { dependencyJson } from "./metadata-document.ts";

/** Chart.lock as Helm writes it; its time as RFC 3339 with as many digits as it needs. */
export function lockYaml(lock: Lock): string {
  return encodeYamlJson({
    dependencies: lock.dependencies.map(dependencyJson),
    digest: lock.digest,
    generated: formatTime(instantOf(lock.generated), RFC3339_NANO),
  });
}

/** An RFC 3339 text as Go reads it; nothing is Go's zero time. Throws `GoFailure` with Go's text. */
export function instantOf(text: string): Instant {
  return text === "" ? ZERO_INSTANT : parseTime(RFC3339_NANO, text);
}

/** The digest of Chart.lock: of what Chart.yaml asks for, repository aliases resolved, and of what was chosen. */
export async function lockDigest(requested: readonly Dependency[], locked: readonly Dependency[]): Promise<string> {
  return await digestOf(toUtf8(`[${listText(requested)},${listText(locked)}]`));
}

/** The digest that Helm 2 wrote into requirements.lock. */
export async function legacyLockDigest(requested: readonly Dependency[]): Promise<string> {
  return await digestOf(toUtf8(`{"dependencies":${listText(requested)}}`));
}

function listText(dependencies: readonly Dependency[]): string {
  return `[${dependencies.map(dependencyText).join(",")}]`;
}
