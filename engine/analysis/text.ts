/** A text that a template may make. */
export interface Text {
  readonly kind: "text";
  /** The literal pieces between what is not known: one piece is the very text, `["", ""]` any text. */
  readonly pieces: readonly string[];
  /** Templates in it come as a whole from the values or from `file`: nothing that a template put together. */
  readonly isPlain: boolean;
  /** All that is not known of it is plain, whatever its pieces are. */
  readonly hasPlainGaps: boolean;
  /** It is what these files of a chart hold. */
  readonly file?: { readonly chart: number; readonly name?: string };
}

/** Anything. */
export const UNKNOWN: Text = { kind: "text", pieces: ["", ""], isPlain: false, hasPlainGaps: false };
/** Anything that values hold. */
export const PLAIN: Text = { kind: "text", pieces: ["", ""], isPlain: true, hasPlainGaps: true };
/** Pieces of one text that are kept apart. */
const MAX_PIECES = 16;

/** Characters of one text that are kept: names of templates and keys are shorter. */
const MAX_CHARACTERS = 4096;

/** Pieces that are no longer than they may be. */
export function shortened(pieces: readonly string[]): readonly string[] {
  return pieces.reduce((length, piece) => length + piece.length, 0) > MAX_CHARACTERS ? ["", ""] : pieces;
}

/** Runs the templates of the values: what stands in a gap runs on the dot there, and knows the root. */
const GAP = '{{ tpl (toYaml "") . }}{{ tpl (toYaml "") $ }}';

/** The template that a text is, with the values' templates in its gaps; `undefined` where a gap may hold anything. */
export function asTemplate({ pieces, hasPlainGaps }: Text): string | undefined {
  return hasPlainGaps ? pieces.join(GAP) : undefined;
}

/** The text if it is known to the letter. */
export function exact(text: Text): string | undefined {
  return text.pieces.length === 1 ? text.pieces[0] : undefined;
}

/** Whether the text may be `name`. */
export function mayBe({ pieces }: Text, name: string): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
}

/** Two texts behind each other. */
export function joined(a: readonly string[], b: readonly string[]): readonly string[] {
  const all = [...a.slice(0, -1), `${a.at(-1) ?? ""}${b[0] ?? ""}`, ...b.slice(1)];
  return all.length > MAX_PIECES ? [all[0] ?? "", all.at(-1) ?? ""] : all;
}

/** The pieces of what `printf` makes of a format with these arguments. */
export function formatted(format: string, args: readonly (readonly string[])[]): readonly string[] {
  if (format.length > MAX_CHARACTERS) return ["", ""];
  let out: readonly string[] = [""];
  let next = 0;
  for (const part of format.split(/(%%|%[-+# 0-9.]*[a-zA-Z])/)) {
    if (part === "%%") out = joined(out, ["%"]);
    else if (/^%[a-zA-Z]/.test(part)) out = joined(out, part === "%s" ? (args[next++] ?? ["", ""]) : skip());
    else if (part.startsWith("%")) out = joined(out, skip());
    else out = joined(out, [part]);
  }
  return out;

  function skip(): readonly string[] {
    next++;
    return ["", ""];
  }
}
