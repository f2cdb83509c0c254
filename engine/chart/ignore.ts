import { pathMatch } from "./path-match.ts";
import { ChartError } from "./chart-error.ts";
import { fromUtf8 } from "../go/utf8.ts";

/** True for a path, relative to the chart and with `/`, that the directory loader leaves out. Directories take their subtree along. */
export type IgnoreRules = (path: string, isDirectory: boolean) => boolean;

interface Rule {
  readonly pattern: string;
  readonly negate: boolean;
  readonly directoryOnly: boolean;
  /** `whole` tests the relative path, `base` its last component. */
  readonly on: "whole" | "base";
}

/**
 * Reads a `.helmignore`; absent, only Helm's own rule counts (dotfiles directly in `templates/`). Throws {@link ChartError}
 * `invalid-ignore` with Helm's text for `**` and malformed patterns.
 *
 * Helm compatibility: a negated rule ignores at once whatever it does not match, and says nothing about what it matches.
 */
export function parseIgnore(file: Uint8Array | undefined): IgnoreRules {
  const lines =
    file === undefined
      ? []
      : fromUtf8(file)
          .replace(/^\uFEFF/, "")
          .split("\n");
  const rules = [...lines, "templates/.?*"].map(parseRule).filter((rule) => rule !== undefined);
  return (path, isDirectory) => {
    if (path === "" || path === "." || path === "./") return false;
    for (const rule of rules) {
      if (rule.negate) {
        if ((rule.directoryOnly && !isDirectory) || !fits(rule, path)) return true;
      } else if ((isDirectory || !rule.directoryOnly) && fits(rule, path)) {
        return true;
      }
    }
    return false;
  };
}

/** Whether the loader leaves a file out, by its own path or by that of a directory above it. */
export function ignoresFile(rules: IgnoreRules, path: string): boolean {
  const parts = path.split("/");
  return parts.some((_, i) => rules(parts.slice(0, i + 1).join("/"), i + 1 < parts.length));
}

function parseRule(line: string): Rule | undefined {
  let pattern = line.trim();
  if (pattern === "" || pattern.startsWith("#")) return undefined;
  if (pattern.includes("**")) {
    throw new ChartError("invalid-ignore", "double-star (**) syntax is not supported");
  }
  try {
    pathMatch(pattern, "abc");
  } catch (cause) {
    if (!(cause instanceof ChartError)) throw cause;
    throw new ChartError("invalid-ignore", cause.message, {}, { cause });
  }
  const negate = pattern.startsWith("!");
  if (negate) pattern = pattern.slice(1);
  const directoryOnly = pattern.endsWith("/");
  if (directoryOnly) pattern = pattern.slice(0, -1);
  if (pattern.startsWith("/")) return { pattern: pattern.slice(1), negate, directoryOnly, on: "whole" };
  return { pattern, negate, directoryOnly, on: pattern.includes("/") ? "whole" : "base" };
}

/** Stripping a rule's marks can leave a malformed pattern; Helm logs that and takes it as no match. */
function fits(rule: Rule, path: string): boolean {
  const text = rule.on === "base" ? path.slice(path.lastIndexOf("/") + 1) : path;
  try {
    return pathMatch(rule.pattern, text);
  } catch (error) {
    if (error instanceof ChartError) return false;
    throw error;
  }
}
