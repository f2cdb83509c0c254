/** A token: a literal is its byte; a match is this, its length less 3 above {@link LENGTH_SHIFT} and its offset less 1 below. */
export const MATCH: number = 1 << 30;
const LENGTH_SHIFT = 22;
const OFFSET_MASK: number = (1 << LENGTH_SHIFT) - 1;
const LENGTH_MASK = 0xff;

/** The shortest match that deflate knows. */
export const MIN_LENGTH = 3;
/** The longest one. */
export const MAX_LENGTH = 258;
/** No match lies farther behind than this, less 1. */
export const WINDOW: number = 1 << 15;

/** The token of a match. */
export function matchToken(length: number, offset: number): number {
  return MATCH | ((length - MIN_LENGTH) << LENGTH_SHIFT) | (offset - 1);
}

/** The length, less 3, of a match. */
export function tokenLength(token: number): number {
  return (token >> LENGTH_SHIFT) & LENGTH_MASK;
}

/** The offset, less 1, of a match. */
export function tokenOffset(token: number): number {
  return token & OFFSET_MASK;
}
