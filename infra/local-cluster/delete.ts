import type { JsonObject } from "../../engine/errors.ts";
import { listAt, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";
import { isDryRun, objectBody, subjectOf, timeText, type Exchange } from "./exchange.ts";
import { modified } from "./status.ts";
import { requireLive } from "./write.ts";

/** DELETE of one object: at once, or once its finalizers are gone. A namespace takes what is in it along. */
export function deleteObject(exchange: Exchange): JsonObject {
  const { cluster, request, resource } = exchange;
  const { key, live } = requireLive(exchange);
  const uid = stringAt(request.body === undefined ? {} : objectBody(request), "preconditions", "uid");
  if (uid !== undefined && uid !== stringAt(live, "metadata", "uid")) throw modified(subjectOf(exchange));
  if (isDryRun(request)) return success(exchange, live);
  if (listAt(live, "metadata", "finalizers").length > 0) {
    if (memberAt(live, "metadata", "deletionTimestamp") !== undefined) return live;
    const metadata = {
      ...objectAt(live, "metadata"),
      deletionTimestamp: timeText(cluster.now()),
      deletionGracePeriodSeconds: 0,
    };
    return cluster.store.put(key, { ...live, metadata });
  }
  cluster.store.remove(key);
  if (resource.group === "" && resource.kind === "Namespace") emptyNamespace(exchange);
  if (resource.kind === "CustomResourceDefinition") removeInstances(exchange, live);
  removeDependents(exchange, stringAt(live, "metadata", "uid") ?? "");
  return success(exchange, live);
}

function emptyNamespace({ cluster, at }: Exchange): void {
  for (const object of cluster.store.list("")) {
    if (stringAt(object, "metadata", "namespace") === at.name) removeByObject(cluster.store, object);
  }
}

function removeInstances({ cluster }: Exchange, crd: JsonObject): void {
  const prefix = `${stringAt(crd, "spec", "group") ?? ""}/${stringAt(crd, "spec", "names", "plural") ?? ""}/`;
  for (const object of cluster.store.list(prefix)) removeByObject(cluster.store, object);
}

/** The garbage collector: what names the deleted object as its owner goes too. */
function removeDependents({ cluster }: Exchange, uid: string): void {
  for (const object of cluster.store.list("")) {
    const owners = listAt(object, "metadata", "ownerReferences");
    if (owners.some((owner) => stringAt(owner, "uid") === uid)) removeByObject(cluster.store, object);
  }
}

function removeByObject(store: Exchange["cluster"]["store"], object: JsonObject): void {
  const key = store.keyOf(object);
  if (key !== undefined) store.remove(key);
}

function success({ resource }: Exchange, live: JsonObject): JsonObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: stringAt(live, "metadata", "name") ?? "",
      ...(resource.group === "" ? {} : { group: resource.group }),
      kind: resource.plural,
      uid: stringAt(live, "metadata", "uid") ?? "",
    },
  };
}
