import { openWasm, readByte, readCount, readName, readU32, WasmFault, type WasmReader } from "./wasm-bytes.ts";

/** The kinds of things that a module imports and exports. */
export type ExternKind = "function" | "table" | "memory" | "global" | "tag";
/** A type of a value, as far as plugins' entry functions have them. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "other";

/** Parameters and results. */
export interface Signature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
}

export interface WasmExport {
  readonly name: string;
  readonly kind: ExternKind;
  /** Of functions. */
  readonly signature?: Signature;
}

/** The limits of a memory (pages of 64 KiB) or of a table (elements). */
export interface Limits {
  readonly least: number;
  readonly most?: number;
}

/** A section by its place: `start` is the byte of its id. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** What a module says of itself before it runs. Code is not looked into: the runtime validates it. */
export interface WasmModule {
  readonly sections: readonly Section[];
  readonly imports: readonly WasmImport[];
  readonly exports: readonly WasmExport[];
  readonly memories: readonly Limits[];
  readonly tables: readonly Limits[];
}

const MAX_SECTIONS = 1000;
const MAX_TYPES = 20_000;
const MAX_FUNCTIONS = 200_000;
const MAX_IMPORTS = 1000;
const MAX_EXPORTS = 10_000;
const MAX_PARAMETERS = 1000;
const MAX_MEMORIES = 1;
const MAX_TABLES = 16;

const SECTION = { type: 1, import: 2, function: 3, table: 4, memory: 5, export: 7 } as const;
const KINDS: readonly ExternKind[] = ["function", "table", "memory", "global", "tag"];
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Reads a module's outline in one pass over its sections. Throws {@link WasmFault}. */
export function readWasm(bytes: Uint8Array): WasmModule {
  if (HEADER.some((byte, at) => bytes[at] !== byte)) throw new WasmFault("no WebAssembly module of version 1");
  const sections = readSections(bytes);
  const body = (id: number): WasmReader | undefined => {
    const section = sections.find((one) => one.id === id);
    return section === undefined ? undefined : openWasm(bytes, section.body, section.end);
  };
  const types = listOf(body(SECTION.type), MAX_TYPES, "types", readSignature);
  const imports = listOf(body(SECTION.import), MAX_IMPORTS, "imports", readImport);
  const own = listOf(body(SECTION.function), MAX_FUNCTIONS, "functions", readU32);
  const functions = [...imports.flatMap(({ type }) => (type === undefined ? [] : [type])), ...own];
  const exports = listOf(body(SECTION.export), MAX_EXPORTS, "exports", readExport);
  return {
    sections,
    imports: imports.map(({ module, name, kind }) => ({ module, name, kind })),
    exports: exports.map(({ name, kind, index }) => {
      const signature = kind === "function" ? types[functions[index] ?? -1] : undefined;
      return { name, kind, ...(signature === undefined ? {} : { signature }) };
    }),
    memories: listOf(body(SECTION.memory), MAX_MEMORIES, "memories", readLimits),
    tables: listOf(body(SECTION.table), MAX_TABLES, "tables", readTable),
  };
}

function readSections(bytes: Uint8Array): readonly Section[] {
  const reader = openWasm(bytes, HEADER.length);
  const sections: Section[] = [];
  while (reader.at < reader.end) {
    if (sections.length === MAX_SECTIONS) throw new WasmFault(`more than ${MAX_SECTIONS} sections`);
    const start = reader.at;
    const id = readByte(reader);
    const length = readU32(reader);
    const body = reader.at;
    if (length > reader.end - body) throw new WasmFault(`section ${id} is cut off`);
    if (id !== 0 && sections.some((one) => one.id === id)) throw new WasmFault(`section ${id} is there twice`);
    reader.at = body + length;
    sections.push({ id, start, body, end: reader.at });
  }
  return sections;
}

function listOf<T>(reader: WasmReader | undefined, most: number, what: string, read: (reader: WasmReader) => T): T[] {
  if (reader === undefined) return [];
  const items: T[] = [];
  for (let left = readCount(reader, most, what); left > 0; left--) items.push(read(reader));
  return items;
}

function readSignature(reader: WasmReader): Signature {
  const form = readByte(reader);
  if (form !== 0x60) throw new WasmFault("its types are more than functions, which plugins do not have");
  const values = (): readonly ValueType[] => listOf(reader, MAX_PARAMETERS, "values", readValueType);
  const parameters = values();
  return { parameters, results: values() };
}

function readValueType(reader: WasmReader): ValueType {
  const type = readByte(reader);
  if (type === 0x63 || type === 0x64) readU32(reader);
  return type === 0x7f ? "i32" : type === 0x7e ? "i64" : type === 0x7d ? "f32" : type === 0x7c ? "f64" : "other";
}

function readImport(reader: WasmReader): WasmImport & { readonly type?: number } {
  const module = readName(reader);
  const name = readName(reader);
  const kind = readKind(reader);
  if (kind === "function") return { module, name, kind, type: readU32(reader) };
  if (kind === "table") readTable(reader);
  else if (kind === "memory") readLimits(reader);
  else if (kind === "tag") readU32(reader);
  else readValueType(reader);
  if (kind === "global" || kind === "tag") readByte(reader);
  return { module, name, kind };
}

function readExport(reader: WasmReader): { readonly name: string; readonly kind: ExternKind; readonly index: number } {
  return { name: readName(reader), kind: readKind(reader), index: readU32(reader) };
}

function readKind(reader: WasmReader): ExternKind {
  const byte = readByte(reader);
  const kind = KINDS[byte];
  if (kind === undefined) throw new WasmFault(`an import or export of kind ${byte}`);
  return kind;
}

/** A table's type of elements and its limits. */
export function readTable(reader: WasmReader): Limits {
  const type = readByte(reader);
  if (type !== 0x70 && type !== 0x6f) throw new WasmFault("a table of other than functions");
  return readLimits(reader);
}

/** Limits of 32 bits that nobody shares. */
export function readLimits(reader: WasmReader): Limits {
  const flags = readByte(reader);
  if (flags > 1) throw new WasmFault("a shared memory, or one of 64 bits, which plugins do not have");
  const least = readU32(reader);
  return flags === 0 ? { least } : { least, most: readU32(reader) };
}
