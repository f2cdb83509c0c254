import { decodeYamlJson, readYamlDocuments } from "../encoding/index.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { AttestationError } from "./attestation-error.ts";

const CONTAINER_LISTS = ["containers", "initContainers", "ephemeralContainers"] as const;

/** Values looked at in all documents: a chart's output of 100 MiB has fewer. */
const MAX_VALUES = 10_000_000;
const MAX_DEPTH = 200;

/**
 * The images that rendered documents name in pod specs, each once, in the order of their bytes. A pod spec is every object with a list of
 * containers: workloads of all kinds, their lists, and custom resources that carry a pod template. Image volumes count. Throws
 * `YamlError`, and {@link AttestationError} `too-large`: a bill that leaves something out is none.
 */
export function imagesOf(contents: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  const budget = { left: MAX_VALUES };
  for (const content of contents) {
    for (const document of readYamlDocuments(content)) walk(decodeYamlJson(document), { found, budget, depth: 0 });
  }
  return [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

interface Walk {
  readonly found: Set<string>;
  readonly budget: { left: number };
  readonly depth: number;
}

function walk(value: JsonValue, at: Walk): void {
  if (typeof value !== "object" || value === null) return;
  if (at.depth > MAX_DEPTH || at.budget.left-- <= 0) {
    throw new AttestationError("too-large", "the rendered documents are too large or too deep for an SBOM");
  }
  const inner = { ...at, depth: at.depth + 1 };
  if (isList(value)) {
    for (const item of value) walk(item, inner);
    return;
  }
  readPodSpec(value, at.found);
  for (const member of Object.values(value)) walk(member, inner);
}

function readPodSpec(object: JsonObject, found: Set<string>): void {
  const containers = CONTAINER_LISTS.flatMap((name) => objectsIn(object[name]));
  const images = containers.map((container) => textOf(container, "image"));
  const volumes = containers.length === 0 ? [] : objectsIn(object["volumes"]);
  const mounted = volumes
    .flatMap((volume) => objectsIn([volume["image"] ?? null]))
    .map((image) => textOf(image, "reference"));
  for (const text of [...images, ...mounted]) if (text !== "") found.add(text);
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return value !== undefined && isList(value) ? value.filter(isObject) : [];
}

function textOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value.trim() : "";
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}
