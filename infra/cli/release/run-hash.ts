import { encodeBase64 } from "../../../engine/release/base64.ts";
import type { ReleaseIo } from "./io.ts";

const KEY_BYTES = 32;
/** Hex digits of a shown hash. */
const SHOWN = 12;

/** A hash that masked values are shown by, and one for digests. What a command shows is forgotten: the key is of this run alone. */
export function runHash(io: Pick<ReleaseIo, "randomBytes" | "sha256">): {
  readonly shown: (text: string) => Promise<string>;
  readonly whole: (text: string) => string;
} {
  const key = encodeBase64(io.randomBytes(KEY_BYTES));
  const sha256 = (text: string): string => io.sha256(new TextEncoder().encode(text));
  const whole = (text: string): string => sha256(`${key}\n${sha256(`${key}\n${text}`)}`);
  return { whole, shown: async (text) => whole(text).slice(0, SHOWN) };
}
