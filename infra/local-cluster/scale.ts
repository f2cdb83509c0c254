import type { JsonObject } from "../../engine/errors.ts";
import { integerAt, isJsonObject, objectAt, stringAt } from "../../engine/object/json.ts";
import { bodyOf, header, objectBody, type Exchange } from "./exchange.ts";
import { jsonPatch, mergePatch } from "./patch.ts";
import { badRequest, Refusal } from "./status.ts";
import { requireLive, update } from "./write.ts";

/** GET, PUT and PATCH of `scale`: a view of `spec.replicas` that is owned under its own subresource. */
export function scaleObject(exchange: Exchange): JsonObject {
  const { key, live } = requireLive(exchange);
  const current = scaleOf(live);
  if (exchange.request.method === "GET") return current;
  const wanted = exchange.request.method === "PUT" ? objectBody(exchange.request) : patched(exchange, current);
  const replicas = integerAt(wanted, "spec", "replicas") ?? 0;
  if (replicas < 0) throw badRequest("spec.replicas: must be greater than or equal to 0");
  const metadata = {
    ...objectAt(live, "metadata"),
    resourceVersion: stringAt(wanted, "metadata", "resourceVersion") ?? "",
  };
  const next = { ...live, metadata, spec: { ...objectAt(live, "spec"), replicas } };
  return scaleOf(update(exchange, key, live, next));
}

function patched(exchange: Exchange, current: JsonObject): JsonObject {
  const type = header(exchange.request, "content-type");
  const body = bodyOf(exchange.request);
  const isMerge = type === "application/merge-patch+json" || type === "application/strategic-merge-patch+json";
  if (!isMerge && type !== "application/json-patch+json") {
    throw new Refusal(
      415,
      "UnsupportedMediaType",
      `the simulated cluster does not take patches of type ${JSON.stringify(type)} here`,
    );
  }
  const value = isMerge ? mergePatch(current, body) : jsonPatch(current, body);
  if (!isJsonObject(value)) throw badRequest("the patched scale is no object");
  return value;
}

function scaleOf(object: JsonObject): JsonObject {
  const metadata = objectAt(object, "metadata") ?? {};
  const kept = ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"];
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: Object.fromEntries(
      kept.flatMap((name) => (metadata[name] === undefined ? [] : [[name, metadata[name]]])),
    ),
    spec: { replicas: integerAt(object, "spec", "replicas") ?? 0 },
    status: { replicas: integerAt(object, "status", "replicas") ?? 0 },
  };
}
