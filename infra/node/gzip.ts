import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import type { Gzip } from "../../engine/release/codec.ts";

/** Bytes from which another thread packs them: up to here it takes less than a millisecond. */
const ELSEWHERE_FROM = 32 * 1024;
const gzipElsewhere = promisify(gzip);

/** What the web's stream gives, byte for byte: that one makes a pair of streams over a Node stream, which takes longer than packing a usual record. */
export const nativeGzip: Gzip = (bytes) => (bytes.length < ELSEWHERE_FROM ? gzipSync(bytes) : gzipElsewhere(bytes));
