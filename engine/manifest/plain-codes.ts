/** A text and its codes, one for each of its units; behind the last one stands a line break. */
export interface PlainSource {
  readonly text: string;
  readonly codes: Uint8Array;
}

export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const APOSTROPHE = 0x27;
export const DASH = 0x2d;
export const COLON = 0x3a;
export const PIPE = 0x7c;
/** Stands for what is not ASCII and is printed as it is. */
const OTHER = 0x80;
/** Stands for everything else. */
const ODD = 0;

export const STARTS_KEY = 1;
export const IN_KEY = 2;
export const IN_WORD = 4;
export const IN_DOUBLE = 8;
export const IN_SINGLE = 16;
export const IN_BLOCK = 32;

const SETS: readonly (readonly [set: number, chars: RegExp])[] = [
  [STARTS_KEY, /[A-Za-z_]/],
  [IN_KEY, /[\w./-]/],
  [IN_WORD, /[\w./()+=$,;@%^~<>!?*&|'[\]{}-]/],
  [IN_DOUBLE, /[ !#-[\]-~]/],
  [IN_SINGLE, /[ -&(-~]/],
  [IN_BLOCK, /[ -~\u0080]/],
];
/** What each code may stand in. */
const PLACES: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  SETS.reduce((sum, [set, chars]) => sum | (chars.test(String.fromCharCode(code)) ? set : 0), 0),
);

/** Whether a code may stand in a set. */
export function isIn(code: number | undefined, set: number): boolean {
  return ((PLACES[code ?? ODD] ?? 0) & set) !== 0;
}

/** The first place from `from` on where no blank stands. */
export function passBlanks(codes: Uint8Array, from: number): number {
  let at = from;
  while (codes[at] === SPACE) at++;
  return at;
}

/** Takes texts one after the other, each until the next: codes are read faster than a text's units. */
export function createPlainSource(): (text: string) => PlainSource {
  let room = new Uint8Array(4096);
  return (text) => {
    if (room.length < text.length + AHEAD) room = new Uint8Array(2 * text.length + AHEAD);
    encodeCodes(text, room);
    return { text, codes: room };
  };
}

/** Codes that are looked at behind the end of a text. */
const AHEAD = 4;
const encoder = new TextEncoder();

function encodeCodes(text: string, codes: Uint8Array): void {
  const { read, written } = encoder.encodeInto(text, codes);
  // Anything but ASCII takes more bytes than units.
  if (read !== text.length || written !== text.length) {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      codes[at] = unit < 0x80 ? unit : isOther(text.charAt(at)) ? OTHER : ODD;
    }
  }
  codes[text.length] = NEWLINE;
}

function isOther(char: string): boolean {
  return /[\u00a1-\ud7ff]/.test(char) && !/\s/.test(char);
}
