import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { PostRenderStrategy } from "../../engine/action/post-render.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { isJsonObject, stringAt } from "../../engine/object/json.ts";
import { buildPlugin, compile } from "../../infra/build-plugins.ts";
import type { Api } from "../support/api.ts";
import { type Ended, kubectl, required, runProgram } from "../support/helm.ts";
import { packChart, pushArchive } from "../support/push-chart.ts";
import { pushPlugin } from "../support/push-plugin.ts";
import { runRelease } from "../support/run-release.ts";

const root = join(import.meta.dirname, "..", "..");
export const SECRET_VALUE = "hunter2-is-not-a-password";
/** The configuration of the plugin `labels`, by the revision's team. */
const labelsOf = (team: string): Readonly<Record<string, string>> => ({ labels: `team: ${team}` });

/** Two files with hooks and others in one, a hook file of its own, and a test. */
const FILES: Readonly<Record<string, string>> = {
  "Chart.yaml": "apiVersion: v2\nname: staged\nversion: 1.0.0\n",
  "values.yaml": `text: one\npassword: ${SECRET_VALUE}\n`,
  "templates/app.yaml": `# A comment
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-before
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
data: { text: {{ .Values.text }} }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
  labels: { own: "1" }
data:
  text: |
    {{ .Values.text }}
`,
  "templates/secret.yaml": `apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-secret
stringData:
  password: {{ .Values.password }}
`,
  "templates/hooks.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-after
  annotations: { helm.sh/hook: "post-install,post-upgrade" }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-test
  annotations: { helm.sh/hook: test }
`,
};

/** What a release is changed to. */
export interface Revision {
  readonly action: "install" | "upgrade";
  readonly text: string;
  readonly team: string;
}

/** One that makes and changes the release `r` in a namespace of its own. */
export interface Player {
  readonly namespace: string;
  readonly deploy: (revision: Revision) => Promise<void>;
  readonly rollback: () => Promise<void>;
  readonly test: () => Promise<void>;
}

/**
 * The chart as a folder, the modules with a grant per team, and for helm a plugin per team: a program that runs the very modules under Extism's
 * own host.
 */
export async function writeSides(work: string): Promise<void> {
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(join(work, "staged", file, ".."), { recursive: true });
    writeFileSync(join(work, "staged", file), text);
  }
  writeFileSync(join(work, "seen.wasm"), await compile("test/data/plugins/kit-seen.ts"));
  writeFileSync(join(work, "labels.wasm"), await buildPlugin("labels"));
  for (const team of ["blue", "green", ""]) {
    const labels = team === "" ? [] : [join(work, "labels.wasm"), JSON.stringify(labelsOf(team))];
    const words = [join(root, "test/oracles/extism-filter.ts"), join(work, "seen.wasm"), "{}", ...labels];
    writeProgram(join(work, "plugins", `chain${team}`), words);
    writeFileSync(join(work, `${team}.yaml`), JSON.stringify([{ plugin: "labels", config: labelsOf(team) }]));
  }
}

function writeProgram(folder: string, words: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const name = folder.slice(folder.lastIndexOf("/") + 1);
  const head = `apiVersion: v1\nname: ${name}\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\n`;
  const command = 'runtimeConfig:\n  platformCommand: [{ command: "${HELM_PLUGIN_DIR}/run.sh" }]\n';
  writeFileSync(join(folder, "plugin.yaml"), head + command);
  const line = [process.execPath, "--disable-warning=ExperimentalWarning", ...words].map((word) => `'${word}'`);
  writeFileSync(join(folder, "run.sh"), `#!/bin/sh\nexec ${line.join(" ")}\n`);
  chmodSync(join(folder, "run.sh"), 0o755);
}

/** Pushes the chart and both plugins, as they were written. */
export async function pushSides(url: string, work: string): Promise<void> {
  const send = (path: string, init: RequestInit): Promise<Response> => fetch(url + path, init);
  await pushArchive(send, "charts/staged", await packChart("staged", FILES));
  for (const name of ["seen", "labels"]) {
    const bytes = new Uint8Array(readFileSync(join(work, `${name}.wasm`)));
    await pushPlugin(send, `charts/${name}`, "v1", { kind: "module", bytes });
  }
}

/** Helm: its command where it has a flag for it, else its own actions. */
export function helmPlayer(work: string, namespace: string, strategy: PostRenderStrategy): Player {
  const env = { PATH: process.env["PATH"] ?? "", ...environmentOf(work, namespace) };
  const run = async (program: string, ...line: readonly string[]): Promise<void> => {
    ended(await runProgram(required(program), line, { cwd: work, env }));
  };
  return {
    namespace,
    deploy: async ({ action, text, team }) => {
      const set = `text=${text}`;
      if (strategy !== "combined") return run("STRATEGY", action, "r", "staged", strategy, `chain${team}`, set);
      return run("HELM", action, "r", "staged", "--set", set, "--post-renderer", `chain${team}`);
    },
    rollback: () => run("HELM", "rollback", "r", "1"),
    test: () => run("HELM", "test", "r"),
  };
}

function environmentOf(work: string, namespace: string): Readonly<Record<string, string>> {
  return {
    HOME: join(work, namespace),
    TZ: "UTC",
    HELM_NAMESPACE: namespace,
    HELM_PLUGINS: join(work, "plugins"),
    KUBECONFIG: required("KUBECONFIG"),
  };
}

/** A way to Slipway, and the lines that plugins logged in what ended last. */
export interface OwnPlayer extends Player {
  readonly logged: () => Promise<readonly string[]>;
}

/** Plays by Slipway's command. */
export function commandPlayer(work: string, namespace: string, strategy: PostRenderStrategy): OwnPlayer {
  const env = environmentOf(work, namespace);
  let lines = "";
  const run = async (...line: readonly string[]): Promise<void> => {
    const end = await runRelease(line, { cwd: work, env });
    ended(end);
    lines = end.stderr;
  };
  const flags = ["--post-renderers", "./seen.wasm,./labels.wasm", "--post-render-strategy", strategy];
  return {
    namespace,
    deploy: ({ action, text, team }) =>
      run(action, "r", "staged", "--set", `text=${text}`, ...flags, "--plugin-grants", `${team}.yaml`),
    rollback: () => run("rollback", "r", "1"),
    test: () => run("test", "r"),
    logged: async () => [...lines.matchAll(/^level=INFO msg="(.*)" plugin=seen$/gm)].map(([, text = ""]) => text),
  };
}

/** Plays over HTTP. */
export function httpPlayer(api: Api, namespace: string, strategy: PostRenderStrategy): OwnPlayer {
  const release = { cluster: "default", namespace, name: "r" };
  let last = "";
  const change = async (action: string, body: JsonObject): Promise<void> => {
    last = String((await api.deploy(release, action, body))["id"]);
  };
  return {
    namespace,
    deploy: ({ action, text, team }) => {
      const postRenderers = [SEEN, { plugin: "charts/labels:v1", config: { ...labelsOf(team) } }];
      return change(action, { ...STAGED, values: { text }, postRenderers, postRenderStrategy: strategy });
    },
    rollback: () => change("rollback", { revision: 1 }),
    test: () => change("test", {}),
    logged: async () =>
      (await api.events(last)).flatMap(({ event, data }) =>
        event === "plugin-log" && isJsonObject(data) ? [stringAt(data, "text") ?? ""] : [],
      ),
  };
}

/** The chart as requests name it. */
export const STAGED = { chart: "charts/staged", version: "1.0.0" };
/** The post-renderer that tells what it saw. */
export const SEEN = { plugin: "charts/seen:v1" };

function ended(end: Ended): void {
  if (end.code !== 0) throw new Error(`${end.stderr}${end.stdout}`);
}

/** An object of the release as it lives. */
export interface Live {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: unknown;
}

/** The release's objects by their names' last part, hooks and tests among them. */
export async function liveOf(namespace: string): Promise<Readonly<Record<string, Live>>> {
  const text = await kubectl("-n", namespace, "get", "configmaps,secrets", "-o", "json");
  const { items }: { items: readonly { metadata: Partial<Live> & { name: string }; data?: unknown }[] } = JSON.parse(
    text.replaceAll(namespace, "NS"),
  );
  return Object.fromEntries(
    items
      .filter(({ metadata: { name } }) => name.startsWith("r-"))
      .map(({ metadata: { name, labels = {}, annotations = {} }, data }) => [
        name.slice("r-".length),
        { labels, annotations, data },
      ]),
  );
}

/** What a record keeps of what was rendered. */
export interface StoredRelease {
  readonly manifest: string;
  readonly hooks: readonly { readonly name: string; readonly manifest: string }[];
}

/** A revision's record, out of its Secret; when its hooks ran is left out. */
export async function recordOf(namespace: string, revision: number): Promise<StoredRelease> {
  const name = `sh.helm.release.v1.r.v${revision}`;
  const data = await kubectl("-n", namespace, "get", "secret", name, "-o", "jsonpath={.data.release}");
  const packed = Buffer.from(Buffer.from(data, "base64").toString(), "base64");
  const { manifest, hooks }: StoredRelease = JSON.parse(
    gunzipSync(packed).toString().replaceAll(namespace, "NS"),
    (key, value: unknown) => (key === "started_at" || key === "completed_at" ? undefined : value),
  );
  return { manifest, hooks };
}
