const UNITS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|ms|s|m|h)/y;
/** A year: a longer wait is a mistake. */
const MAX_DURATION = 366 * 24 * 3_600_000;

/** Milliseconds of a Go duration such as `5m` or `1h30m0s`; undefined for other text, negative ones and more than a year. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  let total = 0;
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const part = PART.exec(text);
    const unit = UNITS.get(part?.[2] ?? "");
    if (part === null || unit === undefined) return undefined;
    total += Number(part[1]) * unit;
    at = PART.lastIndex;
  }
  return text === "" || total > MAX_DURATION ? undefined : total;
}
