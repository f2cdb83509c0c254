import type { JsonValue } from "../errors.ts";
import { formatApiVersion } from "../object/gvk.ts";
import { isJsonObject, listAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { parseObject } from "../object/read.ts";
import { KubeError } from "./error.ts";
import { collectionPath, resourceName, type ResourceMapping } from "./mapping.ts";
import { MAX_BODY_BYTES, sendJson } from "./rest.ts";
import type { KubeSession } from "./session.ts";

/** What to list. */
export interface ListOptions {
  /** Empty or absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly metadataOnly?: boolean;
  /** Items per page; {@link PAGE_LIMIT} when absent. */
  readonly limit?: number;
  /** Give up, with `complete: false`, rather than read more pages than this. {@link MAX_PAGES} when absent. */
  readonly maxPages?: number;
  readonly maxBytes?: number;
  /** Only objects of these names are kept, page by page; once all are found nothing more is read. */
  readonly names?: ReadonlySet<string>;
}

/** What was listed. Absence of an object is proven only by a `complete` list. */
export interface ListResult {
  readonly items: readonly KubeObject[];
  /** The list was read to its end, or all that was wanted of it was found. */
  readonly complete: boolean;
  /** Where a watch may go on. */
  readonly resourceVersion: string;
}

/** Items per page, as kubectl asks. */
export const PAGE_LIMIT = 500;
/** 50,000 objects of one kind; each page is one request of the caller's budget. */
const MAX_PAGES = 100;
const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Lists a kind, page by page. Throws `gone` when a list took longer than the server keeps its snapshot. */
export async function listObjects(
  session: KubeSession,
  mapping: ResourceMapping,
  options: ListOptions = {},
): Promise<ListResult> {
  const items: KubeObject[] = [];
  let token = "";
  let resourceVersion = "";
  for (let page = 0; page < (options.maxPages ?? MAX_PAGES); page++) {
    const body = await readPage(session, mapping, options, token);
    for (const item of listAt(body, "items")) if (isWanted(item, options)) items.push(completeItem(mapping, item));
    resourceVersion = stringAt(body, "metadata", "resourceVersion") ?? resourceVersion;
    token = stringAt(body, "metadata", "continue") ?? "";
    if (token === "" || items.length === options.names?.size) return { items, complete: true, resourceVersion };
  }
  return { items, complete: false, resourceVersion };
}

function isWanted(item: JsonValue, { names }: ListOptions): boolean {
  return names === undefined || names.has(stringAt(item, "metadata", "name") ?? "");
}

async function readPage(
  session: KubeSession,
  mapping: ResourceMapping,
  options: ListOptions,
  token: string,
): Promise<JsonValue> {
  const query: [string, string][] = [["limit", String(options.limit ?? PAGE_LIMIT)]];
  if (options.labelSelector !== undefined) query.push(["labelSelector", options.labelSelector]);
  if (options.fieldSelector !== undefined) query.push(["fieldSelector", options.fieldSelector]);
  if (token !== "") query.push(["continue", token]);
  const answer = await sendJson(session, {
    method: "GET",
    path: collectionPath(mapping, options.namespace ?? ""),
    query,
    resource: resourceName(mapping),
    maxBytes: options.maxBytes ?? MAX_BODY_BYTES,
    ...(options.metadataOnly === true ? { accept: METADATA_LIST } : {}),
  });
  if (!isJsonObject(answer.body) || stringAt(answer.body, "kind")?.endsWith("List") !== true) {
    throw new KubeError("bad-response", `the answer is no list of ${resourceName(mapping)}`, { status: answer.status });
  }
  return answer.body;
}

/** Items of a typed list carry no apiVersion and kind; those of a metadata list say what they are cut from nowhere. */
function completeItem(mapping: ResourceMapping, item: JsonValue): KubeObject {
  const apiVersion = formatApiVersion(mapping);
  const object = isJsonObject(item) ? parseObject({ ...item, apiVersion, kind: mapping.kind }) : undefined;
  if (object === undefined) throw new KubeError("bad-response", `an item of the list is no ${mapping.kind}`);
  return object;
}
