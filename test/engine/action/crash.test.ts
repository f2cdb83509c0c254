import { beforeAll, describe, expect, test } from "vitest";
import type { ActionState } from "../../../engine/action/action.ts";
import { actionFor, getHistory, getRelease } from "../../../engine/action/index.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import type { Chart } from "../../../engine/chart/chart.ts";
import type { JsonValue } from "../../../engine/errors.ts";
import type { ClusterRequest, ClusterTransport } from "../../../engine/kube/transport.ts";
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
class Death extends Error {}

const HOOK = (name: string, events: string, policy: string): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${name}\n  annotations:\n    helm.sh/hook: ${events}\n    helm.sh/hook-delete-policy: ${policy}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: c, image: x}]\n`;
const MAP = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  v: {{ .Values.v | quote }}\n`;

let chart: Chart;
let smaller: Chart;
let nameless: Chart;
beforeAll(async () => {
  const sources = {
    "values.yaml": "v: one\n",
    "templates/a.yaml": MAP("a"),
    "templates/pre.yaml": HOOK("pre", "pre-install,pre-upgrade,pre-rollback,pre-delete", "before-hook-creation"),
    "templates/check.yaml": HOOK("check", "test", "before-hook-creation,hook-succeeded"),
    "templates/post.yaml": HOOK("post", "post-install,post-upgrade", "before-hook-creation,hook-succeeded"),
  };
  chart = await chartOf("web", { ...sources, "templates/b.yaml": MAP("b") });
  nameless = await chartOf("web", {
    ...sources,
    "templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: c-}\n",
  });
  smaller = await chartOf("web", { ...sources, "values.yaml": "v: two\n" }, "0.2.0");
});

interface Rig {
  readonly bench: Bench;
  readonly transport: ClusterTransport;
  /** Dies behind this many requests from now on; 0: never. */
  dieAfter: number;
  created: string[];
  close: () => void;
}

function openRig(): Rig {
  const local = openLocalCluster({
    now: () => Date.now(),
    randomBytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
    readyAfter: 0,
  });
  const rig: Rig = {
    dieAfter: 0,
    created: [],
    close: local.close,
    transport: local.transport,
    bench: openBench({
      send: async (request) => {
        const answer = await local.transport.send(request);
        noteCreation(rig, request, answer.status);
        if (rig.dieAfter > 0 && --rig.dieAfter === 0) throw new Death();
        return answer;
      },
    }),
  };
  rig.bench.charts.set("web", chart);
  rig.bench.charts.set("smaller", smaller);
  rig.bench.charts.set("nameless", nameless);
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

/** Drives to the end, starting over from the last kept state after a death. */
async function survive(
  rig: Rig,
  request: ActionRequest,
): Promise<{ readonly kind: string; readonly message?: string; readonly deaths: number }> {
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
      if (step.next.kind === "done") return { ...step.next.outcome, deaths };
      if (step.next.kind === "at") await new Promise((resolve) => setTimeout(resolve, 1));
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      deaths++;
    }
  }
  throw new Error("it does not end");
}

/** What a cluster shows of the release in the end: objects and history, times and uids aside. */
async function endState(rig: Rig): Promise<JsonValue> {
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

const SCENES: readonly (readonly [string, readonly ActionRequest[], ActionRequest])[] = [
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

describe.each(SCENES)("%s", (_, before, request) => {
  test("that dies behind any request and is taken up again ends as if nothing had happened", async () => {
    const calm = openRig();
    for (const one of before) await survive(calm, one);
    calm.bench.requests.length = 0;
    calm.created.length = 0;
    const good = await survive(calm, request);
    expect(good).toMatchObject({ kind: "succeeded", deaths: 0 });
    const wanted = await endState(calm);
    const jobs = [...calm.created];
    const total = calm.bench.requests.length;
    calm.close();
    for (let at = 1; at <= total; at++) {
      const rig = openRig();
      for (const one of before) await survive(rig, one);
      rig.created.length = 0;
      rig.dieAfter = at;
      const outcome = await survive(rig, request);
      expect(outcome, `death behind request ${at} of ${total}`).toMatchObject({ kind: "succeeded", deaths: 1 });
      expect(await endState(rig), `death behind request ${at} of ${total}`).toEqual(wanted);
      expect(rig.created, `hooks made, death behind request ${at} of ${total}`).toEqual(jobs);
      rig.close();
    }
  });

  test("whose every step is done twice ends the same", async () => {
    const once = openRig();
    const twice = openRig();
    for (const rig of [once, twice]) for (const one of before) await survive(rig, one);
    await once.bench.run(request);
    const driven = await twice.bench.run(request, { twice: true });
    expect(driven.outcome.kind).toBe("succeeded");
    expect(await endState(twice)).toEqual(await endState(once));
    for (const rig of [once, twice]) rig.close();
  });

  test("within the smallest budgets ends the same, and its state stays small", async () => {
    const once = openRig();
    const tight = openRig();
    for (const rig of [once, tight]) for (const one of before) await survive(rig, one);
    await once.bench.run(request);
    const driven = await tight.bench.run(request, { subrequests: 6 });
    expect(driven.outcome.kind).toBe("succeeded");
    expect(driven.stateBytes).toBeLessThan(64 * 1024);
    expect(await endState(tight)).toEqual(await endState(once));
    for (const rig of [once, tight]) rig.close();
  });
});
