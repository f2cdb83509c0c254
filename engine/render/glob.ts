/** A compiled pattern: true for a path that it matches. */
export type Glob = (path: string) => boolean;

type Node =
  | { readonly kind: "text"; readonly runes: readonly string[] }
  | { readonly kind: "any" | "super" | "single" }
  | { readonly kind: "list"; readonly runes: readonly string[]; readonly not: boolean }
  | { readonly kind: "range"; readonly low: string; readonly high: string; readonly not: boolean }
  | { readonly kind: "any-of"; readonly alternatives: Node[][] };

/**
 * Compiles a pattern of `.Files.Glob` with `/` as separator: `*` and `?` stop at it, `**` does not; `[abc]`, `[!a]`, `[a-z]`, `{a,b}`, `\`
 * escapes. `undefined` for a malformed pattern. Matching takes time linear in pattern times path.
 *
 * Helm compatibility: an unclosed `{` counts as closed at the end, and classes match the separator too.
 */
export function compileGlob(pattern: string): Glob | undefined {
  const nodes = parsePattern(pattern);
  if (nodes === undefined) return undefined;
  return (path) => {
    const runes = Array.from(path);
    return advance(nodes, new Set([0]), runes).has(runes.length);
  };
}

/** The positions in `runes` where a match of `nodes` can end that starts at one of `starts`. */
function advance(nodes: readonly Node[], starts: ReadonlySet<number>, runes: readonly string[]): ReadonlySet<number> {
  let positions = starts;
  for (const node of nodes) {
    if (positions.size === 0) return positions;
    positions = step(node, positions, runes);
  }
  return positions;
}

function step(node: Node, starts: ReadonlySet<number>, runes: readonly string[]): ReadonlySet<number> {
  const ends = new Set<number>();
  switch (node.kind) {
    case "any":
      for (const start of starts) {
        for (let at = start; !ends.has(at); at++) {
          ends.add(at);
          if (at >= runes.length || runes[at] === "/") break;
        }
      }
      return ends;
    case "super":
      for (let at = Math.min(...starts); at <= runes.length; at++) ends.add(at);
      return ends;
    case "any-of":
      for (const nodes of node.alternatives) for (const end of advance(nodes, starts, runes)) ends.add(end);
      return ends;
    case "text":
      for (const start of starts) if (isAt(node.runes, runes, start)) ends.add(start + node.runes.length);
      return ends;
    default:
      for (const start of starts) {
        const rune = runes[start];
        if (rune !== undefined && fitsOne(node, rune)) ends.add(start + 1);
      }
      return ends;
  }
}

function isAt(text: readonly string[], runes: readonly string[], start: number): boolean {
  return text.every((rune, i) => runes[start + i] === rune);
}

function fitsOne(node: Extract<Node, { kind: "single" | "list" | "range" }> | Node, rune: string): boolean {
  if (node.kind === "single") return rune !== "/";
  if (node.kind === "list") return node.runes.includes(rune) !== node.not;
  if (node.kind !== "range") return false;
  const code = codeOf(rune);
  return (code >= codeOf(node.low) && code <= codeOf(node.high)) !== node.not;
}

function codeOf(rune: string): number {
  return rune.codePointAt(0) ?? 0;
}

function parsePattern(pattern: string): Node[] | undefined {
  const runes = Array.from(pattern);
  const root: Node[] = [];
  const open: { readonly alternatives: Node[][]; readonly outer: Node[] }[] = [];
  let nodes = root;
  let at = 0;
  while (at < runes.length) {
    const rune = runes[at];
    const terms = open.at(-1);
    if (rune === "{") {
      const alternatives: Node[][] = [[]];
      nodes.push({ kind: "any-of", alternatives });
      open.push({ alternatives, outer: nodes });
      nodes = alternatives[0] ?? [];
      at++;
    } else if (rune === "," && terms !== undefined) {
      nodes = [];
      terms.alternatives.push(nodes);
      at++;
    } else if (rune === "}" && terms !== undefined) {
      nodes = terms.outer;
      open.pop();
      at++;
    } else if (rune === "[") {
      const parsed = parseClass(runes, at + 1);
      if (parsed === undefined) return undefined;
      nodes.push(parsed.node);
      at = parsed.end;
    } else if (rune === "?") {
      nodes.push({ kind: "single" });
      at++;
    } else if (rune === "*") {
      const isSuper = runes[at + 1] === "*";
      nodes.push({ kind: isSuper ? "super" : "any" });
      at += isSuper ? 2 : 1;
    } else {
      const text = parseText(runes, at, terms === undefined ? "?*[{" : "?*[{},");
      nodes.push({ kind: "text", runes: text.runes });
      at = text.end;
    }
  }
  return root;
}

function parseText(
  runes: readonly string[],
  start: number,
  stops: string,
): { readonly runes: readonly string[]; readonly end: number } {
  const text: string[] = [];
  let at = start;
  for (; at < runes.length; at++) {
    const rune = runes[at] ?? "";
    if (rune === "\\") {
      const escaped = runes[++at];
      if (escaped !== undefined) text.push(escaped);
    } else if (stops.includes(rune)) {
      break;
    } else {
      text.push(rune);
    }
  }
  return { runes: text, end: Math.min(at, runes.length) };
}

function parseClass(
  runes: readonly string[],
  start: number,
): { readonly node: Node; readonly end: number } | undefined {
  const not = runes[start] === "!";
  const at = not ? start + 1 : start;
  const low = runes[at];
  if (low === undefined) return undefined;
  if (runes[at + 1] === "-") {
    const high = runes[at + 2];
    if (high === undefined || runes[at + 3] !== "]" || codeOf(high) < codeOf(low)) return undefined;
    return { node: { kind: "range", low, high, not }, end: at + 4 };
  }
  const text = parseText(runes, at, "]");
  if (text.runes.length === 0 || runes[text.end] !== "]") return undefined;
  return { node: { kind: "list", runes: text.runes, not }, end: text.end + 1 };
}
