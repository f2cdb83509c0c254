import type { ReleaseStatus } from "./release.ts";

/** Labels that Helm keeps for itself, in the order that its error prints. */
export const SYSTEM_LABELS: readonly string[] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/** Helm's refusal of labels that use a reserved name, or `undefined` when they are good. */
export function checkLabels(labels: Readonly<Record<string, string>>): string | undefined {
  if (!SYSTEM_LABELS.some((name) => Object.hasOwn(labels, name))) return undefined;
  return `user supplied labels contains system reserved label name. System labels: [${SYSTEM_LABELS.join(" ")}]`;
}

/** Labels without Helm's own. */
export function customLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !SYSTEM_LABELS.includes(name)));
}

/** The labels of an upgrade: the last revision's under the new ones; a value `null` takes a label away. */
export function mergeLabels(
  last: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries({ ...last, ...given }).filter(([, value]) => value !== "null"));
}

/** What the labels of a record are made of. `stamp` says which time Helm writes: `createdAt` on POST, `modifiedAt` on PUT. */
export interface RecordLabels {
  readonly name: string;
  readonly version: number;
  readonly status: ReleaseStatus;
  /** The release's labels, with system labels where they came along from an earlier revision. */
  readonly labels: Readonly<Record<string, string>>;
  readonly stamp: "createdAt" | "modifiedAt";
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The labels of the storage object. Helm compatibility: a time label that came along from an earlier revision wins over now.
 */
export function recordLabels(of: RecordLabels): Readonly<Record<string, string>> {
  return {
    [of.stamp]: String(Math.floor(of.now / 1000)),
    ...of.labels,
    name: of.name,
    owner: "helm",
    status: of.status,
    version: String(of.version),
  };
}
