import type { Given } from "../upstream/given.ts";
import type { Answer } from "./exchange.ts";

/** The share of a quota from which on pushes are warned of its end. */
const NEARLY_FULL = 0.9;

/** What a reader should know of an answer; none of it names an upstream. */
export function warningsOf({ stale, deprecated }: Given & { readonly deprecated?: boolean }): readonly string[] {
  return [
    ...(stale === true ? ["the upstream fails: this is the copy that is kept here, which may be out of date"] : []),
    ...(deprecated === true ? ["this chart version is deprecated by its publisher"] : []),
  ];
}

/** What whoever pushed into a project should know of its quota. */
export function quotaWarnings(
  project: string,
  filled: { readonly bytes: number; readonly quota: number } | undefined,
): readonly string[] {
  if (filled === undefined || filled.bytes < filled.quota * NEARLY_FULL) return [];
  const { bytes, quota } = filled;
  return [
    `project ${project} is nearly full: it holds ${bytes} of ${quota} bytes; delete something and collect, or ask for a larger quota`,
  ];
}

/**
 * The answer with its warnings. Distribution spec, "Warnings": `299 - "TEXT"` without a date. All in one, which clients read where they do not take lists apart. A text
 * is ASCII without quotes and backslashes, and far below the 4096 bytes that all may have.
 */
export function warned(answer: Answer, texts: readonly string[]): Answer {
  if (texts.length === 0) return answer;
  return { ...answer, headers: { ...answer.headers, warning: `299 - "${texts.join("; ")}"` } };
}
