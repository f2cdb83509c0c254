import type { JsonValue } from "../errors.ts";
import { isJsonObject, memberAt, objectAt, stringAt } from "./json.ts";
import type { KubeObject } from "./object.ts";

/** Narrows JSON to an object with `apiVersion`, `kind` (both not empty) and `metadata`. `undefined` when it is something else. */
export function parseObject(json: JsonValue | undefined): KubeObject | undefined {
  return isKubeObject(json) ? json : undefined;
}

/** The test behind {@link parseObject}. */
export function isKubeObject(json: JsonValue | undefined): json is KubeObject {
  if (!isJsonObject(json)) return false;
  const { apiVersion, kind, metadata } = json;
  return (
    typeof apiVersion === "string" &&
    apiVersion !== "" &&
    typeof kind === "string" &&
    kind !== "" &&
    isJsonObject(metadata)
  );
}

/** `metadata.name`; empty when absent (then `generateName` may be set). */
export function getName(object: KubeObject): string {
  return stringAt(object.metadata, "name") ?? "";
}

/** `metadata.generateName`; empty when absent. */
export function getGenerateName(object: KubeObject): string {
  return stringAt(object.metadata, "generateName") ?? "";
}

/** `metadata.namespace`; empty for cluster-scoped objects and for those not yet given one. */
export function getNamespace(object: KubeObject): string {
  return stringAt(object.metadata, "namespace") ?? "";
}

/** `metadata.uid`, which only a server sets. */
export function getUid(object: KubeObject): string | undefined {
  return stringAt(object.metadata, "uid");
}

/** `metadata.resourceVersion`, which only a server sets. */
export function getResourceVersion(object: KubeObject): string | undefined {
  return stringAt(object.metadata, "resourceVersion");
}

/** `metadata.labels`; values that are no strings are left out. */
export function getLabels(object: KubeObject): Readonly<Record<string, string>> {
  return stringMap(object, "labels");
}

/** `metadata.annotations`; values that are no strings are left out. */
export function getAnnotations(object: KubeObject): Readonly<Record<string, string>> {
  return stringMap(object, "annotations");
}

/** One annotation, without building the map of all. */
export function getAnnotation(object: KubeObject, name: string): string | undefined {
  return stringAt(object.metadata, "annotations", name);
}

/** One label, without building the map of all. */
export function getLabel(object: KubeObject, name: string): string | undefined {
  return stringAt(object.metadata, "labels", name);
}

/** True once the server has marked the object for deletion. */
export function isTerminating(object: KubeObject): boolean {
  const at = memberAt(object.metadata, "deletionTimestamp");
  return at !== undefined && at !== null && at !== "";
}

function stringMap(object: KubeObject, member: string): Readonly<Record<string, string>> {
  const found = objectAt(object.metadata, member);
  const out: Record<string, string> = {};
  if (found === undefined) return out;
  for (const [name, value] of Object.entries(found)) {
    if (typeof value === "string")
      Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return out;
}
