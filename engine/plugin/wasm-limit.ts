import { joinParts } from "../bytes.ts";
import { openWasm, readByte, readU32, writeU32 } from "./wasm-bytes.ts";
import { type Limits, readLimits, type WasmModule } from "./wasm-module.ts";

const TABLE = 4;
const MEMORY = 5;

/** Elements that a table may grow to. */
export const MAX_TABLE_ELEMENTS = 1_000_000;

/**
 * The module with `pages` as the most that its memory may grow to, and {@link MAX_TABLE_ELEMENTS} for its tables. A lower limit of its
 * own stays. The guest then sees `memory.grow` refused, whatever the runtime would allow.
 */
export function limitMemory(bytes: Uint8Array, module: WasmModule, pages: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { id, start, body, end } of module.sections) {
    if (id !== MEMORY && id !== TABLE) continue;
    const written = id === MEMORY ? memorySection(bytes, body, end, pages) : tableSection(bytes, body, end);
    parts.push(bytes.subarray(from, start), Uint8Array.from([id, ...writeU32(written.length), ...written]));
    from = end;
  }
  return joinParts([...parts, bytes.subarray(from)]);
}

function memorySection(bytes: Uint8Array, body: number, end: number, pages: number): readonly number[] {
  const reader = openWasm(bytes, body, end);
  const count = readU32(reader);
  return [...writeU32(count), ...Array.from({ length: count }).flatMap(() => limited(readLimits(reader), pages))];
}

function tableSection(bytes: Uint8Array, body: number, end: number): readonly number[] {
  const reader = openWasm(bytes, body, end);
  const count = readU32(reader);
  const one = (): readonly number[] => [readByte(reader), ...limited(readLimits(reader), MAX_TABLE_ELEMENTS)];
  return [...writeU32(count), ...Array.from({ length: count }).flatMap(one)];
}

function limited({ least, most }: Limits, cap: number): readonly number[] {
  return [1, ...writeU32(least), ...writeU32(Math.max(least, Math.min(most ?? cap, cap)))];
}
