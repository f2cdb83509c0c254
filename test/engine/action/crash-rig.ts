import type { ActionEvent } from "../../../engine/action/event.ts";
import type { ActionState } from "../../../engine/action/action.ts";
import { actionFor, getHistory, getRelease } from "../../../engine/action/index.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import type { Chart } from "../../../engine/chart/chart.ts";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import type { ClusterRequest, ClusterResponse, ClusterTransport } from "../../../engine/kube/transport.ts";
import { createRecordMemories, type RecordMemory } from "../../../engine/release/record-memory.ts";
import { openLocalCluster } from "../../../infra/local-cluster/cluster.ts";
import {
  type Bench,
  chartOf,
  install,
  openBench,
  rollback,
  testRelease,
  uninstall,
  upgrade,
} from "../../support/operation.ts";

/** A death in the middle of a step: what was sent has happened, nobody hears of it. */
export class Death extends Error {}

const HOOK = (name: string, events: string, policy: string): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${name}\n  annotations:\n    helm.sh/hook: ${events}\n    helm.sh/hook-delete-policy: ${policy}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: c, image: x}]\n`;
const MAP = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  v: {{ .Values.v | quote }}\n`;

/** Charts by the key that requests name. */
export async function crashCharts(): Promise<ReadonlyMap<string, Chart>> {
  const sources = {
    "values.yaml": "v: one\n",
    "templates/a.yaml": MAP("a"),
    "templates/pre.yaml": HOOK("pre", "pre-install,pre-upgrade,pre-rollback,pre-delete", "before-hook-creation"),
    "templates/check.yaml": HOOK("check", "test", "before-hook-creation,hook-succeeded"),
    "templates/post.yaml": HOOK("post", "post-install,post-upgrade", "before-hook-creation,hook-succeeded"),
  };
  const refused = MAP("refused").replace("data:", "immutable: maybe\ndata:");
  return new Map([
    ["web", await chartOf("web", { ...sources, "templates/b.yaml": MAP("b") })],
    ["smaller", await chartOf("web", { ...sources, "values.yaml": "v: two\n" }, "0.2.0")],
    ["refused", await chartOf("web", { ...sources, "values.yaml": "v: two\n", "templates/refused.yaml": refused })],
    [
      "nameless",
      await chartOf("web", {
        ...sources,
        "templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: c-}\n",
      }),
    ],
  ]);
}

/** What is done with a request that is sent; `send` is the cluster's answer. */
export type Mishap = (send: () => Promise<ClusterResponse>) => Promise<ClusterResponse>;

/** A simulated cluster behind a connection with one mishap. */
export interface Rig {
  readonly bench: Bench;
  readonly transport: ClusterTransport;
  /** Requests until the mishap; 0: there is none. */
  countdown: number;
  mishap: Mishap;
  created: string[];
  /** What the cluster has, by key. */
  readonly objects: ReadonlyMap<string, JsonObject>;
  readonly events: ActionEvent[];
  close: () => void;
}

/** Dies behind the request. */
const die: Mishap = async (send) => {
  await send();
  throw new Death();
};

/** Opens a rig with the charts; its cluster has what another one had. */
export function openRig(charts: ReadonlyMap<string, Chart>, before: ReadonlyMap<string, JsonObject> = new Map()): Rig {
  const objects = new Map(before);
  const local = openLocalCluster({
    storage: {
      load: () => before,
      save: (key, object) => void (object === undefined ? objects.delete(key) : objects.set(key, object)),
    },
    now: () => Date.now(),
    randomBytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
    readyAfter: 0,
  });
  // A process that dies takes along what it remembered.
  let remembered = createRecordMemories()("");
  const memory: RecordMemory = {
    get: (at) => remembered.get(at),
    set: (record) => remembered.set(record),
    forget: (at) => remembered.forget(at),
  };
  const forgetting = (error: unknown): never => {
    if (error instanceof Death) remembered = createRecordMemories()("");
    throw error;
  };
  const send = async (request: ClusterRequest): Promise<ClusterResponse> => {
    const sent = async (): Promise<ClusterResponse> => {
      const answer = await local.transport.send(request);
      noteCreation(rig, request, answer.status);
      return answer;
    };
    return rig.countdown > 0 && --rig.countdown === 0 ? rig.mishap(sent) : sent();
  };
  const rig: Rig = {
    countdown: 0,
    mishap: die,
    created: [],
    objects,
    events: [],
    close: local.close,
    transport: local.transport,
    bench: openBench({ send: (request) => send(request).catch(forgetting) }, { memory, sleep: async () => undefined }),
  };
  for (const [key, chart] of charts) rig.bench.charts.set(key, chart);
  return rig;
}

/** A hook is made by an apply to its own path, or by a POST to all. */
function noteCreation(rig: Rig, request: ClusterRequest, status: number): void {
  if (status !== 201 || !request.path.includes("/jobs")) return;
  const { metadata }: { readonly metadata: { readonly name: string } } = JSON.parse(
    typeof request.body === "string" ? request.body : "{}",
  );
  rig.created.push(metadata.name);
}

/** How an operation ended. */
export type Survived = {
  readonly kind: string;
  readonly code?: string;
  readonly message?: string;
  readonly undo: string;
  readonly deaths: number;
};

/** Drives to the end, starting over from the last kept state after what `isPassing` says of the errors that a step throws. */
export async function survive(
  rig: Rig,
  request: ActionRequest,
  isPassing: (thrown: unknown) => boolean = (thrown) => thrown instanceof Death,
): Promise<Survived> {
  const action = actionFor(request);
  let state: ActionState = action.start(request);
  let deaths = 0;
  for (let i = 0; i < 1000; i++) {
    try {
      const step = await action.advance(JSON.parse(JSON.stringify(state)), rig.bench.deps, {
        subrequests: 10_000,
        deadline: Date.now() + 20_000,
      });
      state = step.state;
      rig.events.push(...step.events);
      if (step.next.kind === "done") return { ...step.next.outcome, deaths };
      if (step.next.kind === "at") await new Promise((resolve) => setTimeout(resolve, 1));
    } catch (error) {
      if (!isPassing(error)) throw error;
      deaths++;
    }
  }
  throw new Error("it does not end");
}

/** What a cluster shows of the release in the end: objects and history, times and uids aside. */
export async function endState(rig: Rig): Promise<JsonValue> {
  const read = { cluster: rig.transport };
  const history = await getHistory(read, { name: "web", namespace: "default" }).catch(() => []);
  const records = await Promise.all(
    history.map(async ({ revision }) => {
      const { release, labels } = await getRelease(read, { name: "web", namespace: "default", revision });
      const hooks = release.hooks.map((hook) => [hook.name, hook.lastRun.phase]);
      return [
        revision,
        release.info.status,
        release.info.description,
        release.manifest,
        hooks,
        Object.keys(labels).sort(),
      ];
    }),
  );
  const maps: JsonValue[] = [];
  for (const name of ["a", "b"]) maps.push(await objectAt(rig, `/api/v1/namespaces/default/configmaps/${name}`));
  const all = await rig.transport.send({ method: "GET", path: "/api/v1/namespaces/default/configmaps" });
  const { items }: { readonly items: readonly JsonValue[] } = JSON.parse(await new Response(all.body).text());
  maps.push(items.length);
  for (const name of ["pre", "post"])
    maps.push((await objectAt(rig, `/apis/batch/v1/namespaces/default/jobs/${name}`)) !== null);
  return JSON.parse(JSON.stringify([records, maps]));
}

async function objectAt(rig: Rig, path: string): Promise<JsonValue> {
  const answer = await rig.transport.send({ method: "GET", path });
  const json = JSON.parse(await new Response(answer.body).text());
  return answer.status === 200
    ? { data: json.data, labels: json.metadata.labels, annotations: json.metadata.annotations }
    : null;
}

const CLIENT = { serverSide: false, createNamespace: true } as const;

/** Actions, and what is done before them. */
export const SCENES: readonly (readonly [string, readonly ActionRequest[], ActionRequest])[] = [
  ["install", [], install("web", "web")],
  ["upgrade", [install("web", "web")], upgrade("web", "smaller")],
  ["upgrade --install", [], upgrade("web", "web", { install: true, createNamespace: true })],
  [
    "upgrade with pruning",
    [install("web", "web"), upgrade("web", "smaller")],
    upgrade("web", "web", { maxHistory: 2 }),
  ],
  ["rollback", [install("web", "web"), upgrade("web", "smaller")], rollback("web", 1)],
  ["client-side install", [], install("web", "web", CLIENT)],
  ["client-side install of what has no name", [], install("web", "nameless", CLIENT)],
  [
    "client-side upgrade",
    [install("web", "web", CLIENT)],
    upgrade("web", "smaller", { createNamespace: true, install: true }),
  ],
  ["upgrade to server-side apply", [install("web", "web", CLIENT)], upgrade("web", "smaller", { serverSide: true })],
  [
    "force-replace",
    [install("web", "web", CLIENT), upgrade("web", "smaller")],
    upgrade("web", "web", { forceReplace: true }),
  ],
  [
    "client-side rollback",
    [install("web", "web", CLIENT), upgrade("web", "smaller", { serverSide: true })],
    rollback("web", 1),
  ],
  ["uninstall", [install("web", "web"), upgrade("web", "smaller")], uninstall("web")],
  ["test", [install("web", "web")], testRelease("web")],
  ["uninstall with kept history", [install("web", "web")], uninstall("web", { keepHistory: true })],
];
