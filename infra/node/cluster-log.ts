import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { isJsonObject } from "../../engine/object/json.ts";
import type { ClusterStorage } from "../local-cluster/store.ts";

/**
 * The simulated cluster's objects in one file: a line of JSON for each write, the newest line of a key counts. Opening it rewrites it
 * without what is outdated. A last line that a crash cut off is left out.
 */
export function openClusterLog(file: string): ClusterStorage {
  mkdirSync(dirname(file), { recursive: true });
  const objects = readLog(file);
  compact(file, objects);
  return {
    load: () => objects,
    save: (key, object) => appendFileSync(file, lineOf(key, object)),
  };
}

function lineOf(key: string, object: JsonObject | undefined): string {
  return `${JSON.stringify([key, object ?? null])}\n`;
}

function readLog(file: string): ReadonlyMap<string, JsonObject> {
  const objects = new Map<string, JsonObject>();
  for (const line of readLines(file)) {
    const entry = parseLine(line);
    if (entry === undefined) continue;
    if (entry.object === undefined) objects.delete(entry.key);
    else objects.set(entry.key, entry.object);
  }
  return objects;
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function parseLine(line: string): { readonly key: string; readonly object: JsonObject | undefined } | undefined {
  try {
    const value: JsonValue = JSON.parse(line);
    if (!Array.isArray(value)) return undefined;
    const [key, object]: readonly (JsonValue | undefined)[] = value;
    return typeof key === "string" ? { key, object: isJsonObject(object) ? object : undefined } : undefined;
  } catch {
    return undefined;
  }
}

function compact(file: string, objects: ReadonlyMap<string, JsonObject>): void {
  const fresh = `${file}.new`;
  const handle = openSync(fresh, "w", 0o600);
  for (const [key, object] of objects) writeSync(handle, lineOf(key, object));
  fsyncSync(handle);
  closeSync(handle);
  renameSync(fresh, file);
}
