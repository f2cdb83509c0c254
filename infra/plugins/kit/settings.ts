import { config } from "./host";
import { Kind, Node } from "./node";
import { parseOne } from "./yaml";

/** A table of texts out of the configuration. */
export class Table {
  keys: string[] = [];
  values: string[] = [];
  /** Why the key cannot be read; empty when it can. */
  problem: string = "";

  /** The value of a key; null when there is none. */
  get(key: string): string | null {
    const found = this.keys.indexOf(key);
    return found < 0 ? null : this.values[found];
  }
}

/** Reads a configuration key whose value is a YAML map of texts. A missing or empty one is an empty table. */
export function configTable(key: string): Table {
  const table = new Table();
  const root = parseConfig(key, table);
  if (root == null) return table;
  if (root.kind != Kind.Map) table.problem = "config " + key + " must be a map of texts";
  for (let i = 0; i < root.keys.length && table.problem == ""; i++) {
    const name = root.keys[i].text();
    const value = root.values[i];
    if (value.kind != Kind.Scalar) table.problem = "config " + key + ": the value of " + name + " must be a text";
    table.keys.push(name);
    table.values.push(value.text());
  }
  return table;
}

/** Reads a configuration key whose value is a YAML list of texts, or one text; they are the table's keys. */
export function configList(key: string): Table {
  const table = new Table();
  const root = parseConfig(key, table);
  if (root == null) return table;
  if (root.kind == Kind.Scalar) table.keys.push(root.text());
  else if (root.kind != Kind.List) table.problem = "config " + key + " must be a list of texts";
  for (let i = 0; i < root.values.length && table.problem == ""; i++) {
    if (root.values[i].kind != Kind.Scalar) table.problem = "config " + key + " must be a list of texts";
    table.keys.push(root.values[i].text());
  }
  return table;
}

/** A configuration key that is `true` or not. */
export function configFlag(key: string): bool {
  return config(key) == "true";
}

function parseConfig(key: string, table: Table): Node | null {
  const text = config(key);
  if (text == null) return null;
  const read = parseOne(text);
  if (read.problem != "") table.problem = "config " + key + ": " + read.problem;
  const root = read.problem == "" ? read.roots[0] : null;
  return root == null || root.isNull() ? null : root;
}
