/** The capturing groups of a pattern, and the pattern without their names. */
export interface Groups {
  /** By group number; the first is the whole match and has no name. */
  readonly names: readonly string[];
  readonly unnamed: string;
}

/** Reads the groups of a pattern that compiles. Escapes, classes and `\Q…\E` hold no groups. */
export function groupNames(pattern: string): Groups {
  const names = [""];
  let unnamed = "";
  let at = 0;
  while (at < pattern.length) {
    const end = groupEnd(pattern, at) ?? tokenEnd(pattern, at);
    const token = pattern.slice(at, end);
    if (token.startsWith("(?P<") || token.startsWith("(?<")) {
      names.push(token.slice(token.indexOf("<") + 1, -1));
      unnamed += "(";
    } else {
      if (token === "(") names.push("");
      unnamed += token;
    }
    at = end;
  }
  return { names, unnamed };
}

/** The end of a named group's head `(?P<name>` at `at`. */
function groupEnd(pattern: string, at: number): number | undefined {
  if (!pattern.startsWith("(?P<", at) && !pattern.startsWith("(?<", at)) return undefined;
  const close = pattern.indexOf(">", at);
  return close < 0 ? undefined : close + 1;
}

/** The end of what stands at `at` and is no named group: an escape, a quoted text, a class, a group with flags, a character. */
function tokenEnd(pattern: string, at: number): number {
  if (pattern.startsWith("\\Q", at)) {
    const close = pattern.indexOf("\\E", at + 2);
    return close < 0 ? pattern.length : close + 2;
  }
  const first = pattern[at];
  if (first === "\\") return Math.min(at + 2, pattern.length);
  if (first === "[") return classEnd(pattern, at);
  return first === "(" && pattern[at + 1] === "?" ? at + 2 : at + 1;
}

/** A `]` that stands first in a class is a member of it; `[:name:]` inside is a class of its own. */
function classEnd(pattern: string, at: number): number {
  let next = at + (pattern[at + 1] === "^" ? 2 : 1);
  if (pattern[next] === "]") next++;
  while (next < pattern.length && pattern[next] !== "]") {
    const named = pattern.startsWith("[:", next) ? pattern.indexOf(":]", next + 2) : -1;
    if (named >= 0) next = named + 2;
    else next += pattern[next] === "\\" ? 2 : 1;
  }
  return Math.min(next + 1, pattern.length);
}
