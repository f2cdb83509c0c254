import type { JsonObject } from "../errors.ts";
import { discover } from "../kube/discover.ts";
import { type DiscoveryData, openDiscovery } from "../kube/discovery.ts";
import { isKubeError } from "../kube/error.ts";
import { listObjects } from "../kube/list.ts";
import { collectionPath, objectPath, PODS, resourceName, type ResourceMapping } from "../kube/mapping.ts";
import { sendJson } from "../kube/rest.ts";
import type { KubeSession } from "../kube/session.ts";
import { isJsonObject, objectAt, stringAt } from "../object/json.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { Release } from "../release/release.ts";
import { type BuiltObject, buildObjects } from "./build.ts";
import { gather } from "./gather.ts";
import { type ReadDeps, sessionOf } from "./read.ts";

/** Live objects of one kind as `status` shows them; `name` is Helm's: version and kind, without the group. */
export interface LiveGroup {
  readonly name: string;
  readonly objects: readonly JsonObject[];
}

/** What asks an API server for its table of an object, and the whole object in it: selectors are in there. */
const TABLES =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
const WHOLE: readonly (readonly [string, string])[] = [["includeObject", "Object"]];
/** One object, or a page of pods. */
const MAX_ANSWER = 8 * 1024 * 1024;
const RELATED = "v1/Pod(related)";

/**
 * The objects of a release's manifest as they are in the cluster, whole or as server tables, and behind them the pods that its workloads
 * select. Throws `ActionError` `render-failed` for a kind that is not served.
 * Helm compatibility: what cannot be read is left out without a word; equal selectors are asked for once.
 */
export async function readResources(
  deps: ReadDeps & { readonly discovery?: DiscoveryData },
  release: Release,
  as: "objects" | "tables",
): Promise<readonly LiveGroup[]> {
  const session = sessionOf(deps);
  const discovery = deps.discovery === undefined ? await discover(session) : openDiscovery(deps.discovery);
  const { namespace } = release;
  const built = buildObjects(release.manifest, { mappingFor: discovery.mappingFor, namespace });
  const live = await gather(built, (one) => readOne(session, one, as));
  const groups = new Map<string, JsonObject[]>();
  const selectors = new Map<string, Selection>();
  for (const [index, { object, mapping }] of built.entries()) {
    const found = live[index];
    if (found === undefined) continue;
    push(groups, `${mapping.version}/${mapping.kind}`, [found]);
    const selection = selectionOf(wholeOf(found), getNamespace(object));
    if (selection !== undefined && !selectors.has(selection.labels)) selectors.set(selection.labels, selection);
  }
  const pods = await gather([...selectors.values()], (selection) => readPods(session, selection, as));
  for (const some of pods) if (some.length > 0) push(groups, RELATED, some);
  return [...groups].map(([name, objects]) => ({ name, objects }));
}

function push(groups: Map<string, JsonObject[]>, name: string, objects: readonly JsonObject[]): void {
  groups.set(name, [...(groups.get(name) ?? []), ...objects]);
}

async function readOne(
  session: KubeSession,
  { object, mapping }: BuiltObject,
  as: "objects" | "tables",
): Promise<JsonObject | undefined> {
  const name = getName(object);
  try {
    return await readBody(session, mapping, { path: objectPath(mapping, getNamespace(object), name), name }, as);
  } catch (error) {
    if (isKubeError(error) && error.code !== "budget" && error.code !== "unreachable") return undefined;
    throw error;
  }
}

async function readBody(
  session: KubeSession,
  mapping: ResourceMapping,
  at: { readonly path: string; readonly name?: string; readonly query?: readonly (readonly [string, string])[] },
  as: "objects" | "tables",
): Promise<JsonObject | undefined> {
  const { body } = await sendJson(session, {
    method: "GET",
    path: at.path,
    resource: resourceName(mapping),
    maxBytes: MAX_ANSWER,
    query: [...(as === "tables" ? WHOLE : []), ...(at.query ?? [])],
    ...(at.name === undefined ? {} : { name: at.name }),
    ...(as === "tables" ? { accept: TABLES } : {}),
  });
  return isJsonObject(body) ? body : undefined;
}

/** The object itself: of a table, that of its only row. */
function wholeOf(answer: JsonObject): JsonObject {
  if (answer["kind"] !== "Table") return answer;
  const rows = answer["rows"];
  const [row] = Array.isArray(rows) ? rows : [];
  return objectAt(row, "object") ?? {};
}

interface Selection {
  readonly namespace: string;
  readonly labels: string;
}

const SELECTING = ["ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job"];

function selectionOf(object: JsonObject, namespace: string): Selection | undefined {
  const kind = stringAt(object, "kind") ?? "";
  const own =
    kind === "ReplicationController"
      ? objectAt(object, "spec", "selector")
      : SELECTING.includes(kind)
        ? objectAt(object, "spec", "selector", "matchLabels")
        : undefined;
  if (own === undefined) return undefined;
  const terms = Object.entries(own).flatMap(([name, value]) => (typeof value === "string" ? [`${name}=${value}`] : []));
  return { namespace, labels: terms.sort().join(",") };
}

/** Helm compatibility: pods that cannot be listed are left out. */
async function readPods(
  session: KubeSession,
  { namespace, labels }: Selection,
  as: "objects" | "tables",
): Promise<readonly JsonObject[]> {
  try {
    if (as === "objects") return (await listObjects(session, PODS, { namespace, labelSelector: labels })).items;
    const query = [
      ["labelSelector", labels],
      ["limit", "500"],
    ] as const;
    const table = await readBody(session, PODS, { path: collectionPath(PODS, namespace), query }, as);
    return table === undefined ? [] : [table];
  } catch (error) {
    if (isKubeError(error) && error.code !== "budget" && error.code !== "unreachable") return [];
    throw error;
  }
}
