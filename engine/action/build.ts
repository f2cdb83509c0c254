import { decodeYamlJson } from "../encoding/yaml-decode.ts";
import { readYamlDocuments } from "../encoding/yaml-documents.ts";
import { YamlError } from "../encoding/yaml-error.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { noMatchError } from "../kube/discovery.ts";
import type { ResourceMapping } from "../kube/mapping.ts";
import { isJsonObject, listAt, stringAt } from "../object/json.ts";
import { gvkOf, parseApiVersion } from "../object/gvk.ts";
import { quote } from "../go/quote.ts";
import type { GroupVersionKind, KubeObject } from "../object/object.ts";
import { getName, getNamespace, parseObject } from "../object/read.ts";
import { ActionError } from "./errors.ts";

/** An object and how it is reached. */
export interface BuiltObject {
  readonly object: KubeObject;
  readonly mapping: ResourceMapping;
}

/** What building needs to know of a cluster. */
export interface BuildContext {
  readonly mappingFor: (gvk: GroupVersionKind) => ResourceMapping | undefined;
  /** For namespaced objects that name none. */
  readonly namespace: string;
  /** Documents that were read before, by their text: two revisions of a release have most of theirs in common. */
  readonly decoded?: Map<string, JsonValue>;
}

/** Lists in lists: one level is what Kubernetes has. */
const MAX_LIST_DEPTH = 4;

/**
 * The objects of a manifest in its order, with their namespaces; lists are flattened. Throws `ActionError` `render-failed` with the text
 * that Helm puts behind `unable to build kubernetes objects from …: `. `detail.noMatch` is true when kinds are missing in the cluster.
 */
export function buildObjects(manifest: string, context: BuildContext): readonly BuiltObject[] {
  const built: BuiltObject[] = [];
  const problems: BuildProblem[] = [];
  for (const document of documentsOf(manifest)) {
    const json = decodeOnce(document, context.decoded);
    if (json === null || json === undefined) continue;
    addObject(json, context, 0, built, problems);
  }
  const [first] = problems;
  if (first === undefined) return built;
  const message = problems.length === 1 ? first.message : `[${problems.map((one) => one.message).join(", ")}]`;
  throw new ActionError("render-failed", message, { noMatch: problems.some((one) => one.noMatch) });
}

interface BuildProblem {
  readonly message: string;
  readonly noMatch: boolean;
}

function documentsOf(manifest: string): readonly string[] {
  try {
    return readYamlDocuments(manifest);
  } catch (error) {
    throw parseProblem(error);
  }
}

function decodeOnce(text: string, decoded: BuildContext["decoded"]): JsonValue | undefined {
  const known = decoded?.get(text);
  if (known !== undefined) return known;
  const json = decodeDocument(text);
  if (json !== undefined) decoded?.set(text, json);
  return json;
}

function decodeDocument(text: string): JsonValue | undefined {
  try {
    return decodeYamlJson(text);
  } catch (error) {
    throw parseProblem(error);
  }
}

function parseProblem(error: unknown): unknown {
  return error instanceof YamlError ? new ActionError("render-failed", `error parsing : ${error.message}`) : error;
}

function addObject(
  json: JsonValue,
  context: BuildContext,
  depth: number,
  built: BuiltObject[],
  problems: BuildProblem[],
): void {
  const kind = stringAt(json, "kind") ?? "";
  if (!isJsonObject(json) || kind === "") {
    problems.push({
      message: `unable to decode "": Object 'Kind' is missing in '${JSON.stringify(json)}'`,
      noMatch: false,
    });
    return;
  }
  const items = depth < MAX_LIST_DEPTH ? itemsOf(json) : undefined;
  if (items !== undefined) {
    for (const item of items) addObject(item, context, depth + 1, built, problems);
    return;
  }
  const object = parseObject({ ...json, metadata: isJsonObject(json["metadata"]) ? json["metadata"] : {} });
  const gvk = { ...parseApiVersion(stringAt(json, "apiVersion") ?? ""), kind };
  const mapping = object === undefined ? undefined : context.mappingFor(gvkOf(object));
  if (object === undefined || mapping === undefined) problems.push(noMatch(json, gvk));
  else built.push({ object: placed(object, mapping, context.namespace), mapping });
}

/** What a list stands for, lists in it included: whatever is applied of a document. */
export function unlisted(json: JsonValue, depth = 0): readonly JsonValue[] {
  const items = depth < MAX_LIST_DEPTH && isJsonObject(json) ? itemsOf(json) : undefined;
  return items === undefined ? [json] : items.flatMap((item) => unlisted(item, depth + 1));
}

function itemsOf(json: JsonObject): readonly JsonValue[] | undefined {
  const isList = (stringAt(json, "kind") ?? "").endsWith("List") && Array.isArray(json["items"]);
  return isList ? listAt(json, "items").map((item) => withKind(item, json)) : undefined;
}

/** Items of a typed list name no kind: it is the list's without `List`. */
function withKind(item: JsonValue, list: JsonObject): JsonValue {
  if (!isJsonObject(item) || list["kind"] === "List") return item;
  return {
    apiVersion: list["apiVersion"] ?? null,
    kind: (stringAt(list, "kind") ?? "").slice(0, -"List".length),
    ...item,
  };
}

/** A namespaced object gets the release's namespace where it names none; a cluster-scoped one loses what it names. */
function placed(object: KubeObject, mapping: ResourceMapping, namespace: string): KubeObject {
  const own = getNamespace(object);
  if (mapping.namespaced) return own === "" ? { ...object, metadata: { ...object.metadata, namespace } } : object;
  if (!("namespace" in object.metadata)) return object;
  const { namespace: _dropped, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function noMatch(json: JsonObject, gvk: GroupVersionKind): BuildProblem {
  const object = parseObject({
    apiVersion: "v1",
    kind: "x",
    metadata: isJsonObject(json["metadata"]) ? json["metadata"] : {},
  });
  const name = object === undefined ? "" : getName(object);
  const own = object === undefined ? "" : getNamespace(object);
  const where = `name: ${quote(name)} namespace: ${quote(own)} from ""`;
  const message = `resource mapping not found for ${where}: ${noMatchError(gvk).message}\nensure CRDs are installed first`;
  return { message, noMatch: true };
}
