import { joinParts } from "../bytes.ts";
import { openWasm, readByte, readU32, writeU32 } from "./wasm-bytes.ts";
import { type Limits, readLimits, type WasmModule } from "./wasm-module.ts";

const TABLE = 4;
const MEMORY = 5;

/** Elements that all tables of a module may have together: a reference to each function of a large program, many times over. */
export const MAX_TABLE_ELEMENTS = 100_000;

/**
 * The module with `pages` as the most that its memory may grow to; its tables share what {@link MAX_TABLE_ELEMENTS} leaves beside what they
 * begin with. A lower limit of its own stays. The guest then sees `memory.grow` refused, whatever the runtime would allow.
 */
export function limitMemory(bytes: Uint8Array, module: WasmModule, pages: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { id, start, body, end } of module.sections) {
    if (id !== MEMORY && id !== TABLE) continue;
    const written =
      id === MEMORY ? memorySection(bytes, body, end, pages) : tableSection(bytes, body, end, growthOf(module));
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

/** What each table may grow by. */
function growthOf({ tables }: WasmModule): number {
  const begun = tables.reduce((sum, { least }) => sum + least, 0);
  return Math.floor((MAX_TABLE_ELEMENTS - begun) / tables.length);
}

function tableSection(bytes: Uint8Array, body: number, end: number, growth: number): readonly number[] {
  const reader = openWasm(bytes, body, end);
  const count = readU32(reader);
  const one = (): readonly number[] => {
    const type = readByte(reader);
    const limits = readLimits(reader);
    return [type, ...limited(limits, limits.least + growth)];
  };
  return [...writeU32(count), ...Array.from({ length: count }).flatMap(one)];
}

function limited({ least, most }: Limits, cap: number): readonly number[] {
  return [1, ...writeU32(least), ...writeU32(Math.max(least, Math.min(most ?? cap, cap)))];
}
