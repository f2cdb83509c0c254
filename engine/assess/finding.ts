import type { EventObject } from "../action/event.ts";
import type { ReleaseSummary } from "../release/summary.ts";

/** What an assessment can find about a release. */
export type FindingCode =
  /** Another operation stands open: nothing can be upgraded before it ends. */
  | "pending"
  | "failed"
  /** The newest record is Helm 3's. */
  | "helm3-record"
  /** Helm 4 wrote the release with client-side patches. */
  | "client-side-apply"
  /** Objects with `kubectl.kubernetes.io/last-applied-configuration`. */
  | "last-applied"
  /** Objects with fields that helm wrote client-side. */
  | "client-side-fields"
  | "managed-by-gitops"
  /** Fields that a server-side upgrade with the same chart and values would be refused for. */
  | "conflict"
  /** The server would not take an object, for another reason than a conflict. */
  | "refused"
  | "autoscaled"
  | "post-renderer"
  | "api-removed"
  | "api-deprecated"
  | "missing"
  | "unreadable";

/** `blocker`: an upgrade would be refused or fail. `attention`: somebody must look. `note`: good to know. */
export type Severity = "blocker" | "attention" | "note";

/** An object of a finding; members beyond its name where the finding has them. No values. */
export type FindingObject = EventObject & {
  readonly field?: string;
  readonly manager?: string;
  /** What exactly was found of it. */
  readonly detail?: string;
};

/** One thing that was found about a release, and what to do about it. */
export type Finding = {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly objects: readonly FindingObject[];
  /** In order, each one thing to do or to decide. */
  readonly todo: readonly string[];
};

/** A release as it was found. One with more objects than a page can read comes in parts: `objects` tells which are in this one. */
export type ReleaseAssessment = ReleaseSummary & {
  /** Which Helm wrote the newest record. */
  readonly generation: "helm3" | "helm4" | "unknown";
  readonly applyMethod: "client-side" | "server-side" | "unknown";
  /** The worst of its findings: a blocker, attention, or neither. */
  readonly verdict: "blocked" | "attention" | "ready";
  readonly objects: { readonly from: number; readonly to: number; readonly total: number };
  readonly findings: readonly Finding[];
};

/** What could not be read, and why: the assessment lacks what depends on it. */
export type Unread = { readonly what: string; readonly why: string };

/** A page of an assessment. */
export type AssessmentPage = {
  readonly items: readonly ReleaseAssessment[];
  readonly unread: readonly Unread[];
  /** Where the next page goes on; absent on the last one. */
  readonly next?: string;
};

/** The worst of some findings. */
export function verdictOf(findings: readonly Pick<Finding, "severity">[]): ReleaseAssessment["verdict"] {
  if (findings.some((one) => one.severity === "blocker")) return "blocked";
  return findings.some((one) => one.severity === "attention") ? "attention" : "ready";
}

/** The parts of releases put together, in the order of their first ones. */
export function mergeParts(items: readonly ReleaseAssessment[]): readonly ReleaseAssessment[] {
  const merged = new Map<string, ReleaseAssessment>();
  for (const item of items) {
    const key = `${item.namespace}/${item.name}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? item : joinParts(before, item));
  }
  return [...merged.values()];
}

function joinParts(a: ReleaseAssessment, b: ReleaseAssessment): ReleaseAssessment {
  const findings = new Map(a.findings.map((one) => [`${one.code} ${one.message}`, one]));
  for (const one of b.findings) {
    const key = `${one.code} ${one.message}`;
    const known = findings.get(key);
    findings.set(key, known === undefined ? one : { ...known, objects: [...known.objects, ...one.objects] });
  }
  const all = [...findings.values()];
  return { ...a, objects: { ...a.objects, to: b.objects.to }, findings: all, verdict: verdictOf(all) };
}
