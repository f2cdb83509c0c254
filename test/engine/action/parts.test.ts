import { describe, expect, test } from "vitest";
import { buildObjects } from "../../../engine/action/build.ts";
import { mappingsOf } from "../../../engine/action/crd.ts";
import { gather } from "../../../engine/action/gather.ts";
import { createMeter, type RecordedAnswer, replaying } from "../../../engine/action/meter.ts";
import { keepText, readText } from "../../../engine/action/parts.ts";
import { pollDelay } from "../../../engine/action/poll.ts";
import { coalesceTables, reuseValues } from "../../../engine/action/reuse-values.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { fromJsonValue, toJsonValue } from "../../../engine/encoding/json-value.ts";
import { GoMap } from "../../../engine/go/value.ts";
import type { ClusterTransport } from "../../../engine/kube/transport.ts";
import { parseReleaseText } from "../../../engine/release/document.ts";
import { chartOf, memoryParts } from "../../support/operation.ts";

const CONFIG_MAPS = { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true, verbs: [] };
const NODES = { group: "", version: "v1", kind: "Node", plural: "nodes", namespaced: false, verbs: [] };

function values(json: JsonObject): GoMap {
  const value = fromJsonValue(json);
  if (!(value instanceof GoMap)) throw new Error("no map");
  return value;
}

describe("a manifest", () => {
  const context = {
    namespace: "apps",
    mappingFor: (gvk: { readonly kind: string }) => [CONFIG_MAPS, NODES].find((one) => one.kind === gvk.kind),
  };
  const build = (manifest: string) => buildObjects(manifest, context).map((one) => one.object);

  test("gives its objects in order, in the release's namespace unless they name one", () => {
    const manifest =
      "---\n# only a comment\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: b, namespace: other}\n";
    expect(build(manifest).map((one) => one.metadata)).toEqual([
      { name: "a", namespace: "apps" },
      { name: "b", namespace: "other" },
    ]);
  });

  test("takes the namespace off what has none", () => {
    expect(build("kind: Node\napiVersion: v1\nmetadata: {name: node, namespace: x}\n")[0]?.metadata).toEqual({
      name: "node",
    });
  });

  test("opens lists", () => {
    const item = "  - {kind: ConfigMap, apiVersion: v1, metadata: {name: a}}\n";
    expect(build(`apiVersion: v1\nkind: List\nitems:\n${item}${item}`).length).toBe(2);
    expect(build("apiVersion: v1\nkind: ConfigMapList\nitems:\n  - metadata: {name: a}\n")[0]).toMatchObject({
      kind: "ConfigMap",
      apiVersion: "v1",
    });
  });

  test.each([
    [
      "kind: Foo\napiVersion: example.com/v1\nmetadata: {name: f}\n",
      'resource mapping not found for name: "f" namespace: "" from "": no matches for kind "Foo" in version "example.com/v1"\nensure CRDs are installed first',
    ],
    ["metadata: {name: f}\n", `unable to decode "": Object 'Kind' is missing in '{"metadata":{"name":"f"}}'`],
  ])("with %j is refused in Helm's words", (manifest, text) => {
    expect(() => build(manifest)).toThrow(text);
  });

  test("with several faults names them all", () => {
    const foo = "kind: Foo\napiVersion: example.com/v1\nmetadata: {name: f}\n";
    expect(() => build(`${foo}---\n${foo}`)).toThrow(
      /^\[resource mapping not found.*, resource mapping not found.*\]$/su,
    );
  });
});

test("a CRD tells how its kinds will be reached, a malformed one tells nothing", () => {
  const spec = {
    group: "example.com",
    scope: "Cluster",
    names: { kind: "Foo", plural: "foos" },
    versions: [{ name: "v1" }, { name: "v2" }, {}],
  };
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "x" },
    spec,
  };
  expect(mappingsOf(crd).map((one) => [one.version, one.plural, one.namespaced])).toEqual([
    ["v1", "foos", false],
    ["v2", "foos", false],
  ]);
  expect(mappingsOf({ ...crd, spec: { versions: 5 } })).toEqual([]);
});

describe("values of an upgrade", () => {
  const old = parseReleaseText(
    JSON.stringify({
      name: "web",
      chart: { metadata: { name: "web" }, values: { a: 1, b: { c: 1, d: 2 } } },
      config: { b: { c: 5 }, x: "old" },
    }),
  );
  const reused = async (given: JsonObject, reuse: Parameters<typeof reuseValues>[3]) => {
    const chart = await chartOf("web", { "values.yaml": "a: 9\nnew: true\n" });
    const result = reuseValues(chart, values(given), old, reuse);
    return [toJsonValue(result.values), toJsonValue(result.chart.values)];
  };

  test.each([
    ["reset", { x: "new" }, { x: "new" }, { a: 9, new: true }],
    ["reuse", { x: "new" }, { b: { c: 5 }, x: "new" }, { a: 1, b: { c: 5, d: 2 }, x: "old" }],
    ["reset-then-reuse", { x: "new" }, { b: { c: 5 }, x: "new" }, { a: 9, new: true }],
    ["default", { x: "new" }, { x: "new" }, { a: 9, new: true }],
    ["default", {}, { b: { c: 5 }, x: "old" }, { a: 9, new: true }],
  ] as const)("with %s and %j", async (reuse, given, config, defaults) => {
    expect(await reused(given, reuse)).toEqual([config, defaults]);
  });

  test("given as null take the old ones away, and stay where there were none", () => {
    const merged = coalesceTables(values({ a: null, b: { c: null }, z: null }), values({ a: 1, b: { c: 1, d: 2 } }));
    expect(toJsonValue(merged)).toEqual({ b: { d: 2 }, z: null });
  });
});

describe("a meter", () => {
  const answer = async () => ({ status: 200, headers: new Headers({ "x-a": "b" }), body: new Blob(["body"]).stream() });
  const get = { method: "GET", path: "/a" } as const;

  test("sends no request beyond its limit, and none too late", async () => {
    let now = 0;
    const meter = createMeter({ transport: { send: answer }, limit: 2, deadline: 10, now: () => now });
    await meter.transport.send(get);
    now = 10;
    expect(() => meter.transport.send(get)).toThrow(expect.objectContaining({ code: "budget" }));
    now = 0;
    await meter.transport.send(get);
    expect(() => meter.transport.send(get)).toThrow(expect.objectContaining({ code: "budget" }));
    expect([meter.used(), meter.left()]).toEqual([2, 0]);
  });

  test("gives answers to questions again, but not to writes, nor to what asks for another form", async () => {
    let sent = 0;
    const counting: ClusterTransport = { send: () => (sent++, answer()) };
    const answers = new Map<string, RecordedAnswer>();
    const first = replaying(counting, answers);
    await first.send(get);
    const kept = new Map<string, RecordedAnswer>(JSON.parse(JSON.stringify([...answers])));
    const again = await replaying(counting, kept).send(get);
    expect([sent, await new Response(again.body).text(), again.headers.get("x-a")]).toEqual([1, "body", "b"]);
    await first.send({ ...get, headers: { accept: "other" } });
    await first.send({ method: "PATCH", path: "/a" });
    await first.send({ method: "PATCH", path: "/a" });
    expect(sent).toBe(4);
  });

  test("forgets answers that may be better next time", async () => {
    let sent = 0;
    const failing: ClusterTransport = {
      send: async () => ({ status: sent++ === 0 ? 503 : 200, headers: new Headers(), body: null }),
    };
    const reader = replaying(failing, new Map());
    expect([(await reader.send(get)).status, (await reader.send(get)).status]).toEqual([503, 200]);
  });
});

test("a short text stays in the state, a long one goes by digest and comes back", async () => {
  const store = memoryParts();
  expect(await keepText(store, "short")).toEqual({ text: "short" });
  const long = "é".repeat(5000);
  const part = await keepText(store, long);
  expect(part).toHaveProperty("digest");
  expect(await readText(store, part)).toBe(long);
  await expect(readText(store, { digest: "sha256:0" })).rejects.toThrow("is gone");
});

test("work is gathered in order, six at a time, and ends at the first failure", async () => {
  let running = 0;
  let most = 0;
  const done = await gather([...Array(20).keys()], async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    return item * 2;
  });
  expect([done.length, done[19], most]).toEqual([20, 38, 6]);
  await expect(gather([1, 2, 3], async (item) => Promise.reject(new Error(`no ${item}`)))).rejects.toThrow("no 1");
});

test("looks are close together first and never far apart", () => {
  expect([pollDelay(0), pollDelay(2), pollDelay(8), pollDelay(1000)]).toEqual([100, 225, 2000, 2000]);
});
