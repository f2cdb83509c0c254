import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { isJsonObject, objectAt } from "../../../engine/object/json.ts";

/** What `labels` is told. */
export interface LabelSettings {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly templates: boolean;
}

/** What `labels` must make of an object. */
export function withLabels(object: JsonObject, settings: LabelSettings): JsonObject {
  const labelled = withMetadata(object, settings);
  if (!settings.templates) return labelled;
  const path = object["kind"] === "CronJob" ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"];
  const template = objectAt(object, ...path);
  if (template === undefined || objectAt(template, "spec")?.["containers"] === undefined) return labelled;
  return replaceAt(labelled, path, withMetadata(template, settings));
}

function withMetadata(object: JsonObject, { labels, annotations }: LabelSettings): JsonObject {
  if (Object.keys(labels).length + Object.keys(annotations).length === 0) return object;
  const metadata = objectAt(object, "metadata") ?? {};
  const merged = (field: string, more: Readonly<Record<string, string>>): JsonObject =>
    Object.keys(more).length === 0 ? {} : { [field]: { ...objectAt(metadata, field), ...more } };
  return { ...object, metadata: { ...metadata, ...merged("labels", labels), ...merged("annotations", annotations) } };
}

function replaceAt(object: JsonObject, [first, ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (first === undefined) return object;
  const inner = object[first];
  return { ...object, [first]: rest.length === 0 || !isJsonObject(inner) ? value : replaceAt(inner, rest, value) };
}

/** `edit` over every text that a container or an image volume names as its image, wherever it stands. */
export function withImages(value: JsonValue, edit: (image: string) => string): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withImages(item, edit));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const walked = withImages(inner, edit);
      if (!CONTAINERS.includes(key) || !Array.isArray(walked)) return [key, walked];
      return [key, walked.map((item: JsonValue) => withImage(item, key, edit))];
    }),
  );
}

const CONTAINERS: readonly string[] = ["containers", "initContainers", "ephemeralContainers", "volumes"];

function withImage(item: JsonValue, list: string, edit: (image: string) => string): JsonValue {
  if (!isJsonObject(item)) return item;
  const { image } = item;
  if (list === "volumes") {
    if (!isJsonObject(image) || typeof image["reference"] !== "string") return item;
    return { ...item, image: { ...image, reference: edit(image["reference"]) } };
  }
  return typeof image === "string" ? { ...item, image: edit(image) } : item;
}
