const CUT = "...";

/**
 * Rows as Helm's table printer writes them: columns as wide as their widest cell, at most `width`, divided by tabs, every cell filled up with
 * blanks. Longer cells are cut.
 */
export function formatTable(rows: readonly (readonly string[])[], width: number): string {
  const columns =
    rows[0]?.map((_, i) => Math.min(width, Math.max(...rows.map((row) => displayWidth(row[i] ?? ""))))) ?? [];
  return rows.map((row) => row.map((cell, i) => fit(cell, columns[i] ?? 0)).join("\t")).join("\n");
}

function fit(cell: string, width: number): string {
  const own = displayWidth(cell);
  if (own <= width) return cell + " ".repeat(width - own);
  let out = "";
  let used = 0;
  for (const rune of cell) {
    const next = used + runeWidth(rune);
    if (next > width - CUT.length) break;
    out += rune;
    used = next;
  }
  return `${out}${CUT}`;
}

function displayWidth(text: string): number {
  let width = 0;
  for (const rune of text) width += runeWidth(rune);
  return width;
}

/** The columns of a character: marks take none, East Asian wide characters and emoji two. */
export function runeWidth(rune: string): number {
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x20 || /^\p{M}$/u.test(rune)) return 0;
  const isWide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1f64f) ||
    (code >= 0x1f900 && code <= 0x1f9ff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return isWide ? 2 : 1;
}
