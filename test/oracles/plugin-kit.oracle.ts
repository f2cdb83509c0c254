import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createPlugin } from "@extism/extism";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonValue } from "../../engine/errors.ts";
import { mergeFiles, splitManifests, splitStream } from "../../engine/manifest/index.ts";
import { admitPlugin, NO_GRANT, parsePluginYaml, PLUGIN_ARTIFACT, type PluginHost } from "../../engine/plugin/index.ts";
import { buildPlugin, compile } from "../../infra/build-plugins.ts";
import { openPluginHost } from "../../infra/node/plugin-host.ts";
import { BASELINE_TABLE } from "../infra/plugins/baseline-table.ts";
import { COMMAND_INPUTS, COMMAND_OUTPUTS } from "../infra/plugins/command-table.ts";
import { HTTP_REFUSED, HTTP_TABLE } from "../infra/plugins/http-table.ts";
import { withImages, withLabels } from "../infra/plugins/expected-edit.ts";
import { objectAt } from "../../engine/object/json.ts";
import { PATCHES_TABLE } from "../infra/plugins/patches-table.ts";
import { schemaProblem } from "../infra/plugins/message-schema.ts";
import { buildAssemblyScript } from "../support/assemblyscript.ts";
import { readCases } from "../support/corpus-case.ts";
import { documentsOf, editObjects, openModule, openPlugin, postRender } from "../support/first-party-plugin.ts";
import { digestOf } from "../support/plugin.ts";
import { answering } from "../support/plugin-egress.ts";
import { createPluginWorker } from "../support/plugin-worker-harness.ts";
import { openRegistry } from "../support/registry.ts";
import { serveRegistry } from "../support/registry-server.ts";
import { runTool } from "../support/run-tool.ts";
import { kubectl, required, runProgram } from "../support/helm.ts";

const root = join(import.meta.dirname, "..", "..");
const corpus = join(root, "..", "shared", "corpus");
const work = mkdtempSync(join(tmpdir(), "slipway-plugin-kit-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Charts whose first rendering is taken, and the longest one. */
const CHARTS = 100;
const MOST_BYTES = 60_000;

async function buildGo(folder: string): Promise<ReturnType<typeof openModule>> {
  return openModule(await buildGoModule(folder), true);
}

async function buildGoModule(folder: string): Promise<Uint8Array> {
  const file = join(work, "plugin.wasm");
  const end = await runProgram("go", ["build", "-trimpath", "-buildmode=c-shared", "-o", file, "."], {
    cwd: join(root, folder),
    env: { ...process.env, GOOS: "wasip1", GOARCH: "wasm", GOFLAGS: "-buildvcs=false -mod=readonly" },
  });
  if (end.code !== 0) throw new Error(`go build of ${folder}: ${end.stderr}`);
  return new Uint8Array(readFileSync(file));
}

const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "n" } };
const PLAN = {
  action: "install",
  release: { name: "web", namespace: "n" },
  objects: [
    { action: "create", object: POD },
    { action: "delete", object: POD },
  ],
};
const REF = { apiVersion: "v1", kind: "Pod", namespace: "n", name: "a" };

/** Type, input, and the answer of the plugin in test/data/plugins/kit-go. */
const MESSAGES: readonly (readonly [type: string, input: JsonValue, wanted: JsonValue])[] = [
  ["postrenderer/v1", { manifests: "a: ü\n", extraArgs: ["x", "y"] }, { manifests: "a: ü\nx,y" }],
  ["postrenderer/v1", { manifests: "", extraArgs: null }, { manifests: "" }],
  [
    "getter/v1",
    { href: "s3://a", protocol: "s3", options: { Username: "u", Timeout: 5_000_000_000 } },
    { data: btoa("s3 u 5000000000\0") },
  ],
  ["function/v1", { name: "join", args: ["a", 1, [true]] }, { value: "a1 [true]" }],
  ["function/v1", { name: "fail", args: [] }, { error: "nothing to join" }],
  ["function/v1", { name: "other", args: [] }, { error: 'function "other" is not in this plugin' }],
  ["policy/v1", { plan: PLAN }, { results: [{ severity: "deny", object: REF, field: "kind", message: "not web" }] }],
  ["policy/v1", { plan: { ...PLAN, objects: [] } }, { results: [] }],
  [
    "policy/v1",
    { plan: { ...PLAN, action: "test", objects: [{ action: "create", hook: ["test", "post-install"], object: POD }] } },
    { results: [{ severity: "deny", object: REF, field: "kind", message: "not web by test,post-install" }] },
  ],
];

describe("the kit for Go", async () => {
  const call = await buildGo("test/data/plugins/kit-go");
  const script = openModule(await compile("test/data/plugins/kit-policy.ts"));

  it.each(MESSAGES)("answers a %s message by the published schemas: %j", async (type, input, wanted) => {
    const answer = await call(input, { type: type.replace("/v1", "") });
    expect(answer).toEqual({ output: wanted });
    expect([schemaProblem(type, "input", input), schemaProblem(type, "output", wanted)]).toEqual(["", ""]);
  });

  it.each(MESSAGES.filter(([type]) => type === "policy/v1"))(
    "answers a %s message as the kit for AssemblyScript does: %j",
    async (_type, input) => {
      expect(await script(input)).toEqual(await call(input, { type: "policy" }));
    },
  );

  it("refuses with the author's words, and a message that is none", async () => {
    const uninstall = { plan: { ...PLAN, action: "uninstall" } };
    expect(await call(uninstall, { type: "policy" })).toEqual({ error: "no uninstall" });
    const broken = await call([], { type: "policy" });
    expect("error" in broken && broken.error).toMatch(/^the message cannot be read: json: cannot unmarshal array/);
  });

  it("has a template that builds and runs", async () => {
    const template = await buildGo("infra/plugins/kit-go/template");
    expect(await postRender(template, "a: b\n", { banner: "made" })).toBe("# made\na: b\n");
    expect(await postRender(template, "a: b\n")).toBe("error: template-go: config banner is missing; set it to a text");
  });
});

const node = openPluginHost(answering);
const worker = createPluginWorker(await buildPlugin("template"));
beforeAll(worker.listen, 60_000);
afterAll(async () => void (await Promise.all([node.close(), worker.close()])));

/** A plugin of each type and kit, and a message to it. */
interface TypedModule {
  readonly kit: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly input: JsonValue;
  readonly config: Readonly<Record<string, string>>;
}

/** What plugin.yaml says for a type. */
const CONFIGS: Readonly<Record<string, string>> = {
  "getter/v1": "{protocols: [s3]}",
  "function/v1": "{functions: [join, fail, other, 'slug(string) string', same]}",
};

const BAD_POD = { ...POD, spec: { hostNetwork: true, containers: [{ name: "a", image: "a" }] } };

async function typedModules(): Promise<readonly TypedModule[]> {
  const go = await buildGoModule("test/data/plugins/kit-go");
  const script = async (
    type: string,
    bytes: Promise<Uint8Array>,
    input: JsonValue,
    config: TypedModule["config"] = {},
  ): Promise<TypedModule> => ({ kit: "AssemblyScript", type, bytes: await bytes, input, config });
  return [
    ...MESSAGES.map(([type, input]) => ({
      kit: "Go",
      type,
      bytes: go,
      input,
      config: { type: type.replace("/v1", "") },
    })),
    await script(
      "postrenderer/v1",
      buildPlugin("labels"),
      { manifests: "kind: A\nmetadata:\n  name: ü\n", extraArgs: null },
      { labels: "team: blue" },
    ),
    await script("getter/v1", compile("test/data/plugins/kit-getter.ts"), {
      href: "s3://ü",
      protocol: "s3",
      options: { Timeout: 5 },
    }),
    await script("function/v1", buildPlugin("template"), { name: "slug", args: ["Web Shop 2"] }),
    await script("policy/v1", buildPlugin("policy-baseline"), {
      plan: { ...PLAN, objects: [{ action: "create", object: BAD_POD }] },
    }),
  ];
}

describe("modules of both kits", async () => {
  const modules = await typedModules();

  it.each(modules.map((one) => [one.kit, one.type, JSON.stringify(one.input), one] as const))(
    "in %s, of type %s, answer %s on Node and in workerd as under Extism's own host",
    async (_kit, type, input, { bytes, config }) => {
      const yaml = `apiVersion: v1\nname: tool\nversion: 1.0.0\nruntime: extism/v1\ntype: ${type}\nconfig: ${CONFIGS[type] ?? "{}"}\n`;
      const source = { name: "tool", digest: digestOf(bytes), bytes, metadata: parsePluginYaml(yaml) };
      const plugin = admitPlugin(source, { ...NO_GRANT, config });
      expect(plugin.type).toBe(type);
      const output = async (host: PluginHost): Promise<string> => (await host.call({ plugin, input })).output;
      const theirs = await createPlugin(new Uint8Array(bytes).buffer, { config: { ...config }, useWasi: true });
      const wanted = (await theirs.call("helm_plugin_main", input))?.text();
      await theirs.close();
      expect(await output(node.host)).toBe(wanted);
      expect(await output(worker.host(true))).toBe(wanted);
      expect(schemaProblem(type, "output", JSON.parse(wanted ?? "") as JsonValue)).toBe("");
    },
  );
});

describe("a cli/v1 plugin of helm", async () => {
  const home = join(work, "helm");
  const folder = join(home, "plugins", "tell");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plugin.wasm"), await compile("test/data/plugins/kit-command.ts"));
  const run = async (args: readonly string[], config = "{}") => {
    const yaml = `apiVersion: v1\nname: tell\nversion: 1.0.0\ntype: cli/v1\nruntime: extism/v1\nconfig: ${config}\n`;
    writeFileSync(join(folder, "plugin.yaml"), yaml);
    const env = { PATH: process.env["PATH"] ?? "", HOME: home, HELM_PLUGINS: join(home, "plugins") };
    return await runProgram(required("HELM"), ["tell", ...args], { env });
  };

  it.each(COMMAND_INPUTS)("gets for %j with %s what the table of the schema says", async (args, config, message) => {
    const { code, stderr } = await run(args, config);
    expect([code, stderr]).toEqual([1, `Error: plugin error: ${JSON.stringify(message)}\n`]);
  });

  it.each(COMMAND_OUTPUTS)("may answer as the table of the schema says: %j, %s", async (output, taken) => {
    expect((await run([JSON.stringify(output)])).code).toBe(taken ? 0 : 1);
  });
});

const ASKING =
  "apiVersion: v1\nname: asking\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig: {protocols: [get]}\n" +
  "runtimeConfig: {allowedHosts: ['*.example']}\n";

describe.each([
  ["Go", () => buildGoModule("test/data/plugins/kit-go-http")],
  ["AssemblyScript", () => compile("test/data/plugins/kit-http.ts")],
])("requests by the kit for %s", async (_kit, build) => {
  const bytes = await build();
  const source = { name: "asking", digest: digestOf(bytes), bytes, metadata: parsePluginYaml(ASKING) };
  const called = async (host: PluginHost, href: string, base = "https://granted.example"): Promise<string> => {
    const plugin = admitPlugin(source, { ...NO_GRANT, hosts: ["granted.example"], config: { base } });
    const input = JSON.stringify({ href, protocol: href.replace(/:.*/, ""), options: {} });
    return (await host.call({ plugin, input })).output;
  };

  it.each(HTTP_TABLE)("of %s give on Node and in workerd %j", async (href, wanted) => {
    const output = { data: Buffer.from(wanted).toString("base64") };
    expect(JSON.parse(await called(node.host, href))).toEqual(output);
    expect(JSON.parse(await called(worker.host(true), href))).toEqual(output);
  });

  it.each(HTTP_REFUSED)("to %s end the call on Node and in workerd: %s, %s", async (base, code, problem) => {
    const refused = { code, message: expect.stringContaining(problem) };
    await expect(called(node.host, "get:///echo", base)).rejects.toMatchObject(refused);
    await expect(called(worker.host(true), "get:///echo", base)).rejects.toMatchObject(refused);
  });

  it("are the same under Extism's own host", async () => {
    const server = createServer((request, response) => {
      response.setHeader("content-type", "text/plain").writeHead(418);
      request.on("data", (part) => response.write(part)).on("end", () => response.end(request.method));
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(Number(Object(server.address()).port)));
    });
    const theirs = await createPlugin(new Uint8Array(bytes).buffer, {
      config: { base: `http://127.0.0.1:${port}` },
      allowedHosts: ["127.0.0.1"],
      allowHttpResponseHeaders: true,
      runInWorker: true,
      useWasi: true,
    });
    const ask = async (href: string): Promise<unknown> =>
      (await theirs.call("helm_plugin_main", JSON.stringify({ href, protocol: href.replace(/:.*/, "") })))?.json();
    try {
      expect(await ask("get:///a")).toEqual({ data: btoa("418 text/plain  GET") });
      expect(await ask("put:///a")).toEqual({ data: btoa("418 text/plain  wholePUT") });
      expect(await ask("head:///a")).toEqual({ data: btoa("418 text/plain  ") });
    } finally {
      await theirs.close();
      server.close();
    }
  });
});

describe("modules that oras pushes", async () => {
  const registry = openRegistry();
  const server = await serveRegistry(registry);
  afterAll(server.close);
  const folder = join(work, "oras");
  mkdirSync(join(folder, "packed"), { recursive: true });
  const modules = { label: await buildAssemblyScript("label"), slugs: await buildPlugin("template") };
  for (const [name, bytes] of Object.entries(modules)) writeFileSync(join(folder, `${name}.wasm`), bytes);
  writeFileSync(join(folder, "packed", "plugin.wasm"), modules.label);
  writeFileSync(
    join(folder, "packed", "plugin.yaml"),
    "apiVersion: v1\nname: packed\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
  );
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
  const real = async (program: string, ...args: readonly string[]): Promise<void> => {
    const end = await runProgram(required(program), args, { cwd: folder, env });
    if (end.code !== 0) throw new Error(`${program} ${args.join(" ")}: ${end.stderr}`);
  };
  const push = async (name: string, ...files: readonly string[]): Promise<void> =>
    await real("ORAS", "push", "--plain-http", `${server.host}/charts/${name}:v1`, ...files);
  await push("label", "label.wasm");
  await push("slugs", "slugs.wasm");
  await real("HELM", "plugin", "package", "--sign=false", "packed");
  const layer = "packed-1.0.0.tgz:application/vnd.oci.image.layer.v1.tar+gzip";
  await push("packed", "--artifact-type", PLUGIN_ARTIFACT, layer);

  const rendering = { manifests: "kind: A\nmetadata:\n  annotations:\n    a: b\n", extraArgs: null };

  it.each([
    ["label", "postrenderer/v1", rendering, "    team: blue\\n    a: b"],
    ["slugs", "function/v1", { name: "slug", args: ["Web Shop"] }, '"web-shop"'],
    ["packed", "postrenderer/v1", rendering, "    team: blue\\n    a: b"],
  ])("run on Node and in workerd as what they are, and are inspected: %s", async (name, type, input, answer) => {
    const source = await registry.plugins.open({ project: "charts", name, tag: "v1" });
    const plugin = admitPlugin(source, { ...NO_GRANT, config: { team: "blue" } });
    expect(plugin.type).toBe(type);
    const { output } = await node.host.call({ plugin, input: JSON.stringify(input) });
    expect(output).toContain(answer);
    expect((await worker.host(true).call({ plugin, input: JSON.stringify(input) })).output).toBe(output);
    const inspect = ["plugin", "inspect", `oci://${server.host}/charts/${name}:v1`, "--plain-http"];
    const { stdout } = await runTool(inspect, { cwd: folder, env });
    expect(stdout).toContain(`ARTIFACT: ${source.artifact}\nDIGEST: ${source.digest}\n`);
    expect(stdout).toContain(`RUNS WITHOUT A GRANT: yes, as ${type} by `);
  });
});

describe("the table of the baseline standard", async () => {
  const refused = await refusedPods();

  it.each(BASELINE_TABLE.map(({ what, fields }, index) => [what, fields.length > 0, `p${index}`] as const))(
    "the API server judges %s too: refused %s",
    (_what, wanted, name) => {
      expect(refused.has(name)).toBe(wanted);
    },
  );
});

/**
 * Names (`p` and the row) of the pods of the table that the API server refuses in a namespace of that standard. It refuses some before it comes
 * to the standard: privileges, which it was not started to allow, and /proc. Any other answer throws.
 */
async function refusedPods(): Promise<ReadonlySet<string>> {
  await kubectl("create", "namespace", "baseline");
  await kubectl("create", "serviceaccount", "default", "--namespace=baseline").catch(() => "");
  await kubectl("label", "namespace", "baseline", "pod-security.kubernetes.io/enforce=baseline");
  const file = join(work, "pods.json");
  const items = BASELINE_TABLE.map(({ pod }, index) => ({
    ...pod,
    metadata: { ...objectAt(pod, "metadata"), name: `p${index}` },
  }));
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const end = await runProgram(required("KUBECTL"), ["create", "--dry-run=server", "--namespace=baseline", "-f", file]);
  const names = (text: string, pattern: RegExp): readonly string[] =>
    [...text.matchAll(pattern)].map(([, name = ""]) => name);
  const forbidden = [
    ...names(end.stderr, /pods "(p\d+)" is forbidden: violates PodSecurity "baseline:/g),
    ...names(end.stderr, /Pod "(p\d+)" is invalid: .*: disallowed by cluster policy/g),
    ...names(end.stderr, /Pod "(p\d+)" is invalid: .* are disallowed by cluster policy/g),
    ...names(end.stderr, /Pod "(p\d+)" is invalid: .*procMount: Invalid value: "Unmasked"/g),
  ];
  const created = names(end.stdout, /^pod\/(p\d+) created/gm);
  if (forbidden.length + created.length !== items.length)
    throw new Error(`the API server says:\n${end.stderr}${end.stdout}`);
  return new Set(forbidden);
}

describe("the table of patches", () => {
  it.each(PATCHES_TABLE.map((row) => [row.what, row] as const))("is kustomize's too: %s", async (_what, row) => {
    const folder = mkdtempSync(join(work, "kustomize-"));
    writeFileSync(join(folder, "object.yaml"), JSON.stringify(row.object));
    writeFileSync(
      join(folder, "kustomization.yaml"),
      JSON.stringify({ resources: ["object.yaml"], patches: row.patches }),
    );
    expect(documentsOf(await kubectl("kustomize", folder))).toEqual([row.wanted]);
  });
});

/** The first rendering of so many charts of the corpus. */
function renderings(): readonly (readonly [id: string, manifests: string])[] {
  if (!existsSync(corpus)) throw new Error(`the corpus is not at ${corpus}`);
  const charts = new Set<string>();
  return readCases(corpus).flatMap(({ id, args, golden }) => {
    const chart = args[2] ?? "";
    if (golden === null || charts.has(chart) || charts.size === CHARTS) return [];
    const manifests = gunzipSync(readFileSync(join(corpus, golden))).toString();
    if (manifests.length > MOST_BYTES) return [];
    charts.add(chart);
    return [[id, manifests]];
  });
}

describe("first-party post-renderers on what Helm renders of real charts", async () => {
  const labels = await openPlugin("labels");
  const images = await openPlugin("images");
  const patches = await openPlugin("patches");
  const settings = {
    labels: { team: "blue", "app.kubernetes.io/managed-by": "Slipway" },
    annotations: { "a/b": 'x: "y" #\nz' },
  };
  const labelConfig = {
    labels: JSON.stringify(settings.labels),
    annotations: JSON.stringify(settings.annotations),
    templates: "true",
  };
  const digest = `sha256:${"0".repeat(64)}`;

  let objects = 0;
  let references = 0;

  it.each(renderings())("%s", async (_id, manifests) => {
    for (const document of splitManifests(manifests))
      expect(bothWays(document)).toEqual(bothWays(document, "# full\n"));
    const documents = documentsOf(manifests);
    objects += documents.length;
    const labelled = await postRender(labels, manifests, labelConfig);
    const wanted = editObjects(documents, (object) => withLabels(object, { ...settings, templates: true }));
    expect(documentsOf(labelled)).toEqual(wanted);
    expect(await postRender(labels, labelled, labelConfig)).toBe(labelled);

    const found = new Set<string>();
    const marked = documents.map((one) => withImages(one, (image) => (found.add(image), fullName(image, digest))));
    references += found.size;
    const pinned = [...found].filter((image) => image !== fullName(image, digest));
    const imageConfig = {
      mirrors: "{docker.io: m.example/hub, quay.io: m.example/quay}",
      digests: JSON.stringify(Object.fromEntries(pinned.map((image) => [image.replace(/@.*/, ""), digest]))),
    };
    const rewritten = await postRender(images, manifests, imageConfig);
    expect(documentsOf(rewritten)).toEqual(marked);
    expect(await postRender(images, rewritten, imageConfig)).toBe(rewritten);

    const kinds = new Set<string>();
    const patched = editObjects(documents, (object) => {
      kinds.add(String(object["kind"]));
      return { ...object, patched: "a\nb" };
    });
    const patchConfig = [...kinds].map((kind) => ({ target: { kind }, patch: "patched: |-\n  a\n  b\n" }));
    expect(documentsOf(await postRender(patches, manifests, { patches: JSON.stringify(patchConfig) }))).toEqual(
      patched,
    );
  });

  it("saw enough of them", () => {
    expect(objects).toBeGreaterThan(300);
    expect(references).toBeGreaterThan(100);
  });
});

/** A document on its way to a post-renderer and back; behind a comment the full reader takes it, which must make the same of it. */
function bothWays(document: string, comment = ""): readonly string[] {
  const own = document.replace(/^# Source: .*\n/, "");
  const merged = mergeFiles(new Map([["c/a.yaml", `${comment}${own}`]]));
  return [merged, ...splitStream(merged, "").values()].map((text) => text.replace(comment, ""));
}

/** What the configuration above makes of an image, told in another way than the plugin does it. */
function fullName(image: string, digest: string): string {
  const parts =
    /^(?:([^/]*[.:A-Z][^/]*|localhost)\/)?([a-z0-9._/-]*[a-z0-9])(:\w[\w.-]*)?(@sha256:[0-9a-f]{64})?$/.exec(image);
  if (parts === null) return image;
  const [, host = "docker.io", repository = "", tag = "", pinned = `@${digest}`] = parts;
  const hosts: Readonly<Record<string, string>> = { "docker.io": "m.example/hub", "quay.io": "m.example/quay" };
  const folder = host === "docker.io" && !repository.includes("/") ? "library/" : "";
  return `${hosts[host] ?? host}/${folder}${repository}${tag}${pinned}`;
}
