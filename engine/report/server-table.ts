import type { JsonObject, JsonValue } from "../errors.ts";
import { formatValue } from "../go/fmt.ts";
import { fromJsonValue } from "../encoding/json-value.ts";
import { integerAt, isJsonArray, isJsonObject, listAt, stringAt } from "../object/json.ts";

/** Blanks between columns, and how wide a column is at the least, as kubectl's printer has them. */
const PADDING = 3;
const MIN_WIDTH = 6;
const ELLIPSIS = "...";

interface Column {
  readonly name: string;
  readonly shown: boolean;
}

/**
 * Tables of an API server (`meta.k8s.io/v1` `Table`) as kubectl prints them one after the other: a header again only when the columns
 * differ from those before.
 */
export function serverTablesText(tables: readonly JsonObject[]): string {
  let last = "";
  let out = "";
  for (const table of tables) {
    const definitions = JSON.stringify(table["columnDefinitions"] ?? []);
    const rows = rowsOf(table);
    const columns = columnsOf(table);
    const printed = rows.map((row) => cellsOf(row, columns, lineText));
    const whole = rows.map((row) => cellsOf(row, columns, cellText));
    const lines = last === definitions || rows.length === 0 ? printed : [header(columns, whole), ...printed];
    if (rows.length > 0) last = definitions;
    out += alignedText(lines);
  }
  return out;
}

function columnsOf(table: JsonObject): readonly Column[] {
  return listAt(table, "columnDefinitions").map((column) => ({
    name: stringAt(column, "name") ?? "",
    shown: (integerAt(column, "priority") ?? 0) === 0,
  }));
}

function rowsOf(table: JsonObject): readonly (readonly JsonValue[])[] {
  return listAt(table, "rows").map((row) => {
    const cells = isJsonObject(row) ? row["cells"] : undefined;
    return isJsonArray(cells) ? cells : [];
  });
}

/** Helm compatibility: a title is as wide as the longest cell was before it was cut to one line. */
function header(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  return columns
    .filter((column) => column.shown)
    .map((column, i) => column.name.toUpperCase().padEnd(Math.max(0, ...rows.map((row) => (row[i] ?? "").length))))
    .map((title, i, all) => (i === all.length - 1 ? title.trimEnd() : title));
}

function cellsOf(
  row: readonly JsonValue[],
  columns: readonly Column[],
  textOf: (cell: JsonValue) => string,
): readonly string[] {
  return row.flatMap((cell, i) => (columns[i]?.shown === true ? [textOf(cell)] : []));
}

function cellText(cell: JsonValue): string {
  if (cell === null) return "";
  return typeof cell === "string" ? cell : valueText(cell);
}

/** One line: what follows a line break is cut. */
function lineText(cell: JsonValue): string {
  const text = cellText(cell);
  const end = text.search(/[\n\r\f]/u);
  const line = end < 0 ? text : `${text.slice(0, end)}${ELLIPSIS}`;
  return line.replaceAll("\u001b", "^[");
}

/** Go's `fmt.Sprint`; integers are no floats in what the server sends. */
function valueText(cell: JsonValue): string {
  return typeof cell === "number" && Number.isInteger(cell) ? String(cell) : formatValue(fromJsonValue(cell));
}

/** Every cell but a line's last fills its column. */
function alignedText(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of lines) {
    for (const [i, cell] of line.slice(0, -1).entries())
      widths[i] = Math.max(widths[i] ?? MIN_WIDTH, cell.length + PADDING);
  }
  return lines
    .map((line) => `${line.map((cell, i) => (i === line.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join("")}\n`)
    .join("");
}
