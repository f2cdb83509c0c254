import type { JsonObject } from "../../engine/errors.ts";
import { stringAt } from "../../engine/object/json.ts";
import { answerHeaders } from "../../engine/kube/answer.ts";
import type { ClusterResponse } from "../../engine/kube/transport.ts";
import { header, query, type Exchange } from "./exchange.ts";
import { parseFieldSelector, parseLabelSelector, type Selector } from "./selector.ts";
import { badRequest, jsonResponse, Refusal } from "./status.ts";
import type { Change } from "./store.ts";
import { requireLive } from "./write.ts";

/** GET of one object. */
export function getObject(exchange: Exchange): ClusterResponse {
  return jsonResponse(200, asAsked(exchange, requireLive(exchange).live));
}

/** GET of a collection: a list, page by page, or a watch. */
export function listObjects(exchange: Exchange): ClusterResponse {
  const { cluster, resource, request } = exchange;
  const matches = selectorOf(exchange);
  if (["true", "1"].includes(query(request, "watch") ?? "")) return watchObjects(exchange, matches);
  const all = cluster.store.list(prefixOf(exchange)).filter(matches);
  const { page, rest } = pageOf(all, query(request, "limit"), query(request, "continue"));
  const partial = isPartial(exchange);
  return jsonResponse(200, {
    apiVersion: partial ? "meta.k8s.io/v1" : groupVersion(exchange),
    kind: partial ? "PartialObjectMetadataList" : `${resource.kind}List`,
    metadata: { resourceVersion: String(cluster.store.revision()), ...rest },
    items: page.map((object) => asAsked(exchange, object)),
  });
}

function prefixOf({ resource, at }: Exchange): string {
  const kind = `${resource.group}/${resource.plural}/`;
  return at.namespace === undefined ? kind : `${kind}${at.namespace}/`;
}

function selectorOf({ request }: Exchange): Selector {
  const labels = parseLabelSelector(query(request, "labelSelector"));
  const fields = parseFieldSelector(query(request, "fieldSelector"));
  if (labels === undefined) throw badRequest(`unable to parse requirement: ${query(request, "labelSelector") ?? ""}`);
  if (fields === undefined) throw badRequest(`invalid field selector: ${query(request, "fieldSelector") ?? ""}`);
  return (object) => labels(object) && fields(object);
}

/** The continue token is the offset: the store is small and a list is not held against later writes. */
function pageOf(
  all: readonly JsonObject[],
  limit: string | undefined,
  after: string | undefined,
): { readonly page: readonly JsonObject[]; readonly rest: JsonObject } {
  const start = Number(after ?? 0) || 0;
  const size = Number(limit ?? 0) || all.length;
  const end = start + size;
  const rest: JsonObject = end < all.length ? { continue: String(end), remainingItemCount: all.length - end } : {};
  return { page: all.slice(start, end), rest };
}

function isPartial({ request }: Exchange): boolean {
  return /as=PartialObjectMetadata(List)?\b/.test(header(request, "accept"));
}

function groupVersion({ resource }: Exchange): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** An object in the version, and in the form, that was asked for. */
export function asAsked(exchange: Exchange, object: JsonObject): JsonObject {
  if (isPartial(exchange))
    return { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: object["metadata"] ?? {} };
  return { ...object, apiVersion: groupVersion(exchange) };
}

const noop = (): void => undefined;

/** Lines of JSON events until the client goes, or its `timeoutSeconds` are over. */
function watchObjects(exchange: Exchange, matches: Selector): ClusterResponse {
  const { cluster, request } = exchange;
  const prefix = prefixOf(exchange);
  const from = Number(query(request, "resourceVersion") ?? 0);
  const missed = from === 0 ? initialEvents(exchange, prefix) : cluster.store.since(from);
  if (missed === undefined)
    throw new Refusal(410, "Expired", `too old resource version: ${from} (${cluster.store.revision()})`);
  const isWatched = (change: Change): boolean => change.key.startsWith(prefix) && matches(change.object);
  const line = (change: Change): Uint8Array =>
    new TextEncoder().encode(`${JSON.stringify({ type: change.type, object: asAsked(exchange, change.object) })}\n`);
  const subscription = { end: noop };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const change of missed.filter(isWatched)) controller.enqueue(line(change));
      const forget = cluster.store.listen((change) => {
        if (isWatched(change)) controller.enqueue(line(change));
      });
      const abort = (): void => {
        subscription.end();
        controller.error(request.signal?.reason);
      };
      const expire = (): void => {
        subscription.end();
        controller.close();
      };
      const seconds = Number(query(request, "timeoutSeconds") ?? 0);
      const timer = seconds > 0 ? setTimeout(expire, seconds * 1000) : undefined;
      request.signal?.addEventListener("abort", abort, { once: true });
      subscription.end = () => {
        forget();
        clearTimeout(timer);
        request.signal?.removeEventListener("abort", abort);
      };
    },
    cancel: () => subscription.end(),
  });
  return { status: 200, headers: answerHeaders([["content-type", "application/json"]]), body };
}

function initialEvents({ cluster }: Exchange, prefix: string): readonly Change[] {
  return cluster.store.list(prefix).map((object) => ({
    type: "ADDED",
    key: `${prefix}${stringAt(object, "metadata", "name") ?? ""}`,
    revision: 0,
    object,
  }));
}
