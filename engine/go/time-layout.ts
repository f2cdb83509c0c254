/** What an element of a layout stands for; the names are Go's reference values. */
export type Element =
  | "2006"
  | "06"
  | "January"
  | "Jan"
  | "01"
  | "1"
  | "Monday"
  | "Mon"
  | "02"
  | "_2"
  | "2"
  | "002"
  | "__2"
  | "15"
  | "03"
  | "3"
  | "04"
  | "4"
  | "05"
  | "5"
  | "PM"
  | "pm"
  | "MST"
  | "Z070000"
  | "Z07:00:00"
  | "Z0700"
  | "Z07:00"
  | "Z07"
  | "-070000"
  | "-07:00:00"
  | "-0700"
  | "-07:00"
  | "-07"
  | ".0"
  | ".9";

/** Literal text, then an element; the last chunk of a layout has none. */
export interface Chunk {
  readonly prefix: string;
  readonly element: Element | undefined;
  /** The element as it stands in the layout, e.g. `.000`. */
  readonly text: string;
}

/** Elements by first character, longer ones first. */
const ELEMENTS: readonly Element[] = [
  "January",
  "Jan",
  "Monday",
  "Mon",
  "MST",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "002",
  "15",
  "1",
  "2006",
  "2",
  "_2",
  "__2",
  "3",
  "4",
  "5",
  "PM",
  "pm",
  "-070000",
  "-07:00:00",
  "-0700",
  "-07:00",
  "-07",
  "Z070000",
  "Z07:00:00",
  "Z0700",
  "Z07:00",
  "Z07",
];

const BY_FIRST: ReadonlyMap<string, readonly Element[]> = new Map(
  ELEMENTS.map(([first = ""]) => [first, ELEMENTS.filter((element) => element.startsWith(first))]),
);

/** Layouts that are kept split: a chart uses one or two. Long ones are not kept. */
const KEPT = 64;
const KEPT_LENGTH = 128;
const known = new Map<string, readonly Chunk[]>();

/** Splits a layout at its elements. */
export function layoutChunks(layout: string): readonly Chunk[] {
  const kept = known.get(layout);
  if (kept !== undefined) return kept;
  const chunks = splitLayout(layout);
  if (known.size >= KEPT) known.clear();
  if (layout.length <= KEPT_LENGTH) known.set(layout, chunks);
  return chunks;
}

function splitLayout(layout: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let plain = 0;
  let at = 0;
  while (at < layout.length) {
    const found = elementAt(layout, at);
    if (found === undefined) {
      at++;
      continue;
    }
    const from = found.skip + at;
    const end = from + found.length;
    chunks.push({ prefix: layout.slice(plain, from), element: found.element, text: layout.slice(from, end) });
    plain = end;
    at = end;
  }
  chunks.push({ prefix: layout.slice(plain), element: undefined, text: "" });
  return chunks;
}

interface Found {
  readonly element: Element;
  readonly length: number;
  /** Characters before it that stay literal. */
  readonly skip: number;
}

function elementAt(layout: string, at: number): Found | undefined {
  const first = layout[at] ?? "";
  if (first === "." || first === ",") return fractionAt(layout, at);
  if (layout.startsWith("_2006", at)) return { element: "2006", length: 4, skip: 1 };
  for (const element of BY_FIRST.get(first) ?? []) {
    if (!layout.startsWith(element, at)) continue;
    if ((element === "Jan" || element === "Mon") && isLowerCase(layout[at + 3])) continue;
    return { element, length: element.length, skip: 0 };
  }
  return undefined;
}

function isLowerCase(character: string | undefined): boolean {
  return character !== undefined && character >= "a" && character <= "z";
}

/** A run of `0` or of `9` behind a point or comma, if no other digit follows. */
function fractionAt(layout: string, at: number): Found | undefined {
  const match = FRACTION.exec(layout.slice(at, at + MAX_FRACTION));
  if (match === null) return undefined;
  return { element: match[0][1] === "0" ? ".0" : ".9", length: match[0].length, skip: 0 };
}

const FRACTION = /^[.,](?:0+|9+)(?![0-9])/;
/** Longer runs of digits are no sensible layout; the bound keeps the scan linear. */
const MAX_FRACTION = 64;
