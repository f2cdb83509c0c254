import type { ReleaseStatus } from "./release.ts";

const STATUSES: ReadonlyMap<string, ReleaseStatus> = new Map<string, ReleaseStatus>([
  ["unknown", "unknown"],
  ["deployed", "deployed"],
  ["uninstalled", "uninstalled"],
  ["superseded", "superseded"],
  ["failed", "failed"],
  ["uninstalling", "uninstalling"],
  ["pending-install", "pending-install"],
  ["pending-upgrade", "pending-upgrade"],
  ["pending-rollback", "pending-rollback"],
]);

/** Helm's word as a status; any other text is `unknown`. */
export function parseStatus(text: string): ReleaseStatus {
  return STATUSES.get(text) ?? "unknown";
}

/** True for Helm's words. */
export function isStatus(text: string): text is ReleaseStatus {
  return STATUSES.has(text);
}

/** Helm's `IsPending`: an install, upgrade or rollback holds the release. `uninstalling` does not. */
export function isPending(status: ReleaseStatus): boolean {
  return status === "pending-install" || status === "pending-upgrade" || status === "pending-rollback";
}

/** True when `install --replace` may take the name again: Helm allows a last revision that is `uninstalled` or `failed`. */
export function isReplaceable(status: ReleaseStatus): boolean {
  return status === "uninstalled" || status === "failed";
}

/** True when an upgrade may diff against a revision that is not deployed, because none is: Helm allows `failed` and `superseded`. */
export function isUpgradeBase(status: ReleaseStatus): boolean {
  return status === "failed" || status === "superseded";
}
