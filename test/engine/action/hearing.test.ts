import { beforeEach, describe, expect, test } from "vitest";
import type { ActionDeps } from "../../../engine/action/action.ts";
import { type HearPlugin, parseSignature, PluginError, type PluginLog } from "../../../engine/plugin/index.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, install, openBench, upgrade } from "../../support/operation.ts";

const IN_DATA = "canary-in-data";
const IN_STRING = "canary-in-string-data";
const IN_VALUES = "canary-in-values";
const IN_CLUSTER = "canary-in-cluster";
const CANARIES = [IN_DATA, IN_STRING, IN_VALUES, IN_CLUSTER].flatMap((text) => [text, btoa(text)]);

const SOURCES = {
  "values.yaml": `open: everybody-knows\npassword: changeme-${IN_VALUES}\n`,
  "templates/all.yaml": `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: { name: web }
  data: { token: ${btoa(IN_DATA)} }
  stringData:
    password: "${IN_STRING}"
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data:
  open: {{ .Values.open }}
  url: {{ .Values.password }}
  copy: {{ with lookup "v1" "Secret" .Release.Namespace "other" }}{{ index .data "key" }}{{ end }}
  slug: {{ slug .Values.password }}
`,
};
const ONE = { plugin: "p/one:v1", digest: "sha256:1", args: [], config: {} };
const SIGNATURES = [parseSignature("slug(string) string")].filter((one) => one !== undefined);
const SLUG = {
  plugin: "p/slug:v1",
  digest: "sha256:2",
  config: {},
  functions: SIGNATURES,
};

/** Logs a text, alone and as the message that the plugin got. */
const lines = (text: string): readonly PluginLog[] => [
  { level: "info", text: "began" },
  { level: "debug", text: JSON.stringify({ manifests: text }) },
];
const say = (hear: HearPlugin | undefined, text: string): void =>
  hear?.({ plugin: "own", digest: "d", lines: lines(text) });

const TELLING: Partial<ActionDeps> = {
  postRender: async (_renderer, manifests, _signal, hear) => {
    say(hear, manifests);
    return manifests;
  },
  runFunction: async (_plugin, { args }, _signal, hear) => {
    say(hear, String(args[0]));
    return { ok: true, value: "slugged" };
  },
  judge: async (plan, _signal, hear) => {
    say(hear, JSON.stringify(plan));
    return [];
  },
};
const wish = { postRenderers: [ONE], functions: [SLUG] };

async function openWith(over: Partial<ActionDeps>): Promise<Bench> {
  const local = openReadyCluster();
  const bench = openBench(local.transport, { ...TELLING, ...over });
  bench.charts.set("web", await chartOf("web", SOURCES));
  bench.charts.set("other", await chartOf("other", { "templates/s.yaml": OTHER }));
  await bench.run(install("other", "other"));
  return bench;
}

const OTHER = `apiVersion: v1\nkind: Secret\nmetadata: { name: other }\ndata: { key: ${btoa(IN_CLUSTER)} }\n`;

describe("what plugins log in an operation", () => {
  let bench: Bench;
  beforeEach(async () => void (bench = await openWith({})));

  test("becomes events, without what Secrets hold and what is sensitive by its name", async () => {
    const { events, outcome } = await bench.run(install("web", "web", wish));
    expect(outcome.kind).toBe("succeeded");
    const heard = events.filter((event) => event.type === "plugin-log");
    expect(heard).toHaveLength(2 * ["a function", "a post-renderer", "a policy"].length);
    expect(heard[0]).toEqual({ type: "plugin-log", plugin: "own", digest: "d", level: "info", text: "began" });
    const text = JSON.stringify(heard);
    expect(text).toContain("everybody-knows");
    for (const canary of CANARIES) expect(text).not.toContain(canary);
  });

  test("is bounded in a step", async () => {
    const noisy = await openWith({
      runFunction: async (_plugin, _call, _signal, hear) => {
        for (let i = 0; i < 1000; i++)
          hear?.({ plugin: "own", digest: "d", lines: [{ level: "info", text: "x".repeat(100) }] });
        return { ok: true, value: "slugged" };
      },
    });
    const { events } = await noisy.run(install("web", "web", { functions: [SLUG] }));
    const heard = events.flatMap((event) =>
      event.type === "plugin-log" && event.text !== "began" ? [event.text] : [],
    );
    expect(heard.length).toBeLessThan(1000);
    expect(heard.filter((text) => text.startsWith("further lines of plugins are left out"))).toHaveLength(1);
  });
});

describe("what a plugin says when it fails", () => {
  const fail = (text: string) => {
    const guest = `cannot do ${text}`;
    return Promise.reject(
      new PluginError("guest-error", `plugin own: plugin error: ${guest}`, { plugin: "own", guest }),
    );
  };
  test.each<[string, Partial<ActionDeps>]>([
    ["a post-renderer", { postRender: async (_renderer, manifests) => await fail(manifests) }],
    ["a function", { runFunction: async (_plugin, { args }) => await fail(String(args[0])) }],
    ["a function's own error", { runFunction: async (_plugin, { args }) => ({ ok: false, error: String(args[0]) }) }],
    ["a policy", { judge: async (plan) => await fail(JSON.stringify(plan)) }],
  ])("tells no secret: %s", async (_name, over) => {
    const bench = await openWith({ ...over, judge: async () => [] });
    const { charts, deps } = bench;
    const failing = openBench(deps.cluster, { ...TELLING, ...over });
    for (const [key, chart] of charts) failing.charts.set(key, chart);
    const { outcome, events } = await failing.run(install("web", "web", wish));
    expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("[secret]") });
    const told = JSON.stringify([outcome, events]);
    for (const canary of CANARIES) expect(told).not.toContain(canary);
  });

  test("shows nothing of it where what it was given cannot be read", async () => {
    let calls = 0;
    const bench = await openWith({
      postRender: async (_renderer, manifests) =>
        ++calls === 1 ? `kind: Secret\n\t${IN_DATA}` : await fail(manifests),
    });
    const { outcome } = await bench.run(install("web", "web", { ...wish, postRenderers: [ONE, ONE] }));
    expect(outcome).toMatchObject({ kind: "failed", message: expect.stringMatching(/\[hidden: [^\]]*\]$/) });
    expect(calls).toBe(2);
  });

  test("is heard in an upgrade, too", async () => {
    const bench = await openWith({});
    await bench.run(install("web", "web", wish));
    const { events } = await bench.run(upgrade("web", "web", wish));
    expect(events.some((event) => event.type === "plugin-log")).toBe(true);
  });
});
