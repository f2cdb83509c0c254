/** What to do about a field that another manager owns. */
export type ConflictDecision = "fail" | "force" | "yield";

/** A rule of a conflict policy. An absent list matches everything; the first rule that matches decides. */
export interface ConflictRule {
  /** Field paths as conflicts print them, e.g. `.spec.replicas`; a `*` matches one step, a trailing `.**` a subtree. */
  readonly fields?: readonly string[];
  /** Manager names; a `*` matches any run of characters. */
  readonly managers?: readonly string[];
  /** Kinds, or `group/Kind`. */
  readonly kinds?: readonly string[];
  readonly decision: ConflictDecision;
}
