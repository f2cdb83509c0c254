import type { ShownFailure, UnreadValue, ValueOrigin, ValueSource } from "../../engine/analysis/index.ts";

/** A value that nothing reads, in a sentence. */
export function unreadText({ path, suggestion }: UnreadValue): string {
  const meant = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  return `value ${path} is read by nothing in the chart${meant}`;
}

/** Failures one below the other: Helm's text, then the picture. */
export function shownFailures(failures: readonly ShownFailure[]): string {
  return failures
    .map(({ message, picture }) => `${message}${picture === undefined ? "" : `\n${picture.trimEnd()}`}`)
    .join("\n\n");
}

/** One line per value: its path, and where it comes from. */
export function originLines(origins: readonly ValueOrigin[]): string {
  return origins.map((origin) => `${origin.path}: ${originText(origin)}\n`).join("");
}

function originText({ source, sourcePath, way, isDeleted }: ValueOrigin): string {
  const from = sourceText(source);
  if (isDeleted === true) return `deleted by null in ${from}`;
  const at = sourcePath === undefined ? "" : ` at ${sourcePath}`;
  switch (way) {
    case "parent":
      return `${from}${at}, which overrides its sub-chart`;
    case "global":
      return `${from}${at}, handed down as global`;
    case "import-values":
      return `${from}${at}, by import-values`;
    default:
      return from;
  }
}

function sourceText(source: ValueSource): string {
  switch (source.kind) {
    case "file":
      return `values file ${source.name}`;
    case "flag":
      return `--${source.name} #${source.index}`;
    default:
      return `defaults of ${source.chart}`;
  }
}
