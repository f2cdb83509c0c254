/** Bytes filled from their lowest bit on, as deflate wants them. */
export interface BitWriter {
  /** The lowest `count` (at most 16) bits of `value`. */
  readonly bits: (value: number, count: number) => void;
  /** A stored block (RFC 1951 3.2.4) that is not the last one. */
  readonly stored: (data: Uint8Array) => void;
  /** All bytes so far; a started one is filled with zeros. */
  readonly bytes: () => Uint8Array;
}

/** An empty writer. */
export function createBitWriter(): BitWriter {
  let out = new Uint8Array(16_384);
  let size = 0;
  let held = 0;
  let count = 0;
  const reserve = (more: number): void => {
    if (size + more <= out.length) return;
    const larger = new Uint8Array(Math.max(2 * out.length, size + more));
    larger.set(out.subarray(0, size));
    out = larger;
  };
  const bits = (value: number, more: number): void => {
    held |= value << count;
    count += more;
    while (count >= 8) {
      if (size === out.length) reserve(1);
      out[size++] = held & 0xff;
      held >>>= 8;
      count -= 8;
    }
  };
  const align = (): void => {
    if (count > 0) bits(0, 8 - count);
  };
  return {
    bits,
    stored: (data) => {
      bits(0, 3);
      align();
      bits(data.length, 16);
      bits(~data.length & 0xffff, 16);
      reserve(data.length);
      out.set(data, size);
      size += data.length;
    },
    bytes: () => {
      align();
      return out.slice(0, size);
    },
  };
}
