import type { Chart } from "../chart/chart.ts";
import { processDependencies } from "../chart/dependencies.ts";
import { runeWidth } from "../chart/table.ts";
import { cleanPath } from "../go/path.ts";
import { fromUtf8 } from "../go/utf8.ts";
import type { GoMap } from "../go/value.ts";
import type { TemplateFailure } from "../render/render-error.ts";
import { positionAt } from "../template/position.ts";
import type { TemplatePlace } from "../template/error.ts";

/** Columns of the source line that are shown, the caret among them. */
const MAX_COLUMNS = 100;
/** Columns before the caret that a long line keeps. */
const KEPT_BEFORE = 60;
/** Distance of tab stops. */
const TAB = 4;
const CUT = "…";

/** One step of the way to a failure. */
export interface FailureStep {
  readonly file: string;
  readonly line: number;
  /** In bytes, from 0, as Helm's messages count. */
  readonly column?: number;
  /** The template that was running. */
  readonly template?: string;
}

/** A failed template file as it is shown. */
export interface ShownFailure {
  readonly path: string;
  /** Helm's text. */
  readonly message: string;
  /** The way to the failure, the file itself first. */
  readonly steps: readonly FailureStep[];
  /** The line that failed with a caret under the column; absent where no file of the chart holds it. */
  readonly picture?: string;
}

/** Failures of the render of a chart on the user's values, with pictures. */
export function showFailures(
  failures: readonly TemplateFailure[],
  { chart, values }: { readonly chart: Chart; readonly values: GoMap },
): readonly ShownFailure[] {
  if (failures.length === 0) return [];
  const texts = textsOf(processDependencies(chart, values));
  return failures.map(({ path, message, places }) => {
    const picture = pictureOf(places, texts);
    return { path, message, steps: places.map(stepOf), ...(picture === undefined ? {} : { picture }) };
  });
}

function stepOf({ file, line, column, template }: TemplatePlace): FailureStep {
  return {
    file,
    line,
    ...(column === undefined ? {} : { column }),
    ...(template === undefined || template === file ? {} : { template }),
  };
}

/** The picture of the innermost place that is in a file: texts run by `tpl` are values, and not shown. */
function pictureOf(places: readonly TemplatePlace[], texts: ReadonlyMap<string, () => string>): string | undefined {
  const place = places.findLast(({ file, offset }) => texts.has(file) && offset !== undefined);
  const text = texts.get(place?.file ?? "")?.();
  if (place?.offset === undefined || text === undefined) return undefined;
  const above = places
    .slice(0, places.indexOf(place))
    .toReversed()
    .map((outer) => `  included from ${outer.file}:${outer.line}\n`);
  return `${drawPicture(place.file, text, place.offset)}${above.join("")}`;
}

/**
 * Draws the line of `text` at the UTF-16 offset `offset`: `FILE:LINE:COLUMN` as Go counts, the line, and a caret under the column. Tabs go
 * to tab stops, wide characters take two columns, a long line is cut around the caret.
 */
export function drawPicture(file: string, text: string, offset: number): string {
  const { line, column } = positionAt(text, offset);
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const at = offset === 0 ? 0 : start;
  const { shown, caret } = layOut(text.slice(at, end < 0 ? undefined : end), offset - at);
  const number = String(line);
  const margin = " ".repeat(number.length);
  return `${file}:${line}:${column}\n ${number} | ${shown}\n ${margin} | ${" ".repeat(caret)}^\n`;
}

/** The line as it is shown, and the column of the caret. */
function layOut(line: string, offset: number): { readonly shown: string; readonly caret: number } {
  const before = fitted(line.slice(Math.max(0, offset - MAX_COLUMNS), offset));
  const after = fitted(line.slice(offset, offset + MAX_COLUMNS));
  const head = before.width <= KEPT_BEFORE && offset <= MAX_COLUMNS ? before : lastColumns(before.runes);
  const room = MAX_COLUMNS - head.width;
  const isCut = after.width > room || line.length > offset + MAX_COLUMNS;
  const tail = isCut ? `${firstColumns(after.runes, room - 1)}${CUT}` : after.runes.map(([rune]) => rune).join("");
  return { shown: `${head.runes.map(([rune]) => rune).join("")}${tail}`.trimEnd(), caret: head.width };
}

type Rune = readonly [text: string, width: number];

interface Columns {
  readonly runes: readonly Rune[];
  readonly width: number;
}

function fitted(text: string): Columns {
  const runes: Rune[] = [];
  let width = 0;
  for (const rune of text) {
    const next: Rune = rune === "\t" ? blanks(TAB - (width % TAB)) : visible(rune);
    runes.push(next);
    width += next[1];
  }
  return { runes, width };
}

function blanks(width: number): Rune {
  return [" ".repeat(width), width];
}

/** Control characters and halves of characters must not reach a terminal. */
function visible(rune: string): Rune {
  return /^[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]$/u.test(rune) ? ["\ufffd", 1] : [rune, runeWidth(rune)];
}

function lastColumns(runes: readonly Rune[]): Columns {
  const kept: Rune[] = [];
  let width = 1;
  for (const rune of runes.toReversed()) {
    if (width + rune[1] > KEPT_BEFORE) break;
    kept.unshift(rune);
    width += rune[1];
  }
  return { runes: [[CUT, 1], ...kept], width };
}

function firstColumns(runes: readonly Rune[], room: number): string {
  let text = "";
  let width = 0;
  for (const rune of runes) {
    if (width + rune[1] > room) break;
    text += rune[0];
    width += rune[1];
  }
  return text;
}

/** The texts of the templates of a chart and its sub-charts, decoded when they are asked for. */
function textsOf(chart: Chart): ReadonlyMap<string, () => string> {
  const texts = new Map<string, () => string>();
  const collect = (node: Chart, path: string): void => {
    for (const file of node.templates) texts.set(cleanPath(`${path}/${file.name}`), () => fromUtf8(file.data));
    for (const child of node.dependencies) collect(child, `${path}/charts/${child.metadata.name}`);
  };
  collect(chart, chart.metadata.name);
  return texts;
}
