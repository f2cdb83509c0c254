const CUT = "...";
/** A color on or off. */
const COLOR = new RegExp(String.raw`\u001b\[[0-9;]*m`, "g");

/**
 * Rows as Helm's table printer writes them: columns as wide as their widest cell, at most `width`, divided by tabs, every cell filled up with
 * blanks. Longer cells are cut; a line break in a cell makes a further line. Escape sequences for colors take no room.
 */
export function formatTable(rows: readonly (readonly string[])[], width: number = Infinity): string {
  const columns =
    rows[0]?.map((_, i) => Math.min(width, Math.max(...rows.map((row) => lineWidth(row[i] ?? ""))))) ?? [];
  return rows.flatMap((row) => rowLines(row, columns)).join("\n");
}

/** Helm compatibility: a cell of several lines is cut by the length of them all, before it is divided. */
function rowLines(row: readonly string[], columns: readonly number[]): readonly string[] {
  const widthOf = (i: number): number => columns[i] ?? 0;
  const cells = row.map((cell, i) => fit(cell, widthOf(i)).split("\n"));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, i) => {
        const text = lines[line];
        return text === undefined ? " ".repeat(Math.max(1, widthOf(i))) : fit(text, widthOf(i));
      })
      .join("\t"),
  );
}

function fit(cell: string, width: number): string {
  if (width === 0) return cell;
  const own = displayWidth(cell);
  if (own <= width) return cell + " ".repeat(width - own);
  let out = "";
  let used = 0;
  for (const rune of cell) {
    out += rune;
    used += runeWidth(rune);
    if (used >= width - CUT.length) break;
  }
  return `${out}${CUT}`;
}

function lineWidth(text: string): number {
  return Math.max(...text.split("\n").map(displayWidth));
}

function displayWidth(text: string): number {
  let width = 0;
  for (const rune of text.replaceAll(COLOR, "")) width += runeWidth(rune);
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
