import { complexParts } from "../go/complex.ts";
import { formatShortest } from "../go/float.ts";
import { durationText } from "../go/int-text.ts";
import { formatTime, RFC3339_NANO } from "../go/time-format.ts";
import { instantOf } from "../go/time.ts";
import { compareBytes, GoBytes, GoInt, GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { structFields } from "./go-json.ts";
import { TomlError } from "./toml-error.ts";
import { dottedKey, quoteToml, tomlKey } from "./toml-key.ts";
import { MAX_DEPTH } from "./yaml-scanner.ts";

interface Writer {
  out: string;
  depth: number;
}

/**
 * BurntSushi's TOML encoder: scalars before tables, each by the bytes of their keys; a value that is no map is written as it
 * is. Throws {@link TomlError} with Go's text.
 */
export function encodeToml(value: GoValue): string {
  if (value === undefined || value === null) {
    throw new TomlError("toml-panic", "reflect: call of reflect.Value.Type on zero Value");
  }
  if (complexParts(value) !== undefined) throw refuse("unsupported type for key '': complex128");
  const w: Writer = { out: "", depth: 0 };
  encode(w, [], value);
  return w.out;
}

function refuse(message: string): TomlError {
  return new TomlError("toml-encode", message);
}

function isNil(value: GoValue): boolean {
  if (value === undefined || value === null) return true;
  return value instanceof GoList ? value.isNil : value instanceof GoMap && value.type.isNil === true;
}

/** What a value is to TOML, as far as the order of keys and the form of lists depend on it. */
type Kind = "none" | "table" | "tables" | "other";

function kindOf(value: GoValue, depth = 0): Kind {
  if (isNil(value)) return "none";
  if (value instanceof GoMap) return "table";
  if (value instanceof GoObject) return structKind(value);
  if (value instanceof GoList) return isTableList(value, depth) ? "tables" : "other";
  return "other";
}

function structKind(value: GoObject): Kind {
  if (complexParts(value) !== undefined) throw refuse(`unsupported type: ${value.type.name}`);
  return instantOf(value) === undefined && textOf(value) === undefined ? "table" : "other";
}

/** The text of a struct that marshals itself to one, such as a version. */
function textOf(value: GoObject): string | undefined {
  const own = value.type.json?.(value);
  return typeof own === "string" ? own : undefined;
}

function isTableList(list: GoList, depth: number): boolean {
  if (depth >= MAX_DEPTH) throw refuse("toml: value is nested too deeply");
  let tables = list.items.length > 0;
  for (const item of list.items) {
    const kind = kindOf(item, depth + 1);
    if (kind === "none") throw refuse("toml: cannot encode array with nil element");
    if (kind !== "table") tables = false;
  }
  return tables;
}

function newLine(w: Writer): void {
  if (w.out !== "") w.out += "\n";
}

function indent(key: readonly string[]): string {
  return "  ".repeat(key.length - 1);
}

function enter(w: Writer): void {
  w.depth += 1;
  if (w.depth > MAX_DEPTH) throw refuse("toml: value is nested too deeply");
}

function encode(w: Writer, key: readonly string[], value: GoValue): void {
  if (isNil(value)) return;
  const kind = kindOf(value);
  enter(w);
  if (kind === "tables" && value instanceof GoList) writeTables(w, key, value);
  else if (kind === "table") writeTable(w, key, membersOf(value));
  else writePair(w, key, value, false);
  w.depth -= 1;
}

/** What a table holds, in the order that it is written in: keys are sorted, fields stand as declared. */
interface Members {
  readonly entries: ReadonlyMap<string, GoValue>;
  readonly names: readonly string[];
  /** Of a struct: every field's name at its place, hidden ones too. */
  readonly places?: readonly string[];
}

function membersOf(value: GoValue): Members {
  if (value instanceof GoMap) return { entries: value.entries, names: [...value.entries.keys()].sort(compareBytes) };
  if (!(value instanceof GoObject)) return { entries: new Map(), names: [] };
  const { entries } = structFields(value);
  return { entries, names: [...entries.keys()], places: [...value.fields.keys()] };
}

function writeTables(w: Writer, key: readonly string[], list: GoList): void {
  if (key.length === 0) throw refuse("toml: top-level values must be Go maps or structs");
  for (const item of list.items) {
    newLine(w);
    w.out += `${indent(key)}[[${dottedKey(key)}]]`;
    newLine(w);
    writeMembers(w, key, membersOf(item));
  }
}

function writeTable(w: Writer, key: readonly string[], members: Members): void {
  if (key.length === 1) newLine(w);
  if (key.length > 0) {
    w.out += `${indent(key)}[${dottedKey(key)}]`;
    newLine(w);
  }
  writeMembers(w, key, members);
}

/** The keys that have no table of their own, then those that have. */
function split(members: Members): readonly [readonly string[], readonly string[]] {
  const { entries, names } = members;
  const isTable = (name: string): boolean => {
    const kind = kindOf(entries.get(name));
    return kind === "table" || kind === "tables";
  };
  const tables = new Set(names.filter(isTable));
  return [names.filter((name) => !tables.has(name)), [...tables]];
}

function writeMembers(w: Writer, key: readonly string[], members: Members): void {
  for (const names of split(members)) for (const name of names) encode(w, [...key, name], members.entries.get(name));
}

function writePair(w: Writer, key: readonly string[], value: GoValue, inline: boolean): void {
  const name = key.at(-1);
  if (name === undefined) return writeElement(w, value);
  w.out += `${indent(key)}${tomlKey(name)} = `;
  writeElement(w, value);
  if (!inline) newLine(w);
}

/** Helm compatibility: a nil member is left out, the comma behind it is not. */
function writeInline(w: Writer, members: Members): void {
  const [plain, tables] = split(members);
  w.out += "{";
  for (const [names, more] of [
    [plain, tables.length > 0],
    [tables, false],
  ] as const) {
    for (const [i, name] of names.entries()) {
      const value = members.entries.get(name);
      if (isNil(value)) continue;
      writePair(w, [name], value, true);
      const isLast = members.places === undefined ? !more && i === names.length - 1 : isAtLastPlace(members, name);
      if (!isLast) w.out += ", ";
    }
  }
  w.out += "}";
}

/** Helm compatibility: the last field is told by its place among all, but counted among those that are shown. */
function isAtLastPlace({ names, places = [] }: Members, name: string): boolean {
  return places[names.length - 1] === name;
}

function writeElement(w: Writer, value: GoValue): void {
  enter(w);
  if (typeof value === "string") w.out += quoteToml(value);
  else if (typeof value === "number") w.out += floatText(value);
  else if (typeof value === "boolean") w.out += String(value);
  else if (value instanceof GoInt) {
    w.out += value.type === "time.Duration" ? quoteToml(durationText(value.value)) : value.value.toString();
  } else if (value instanceof GoBytes) w.out += `[${value.data.join(", ")}]`;
  else if (value instanceof GoList) writeList(w, value);
  else if (value instanceof GoObject) writeObject(w, value);
  else writeInline(w, membersOf(value));
  w.depth -= 1;
}

function writeList(w: Writer, list: GoList): void {
  w.out += "[";
  for (const [i, item] of list.items.entries()) {
    if (i > 0) w.out += ", ";
    writeElement(w, item);
  }
  w.out += "]";
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const text = formatShortest(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Layouts of the times that TOML has without a zone, by the name of the zone that stands for it. */
const LOCAL_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ["datetime-local", "2006-01-02T15:04:05.999999999"],
  ["date-local", "2006-01-02"],
  ["time-local", "15:04:05.999999999"],
]);

function writeObject(w: Writer, value: GoObject): void {
  const instant = instantOf(value);
  const text = instant === undefined ? textOf(value) : undefined;
  if (instant !== undefined) w.out += formatTime(instant, LOCAL_LAYOUTS.get(instant.zone.name) ?? RFC3339_NANO);
  else if (text !== undefined) w.out += quoteToml(text);
  else writeInline(w, membersOf(value));
}
