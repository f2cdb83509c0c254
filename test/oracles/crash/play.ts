import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { isJsonObject, listAt, memberAt, stringAt } from "../../../engine/object/json.ts";
import { type Api, createApi, type ReleaseAddress, releasePath } from "../../support/api.ts";
import { packChart, pushArchive } from "../../support/push-chart.ts";
import type { SlipwayServer } from "../../support/slipway-server.ts";
import { lookAt, type SideState } from "../scenarios/state.ts";
import { type TwoSides, withoutPlace } from "../two-sides.ts";
import { crashChart, SHARED_GROUP } from "./chart.ts";
import type { Change, Scene } from "./scenes.ts";

/** An operation of a scene in a namespace of its own; `at`: where its process dies, nowhere when absent. */
export interface Case {
  readonly scene: Scene;
  readonly namespace: string;
  readonly at?: string;
}

/** How it ended. */
export interface Seen {
  readonly status: string;
  readonly error: string;
  /** Terminal events that a reader of the stream is told. */
  readonly ends: number;
  /** What operations the server lists for the namespace: action and status, oldest first. */
  readonly listed: readonly string[];
  readonly state: SideState;
}

/** Operations at once: more gain nothing on two cores. */
export const LANES = 8;
const PATIENCE = 150_000;
const POLL = 200;
/** Kinds of the chart that are looked for. */
const KINDS = "Deployment Job Role Service ServiceAccount Thing CustomResourceDefinition";

/** Pushes the chart that all cases share. */
export async function pushShared(server: SlipwayServer): Promise<void> {
  await push(server, "crash", SHARED_GROUP);
}

async function push(server: SlipwayServer, name: string, group: string): Promise<void> {
  const archive = await packChart(name, crashChart(name, group));
  await pushArchive((path, init) => fetch(server.url + path, init), `charts/${name}`, archive);
}

/** Does what comes before a case's change. */
export async function prepare(server: SlipwayServer, sides: TwoSides, one: Case): Promise<void> {
  if (one.scene.before.length === 0) return push(server, chartName(one), `${one.namespace}.example.com`);
  const metadata = { name: one.namespace };
  await sides.send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
  const api = createApi({ url: server.url });
  for (const change of one.scene.before) await api.deploy(addressOf(one), change.action, bodyOf(one, change));
}

/** Only a first install makes its own CRD: in all else it is there before. */
function chartName({ scene, namespace }: Case): string {
  return scene.before.length === 0 ? `crash-${namespace}` : "crash";
}

function addressOf({ namespace }: Case): ReleaseAddress {
  return { cluster: "default", namespace, name: "web" };
}

function bodyOf(one: Case, { action, body }: Change): JsonObject {
  const takesChart = action === "install" || action === "upgrade";
  return takesChart ? { ...body, chart: `charts/${chartName(one)}`, version: "1.0.0" } : body;
}

/** Asks for the case's change. The process may die before it answers. */
export async function begin(server: SlipwayServer, one: Case): Promise<void> {
  const { change } = one.scene;
  const path = `${releasePath(addressOf(one))}/${change.action}`;
  const answer = await createApi({ url: server.url })
    .post(path, bodyOf(one, change))
    .catch(() => undefined);
  if (answer !== undefined && answer.status !== 202)
    throw new Error(`${one.namespace}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** Waits for the end of a case's change, which nobody asks for again unless it was never recorded. */
export async function end(server: SlipwayServer, sides: TwoSides, one: Case): Promise<Seen> {
  const api = createApi({ url: server.url });
  const recorded = await operationsOf(api, one);
  if (recorded.length === one.scene.before.length) {
    if (one.at !== "before append created #1") throw new Error("the operation is lost");
    await begin(server, one);
  }
  const id = stringAt((await operationsOf(api, one)).at(-1) ?? {}, "id") ?? "";
  const standing = await ended(api, id);
  return {
    status: stringAt(standing, "status") ?? "",
    error: plain(stringAt(standing, "error", "message") ?? "", one),
    ends: (await api.events(id)).filter(({ event }) => event === "done").length,
    listed: (await operationsOf(api, one)).map((item) => `${stringAt(item, "action")} ${stringAt(item, "status")}`),
    state: await look(sides, one),
  };
}

async function operationsOf(api: Api, { namespace }: Case): Promise<readonly JsonObject[]> {
  const { body } = await api.get(`/v1/operations?cluster=default&namespace=${namespace}&limit=20`);
  return listAt(body, "items").filter(isJsonObject).toReversed();
}

async function ended(api: Api, id: string): Promise<JsonObject> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const { body } = await api.get(`/v1/operations/${id}`);
    if (body["status"] !== "running") return body;
    if (Date.now() > until) throw new Error(`${id} does not end: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

function plain(text: string, { namespace }: Case): string {
  return text.replaceAll(namespace, "NS");
}

async function look(sides: TwoSides, one: Case): Promise<SideState> {
  const { objects, records } = await lookAt(sides, one.namespace, KINDS);
  const shared: Record<string, JsonValue> = {};
  if (one.scene.before.length > 0) {
    const path = `/apis/${SHARED_GROUP}/v1/namespaces/${one.namespace}/things`;
    for (const item of listAt((await sides.send("GET", path)) ?? {}, "items")) {
      if (!isJsonObject(item) || memberAt(item, "metadata", "deletionTimestamp") !== undefined) continue;
      shared[`things/${stringAt(item, "metadata", "name")}`] = withoutPlace(item, one.namespace);
    }
  }
  return { objects: { ...objects, ...shared }, records };
}
