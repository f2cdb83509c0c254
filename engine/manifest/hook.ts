/** When a hook runs. `test-success` is read as `test`. */
export type HookEvent =
  | "pre-install"
  | "post-install"
  | "pre-delete"
  | "post-delete"
  | "pre-upgrade"
  | "post-upgrade"
  | "pre-rollback"
  | "post-rollback"
  | "test";

export type HookDeletePolicy = "hook-succeeded" | "hook-failed" | "before-hook-creation";
export type HookOutputLogPolicy = "hook-succeeded" | "hook-failed";
export type HookPhase = "" | "Unknown" | "Running" | "Succeeded" | "Failed";

/** How a hook's last run went; times are RFC 3339. */
export interface HookExecution {
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly phase: HookPhase;
}

/** One hook of a release, as Helm's `release.Hook`. */
export interface Hook {
  readonly name: string;
  readonly kind: string;
  /** The template's path, e.g. `mychart/templates/job.yaml`. */
  readonly path: string;
  /** The document's text without the `# Source:` line. */
  readonly manifest: string;
  readonly events: readonly HookEvent[];
  readonly weight: number;
  /** Helm compatibility: words that mean nothing are kept, and keep the default away. */
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
  readonly lastRun: HookExecution;
}
