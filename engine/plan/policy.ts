import type { ConflictDecision, ConflictRule } from "./conflict-rule.ts";

/** What a rule looks at. */
export interface ConflictSubject {
  /** As conflicts print it, e.g. `.spec.replicas`. */
  readonly field: string;
  readonly manager: string;
  /** `scale`, `status`, or empty. */
  readonly subresource: string;
  readonly group: string;
  readonly kind: string;
  /** An autoscaler targets the object. */
  readonly autoscaled: boolean;
}

/** What was decided, and by which rule, for people. */
export interface Decision {
  readonly decision: ConflictDecision;
  readonly reason: string;
}

/** Managers that write replicas through `scale` on behalf of an autoscaler. */
const AUTOSCALERS: readonly string[] = ["kube-controller-manager", "horizontal-pod-autoscaler", "keda"];

/**
 * Decides a conflict: the rules in order, the first that matches; then the default: replicas stay with an autoscaler, all else fails
 * as in Helm.
 */
export function decideConflict(subject: ConflictSubject, rules: readonly ConflictRule[]): Decision {
  const index = rules.findIndex((rule) => matches(rule, subject));
  const rule = rules[index];
  if (rule !== undefined) return { decision: rule.decision, reason: `rule ${index + 1} of the conflict policy` };
  if (isAutoscaled(subject)) return { decision: "yield", reason: "an autoscaler owns the replicas" };
  return { decision: "fail", reason: "no rule allows it" };
}

function isAutoscaled(subject: ConflictSubject): boolean {
  if (subject.field !== ".spec.replicas") return false;
  return subject.autoscaled || (subject.subresource === "scale" && AUTOSCALERS.includes(subject.manager));
}

function matches(rule: ConflictRule, subject: ConflictSubject): boolean {
  return (
    anyOf(rule.fields, (pattern) => matchesField(pattern, subject.field)) &&
    anyOf(rule.managers, (pattern) => matchesGlob(pattern, subject.manager)) &&
    anyOf(rule.kinds, (kind) => kind === subject.kind || kind === `${subject.group}/${subject.kind}`)
  );
}

function anyOf(patterns: readonly string[] | undefined, test: (pattern: string) => boolean): boolean {
  return patterns === undefined || patterns.some(test);
}

/** True when the field is the pattern's, one step for each `*`, or below it when the pattern ends in `.**`. */
export function matchesField(pattern: string, field: string): boolean {
  const subtree = pattern.endsWith(".**");
  const wanted = splitField(subtree ? pattern.slice(0, -3) : pattern);
  const actual = splitField(field);
  if (subtree ? actual.length < wanted.length : actual.length !== wanted.length) return false;
  return wanted.every((step, i) => step === ".*" || step === "[*]" || step === actual[i]);
}

/** Steps of a printed path: `.name` or `[…]`. A quote inside brackets hides what it holds. */
function splitField(field: string): readonly string[] {
  const steps: string[] = [];
  let from = 0;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < field.length; i++) {
    const char = field.charAt(i);
    if (quoted && char === "\\") i++;
    else if (char === '"') quoted = !quoted && depth > 0;
    else if (!quoted && depth === 0 && (char === "." || char === "[") && i > from) {
      steps.push(field.slice(from, i));
      from = i;
    }
    if (!quoted && char === "[") depth++;
    if (!quoted && char === "]") depth--;
  }
  if (from < field.length) steps.push(field.slice(from));
  return steps;
}

/** `*` matches any run of characters. Linear: each star is passed once. */
export function matchesGlob(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const [first = "", ...rest] = pieces;
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
