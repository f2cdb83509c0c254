import { GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { dottedKey } from "./toml-key.ts";
import { TomlFailure } from "./toml-scanner.ts";

const TABLES = "[]map[string]interface {}";

/** The tables of a document while it is read, and the place that keys are set in. */
export interface TomlTables {
  readonly root: GoMap;
  context: readonly string[];
  key: string;
  /** The items of each array of tables, which grow. */
  readonly rows: Map<GoValue, GoMap[]>;
  /** Dotted keys of tables that other keys implied; they may still be defined. */
  readonly implicits: Set<string>;
  /** Dotted keys that hold arrays. */
  readonly arrays: Set<string>;
}

export function newTables(): TomlTables {
  return { root: new GoMap(), context: [], key: "", rows: new Map(), implicits: new Set(), arrays: new Set() };
}

export function addImplicit(t: TomlTables, key: readonly string[]): void {
  t.implicits.add(dottedKey(key));
}

export function addImplicitContext(t: TomlTables, key: readonly string[], line: number): void {
  addImplicit(t, key);
  addContext(t, key, false, line);
}

/** The value at hand is an array. */
export function setArray(t: TomlTables): void {
  t.arrays.add(dottedKey(t.key === "" ? t.context : [...t.context, t.key]));
}

/** The table that a value is, or the last of an array of tables. */
function tableOf(t: TomlTables, value: GoValue): GoMap | undefined {
  return value instanceof GoMap ? value : t.rows.get(value)?.at(-1);
}

/** Makes the table (or a new one of an array of tables) at `key` the context. */
export function addContext(t: TomlTables, key: readonly string[], array: boolean, line: number): void {
  let table = t.root;
  const parents = key.slice(0, -1);
  for (const [i, part] of parents.entries()) {
    const path = parents.slice(0, i + 1);
    if (!table.entries.has(part)) {
      addImplicit(t, path);
      table.entries.set(part, new GoMap());
    }
    const next = tableOf(t, table.entries.get(part));
    if (next === undefined) throw new TomlFailure(line, `Key '${dottedKey(path)}' was already created as a hash.`);
    table = next;
  }
  t.context = parents;
  const last = key.at(-1) ?? "";
  if (array) addRow(t, table, key, line);
  else setValue(t, last, new GoMap(), line);
  t.context = [...parents, last];
}

function addRow(t: TomlTables, table: GoMap, key: readonly string[], line: number): void {
  const last = key.at(-1) ?? "";
  const known = table.entries.get(last);
  if (known === undefined) {
    const items: GoMap[] = [new GoMap()];
    const list = new GoList(items, TABLES);
    t.rows.set(list, items);
    table.entries.set(last, list);
    return;
  }
  const items = t.rows.get(known);
  if (items === undefined) {
    throw new TomlFailure(line, `Key '${dottedKey(key)}' was already created and cannot be used as an array.`);
  }
  items.push(new GoMap());
}

/** Sets a key of the context. Only what was implied may be defined again. */
export function setValue(t: TomlTables, key: string, value: GoValue, line: number): void {
  let table = t.root;
  for (const [i, part] of t.context.entries()) {
    const next = tableOf(t, table.entries.get(part));
    if (next === undefined) {
      throw new TomlFailure(line, `Key '${dottedKey(t.context.slice(0, i + 1))}' has already been defined.`);
    }
    table = next;
  }
  if (!table.entries.has(key)) {
    table.entries.set(key, value);
    return;
  }
  const path = dottedKey([...t.context, key]);
  if (!t.implicits.has(path)) throw new TomlFailure(line, `Key '${path}' has already been defined.`);
  t.implicits.delete(path);
  if (t.arrays.has(path)) table.entries.set(key, value);
}
