import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postRender, type RunPostRenderer } from "../../engine/action/post-render.ts";
import { mergeFiles, splitStream } from "../../engine/manifest/index.ts";
import {
  type AdmittedPlugin,
  admitPlugin,
  NO_GRANT,
  postRenderInput,
  readPostRenderOutput,
} from "../../engine/plugin/index.ts";
import { buildPlugin } from "../../infra/build-plugins.ts";
import { openPluginHost } from "../../infra/node/plugin-host.ts";
import { buildTool } from "../oracles/build.ts";
import { runProgram } from "../support/helm.ts";
import { digestOf } from "../support/plugin.ts";
import { median, report } from "./figure.ts";

const SIZES = [10, 100, 1000];
const ROUNDS = 15;
/** The edit of both sides: a label in every object. */
const CONFIG = { labels: "team: blue" };
const SCRIPT = '#!/bin/sh\nexec sed "/^  labels:$/a\\\\    team: \\"blue\\""\n';
const YAML = "apiVersion: v1\nname: script\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\n";
const RUN = 'runtimeConfig:\n  platformCommand: [{ command: "${HELM_PLUGIN_DIR}/run.sh" }]\n';

/** Rendered files of a chart with so many objects: half Deployments as `helm create` has them, half Services and ConfigMaps. */
export function filesOf(count: number): ReadonlyMap<string, string> {
  return new Map(Array.from({ length: count }, (_, index) => [`c/templates/${index}.yaml`, objectOf(index)]));
}

function objectOf(index: number): string {
  const head = (apiVersion: string, kind: string): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: web-${index}\n  labels:\n    app.kubernetes.io/name: web\n    helm.sh/chart: c-0.1.0\n`;
  if (index % 4 === 1)
    return `${head("v1", "Service")}spec:\n  ports:\n    - port: 80\n      name: http\n  selector:\n    app: web-${index}\n`;
  if (index % 4 === 3) return `${head("v1", "ConfigMap")}data:\n  key: "value ${index}"\n  text: |\n    one\n    two\n`;
  return `${head("apps/v1", "Deployment")}spec:
  replicas: 1
  selector:
    matchLabels:
      app: web-${index}
  template:
    metadata:
      labels:
        app: web-${index}
    spec:
      serviceAccountName: web
      containers:
        - name: web
          image: "nginx:1.27"
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: 80
              protocol: TCP
          livenessProbe:
            httpGet:
              path: /
              port: http
          resources: {}
`;
}

/** Post-rendering of 10, 100 and 1000 objects: ours in a process that runs already and anew, beside `helm template` with a program. */
export async function benchPlugin(): Promise<void> {
  const helm = join(buildTool("helm"), "helm");
  const work = mkdtempSync(join(tmpdir(), "slipway-bench-plugin-"));
  try {
    const bytes = await buildPlugin("labels");
    const plugin = admitPlugin({ name: "labels", digest: digestOf(bytes), bytes }, { ...NO_GRANT, config: CONFIG });
    writePlugin(work);
    for (const count of SIZES) await benchSize(count, { helm, work, plugin });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Place {
  readonly helm: string;
  readonly work: string;
  readonly plugin: AdmittedPlugin;
}

function writePlugin(work: string): void {
  const folder = join(work, "plugins", "script");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plugin.yaml"), YAML + RUN);
  writeFileSync(join(folder, "run.sh"), SCRIPT);
  chmodSync(join(folder, "run.sh"), 0o755);
}

async function benchSize(count: number, { helm, work, plugin }: Place): Promise<void> {
  const files = filesOf(count);
  const chart = join(work, `c${count}`);
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: c\nversion: 0.1.0\n");
  for (const [path, text] of files) writeFileSync(join(chart, path.slice(2)), text);
  const { host, close } = openPluginHost({ send: () => Promise.reject(new Error("no network")) });
  const warm: number[] = [];
  const cold: number[] = [];
  const guest: number[] = [];
  const stream: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS + 5; round++) {
    const isCounted = round >= 5;
    const ours = await timed(async () => await rendered(files, plugin, host));
    if (isCounted) warm.push(ours);
    const merged = mergeFiles(files);
    const called = await timed(async () => await host.call({ plugin, input: postRenderInput(merged, []) }));
    const split = await timed(async () => splitStream(mergeFiles(files), ""));
    if (isCounted) guest.push(called);
    if (isCounted) stream.push(split);
    if (!isCounted) continue;
    const fresh = await timed(async () => {
      const opened = openPluginHost({ send: () => Promise.reject(new Error("no network")) });
      await rendered(files, plugin, opened.host);
      await opened.close();
    });
    cold.push(fresh);
    const line = ["template", "r", chart, "--post-renderer", "script"];
    theirs.push(await timed(async () => await checked(helm, line, join(work, "plugins"))));
  }
  await close();
  const peer = "helm template with a program";
  const helmMs = median(theirs);
  report({ name: `postrenderer/${count}/warm`, ours: median(warm), peer, theirs: helmMs, unit: "ms" });
  report({ name: `postrenderer/${count}/cold`, ours: median(cold), peer, theirs: helmMs, unit: "ms" });
  report({
    name: `postrenderer/${count}/guest`,
    ours: median(guest),
    peer: "ours, warm",
    theirs: median(warm),
    unit: "ms",
  });
  report({
    name: `postrenderer/${count}/stream`,
    ours: median(stream),
    peer: "ours, warm",
    theirs: median(warm),
    unit: "ms",
  });
}

async function rendered(
  files: ReadonlyMap<string, string>,
  plugin: AdmittedPlugin,
  host: ReturnType<typeof openPluginHost>["host"],
): Promise<void> {
  const run: RunPostRenderer = async (renderer, manifests) => {
    const { output } = await host.call({ plugin, input: postRenderInput(manifests, renderer.args) });
    return readPostRenderOutput(plugin, output, manifests);
  };
  const renderer = { plugin: "labels", digest: plugin.digest, args: [], config: {} };
  const made = await postRender(files, { renderers: [renderer], strategy: "combined", run });
  if (made.size !== files.size || ![...made.values()].every((text) => text.includes('team: "blue"'))) {
    throw new Error("the edit is not there");
  }
}

async function checked(helm: string, line: readonly string[], plugins: string): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: plugins, HELM_PLUGINS: plugins };
  const end = await runProgram(helm, line, { cwd: plugins, env });
  if (end.code !== 0 || !end.stdout.includes("team: ")) throw new Error(`helm: ${end.stderr}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
