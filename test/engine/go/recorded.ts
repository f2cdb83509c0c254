import { readFileSync } from "node:fs";
import { fromUtf8, toUtf8 } from "../../../engine/go/utf8.ts";

/** The rows that a Go program recorded under test/data. */
export function recorded(name: string): readonly unknown[] {
  const { cases } = JSON.parse(readFileSync(new URL(`../../data/${name}.json`, import.meta.url), "utf8")) as {
    readonly cases: readonly unknown[];
  };
  return cases;
}

/** The Go string of bytes in hex. */
export function fromHex(hex: string): string {
  return fromUtf8(Uint8Array.from(Buffer.from(hex, "hex")));
}

/** The bytes of a Go string in hex. */
export function toHex(text: string): string {
  return Buffer.from(toUtf8(text)).toString("hex");
}

/** The float64 with these bits. */
export function floatOfBits(hex: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
}
