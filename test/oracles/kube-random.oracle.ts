import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { applyObject, deleteObject, getObject, patchObject } from "../../engine/kube/client.ts";
import { compareDesired } from "../../engine/kube/compare.ts";
import { conflictsOf } from "../../engine/kube/conflict-cause.ts";
import { conflictMessage, predictConflicts } from "../../engine/kube/conflicts.ts";
import { KubeError, isKubeError } from "../../engine/kube/error.ts";
import type { ResourceMapping } from "../../engine/kube/mapping.ts";
import type { KubeSession } from "../../engine/kube/session.ts";
import { removeLeaves } from "../../engine/kube/yield.ts";
import { isJsonObject } from "../../engine/object/json.ts";
import type { KubeObject } from "../../engine/object/object.ts";
import { getResourceVersion, parseObject } from "../../engine/object/read.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";

/** `--all` proves with more objects. */
const RUNS = process.env["SLIPWAY_ORACLES_ALL"] === "1" ? 1500 : 150;
/** Pods in full, and no controller that writes into them meanwhile. */
const POD_TEMPLATE: ResourceMapping = {
  group: "",
  version: "v1",
  kind: "PodTemplate",
  plural: "podtemplates",
  namespaced: true,
  verbs: [],
};
const namespace = "default";
const name = `random-${Date.now().toString(36)}`;
const at = { namespace, name };

let cluster: OpenCluster;
let session: KubeSession;
beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  session = { transport: cluster.transport };
});
afterAll(async () => {
  await cluster.close();
});

const text = fc.constantFrom("a", "b", "");
const names = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(fc.constantFrom("x", "y.z/w"), value, { maxKeys: 2 });
/** A member that may be absent, null or empty, as charts leave them. */
const some = (value: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue | undefined> =>
  fc.option(fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }), {
    nil: undefined,
    freq: 2,
  });
const keyed = (key: string, values: readonly JsonValue[], more: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonValue> =>
  fc
    .shuffledSubarray([...values])
    .chain((list) => fc.tuple(...list.map((value) => more.map((of) => ({ [key]: value, ...of })))));
const members = (model: Record<string, fc.Arbitrary<JsonValue | undefined>>): fc.Arbitrary<JsonObject> =>
  fc.record(model).map((of) => JSON.parse(JSON.stringify(of)) as JsonObject);

const cpu = fc.constantFrom<JsonValue>("1", "1000m", 1, 0.5, "500m");
const container = members({
  image: fc.constantFrom("i:1", "i:1", "i:1", "i:1", "i:1", "i:2"),
  args: some(fc.constantFrom<JsonValue>(["a"], ["a", "b"], [])),
  env: some(keyed("name", ["A", "B", "C"], members({ value: some(text) }))),
  ports: some(
    keyed(
      "containerPort",
      [80, 81],
      members({ protocol: fc.constantFrom(undefined, "TCP"), name: fc.constant(undefined) }),
    ),
  ),
  resources: some(members({ limits: some(members({ cpu: some(cpu) })) })),
  securityContext: some(members({ runAsNonRoot: some(fc.boolean()) })),
  livenessProbe: fc.constantFrom(
    undefined,
    { tcpSocket: { port: 80 } },
    { tcpSocket: { port: 80 }, periodSeconds: 10 },
  ),
});
const pod = members({
  hostNetwork: some(fc.constant(false)),
  nodeSelector: some(names(text)),
  tolerations: some(fc.constantFrom<JsonValue>([], [{ key: "k", operator: "Exists" }])),
  terminationGracePeriodSeconds: fc.constantFrom(undefined, 30, 0),
  imagePullSecrets: some(keyed("name", ["r", "s"], fc.constant({}))),
  volumes: some(
    keyed("name", ["v", "w"], fc.constantFrom<JsonObject>({ emptyDir: {} }, { emptyDir: { sizeLimit: "1024Mi" } })),
  ),
});
const template: fc.Arbitrary<JsonObject> = fc
  .tuple(
    members({ labels: some(names(text)), annotations: some(names(text)) }),
    members({ labels: some(names(text)), annotations: some(names(text)) }),
    pod,
    fc.array(container, { minLength: 1, maxLength: 2 }),
  )
  .map(([metadata, podMetadata, podSpec, containers]) => ({
    apiVersion: "v1",
    kind: "PodTemplate",
    metadata: { ...metadata, name, namespace },
    template: {
      metadata: podMetadata,
      spec: { ...podSpec, containers: containers.map((of, i) => ({ name: `c${i}`, ...of })) },
    },
  }));

function object(json: JsonValue): KubeObject {
  const parsed = parseObject(json);
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

async function read(): Promise<KubeObject> {
  const found = await getObject(session, POD_TEMPLATE, at);
  if (found === undefined) throw new Error("gone");
  return found;
}

async function tryApply(desired: KubeObject): Promise<KubeObject | KubeError> {
  try {
    return (await applyObject(session, POD_TEMPLATE, desired, { force: false })).object;
  } catch (error) {
    if (error instanceof KubeError) return error;
    throw error;
  }
}

/** Our object, then what somebody else makes of it. `undefined` when the server takes one of them not at all. */
async function arrange(
  first: KubeObject,
  other: KubeObject,
  how: "apply" | "update" | "nothing",
): Promise<KubeObject | undefined> {
  await deleteObject(session, POD_TEMPLATE, at, { propagation: "Background" });
  try {
    await applyObject(session, POD_TEMPLATE, first, { force: true });
    if (how === "apply") await applyObject(session, POD_TEMPLATE, other, { force: true, fieldManager: "argo" });
    else if (how === "update")
      await patchObject(session, POD_TEMPLATE, at, { type: "strategic", body: other, fieldManager: "kubectl-edit" });
    return await read();
  } catch (error) {
    if (isKubeError(error, "invalid", "bad-request", "internal")) return undefined;
    throw error;
  }
}

describe("random PodTemplates, with another manager beside us", () => {
  it("unchanged means that the server writes nothing; conflicts are those of the server; yielding ends them", async () => {
    let unchanged = 0;
    let conflicting = 0;
    let judged = 0;
    const missed: string[] = [];
    await fc.assert(
      fc.asyncProperty(
        template,
        template,
        fc.option(template, { nil: undefined, freq: 2 }),
        fc.constantFrom("apply" as const, "update" as const, "nothing" as const),
        async (first, other, changed, how) => {
          const ours = object(first);
          const live = await arrange(ours, object(other), how);
          if (live === undefined) return;
          const desired = changed === undefined ? ours : object(changed);
          const predicted = predictConflicts(live, desired, "helm");
          const comparison = compareDesired(live, desired, "helm");
          const after = await tryApply(desired);
          if (after instanceof KubeError) {
            if (after.code !== "apply-conflict") return;
            judged++;
            conflicting++;
            expect(conflictMessage(predicted)).toBe(conflictMessage(conflictsOf(after)));
            expect(comparison.unchanged).toBe(false);
            await yieldAll(
              desired,
              predicted.map(({ path }) => path),
            );
            return;
          }
          judged++;
          expect(predicted).toEqual([]);
          const wrote = getResourceVersion(after) !== getResourceVersion(live);
          if (!wrote && !comparison.unchanged) missed.push(...comparison.differences.map((of) => JSON.stringify(of)));
          if (!comparison.unchanged) return;
          unchanged++;
          expect(timeless(after)).toEqual(timeless(live));
        },
      ),
      { numRuns: RUNS, endOnFailure: false },
    );
    console.log([...new Set(missed)].slice(0, 40).join("\n"));
    console.log(`${judged} judged, ${conflicting} in conflict, ${unchanged} unchanged`);
    expect(Math.min(unchanged, conflicting)).toBeGreaterThan(RUNS / 30);
  });
});

/**
 * All of an object but when it was written. An apply of a null makes the server stamp the manager's entry anew, and it stores that when
 * another manager's entry, a second younger, changes places with it: no field and no owner is another.
 */
function timeless(of: KubeObject): JsonObject {
  const { resourceVersion: _version, managedFields, ...metadata } = of.metadata;
  const entries = (Array.isArray(managedFields) ? managedFields : []).map((entry: JsonValue) =>
    JSON.stringify(isJsonObject(entry) ? { ...entry, time: "" } : entry),
  );
  return { ...of, metadata: { ...metadata, managedFields: entries.sort() } };
}

/** What is yielded keeps its value; then the server has no objection, and nothing is left to write. */
async function yieldAll(desired: KubeObject, paths: Parameters<typeof removeLeaves>[1]): Promise<void> {
  const { object: left, refused } = removeLeaves(desired, paths);
  if (refused.length > 0) return;
  const after = await tryApply(left);
  if (after instanceof KubeError) {
    expect(after.code).not.toBe("apply-conflict");
    return;
  }
  const again = await tryApply(left);
  const message = again instanceof KubeError ? conflictMessage(conflictsOf(again)) : conflictMessage([]);
  expect(conflictMessage(predictConflicts(after, left, "helm"))).toBe(message);
}
