import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlugin } from "@extism/extism";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { admitPlugin, NO_GRANT, postRenderInput } from "../../engine/plugin/index.ts";
import { buildPlugin } from "../../infra/build-plugins.ts";
import { openPluginHost } from "../../infra/node/plugin-host.ts";
import { type Api, createApi, releasePath } from "../support/api.ts";
import { buildAssemblyScript } from "../support/assemblyscript.ts";
import { type Ended, kubectl, required, runProgram } from "../support/helm.ts";
import { digestOf } from "../support/plugin.ts";
import { runRelease } from "../support/run-release.ts";
import { type SlipwayServer, startServer } from "../support/slipway-server.ts";
import {
  commandPlayer,
  helmPlayer,
  httpPlayer,
  liveOf,
  type Player,
  pushSides,
  recordOf,
  SECRET_VALUE,
  SEEN,
  STAGED,
  writeSides,
} from "./post-rendered.ts";

const helm = required("HELM");
const goModule = required("GOPLUGIN");
const root = new URL("../..", import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), "slipway-plugins-"));
const unique = Date.now().toString(36);
const V1 = "apiVersion: v1\nversion: 1.0.0\ntype: postrenderer/v1\n";
const SUBPROCESS = 'runtimeConfig:\n  platformCommand: [{ command: "${HELM_PLUGIN_DIR}/run.sh" }]\n';
/** The same edit as the modules': an annotation `team` of the first argument in every document. */
const SCRIPT = `#!/bin/sh\n[ "$1" = fail ] && { echo "told to fail" >&2; exit 1; }\nsed "/^  annotations:$/a\\\\    team: $1"\n`;

function plugin(name: string, runtime: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  const folder = join(work, "plugins", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plugin.yaml"), `${V1}name: ${name}\nruntime: ${runtime}\n`);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
}

beforeAll(async () => {
  plugin("script", `subprocess\n${SUBPROCESS}`, { "run.sh": SCRIPT });
  chmodSync(join(work, "plugins", "script", "run.sh"), 0o755);
  plugin("gomod", "extism/v1", { "plugin.wasm": readFileSync(goModule) });
  for (const [folder, name] of [
    ["slugs", "template"],
    ["baseline", "policy-baseline"],
  ] as const) {
    mkdirSync(join(work, folder), { recursive: true });
    cpSync(join(root, "infra", "plugins", name, "plugin.yaml"), join(work, folder, "plugin.yaml"));
    writeFileSync(join(work, folder, "plugin.wasm"), await buildPlugin(name));
  }
  mkdirSync(join(work, "pods", "templates"), { recursive: true });
  writeFileSync(join(work, "pods", "Chart.yaml"), "apiVersion: v2\nname: pods\nversion: 0.1.0\n");
  writeFileSync(join(work, "pods", "templates", "pod.yaml"), POD);
  writeFileSync(join(work, "label.wasm"), await buildAssemblyScript("label"));
  cpSync(goModule, join(work, "gomod.wasm"));
  mkdirSync(join(work, "chart", "templates"), { recursive: true });
  writeFileSync(join(work, "chart", "Chart.yaml"), "apiVersion: v2\nname: chart\nversion: 0.1.0\n");
  writeFileSync(join(work, "chart", "templates", "all.yaml"), CHART);
}, 60_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const CHART = `# A comment
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
  labels: {a: "b"}
data:
  text: |
    {{ .Values.text | default "one" }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-secret
  annotations:
    own: "1"
stringData:

  key: value
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
`;

const POD = `{{- if not .Values.without }}
apiVersion: v1
kind: Pod
metadata: { name: {{ slug .Values.title }} }
spec:
  hostNetwork: {{ .Values.hostNetwork | default false }}
  containers: [{ name: a, image: registry.example/a:1 }]
---
{{- end }}
{{- if .Values.tested }}
apiVersion: v1
kind: Pod
metadata: { name: {{ .Release.Name }}-test, annotations: { helm.sh/hook: test } }
spec:
  hostPID: true
  containers: [{ name: a, image: registry.example/a:1 }]
---
{{- end }}
{{- if .Values.broken }}
apiVersion: v1
kind: Service
metadata: { name: broken }
spec: { ports: [{ port: 0 }] }
{{- end }}
`;

/** One program in a namespace of its own. */
async function side(program: "helm" | "ours", index: string) {
  const namespace = `plugins-${unique}-${index}-${program.slice(0, 1)}`;
  await kubectl("create", "namespace", namespace);
  const env = {
    HOME: join(work, namespace),
    TZ: "UTC",
    HELM_NAMESPACE: namespace,
    HELM_PLUGINS: join(work, "plugins"),
    KUBECONFIG: required("KUBECONFIG"),
  };
  const run = async (...argv: readonly string[]): Promise<Ended> => {
    if (program === "ours") return runRelease(argv, { cwd: work, env });
    return runProgram(helm, argv, { cwd: work, env: { PATH: process.env["PATH"] ?? "", ...env } });
  };
  const live = async (kind: string, name: string): Promise<unknown> => {
    const text = await kubectl("-n", namespace, "get", kind, name, "-o", "jsonpath={.metadata.annotations}");
    return JSON.parse(text.replaceAll(namespace, "NS"));
  };
  return { namespace, run, live };
}

type Side = Awaited<ReturnType<typeof side>>;

/** What a release is, in record and cluster. */
async function stateOf({ run, live, namespace }: Side) {
  const own = (text: string): string => text.replaceAll(namespace, "NS");
  const [manifest, hooks] = await Promise.all([run("get", "manifest", "r"), run("get", "hooks", "r")]);
  return {
    manifest: own(manifest.stdout),
    hooks: own(hooks.stdout),
    live: await Promise.all([live("configmap", "r-config"), live("secret", "r-secret"), live("configmap", "r-hook")]),
  };
}

describe("post-rendering on the API server", () => {
  it.each([
    ["a Go module in helm's plugin folder", "gomod"],
    ["a bare Go module", "./gomod.wasm"],
  ])("leaves with %s what helm leaves with a program that makes the same edit", async (_name, ours) => {
    const index = ours === "gomod" ? "a" : "b";
    const [theirs, mine] = await Promise.all([side("helm", index), side("ours", index)]);
    const both = async (line: readonly string[], renderer: readonly [string, string] = ["", ""]): Promise<void> => {
      const flags = (name: string): readonly string[] =>
        name === "" ? [] : ["--post-renderer", name, "--post-renderer-args", "blue"];
      const ends = [await theirs.run(...line, ...flags(renderer[0])), await mine.run(...line, ...flags(renderer[1]))];
      expect(
        ends.map(({ code }) => code),
        ends.map(({ stderr }) => stderr).join("\n"),
      ).toEqual([0, 0]);
      expect(await stateOf(mine)).toEqual(await stateOf(theirs));
    };
    await both(["install", "r", "chart"], ["script", ours]);
    expect((await stateOf(mine)).live).toMatchObject([{ team: "blue" }, { team: "blue", own: "1" }, { team: "blue" }]);
    if (ours !== "gomod") return;
    await both(["upgrade", "r", "chart", "--set", "text=two"], ["script", ours]);
    await both(["upgrade", "r", "chart", "--set", "text=three"]);
    expect((await stateOf(mine)).manifest).not.toContain("team: blue");
    // Nothing is post-rendered in a rollback: the stored manifest has it already.
    await both(["rollback", "r", "1"]);
    expect((await stateOf(mine)).manifest).toContain("team: blue");
  });

  it("prints with template, as a process, what helm prints", async () => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: join(work, "home"), HELM_PLUGINS: join(work, "plugins") };
    const line = ["template", "r", "chart", "--post-renderer-args", "blue", "--post-renderer"];
    const theirs = await runProgram(helm, [...line, "script"], { cwd: work, env });
    const ours = await runProgram(join(root, "bin", "slipway"), [...line, "gomod"], { cwd: work, env });
    expect(ours).toMatchObject({ code: 0, stdout: theirs.stdout });
    expect(theirs.stdout).toContain("team: blue");
  });

  it("runs an AssemblyScript module from a file", async () => {
    const mine = await side("ours", "c");
    const end = await mine.run("install", "r", "chart", "--post-renderer", "./label.wasm");
    expect(end).toMatchObject({ code: 0, stderr: "level=INFO msg=labelling plugin=label\n" });
    expect((await stateOf(mine)).live).toMatchObject([{ team: "none" }, { team: "none" }, { team: "none" }]);
  });

  it("fails as helm fails, and writes nothing", async () => {
    const [theirs, mine] = await Promise.all([side("helm", "d"), side("ours", "d")]);
    const words = /^Error: INSTALLATION FAILED: error while running post render on files: /m;
    const flags = ["install", "r", "chart", "--post-renderer-args", "fail", "--post-renderer"];
    const ends = [await theirs.run(...flags, "script"), await mine.run(...flags, "gomod")];
    expect(ends).toMatchObject([
      { code: 1, stderr: expect.stringMatching(words) },
      { code: 1, stderr: expect.stringMatching(words) },
    ]);
    expect(ends[1]?.stderr).toContain("told to fail");
    for (const { namespace } of [theirs, mine]) {
      expect(await kubectl("-n", namespace, "get", "secrets,configmaps", "-l", "owner=helm", "-o", "name")).toBe("");
    }
  });

  it("says in helm's words that a plugin is not there", async () => {
    const [theirs, mine] = await Promise.all([side("helm", "e"), side("ours", "e")]);
    const line = ["install", "r", "chart", "--post-renderer", "nobody"];
    expect(await mine.run(...line)).toEqual(await theirs.run(...line));
  });

  it("runs what helm cannot: its own WASM post-renderers get no manifests", async () => {
    const theirs = await side("helm", "f");
    const { code, stderr } = await theirs.run("install", "r", "chart", "--post-renderer", "gomod");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/post-renderer plugin "gomod"/) });
  });

  it("stops before the first write where a policy denies, and calls template functions", async () => {
    const mine = await side("ours", "h");
    const line = [
      "install",
      "r",
      "pods",
      "--set",
      "title=Web Shop",
      "--functions",
      "./slugs",
      "--policy",
      "./baseline",
    ];
    const refused = await mine.run(...line, "--set", "hostNetwork=true");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /refused by policy; nothing was written:\n- policy-baseline: Pod .*\/web-shop spec\.hostNetwork: /,
    );
    const list = ["-n", mine.namespace, "get", "pods,secrets", "-l", "owner=helm", "-o", "name"];
    expect(await kubectl(...list)).toBe("");
    expect(await mine.run(...line)).toMatchObject({ code: 0 });
    expect(await kubectl("-n", mine.namespace, "get", "pods", "-o", "name")).toBe("pod/web-shop\n");
  });

  it("judges rollbacks and tests, and undoes what failed in spite of a policy", async () => {
    const mine = await side("ours", "i");
    const pods = ["pods", "--functions", "./slugs", "--set", "title=Web Shop"];
    const judged = ["--policy", "./baseline"];
    const bad = ["--set", "hostNetwork=true"];
    expect(await mine.run("install", "r", ...pods, ...bad)).toMatchObject({ code: 0 });
    const gone = ["upgrade", "r", ...pods, "--set", "without=true"];
    expect(await mine.run(...gone, "--set", "tested=true")).toMatchObject({ code: 0 });
    const denied = /refused by policy; nothing was written:\n- policy-baseline: Pod .*\/web-shop spec\.hostNetwork: /;
    const secrets = async (): Promise<string> =>
      await kubectl("-n", mine.namespace, "get", "secrets", "-l", "owner=helm", "-o", "name");
    const before = await secrets();
    const back = await mine.run("rollback", "r", "1", ...judged);
    expect({ code: back.code, stderr: back.stderr }).toEqual({ code: 1, stderr: expect.stringMatching(denied) });
    expect(await secrets()).toBe(before);
    const tested = await mine.run("test", "r", ...judged);
    expect({ code: tested.code, stderr: tested.stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/- policy-baseline: Pod r-test spec\.hostPID: /),
    });
    expect(await mine.run("rollback", "r", "1")).toMatchObject({ code: 0 });
    const failing = await mine.run(...gone, ...judged, "--set", "broken=true", "--rollback-on-failure");
    expect(failing.code).toBe(1);
    expect(failing.stderr).toMatch(/been rolled back due to rollback-on-failure/);
    expect(failing.stderr).toMatch(/denied, and done all the same to undo what failed: policy-baseline: Pod /);
    expect(await kubectl("-n", mine.namespace, "get", "pods", "-o", "name")).toBe("pod/web-shop\n");
  });

  it("refuses a program with a hint how to go on", async () => {
    const mine = await side("ours", "g");
    const { code, stderr } = await mine.run("install", "r", "chart", "--post-renderer", "script");
    expect(code).toBe(1);
    expect(stderr).toContain("runtime: subprocess");
    expect(stderr).toContain("Build it as a WASM plugin");
  });
});

/** What the objects were seen among, by their names: nothing where no post-renderer saw them. */
const ALL = "5: ConfigMap ConfigMap ConfigMap ConfigMap Secret";
const HOOKS = "3: ConfigMap ConfigMap ConfigMap";
const REST = "2: ConfigMap Secret";

describe("a post-rendered release over HTTP", () => {
  let server: SlipwayServer;
  let api: Api;
  beforeAll(async () => {
    await writeSides(work);
    server = await startServer({
      args: ["--kubeconfig", required("KUBECONFIG"), "--no-sample"],
      env: { SLIPWAY_LOG: "info" },
    });
    api = createApi({ url: server.url });
    await pushSides(server.url, work);
  }, 60_000);
  afterAll(async () => server.dispose());

  /** What is the same on both sides: the record of a revision, and the objects as they live. */
  const standingOf = async ({ namespace }: Player, revision: number) => ({
    record: await recordOf(namespace, revision),
    live: await liveOf(namespace),
  });
  const marksOf = (live: Awaited<ReturnType<typeof liveOf>>, name: string) =>
    [live[name]?.annotations["seen"], live[name]?.labels["team"]] as const;

  it.concurrent.each([
    ["combined", { hooks: ALL, rest: ALL }],
    ["separate", { hooks: HOOKS, rest: REST }],
    ["nohooks", { hooks: undefined, rest: REST }],
  ] as const)(
    "leaves with the strategy %s, over HTTP and by the command, what helm leaves with a program, hooks and records included",
    async (strategy, { hooks, rest }) => {
      const [theirs, mine, command] = [
        helmPlayer(work, `post-${unique}-${strategy}-h`, strategy),
        httpPlayer(api, `post-${unique}-${strategy}-s`, strategy),
        commandPlayer(work, `post-${unique}-${strategy}-c`, strategy),
      ];
      for (const { namespace } of [theirs, mine, command]) await kubectl("create", "namespace", namespace);
      const all = async (revision: number, play: (player: Player) => Promise<void>) => {
        await Promise.all([play(theirs), play(mine), play(command)]);
        const state = await standingOf(mine, revision);
        expect(state).toEqual(await standingOf(theirs, revision));
        expect(await standingOf(command, revision)).toEqual(state);
        expect(await command.logged()).toEqual(await mine.logged());
        return state;
      };
      const bothMarked = (live: Awaited<ReturnType<typeof liveOf>>, team: string): void => {
        const ofHooks = hooks === undefined ? [undefined, undefined] : [hooks, team];
        expect({ before: marksOf(live, "before"), after: marksOf(live, "after") }).toEqual({
          before: ofHooks,
          after: ofHooks,
        });
        expect({ config: marksOf(live, "config"), secret: marksOf(live, "secret") }).toEqual({
          config: [rest, team],
          secret: [rest, team],
        });
      };
      const first = await all(1, (player) => player.deploy({ action: "install", text: "one", team: "blue" }));
      bothMarked(first.live, "blue");
      expect(await mine.logged()).toEqual(
        [...new Set([hooks, rest])].flatMap((seen) => (seen === undefined ? [] : [`seen ${seen}`])),
      );
      const second = await all(2, (player) => player.deploy({ action: "upgrade", text: "two", team: "green" }));
      bothMarked(second.live, "green");
      await all(2, (player) => player.test());
      expect(marksOf(await liveOf(mine.namespace), "test")).toEqual(
        hooks === undefined ? [undefined, undefined] : [hooks, "green"],
      );
      const third = await all(3, (player) => player.rollback());
      expect(third.record.manifest).toBe(first.record.manifest);
      expect(marksOf(third.live, "config")).toEqual([rest, "blue"]);
      expect(await mine.logged()).toEqual([]);
    },
  );

  it.each(["tell", "fail"])(
    "keeps values of Secrets out of all that is told, of a plugin that logs them: %s",
    async (arg) => {
      const namespace = `post-${unique}-${arg}`;
      await kubectl("create", "namespace", namespace);
      const release = { cluster: "default", namespace, name: "r" };
      const body = { ...STAGED, postRenderers: [{ ...SEEN, args: ["tell", arg] }] };
      const ended = await api.settled(await api.post(`${releasePath(release)}/install`, body, { prefer: "wait=60" }));
      const operation = await api.get(ended.headers.get("location") ?? "");
      expect(operation.body).toMatchObject({ status: arg === "fail" ? "failed" : "succeeded" });
      const events = await api.events(String(operation.body["id"]));
      const told = JSON.stringify([ended.body, operation.body, events]);
      expect(told).toContain("password: [secret]");
      expect(server.output()).toContain("password: [secret]");
      for (const secret of [SECRET_VALUE, btoa(SECRET_VALUE)]) {
        expect(told).not.toContain(secret);
        expect(server.output()).not.toContain(secret);
      }
    },
  );

  it("is printed by /v1/render and slipway template as by helm template", async () => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: join(work, "home"), HELM_PLUGINS: join(work, "plugins") };
    const line = ["template", "r", "staged", "--post-renderer"];
    const theirs = await runProgram(helm, [...line, "chain"], { cwd: work, env });
    expect(theirs.stdout).toContain(ALL);
    const ours = await runProgram(join(root, "bin", "slipway"), [...line, "./seen.wasm"], { cwd: work, env });
    expect(ours).toMatchObject({ code: 0, stdout: theirs.stdout });
    const { body } = await api.post("/v1/render", { ...STAGED, name: "r", postRenderers: [SEEN] });
    expect(body["output"]).toBe(theirs.stdout);
  });

  it("is left alike by slipway's command", async () => {
    const theirs = helmPlayer(work, `post-${unique}-command-h`, "combined");
    const mine = await side("ours", "command");
    await kubectl("create", "namespace", theirs.namespace);
    await theirs.deploy({ action: "install", text: "one", team: "" });
    const line = ["install", "r", "staged", "--set", "text=one", "--post-renderer", "./seen.wasm"];
    expect(await mine.run(...line)).toMatchObject({ code: 0, stderr: `level=INFO msg="seen ${ALL}" plugin=seen\n` });
    expect(await recordOf(mine.namespace, 1)).toEqual(await recordOf(theirs.namespace, 1));
    expect(await liveOf(mine.namespace)).toEqual(await liveOf(theirs.namespace));
  });
});

describe("a module made with Extism's kit for Go", () => {
  const bytes = new Uint8Array(readFileSync(goModule));
  const admittedModule = admitPlugin({ name: "gomod", digest: digestOf(bytes), bytes }, NO_GRANT);
  const { host, close } = openPluginHost({ send: () => Promise.reject(new Error("no network")) });
  afterAll(close);
  const input = (arg: string): string => postRenderInput("kind: A\nmetadata:\n  annotations:\n    ä: b\n", [arg]);

  it("gives what it gives under Extism's own host", async () => {
    const { output } = await host.call({ plugin: admittedModule, input: input("blue") });
    const theirs = await createPlugin(bytes.buffer, { useWasi: true });
    expect(output).toBe((await theirs.call("helm_plugin_main", input("blue")))?.text());
    await theirs.close();
  });

  it.each([
    ["fail", { code: "guest-error", detail: { guest: "told to fail" } }],
    ["code", { code: "exit-code", detail: { exitCode: 7 } }],
    ["exit", { code: "exit-code", detail: { exitCode: 3 } }],
    ["panic", { code: "trap", detail: { guest: expect.stringContaining("panic: told to panic") } }],
    ["files", { code: "guest-error", detail: { guest: "open /etc/passwd: Bad file number" } }],
    ["grow", { code: "out-of-memory", detail: { guest: expect.stringContaining("out of memory") } }],
  ])("told to %s ends with its own error", async (arg, expected) => {
    await expect(host.call({ plugin: admittedModule, input: input(arg) })).rejects.toMatchObject(expected);
  });
});
