import { decodeYamlJson } from "../encoding/yaml-decode.ts";
import { encodeYamlJson } from "../encoding/yaml-emit.ts";
import { YamlError } from "../encoding/yaml-error.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { isJsonObject, listAt, memberAt, objectAt, stringAt } from "../object/json.ts";
import type { Rendered } from "../render/input.ts";
import { printed } from "../render/output.ts";
import { chartOrder } from "./chart-order.ts";
import { DEPENDS_ON_GROUPS, RESOURCE_GROUP, type Sequence, type SequenceItem, sequenceOf } from "./sequence.ts";

/** Lists in lists: one level is what Kubernetes has. */
const MAX_LIST_DEPTH = 4;

/** A render and the order of what is in it. */
export interface OrderedRender {
  /** Without the annotation that Kubernetes would refuse. */
  readonly rendered: Rendered;
  readonly sequence: Sequence;
  /** The document that each item of the sequence is in: a position in `rendered.manifests`. */
  readonly documents: readonly number[];
}

/** The order of a rendered chart's resources, those in lists too. Throws `OrderError` `cycle`, `unreadable`. */
export function orderRendered(rendered: Rendered): OrderedRender {
  const items: SequenceItem[] = [];
  const documents: number[] = [];
  const contents = rendered.manifests.map(({ content, path }, index) => {
    const json = decode(content);
    for (const object of objectsIn(json, 0)) {
      items.push(itemOf(object, path));
      documents.push(index);
    }
    return content.includes(DEPENDS_ON_GROUPS) && json !== undefined ? withoutKey(json, content) : content;
  });
  const sequence = sequenceOf(chartOrder(rendered.chart), items);
  return { rendered: withContents(rendered, contents), sequence, documents };
}

/** What cannot be read is refused where objects are built, in Helm's words. */
function decode(content: string): JsonValue | undefined {
  try {
    return decodeYamlJson(content);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function objectsIn(json: JsonValue | undefined, depth: number): readonly JsonObject[] {
  if (!isJsonObject(json)) return [];
  return isList(json, depth) ? listAt(json, "items").flatMap((item) => objectsIn(item, depth + 1)) : [json];
}

function isList(json: JsonObject, depth: number): boolean {
  return (stringAt(json, "kind") ?? "").endsWith("List") && Array.isArray(json["items"]) && depth < MAX_LIST_DEPTH;
}

function itemOf(object: JsonObject, source: string): SequenceItem {
  const annotations = objectAt(object, "metadata", "annotations");
  const group = stringAt(annotations, RESOURCE_GROUP);
  const dependsOn = memberAt(annotations, DEPENDS_ON_GROUPS);
  return {
    title: `${stringAt(object, "kind") ?? ""} ${stringAt(object, "metadata", "name") ?? ""}`,
    source,
    ...(group === undefined ? {} : { group }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
  };
}

/** Only a document that has the annotation is written anew; its comments and the order of its keys are lost. */
function withoutKey(json: JsonValue, content: string): string {
  const stripped = strip(json, 0);
  return stripped === json ? content : encodeYamlJson(stripped);
}

function strip(json: JsonValue, depth: number): JsonValue {
  if (!isJsonObject(json)) return json;
  if (isList(json, depth)) {
    const items = listAt(json, "items");
    const kept = items.map((item) => strip(item, depth + 1));
    return kept.every((item, index) => item === items[index]) ? json : { ...json, items: kept };
  }
  const metadata = objectAt(json, "metadata");
  const annotations = objectAt(metadata, "annotations");
  if (annotations === undefined || !Object.hasOwn(annotations, DEPENDS_ON_GROUPS)) return json;
  const { [DEPENDS_ON_GROUPS]: _dropped, ...left } = annotations;
  const { annotations: _all, ...rest } = metadata ?? {};
  return { ...json, metadata: Object.keys(left).length === 0 ? rest : { ...rest, annotations: left } };
}

/** The documents stand in the manifest in their order; one that is hidden there stays hidden. */
function withContents(rendered: Rendered, contents: readonly string[]): Rendered {
  let at = 0;
  let manifest = "";
  for (const [index, { path, content }] of rendered.manifests.entries()) {
    const now = contents[index] ?? content;
    if (now === content) continue;
    const old = printed(path, content);
    const found = rendered.manifest.indexOf(old, at);
    if (found < 0) continue;
    manifest += rendered.manifest.slice(at, found) + printed(path, now);
    at = found + old.length;
  }
  if (at === 0) return rendered;
  const manifests = rendered.manifests.map((one, index) => ({ ...one, content: contents[index] ?? one.content }));
  return { ...rendered, manifests, manifest: manifest + rendered.manifest.slice(at) };
}
