import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { clientPatch } from "../../engine/kube/client-patch.ts";
import { applyStrategicPatch } from "../../engine/kube/strategic-merge.ts";
import { patchTypeOf } from "../../engine/kube/patch-type.ts";
import { KubeError } from "../../engine/kube/error.ts";
import { PATCH_KINDS, PATCH_TYPES } from "../../engine/kube/patch-table.ts";
import type { KubeObject } from "../../engine/object/object.ts";
import { parseObject } from "../../engine/object/read.ts";
import { buildTool } from "./build.ts";
import { readPatchTable } from "./patch-table.ts";

const program = join(buildTool("patchprobe"), "patchprobe");
/** `--all` proves with more objects. */
const RUNS = process.env["SLIPWAY_ORACLES_ALL"] === "1" ? 30_000 : 3000;
const ROWS = new URL("../data/client-patches.json", import.meta.url);

interface Question {
  readonly original: JsonObject;
  readonly modified: JsonObject;
  readonly current: JsonObject;
  readonly threeWay: boolean;
}

interface Answer {
  readonly type: string;
  readonly patch?: JsonValue;
  readonly error?: string;
  /** What the patch makes of the current object; absent where it cannot be applied. */
  readonly applied?: JsonValue;
}

function ask(questions: readonly Question[]): readonly Answer[] {
  const lines = questions.map((one) =>
    JSON.stringify({ apiVersion: one.modified["apiVersion"], kind: one.modified["kind"], ...one }),
  );
  const out = execFileSync(program, { input: lines.join("\n"), encoding: "utf8", maxBuffer: 512 << 20 });
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}

/** What we say to a question, in the probe's words. */
function ours(one: Question): Answer {
  try {
    const input = { original: object(one.original), target: object(one.modified), live: object(one.current) };
    const patch = clientPatch({ ...input, threeWay: one.threeWay });
    if (patch === undefined) return { type: "", patch: {}, applied: one.current };
    const type = patchTypeOf(input.target.apiVersion, input.target.kind);
    const applied = type === undefined ? undefined : tryApply(one.current, patch.body, type);
    return { type: patch.type, patch: patch.body, ...(applied === undefined ? {} : { applied }) };
  } catch (error) {
    if (error instanceof KubeError) return { type: "", error: error.message };
    throw error;
  }
}

function tryApply(current: JsonObject, patch: JsonObject, type: string): JsonValue | undefined {
  try {
    return applyStrategicPatch(current, patch, type);
  } catch (error) {
    if (error instanceof KubeError) return undefined;
    throw error;
  }
}

function object(json: JsonValue): KubeObject {
  const parsed = parseObject(json);
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

const text = fc.constantFrom("a", "b", "");
const some = <T extends JsonValue>(value: fc.Arbitrary<T>): fc.Arbitrary<JsonValue | undefined> =>
  fc.oneof(
    { weight: 5, arbitrary: value },
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
const members = (model: Record<string, fc.Arbitrary<JsonValue | undefined>>): fc.Arbitrary<JsonObject> =>
  fc.record(model).map((of) => JSON.parse(JSON.stringify(of)) as JsonObject);
const names = fc.dictionary(fc.constantFrom("x", "y.z/w", "A"), text, { maxKeys: 3 });
/** Items by a key that is now and then said twice, or missing. */
const keyed = (key: string, values: readonly JsonValue[], more: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonValue> =>
  fc.array(
    fc
      .tuple(fc.constantFrom(...values), more, fc.integer({ max: 60 }))
      .map(([value, of, luck]) => (luck === 0 ? of : { [key]: value, ...of })),
    { maxLength: 4 },
  );
const unique = (key: string, values: readonly JsonValue[], more: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonValue> =>
  fc
    .shuffledSubarray([...values])
    .chain((list) => fc.tuple(...list.map((value) => more.map((of) => ({ [key]: value, ...of })))));
const either = (key: string, values: readonly JsonValue[], more: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonValue> =>
  fc.oneof({ weight: 6, arbitrary: unique(key, values, more) }, { weight: 1, arbitrary: keyed(key, values, more) });

const container = members({
  image: fc.constantFrom("i:1", "i:2"),
  args: some(fc.array(text, { maxLength: 2 })),
  env: some(
    either(
      "name",
      ["A", "B", "C"],
      members({ value: some(text), valueFrom: some(members({ fieldRef: some(members({ fieldPath: text })) })) }),
    ),
  ),
  ports: some(
    either(
      "containerPort",
      [80, 81, 443, 8080],
      members({ protocol: fc.constantFrom(undefined, "TCP", "UDP"), name: some(text) }),
    ),
  ),
  resources: some(members({ limits: some(members({ cpu: some(fc.constantFrom<JsonValue>("1", 1, 0.5)) })) })),
  volumeMounts: some(either("mountPath", ["/a", "/b"], members({ name: text }))),
  unknown: some(members({ inner: some(names) })),
});
const volume = fc.constantFrom<JsonObject>(
  { emptyDir: {} },
  { emptyDir: { sizeLimit: "1Gi" } },
  { configMap: { name: "c", items: [{ key: "k", path: "p" }] } },
  { hostPath: null, secret: { secretName: "s" } },
);
const metadata = members({
  labels: some(names),
  annotations: some(names),
  finalizers: some(fc.shuffledSubarray(["f/a", "f/b", "f/c"])),
  ownerReferences: some(either("uid", ["u1", "u2"], members({ name: text }))),
  $patch: fc.oneof(
    { weight: 60, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom("replace", "delete") },
  ),
});
const podSpec = members({
  nodeSelector: some(names),
  tolerations: some(fc.array(members({ key: some(text) }), { maxLength: 2 })),
  imagePullSecrets: some(either("name", ["r", "s"], fc.constant({}))),
  containers: some(either("name", ["c0", "c1", "c2"], container)),
  volumes: some(either("name", ["v", "w"], volume)),
  topologySpreadConstraints: some(
    either("topologyKey", ["zone", "host"], members({ maxSkew: some(fc.constantFrom(1, 2)) })),
  ),
  securityContext: some(members({ runAsUser: some(fc.constantFrom(0, 1000)), sysctls: some(fc.constant([])) })),
});
const deployment = fc
  .tuple(
    metadata,
    members({
      replicas: some(fc.constantFrom(0, 1, 2)),
      strategy: some(
        members({
          type: some(fc.constantFrom("Recreate", "RollingUpdate")),
          rollingUpdate: some(members({ maxSurge: some(fc.constantFrom<JsonValue>(1, "25%")) })),
        }),
      ),
      selector: some(members({ matchLabels: some(names) })),
      template: some(members({ metadata: some(metadata), spec: some(podSpec) })),
    }),
  )
  .map(([meta, spec]) => ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d", ...meta }, spec }));
const service = fc
  .tuple(
    metadata,
    members({
      ports: some(
        either(
          "port",
          [80, 443, 8080],
          members({
            protocol: some(fc.constantFrom("TCP", "UDP")),
            targetPort: some(fc.constantFrom<JsonValue>(1, "x")),
          }),
        ),
      ),
      selector: some(names),
      externalIPs: some(fc.array(fc.constantFrom("1.1.1.1", "2.2.2.2"), { maxLength: 2 })),
    }),
  )
  .map(([meta, spec]) => ({ apiVersion: "v1", kind: "Service", metadata: { name: "s", ...meta }, spec }));
const account = fc
  .tuple(metadata, some(either("name", ["a", "b"], fc.constant({}))), some(either("name", ["a", "b"], fc.constant({}))))
  .map(
    ([meta, secrets, pulls]) =>
      JSON.parse(
        JSON.stringify({
          apiVersion: "v1",
          kind: "ServiceAccount",
          metadata: { name: "a", ...meta },
          secrets,
          imagePullSecrets: pulls,
        }),
      ) as JsonObject,
  );
const custom = fc
  .tuple(metadata, podSpec)
  .map(([meta, spec]) => ({ apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t", ...meta }, spec }));

const question: fc.Arbitrary<Question> = fc
  .tuple(fc.constantFrom<fc.Arbitrary<JsonObject>>(deployment, service, account, custom), fc.boolean())
  .chain(([kind, threeWay]) =>
    fc.tuple(kind, kind, kind, fc.constantFrom(0, 1, 2, 3)).map(([a, b, c, same]) => ({
      original: same === 1 || threeWay ? b : a,
      modified: b,
      current: same === 2 ? b : same === 3 ? a : c,
      threeWay,
    })),
  );

describe("client-side patches", () => {
  it("are client-go's for random objects, errors too", () => {
    const questions = fc.sample(question, RUNS);
    const answers = ask(questions);
    expect(answers.length).toBe(questions.length);
    let errors = 0;
    questions.forEach((one, index) => {
      const theirs = answers[index];
      const own = ours(one);
      if (theirs?.error !== undefined) {
        errors++;
        // Go's maps are walked in any order: which of several faults is met first is chance.
        expect(own.error, JSON.stringify({ one, theirs })).toBeDefined();
        return;
      }
      expect(own.error, JSON.stringify({ one, theirs })).toBeUndefined();
      expect(own.patch, JSON.stringify(one)).toEqual(theirs?.patch);
      if (theirs?.type === "strategic") expect(own.applied, JSON.stringify(one)).toEqual(theirs.applied);
    });
    expect(errors).toBeLessThan(RUNS / 2);
  });

  it("of the recorded rows are as recorded; UPDATE_GOLDEN=1 writes them anew", () => {
    const rows = JSON.parse(readFileSync(ROWS, "utf8")) as readonly (Question & {
      readonly title: string;
      readonly answer: Answer;
    })[];
    const answers = ask(rows);
    const made = rows.map((row, index) => ({ ...row, answer: answers[index] }));
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(ROWS, `${JSON.stringify(made, null, 1)}\n`);
    expect(rows).toEqual(made);
  });

  it("are made with the table that client-go's types give", () => {
    const table = readPatchTable(program);
    expect(PATCH_KINDS).toEqual(table.kinds);
    expect(PATCH_TYPES).toEqual(table.types);
  });
});
