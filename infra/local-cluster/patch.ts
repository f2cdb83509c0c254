import { jsonEqual } from "../../engine/object/equal.ts";
import { isJsonArray, isJsonObject } from "../../engine/object/json.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { setMember, withMember } from "./field-set.ts";

/** A patch that does not fit its object. The message is what the API server would put behind the patch's type. */
export class PatchError extends Error {
  override readonly name = "PatchError";
}

const MAX_OPERATIONS = 10_000;
const MAX_DEPTH = 200;

/** RFC 7386. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue, depth: number = MAX_DEPTH): JsonValue {
  if (!isJsonObject(patch)) return patch;
  if (depth === 0) throw new PatchError("the patch is nested too deep");
  const out: Record<string, JsonValue> = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete out[name];
    else setMember(out, name, mergePatch(Object.hasOwn(out, name) ? out[name] : undefined, value, depth - 1));
  }
  return out;
}

/** RFC 6902. */
export function jsonPatch(target: JsonObject, patch: JsonValue): JsonValue {
  if (!isJsonArray(patch)) throw new PatchError("a JSON patch is a list of operations");
  if (patch.length > MAX_OPERATIONS) throw new PatchError(`a JSON patch has at most ${MAX_OPERATIONS} operations`);
  return patch.reduce<JsonValue>((value, operation) => applyOperation(value, operation), target);
}

function applyOperation(target: JsonValue, operation: JsonValue): JsonValue {
  if (!isJsonObject(operation)) throw new PatchError("an operation of a JSON patch is an object");
  const path = parsePointer(operation["path"]);
  const value = operation["value"];
  switch (operation["op"]) {
    case "add":
      return write(target, path, present(value), "add");
    case "replace":
      read(target, path);
      return write(target, path, present(value), "replace");
    case "remove":
      read(target, path);
      return write(target, path, undefined, "replace");
    case "test":
      if (!jsonEqual(read(target, path), present(value)))
        throw new PatchError(`testing path ${pointerText(path)} failed`);
      return target;
    case "copy":
      return write(target, path, read(target, parsePointer(operation["from"])), "add");
    case "move": {
      const from = parsePointer(operation["from"]);
      return write(write(target, from, undefined, "replace"), path, read(target, from), "add");
    }
    default:
      throw new PatchError(`unknown operation ${JSON.stringify(operation["op"] ?? null)}`);
  }
}

function present(value: JsonValue | undefined): JsonValue {
  return value ?? null;
}

function parsePointer(text: JsonValue | undefined): readonly string[] {
  if (typeof text !== "string" || (text !== "" && !text.startsWith("/")))
    throw new PatchError("a path is a JSON pointer");
  return text
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function pointerText(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function read(target: JsonValue, path: readonly string[]): JsonValue {
  let at: JsonValue | undefined = target;
  for (const part of path)
    at = isJsonArray(at) ? at[Number(part)] : isJsonObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  if (at === undefined) throw new PatchError(`there is nothing at ${pointerText(path)}`);
  return at;
}

function write(
  target: JsonValue,
  path: readonly string[],
  value: JsonValue | undefined,
  mode: "add" | "replace",
): JsonValue {
  const [part, ...rest] = path;
  if (part === undefined) return value ?? null;
  if (isJsonArray(target)) return writeItem(target, { part, rest }, value, mode);
  if (!isJsonObject(target)) throw new PatchError(`${part} is below no object`);
  if (rest.length === 0) return withMember(target, part, value);
  const inner = Object.hasOwn(target, part) ? target[part] : undefined;
  if (inner === undefined) throw new PatchError(`there is nothing at ${part}`);
  return withMember(target, part, write(inner, rest, value, mode));
}

function writeItem(
  target: readonly JsonValue[],
  step: { readonly part: string; readonly rest: readonly string[] },
  value: JsonValue | undefined,
  mode: "add" | "replace",
): JsonValue {
  const index = step.part === "-" ? target.length : Number(step.part);
  if (!Number.isInteger(index) || index < 0 || index > target.length) throw new PatchError(`no item ${step.part}`);
  const inner = target[index];
  if (step.rest.length > 0) {
    if (inner === undefined) throw new PatchError(`no item ${step.part}`);
    return target.with(index, write(inner, step.rest, value, mode));
  }
  if (value === undefined) return target.toSpliced(index, 1);
  return mode === "add" ? target.toSpliced(index, 0, value) : target.with(index, value);
}
