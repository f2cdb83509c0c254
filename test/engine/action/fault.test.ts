import { beforeAll, describe, expect, test } from "vitest";
import { getHistory } from "../../../engine/action/index.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import type { Chart } from "../../../engine/chart/chart.ts";
import { KubeError } from "../../../engine/kube/error.ts";
import type { ClusterResponse } from "../../../engine/kube/transport.ts";
import { judge } from "../../../functions/operations/step-failure.ts";
import { install, rollback, testRelease, uninstall, upgrade } from "../../support/operation.ts";
import { crashCharts, endState, type Mishap, openRig, type Rig, type Survived, survive } from "./crash-rig.ts";

let charts: ReadonlyMap<string, Chart>;
beforeAll(async () => {
  charts = await crashCharts();
});

const reset = (): never => {
  throw new KubeError("unreachable", "read tcp 10.0.0.1:6443: connection reset by peer");
};

function refused(status: number, reason: string, headers: Readonly<Record<string, string>> = {}): ClusterResponse {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    reason,
    code: status,
    message: `mishap: ${reason}`,
  };
  return {
    status,
    headers: new Headers({ "content-type": "application/json", ...headers }),
    body: new Blob([JSON.stringify(body)]).stream(),
  };
}

/** What goes away by itself: the operation ends as if nothing had happened. */
const PASSING: readonly (readonly [string, Mishap])[] = [
  ["connection reset before it is sent", async () => reset()],
  ["connection reset behind it", async (send) => (await send(), reset())],
  ["429 with Retry-After", async () => refused(429, "TooManyRequests", { "retry-after": "1" })],
  [
    "503 with Retry-After behind it",
    async (send) => (await send(), refused(503, "ServiceUnavailable", { "retry-after": "1" })),
  ],
  ["503", async () => refused(503, "ServiceUnavailable")],
  ["504 behind it", async (send) => (await send(), refused(504, "Timeout"))],
];

/** What does not: the operation ends the same, or fails in a way from which one can go on. */
const LASTING: readonly (readonly [string, Mishap])[] = [
  ["500", async () => refused(500, "InternalError")],
  ["500 behind it", async (send) => (await send(), refused(500, "InternalError"))],
];

const SCENES: readonly (readonly [string, readonly ActionRequest[], ActionRequest])[] = [
  ["install", [], install("web", "web", { wait: "watcher" })],
  [
    "upgrade with pruning",
    [install("web", "web"), upgrade("web", "smaller")],
    upgrade("web", "web", { maxHistory: 2 }),
  ],
  [
    "upgrade that fails and is rolled back",
    [install("web", "web")],
    upgrade("web", "refused", { rollbackOnFailure: true }),
  ],
  ["client-side upgrade", [install("web", "web", { serverSide: false })], upgrade("web", "smaller")],
  ["rollback", [install("web", "web"), upgrade("web", "smaller")], rollback("web", 1)],
  ["uninstall", [install("web", "web")], uninstall("web", { wait: "watcher" })],
  ["test", [install("web", "web")], testRelease("web")],
];

/** As the runner judges what a step throws. */
const isPassing = (thrown: unknown): boolean => judge(thrown).kind === "transient";

type Ended = Pick<Survived, "kind" | "code" | "message">;

async function end(rig: Rig, request: ActionRequest): Promise<Ended> {
  return survive(rig, request, isPassing).catch((thrown: unknown) => {
    if (!(thrown instanceof Error)) throw thrown;
    return { kind: "refused", message: thrown.message };
  });
}

async function madeBy(before: readonly ActionRequest[]): Promise<ReadonlyMap<string, JsonObject>> {
  const rig = openRig(charts);
  for (const one of before) await survive(rig, one);
  rig.close();
  return rig.objects;
}

async function statuses(rig: Rig): Promise<readonly string[]> {
  const of = { name: "web", namespace: "default" };
  return (await getHistory({ cluster: rig.transport }, of).catch(() => [])).map((one) => one.status);
}

describe.each(SCENES)("%s", (_, before, request) => {
  const calmly = async () => {
    const objects = await madeBy(before);
    const calm = openRig(charts, objects);
    const start = await endState(calm);
    calm.bench.requests.length = 0;
    const ended = await end(calm, request);
    const total = calm.bench.requests.length;
    const state = await endState(calm);
    calm.close();
    return { objects, ended, total, state, start, jobs: [...calm.created] };
  };

  test.each(PASSING)(
    "ends the same, or refuses before it writes, when any one request meets: %s",
    async (name, mishap) => {
      const { objects, ended, total, state, jobs, start } = await calmly();
      for (let at = 1; at <= total; at++) {
        const rig = openRig(charts, objects);
        Object.assign(rig, { countdown: at, mishap });
        const where = `${name} at request ${at} of ${total}: ${pathOf(rig, at)}`;
        const seen = await end(rig, request);
        if (seen.code === "unreachable") {
          expect(await endState(rig), where).toEqual(start);
          expect(rig.created, where).toEqual([]);
        } else {
          expect([seen.kind, seen.code, seen.message], where).toEqual([ended.kind, ended.code, ended.message]);
          expect(await endState(rig), where).toEqual(state);
          expect(rig.created, where).toEqual(jobs);
        }
        rig.close();
      }
    },
  );

  test.each(LASTING)("leaves nothing pending, and a way on, when any one request meets: %s", async (name, mishap) => {
    const { objects, ended, total, state } = await calmly();
    for (let at = 1; at <= total; at++) {
      const rig = openRig(charts, objects);
      Object.assign(rig, { countdown: at, mishap });
      const seen = await end(rig, request);
      const where = `${name} at request ${at} of ${total}: ${pathOf(rig, at)}, ${JSON.stringify(seen)}`;
      const told = JSON.stringify([seen, rig.events]).includes("mishap");
      if (seen.kind === "succeeded" && !told) expect(await endState(rig), where).toEqual(state);
      else expect(seen.message, where).not.toBe("");
      expect(
        (await statuses(rig)).filter((status) => status.startsWith("pending")),
        where,
      ).toEqual([]);
      if (seen.kind !== ended.kind && request.action !== "uninstall")
        expect((await survive(rig, upgrade("web", "web", { install: true }))).kind, where).toBe("succeeded");
      rig.close();
    }
  });
});

function pathOf(rig: Rig, at: number): string {
  const request = rig.bench.requests[at - 1];
  return request === undefined ? "" : `${request.method} ${request.path}`;
}
