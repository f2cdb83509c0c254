import { formatApiVersion } from "../object/gvk.ts";
import { isJsonObject, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { parseObject } from "../object/read.ts";
import { parseJson } from "./body.ts";
import { KubeError, errorFromResponse, isKubeError } from "./error.ts";
import { readLines } from "./line.ts";
import { collectionPath, resourceName, type ResourceMapping } from "./mapping.ts";
import { sendStream } from "./rest.ts";
import type { KubeSession } from "./session.ts";

/** What a watch tells. A bookmark says how far the watch is, so that it can go on from there. */
export type WatchEvent =
  | { readonly type: "added" | "modified" | "deleted"; readonly object: KubeObject }
  | { readonly type: "bookmark"; readonly resourceVersion: string };

/** What to watch, from where and how long. */
export interface WatchOptions {
  readonly namespace: string;
  /** Of a list, or of the last event. */
  readonly resourceVersion: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  readonly metadataOnly?: boolean;
  /** The server ends the watch after this; at most 600. */
  readonly seconds: number;
}

/** An object is at most 1.5 MiB in etcd; JSON with managed fields may be twice that. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
const MAX_SECONDS = 600;

/**
 * Watches a collection until the server ends it or the caller stops. Throws `gone` when `resourceVersion` is too old: list again.
 */
export async function* watchObjects(
  session: KubeSession,
  mapping: ResourceMapping,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void> {
  const query: [string, string][] = [
    ["watch", "true"],
    ["allowWatchBookmarks", "true"],
    ["resourceVersion", options.resourceVersion],
    ["timeoutSeconds", String(Math.min(Math.max(1, Math.ceil(options.seconds)), MAX_SECONDS))],
  ];
  if (options.fieldSelector !== undefined) query.push(["fieldSelector", options.fieldSelector]);
  if (options.labelSelector !== undefined) query.push(["labelSelector", options.labelSelector]);
  const body = await sendStream(session, {
    method: "GET",
    path: collectionPath(mapping, options.namespace),
    query,
    resource: resourceName(mapping),
    ...(options.metadataOnly === true
      ? { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" }
      : {}),
  });
  for await (const line of readLines(body, MAX_LINE_BYTES)) {
    if (line !== "") yield parseEvent(mapping, line);
  }
}

function parseEvent(mapping: ResourceMapping, line: string): WatchEvent {
  const event = parseJson(line);
  const body = isJsonObject(event) ? event["object"] : undefined;
  const type = stringAt(event, "type");
  if (type === "ERROR") {
    const status = isJsonObject(body) && typeof body["code"] === "number" ? body["code"] : 500;
    throw errorFromResponse({ method: "GET", status, resource: resourceName(mapping), name: "" }, body, "");
  }
  if (type === "BOOKMARK") {
    return { type: "bookmark", resourceVersion: stringAt(body, "metadata", "resourceVersion") ?? "" };
  }
  const object = isJsonObject(body)
    ? parseObject({ ...body, apiVersion: formatApiVersion(mapping), kind: mapping.kind })
    : undefined;
  const known = TYPES.get(type ?? "");
  if (object === undefined || known === undefined) throw new KubeError("bad-response", "the watch sent no watch event");
  return { type: known, object };
}

const TYPES: ReadonlyMap<string, "added" | "modified" | "deleted"> = new Map([
  ["ADDED", "added"],
  ["MODIFIED", "modified"],
  ["DELETED", "deleted"],
]);

/** One of several watches that {@link firstChange} looks at. */
export interface WatchedCollection {
  readonly mapping: ResourceMapping;
  readonly namespace: string;
  readonly resourceVersion: string;
  /** Names of interest; events of other objects are passed over. */
  readonly names: ReadonlySet<string>;
  readonly metadataOnly?: boolean;
}

/** Watches beyond these cost more connections than a poll costs requests. */
export const MAX_WATCHES = 8;
/** A server that does not end its watch in time is left after as long again. */
const GRACE_SECONDS = 2;

/**
 * What watching came to: something changed; nothing did in the time; or a watch could not be held, because it is forbidden, the way to the
 * server does not carry it, or it broke.
 */
export type WatchNews = "changed" | "quiet" | "broken";

/**
 * Waits until an object of interest changes, in any of the first {@link MAX_WATCHES} collections, for at most `seconds`. One request per
 * collection. Where a watch cannot go on for the age of its version, that counts as a change: look again.
 */
export async function firstChange(
  session: KubeSession,
  collections: readonly WatchedCollection[],
  seconds: number,
): Promise<WatchNews> {
  const stop = new AbortController();
  const late = AbortSignal.timeout((seconds + GRACE_SECONDS) * 1000);
  const signals = [stop.signal, late, ...(session.signal === undefined ? [] : [session.signal])];
  const watching = { ...session, signal: AbortSignal.any(signals) };
  const watched = collections.slice(0, MAX_WATCHES).map((of) => changeIn(watching, of, seconds, late));
  try {
    return await firstNews(watched);
  } finally {
    stop.abort(new DOMException("another watch saw a change", "AbortError"));
    await Promise.allSettled(watched);
  }
}

/** A connection that breaks off throws whatever its runtime throws. */
async function changeIn(
  session: KubeSession,
  of: WatchedCollection,
  seconds: number,
  late: AbortSignal,
): Promise<WatchNews> {
  const { namespace, resourceVersion, names, metadataOnly = false } = of;
  const [name] = names;
  const fieldSelector = names.size === 1 && name !== undefined ? { fieldSelector: `metadata.name=${name}` } : {};
  const options = { namespace, resourceVersion, metadataOnly, seconds, ...fieldSelector };
  try {
    for await (const event of watchObjects(session, of.mapping, options)) {
      if (event.type !== "bookmark" && names.has(stringAt(event.object.metadata, "name") ?? "")) return "changed";
    }
    return "quiet";
  } catch (error) {
    if (late.aborted) return "quiet";
    if (session.signal?.aborted === true || isKubeError(error, "budget")) throw error;
    return isKubeError(error, "gone") ? "changed" : "broken";
  }
}

/** The first news that is any; `quiet` when all are. */
async function firstNews(some: readonly Promise<WatchNews>[]): Promise<WatchNews> {
  const loud = some.map(async (one) => {
    const news = await one;
    return news === "quiet" ? new Promise<WatchNews>(() => undefined) : news;
  });
  return Promise.race([...loud, Promise.all(some).then((): WatchNews => "quiet")]);
}
