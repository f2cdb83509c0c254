import { joinBytes } from "../bytes.ts";
import { ChartError } from "./chart-error.ts";

const HEADER = 1;
const OPENPGP = 2;
/** Length and type. */
const SHORTEST = 5;
/** As far as the place of the keys. */
const OPENPGP_HEADER = 16;
/** GnuPG does not count such a blob among its keys. */
const EPHEMERAL = 0x0002;

/** True for a GnuPG keybox: its first blob is a header with the letters `KBXf`. */
export function isKeybox(data: Uint8Array): boolean {
  if (data.length < 12 || data[4] !== HEADER) return false;
  return String.fromCharCode(...data.subarray(8, 12)) === "KBXf";
}

/** The OpenPGP keys of a keybox, one packet stream behind the other. Throws {@link ChartError} with Helm's text for a broken one. */
export function keyboxKeys(data: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let at = 0; at < data.length;) {
    const left = data.length - at;
    if (left < SHORTEST) throw broken(`truncated blob header at offset ${at}`);
    const length = view.getUint32(at);
    if (length < SHORTEST) throw broken(`invalid blob length ${length} at offset ${at}`);
    if (length > left) throw broken(`blob at offset ${at} has length ${length} exceeding the ${left} remaining bytes`);
    if (data[at + 4] === OPENPGP) {
      const block = readBlock(data.subarray(at, at + length), at);
      if (block !== undefined) blocks.push(block);
    }
    at += length;
  }
  const joined = joinBytes(blocks);
  if (joined.length === 0) throw broken("keybox contains no OpenPGP keys");
  return joined;
}

function readBlock(blob: Uint8Array, at: number): Uint8Array | undefined {
  if (blob.length < OPENPGP_HEADER) throw broken(`OpenPGP blob at offset ${at} is too short`);
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  const flags = view.getUint16(6);
  const start = view.getUint32(8);
  const length = view.getUint32(12);
  if (start + length > blob.length) throw broken(`OpenPGP blob at offset ${at} has an out-of-range keyblock`);
  return (flags & EPHEMERAL) === 0 ? blob.subarray(start, start + length) : undefined;
}

function broken(message: string): ChartError {
  return new ChartError("provenance", message);
}
