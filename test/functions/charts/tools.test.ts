import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { saveChart } from "../../../engine/chart/save.ts";
import { loadFiles } from "../../../engine/chart/index.ts";
import type { RunPostRenderer } from "../../../engine/action/post-render.ts";
import { PluginError } from "../../../engine/plugin/index.ts";
import type { ChartCatalog } from "../../../functions/charts/chart-catalog.ts";
import { partRoutes } from "../../../functions/charts/part-routes.ts";
import { CONFIG, createTestApp, NO_ATTACHMENTS, READER_TOKEN } from "../harness.ts";

const MANIFEST = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
const TEMPLATE =
  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\ndata: {size: '{{ .Values.size }}'}\n";
const files = [
  { name: "Chart.yaml", content: MANIFEST },
  { name: "values.yaml", content: "size: 1 # small\n" },
  { name: "templates/map.yaml", content: TEMPLATE },
];

describe("POST /v1/render", () => {
  it("renders files as helm template prints them, with values on top", async () => {
    const test = await createTestApp();
    const response = await test.call("POST", "/v1/render", { json: { files, name: "a", set: ["size=3"] } });
    expect(response.status).toBe(200);
    const { output } = await response.json();
    expect(output).toBe(
      "---\n# Source: web/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'a'}\ndata: {size: '3'}\n",
    );
  });

  it.each([
    ["no chart at all", {}, 400, "invalid-request"],
    ["two charts", { files, archive: "" }, 400, "invalid-request"],
    ["a path that leads outside", { files: [{ name: "../x", content: "" }] }, 400, "invalid-request"],
    ["an archive that is no base64", { archive: "?" }, 400, "invalid-request"],
    ["an archive that is none", { archive: btoa("hello") }, 422, "invalid-chart"],
    ["a chart of nobody's", { chart: "https://example.com/x.tgz" }, 404, "chart-not-found"],
    ["a bad release name", { files, name: "A" }, 400, "invalid-request"],
    ["values that do not parse", { files, valuesFiles: [{ name: "v", content: "a: [" }] }, 422, "invalid-values"],
    ["a library", { files: [{ name: "Chart.yaml", content: `${MANIFEST}type: library\n` }] }, 422, "invalid-chart"],
    [
      "a failing template",
      { files: [...files, { name: "templates/x.yaml", content: "{{ fail `no` }}" }] },
      422,
      "render-failed",
    ],
  ])("refuses %s", async (_, json, status, code) => {
    const test = await createTestApp();
    const response = await test.call("POST", "/v1/render", { json });
    expect({ status: response.status, code: (await response.json()).code }).toEqual({ status, code });
  });

  it("wants a token", async () => {
    const test = await createTestApp();
    expect((await test.call("POST", "/v1/render", { json: { files }, token: "" })).status).toBe(401);
  });

  const HOOK = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: hook\n  annotations: {helm.sh/hook: pre-install}\n";
  const hooked = [...files, { name: "templates/hook.yaml", content: `${HOOK}stringData: {key: canary-in-hook}\n` }];
  const through = (plugin: string) => ({ plugin, args: ["x"], config: {} });

  it.each([
    ["combined", ["charts/one 2", "charts/two 2"], ["hook-seen", "a-seen"]],
    ["separate", ["charts/one 1", "charts/two 1", "charts/one 1", "charts/two 1"], ["hook-seen", "a-seen"]],
    ["nohooks", ["charts/one 1", "charts/two 1"], ["hook", "a-seen"]],
  ])("sends what it rendered through post-renderers, hooks as the strategy %s says", async (strategy, calls, names) => {
    const called: string[] = [];
    const postRender: RunPostRenderer = async ({ plugin, args }, manifests, _signal, hear) => {
      called.push(`${plugin} ${manifests.split("---\n").length}`);
      hear?.({ plugin, digest: "d", lines: [{ level: "info", text: `${args.join()} ${manifests}` }] });
      return plugin === "charts/one"
        ? manifests.replaceAll(/name: (?:'a'|hook)/g, "$&-seen").replaceAll("'-seen", "-seen'")
        : manifests;
    };
    const test = await createTestApp({ postRender });
    const postRenderers = [through("charts/one"), through("charts/two")];
    const json = { files: hooked, name: "a", postRenderers, postRenderStrategy: strategy };
    const { output }: { output: string } = await (await test.call("POST", "/v1/render", { json })).json();
    expect(called).toEqual(calls);
    expect(names.filter((name) => !new RegExp(`name: '?${name}'?\\b`).test(output))).toEqual([]);
    const lines = test.log.filter(({ message }) => message === "plugin");
    expect(lines).toHaveLength(calls.length);
    expect(JSON.stringify(lines)).not.toContain("canary-in-hook");
  });

  it.each([
    ["a plugin that the caller may not pull", through("charts/one"), READER_TOKEN, 403],
    ["no plugin of its own kind of name", { plugin: "" }, undefined, 400],
  ])("refuses %s", async (_name, plugin, token, status) => {
    const grants = [{ allow: ["charts:read"], projects: ["open"] }];
    const tokens = CONFIG.tokens.map((one) => (one.name === "reader" ? { ...one, grants } : one));
    const test = await createTestApp({ config: { ...CONFIG, tokens } });
    const json = { files, postRenderers: [plugin] };
    expect((await test.call("POST", "/v1/render", { json, token })).status).toBe(status);
  });

  it("says in helm's words which post-renderer failed", async () => {
    const test = await createTestApp({ postRender: () => Promise.reject(new PluginError("trap", "plugin one: trap")) });
    const response = await test.call("POST", "/v1/render", { json: { files, postRenderers: [through("charts/one")] } });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: "render-failed",
      detail: expect.stringContaining(
        'error while running post render on files: failed to invoke post-renderer plugin "',
      ),
    });
  });

  it("lets nobody read a chart without the right to it", async () => {
    const test = await createTestApp();
    const response = await test.call("POST", "/v1/render", { json: { chart: "charts/web" }, token: READER_TOKEN });
    expect([403, 404]).toContain(response.status);
  });
});

describe("POST /v1/lint", () => {
  it("answers findings in Helm's order, and whether helm lint would fail", async () => {
    const test = await createTestApp();
    const bad = [...files, { name: "templates/x.conf", content: "" }];
    const { items, failed } = await (await test.call("POST", "/v1/lint", { json: { files: bad } })).json();
    expect(items).toEqual([
      { severity: "INFO", path: "Chart.yaml", text: "icon is recommended" },
      {
        severity: "ERROR",
        path: "templates/x.conf",
        text: "file extension '.conf' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt",
      },
    ]);
    expect(failed).toBe(true);
  });
});

describe("URLs of getters", () => {
  const texts: Readonly<Record<string, string>> = {
    "box://values/a.yaml": "size: 7\n",
    "box://values/bad.yaml": "a: [",
  };
  const asked: string[] = [];
  const getter = {
    protocols: ["box"],
    get: async (href: string) => {
      asked.push(href);
      if (href === "box://charts/web.tgz") {
        const read = files.map(({ name, content }) => ({ name, data: new TextEncoder().encode(content) }));
        return saveChart(await loadFiles(read), 0).data;
      }
      const text = texts[href];
      if (text === undefined) throw new PluginError("guest-error", `plugin box: nothing at ${href}`);
      return new TextEncoder().encode(text);
    },
  };
  const requests = ["box://charts/*", "box://values/*"];
  const open = async () => await createTestApp({ getters: [{ getter, requests }] });
  const chart = "box://charts/web.tgz";
  const valuesFiles = [{ name: "first", content: "size: 1" }, { url: "box://values/a.yaml" }];

  it("give charts and values, in the order of the files", async () => {
    const test = await open();
    const rendered = await test.call("POST", "/v1/render", { json: { chart, valuesFiles, explainValues: true } });
    const { output, origins } = await rendered.json();
    expect(output).toContain("data: {size: '7'}");
    expect(JSON.stringify(origins)).toContain("box://values/a.yaml");
    const linted = await test.call("POST", "/v1/lint", { json: { chart, valuesFiles } });
    expect(await linted.json()).toMatchObject({ failed: false });
  });

  it.each([
    ["what is not opened", { chart: "box://other/web.tgz" }, 403, "forbidden"],
    ["what leads out of what is opened", { chart: "box://charts/../other/web.tgz" }, 403, "forbidden"],
    ["what is escaped", { chart: "box://charts/%2e%2e/other/web.tgz" }, 403, "forbidden"],
    ["another scheme", { chart: "tin://charts/web.tgz" }, 403, "forbidden"],
    ["values over http", { files, valuesFiles: [{ url: "https://example.com/values.yaml" }] }, 403, "forbidden"],
    ["what the getter does not find", { chart: "box://charts/none.tgz" }, 502, "upstream-unavailable"],
    ["values that do not parse", { files, valuesFiles: [{ url: "box://values/bad.yaml" }] }, 422, "invalid-values"],
  ])("are refused: %s", async (_, json, status, code) => {
    const test = await open();
    asked.length = 0;
    const response = await test.call("POST", "/v1/render", { json });
    expect({ status: response.status, code: (await response.json()).code }).toEqual({ status, code });
    expect(asked.length).toBe(status === 403 ? 0 : 1);
  });

  it.each([
    ["all charts", [{ allow: ["charts:*"] }], 403],
    ["one chart", [{ allow: ["charts:read"], projects: ["charts"], repositories: ["web"] }], 403],
    ["releases", [{ allow: ["releases:*"] }], 403],
    ["URLs, and one chart", [{ allow: ["charts:read", "urls:fetch"], projects: ["charts"] }], 200],
  ])("are decided by their own right: %s", async (_, grants, status) => {
    const tokens = [{ name: "reader", token: "env:READER", grants }];
    const test = await createTestApp({ getters: [{ getter, requests }], config: { ...CONFIG, tokens } });
    asked.length = 0;
    for (const json of [{ chart }, { files, valuesFiles: [{ url: "box://values/a.yaml" }] }]) {
      const response = await test.call("POST", "/v1/render", { json, token: READER_TOKEN });
      expect(response.status, JSON.stringify(json)).toBe(status);
    }
    expect(asked).toHaveLength(status === 200 ? 2 : 0);
  });

  it("are refused to nobody in particular, whatever anybody may pull", async () => {
    const test = await createTestApp({ getters: [{ getter, requests }] });
    expect((await test.call("POST", "/v1/render", { json: { chart }, token: "" })).status).toBe(401);
  });

  it("are refused where the configuration opens none", async () => {
    const closed = await createTestApp({ getters: [{ getter, requests: [] }] });
    expect((await closed.call("POST", "/v1/render", { json: { chart } })).status).toBe(403);
  });
});

describe("POST /v1/package", () => {
  it("answers the archive that the engine makes", async () => {
    const test = await createTestApp();
    const response = await test.call("POST", "/v1/package", {
      json: { files, setVersion: "2.0.0", sourceDateEpoch: 1_700_000_000 },
    });
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="web-2.0.0.tgz"');
    const tar = gunzipSync(new Uint8Array(await response.arrayBuffer())).toString("latin1");
    expect(tar).toContain("web/Chart.yaml");
    expect(tar).toContain("version: 2.0.0");
  });
});

describe("the parts of a chart", () => {
  const pinned = { reference: "charts/web", name: "web", version: "1.0.0", digest: "sha256:0" };

  async function routesOf(): Promise<ReturnType<typeof partRoutes>> {
    const encoder = new TextEncoder();
    const own = [...files, { name: "README.md", content: "# web\n" }];
    const chart = await loadFiles(own.map(({ name, content }) => ({ name, data: encoder.encode(content) })));
    const catalog: ChartCatalog = {
      attachments: NO_ATTACHMENTS,
      placeOf: () => ({ project: "charts", repository: "web" }),
      resolve: async () => pinned,
      openArchive: async () => saveChart(chart, 0).data,
      openProvenance: async () => encoder.encode("signed"),
      list: async () => ({ items: [] }),
      versions: async () => [],
    };
    return partRoutes({ catalog, projects: ["charts"] });
  }

  it.each([
    ["", 200, JSON.stringify({ ...pinned, attachments: [] })],
    ["/values", 200, "size: 1 # small\n"],
    ["/readme", 200, "# web\n"],
    ["/provenance", 200, "signed"],
  ])("are served as they are: %s", async (part, status, text) => {
    const route = (await routesOf()).find(({ path }) => path === `/v1/charts/{project}/{chart}/{version}${part}`);
    const response = await route?.run({
      request: new Request("http://localhost/"),
      params: { project: "charts", chart: "web", version: "1.0.0" },
      principal: { kind: "token", name: "t", grants: [{ allow: ["charts:read"] }] } as never,
      requestId: "r",
      bytes: new Uint8Array(0),
      nonce: "",
    });
    expect({ status: response?.status, text: await response?.text() }).toEqual({ status, text });
  });

  it("are not found where a chart has none", async () => {
    const route = (await routesOf()).find(({ path }) => path.endsWith("/schema"));
    const run = route?.run({
      request: new Request("http://localhost/"),
      params: { project: "charts", chart: "web", version: "1.0.0" },
      principal: { kind: "token", name: "t", grants: [{ allow: ["charts:read"] }] } as never,
      requestId: "r",
      bytes: new Uint8Array(0),
      nonce: "",
    });
    await expect(run).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("what helm does not tell", () => {
  const failing = [
    ...files,
    { name: "templates/a.yaml", content: 'x: {{ fail "one" }}' },
    { name: "templates/b.yaml", content: "x: {{ .Values.a.b }}" },
  ];

  it("is every template that fails, with a picture, where a request asks for it", async () => {
    const test = await createTestApp();
    const response = await test.call("POST", "/v1/render", { json: { files: failing, allErrors: true } });
    const plain = await test.call("POST", "/v1/render", { json: { files: failing } });
    const { templateErrors, ...problem } = await response.json();
    expect(problem).toEqual({ ...(await plain.json()), instance: problem.instance });
    expect(templateErrors).toEqual([
      {
        path: "web/templates/b.yaml",
        message: problem.detail,
        steps: [{ file: "web/templates/b.yaml", line: 1, column: 13 }],
        picture: "web/templates/b.yaml:1:13\n 1 | x: {{ .Values.a.b }}\n   |              ^\n",
      },
      expect.objectContaining({ message: "execution error at (web/templates/a.yaml:1:6): one" }),
    ]);
  });

  it("is the values that nothing reads, and where each value comes from", async () => {
    const test = await createTestApp();
    const json = { files, set: ["sise=3"], values: { size: 2 }, unread: true, explainValues: true };
    const answer = await (await test.call("POST", "/v1/render", { json })).json();
    expect(answer.unreadValues).toEqual([{ path: "sise", suggestion: "size" }]);
    expect(answer.origins).toEqual([
      { path: "size", source: { kind: "file", name: "values" } },
      { path: "sise", source: { kind: "flag", name: "set", index: 1 } },
    ]);
  });

  it("is not in an answer that was not asked for it", async () => {
    const test = await createTestApp();
    const answer = await (await test.call("POST", "/v1/render", { json: { files } })).json();
    expect(Object.keys(answer)).toEqual(["output", "notes", "warnings"]);
  });

  it("is in the findings of lint, too", async () => {
    const test = await createTestApp();
    const json = { files: failing, set: ["sise=3"], allErrors: true, unread: true };
    const { items, unreadValues } = await (await test.call("POST", "/v1/lint", { json })).json();
    expect(unreadValues).toEqual([{ path: "sise", suggestion: "size" }]);
    expect(items.filter(({ severity }: { severity: string }) => severity === "ERROR")).toHaveLength(1);
  });
});
