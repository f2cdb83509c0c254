import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { stringAt } from "../../../engine/object/json.ts";
import type { OpenCluster } from "../../../infra/node/cluster-transport.ts";
import { required, runProgram } from "../../support/helm.ts";
import { type ChartSources, chartOf } from "../../support/operation.ts";
import { buildTool } from "../build.ts";
import { errorOf, messageOf, openSides, plainError, type TwoSides } from "../two-sides.ts";
import { readCommandLine } from "./command-line.ts";
import { type Scenario, type ScenarioStep, wordsOf } from "./scenario.ts";
import { lookAt, type SideState } from "./state.ts";

/** Who plays a helm step. */
export type Player = "helm" | "slipway";

/** How a helm step ended on a side, and what is there then. */
export interface Ending {
  readonly error: string;
  /** Lines that hooks' pods wrote. */
  readonly logs: number;
  readonly state: SideState;
}

/** One side of a scenario: a namespace, and its charts as folders and loaded. */
export interface Side {
  readonly namespace: string;
  readonly folder: string;
  readonly play: (step: ScenarioStep, player: Player) => Promise<void>;
  /** Plays a helm step and looks at what is there. */
  readonly end: (step: HelmStep, player: Player) => Promise<Ending>;
  readonly look: () => Promise<SideState>;
}

/** A step of helm's. */
export type HelmStep = Extract<ScenarioStep, { kind: "helm" }>;

/** How our side plays helm's words. `plainError`: an error without what differs between two namespaces. */
export type OursPlayer = (asked: {
  readonly words: readonly string[];
  readonly namespace: string;
  readonly files: Readonly<Record<string, string>>;
  readonly charts: Readonly<Record<string, ChartSources>>;
  readonly plainError: (text: string) => string;
}) => Promise<Omit<Ending, "state">>;

const LOG_LINE = "oracle pod log line";
const TYPES = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;
const home = mkdtempSync(join(tmpdir(), "slipway-scenarios-"));
const PAUSE = 50;
const PATIENCE = 20_000;

/** A fresh namespace in which a scenario is played. `ours`: who plays our side; the engine in process when absent. */
export async function openSide(cluster: OpenCluster, scenario: Scenario, ours?: OursPlayer): Promise<Side> {
  const plain = openSides(cluster);
  const mapped = openSides(cluster, { records: "configmap" });
  const namespace = await freshNamespace(plain);
  const folder = join(home, namespace);
  const text = JSON.stringify([scenario.charts, scenario.steps]);
  const files: Record<string, string> = {};
  const charts: Record<string, ChartSources> = {};
  for (const [key, sources] of Object.entries(scenario.charts)) {
    const here = Object.fromEntries(
      Object.entries({ "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n", ...sources }).map(
        ([path, content]) => [path, content.replaceAll("@NS@", namespace)],
      ),
    );
    for (const [path, content] of Object.entries(here)) {
      const file = join(folder, key, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      files[`+${key}/${path}`] = content;
    }
    charts[key] = here;
    for (const { bench } of [plain, mapped]) bench.charts.set(key, await chartOf("web", here));
  }
  if (/\bPod\b/u.test(text)) await until(plain, `/api/v1/namespaces/${namespace}/serviceaccounts/default`, true);
  const look = (): Promise<SideState> => lookAt(plain, namespace, text);
  const end: Side["end"] = async (step, player) => {
    const words = wordsOf(step.words).map((word) => word.replaceAll("@NS@", namespace));
    const ended = await (player === "helm"
      ? runHelm(step, words, folder, namespace)
      : ours === undefined
        ? runOurs(step.driver === "configmap" ? mapped : plain, words, namespace, files)
        : ours({ words, namespace, files, charts, plainError: (error) => plainError(error, namespace).trimEnd() }));
    return { ...ended, state: await look() };
  };
  const play: Side["play"] = async (step, player) => {
    if (step.kind === "helm") await end(step, player);
    else if (step.kind === "helm3") await runHelm3(wordsOf(step.words), folder, namespace);
    else await intervene(plain, step, namespace);
  };
  return { namespace, folder, play, end, look };
}

let spaces = 0;

/** All names are of one length, so that order does not depend on them. */
async function freshNamespace(sides: TwoSides): Promise<string> {
  const name = `sc${Date.now().toString(36)}${String(++spaces).padStart(4, "0")}`;
  await sides.send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return name;
}

async function runHelm(
  step: HelmStep,
  words: readonly string[],
  folder: string,
  namespace: string,
): Promise<Omit<Ending, "state">> {
  const args = words.map((word) => word.replace(/^@(?=[a-z])|\+(?=[a-z0-9]+\/)/u, `${folder}/`));
  const ended = await runProgram(required("HELM"), [...args, "-n", namespace], {
    cwd: home,
    env: environment(step.driver),
  });
  return {
    error: errorOf(ended, namespace).replaceAll(folder, "FOLDER"),
    logs: `${ended.stdout}${ended.stderr}`.split(LOG_LINE).length - 1,
  };
}

async function runHelm3(words: readonly string[], folder: string, namespace: string): Promise<void> {
  const args = words.map((word) => word.replace(/^@(?=[a-z])/u, `${folder}/`));
  const ended = await runProgram(join(buildTool("helm3"), "helm"), [...args, "-n", namespace], {
    cwd: home,
    env: environment(),
  });
  if (ended.code !== 0) throw new Error(`helm3 ${args.join(" ")}: ${ended.stderr}`);
}

function environment(driver?: string): NodeJS.ProcessEnv {
  const env = { PATH: process.env["PATH"], HOME: home, KUBECONFIG: required("KUBECONFIG"), TZ: "UTC" };
  return driver === undefined ? env : { ...env, HELM_DRIVER: driver };
}

async function runOurs(
  sides: TwoSides,
  words: readonly string[],
  namespace: string,
  files: Readonly<Record<string, string>>,
): Promise<Omit<Ending, "state">> {
  const driven = await sides.bench.run(readCommandLine(words, namespace, files).request);
  return { error: messageOf(driven, namespace), logs: hookLogLines(driven.events) };
}

/** Lines that a hook's log policy asked for; those that tell why a wait does not end, helm has not. */
export function hookLogLines(events: readonly { readonly type: string; readonly cause?: string }[]): number {
  return events.filter(({ type, cause }) => type === "log" && cause === "hook").length;
}

async function intervene(
  sides: TwoSides,
  step: Exclude<ScenarioStep, { kind: "helm" | "helm3" }>,
  namespace: string,
): Promise<void> {
  if (step.kind === "until") return until(sides, step.path.replaceAll("NS", namespace), step.there);
  if (step.kind === "restatus") return restatus(sides, step, namespace);
  const body: JsonValue | undefined =
    step.body === undefined ? undefined : JSON.parse(JSON.stringify(step.body).replaceAll("@NS@", namespace));
  await sides.send(step.method, step.path.replaceAll("NS", namespace), body, {
    ...(step.patch === undefined ? {} : { type: TYPES[step.patch] }),
    ...(step.manager === undefined ? {} : { manager: step.manager }),
  });
}

async function until(sides: TwoSides, path: string, there: boolean): Promise<void> {
  for (let waited = 0; waited < PATIENCE; waited += PAUSE) {
    if (((await sides.send("GET", path)) !== undefined) === there) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Error(`${path} does not ${there ? "come" : "go"}`);
}

async function restatus(
  sides: TwoSides,
  step: { readonly revision: number; readonly status: string },
  namespace: string,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.web.v${step.revision}`;
  const secret: JsonObject = (await sides.send("GET", path)) ?? {};
  const packed = Buffer.from(stringAt(secret, "data", "release") ?? "", "base64").toString();
  const text = gunzipSync(Buffer.from(packed, "base64"))
    .toString()
    .replace(/"status":"[a-z-]+"/u, `"status":"${step.status}"`);
  const data = { release: Buffer.from(gzipSync(text).toString("base64")).toString("base64") };
  await sides.send("PATCH", path, { data, metadata: { labels: { status: step.status } } }, { type: TYPES.merge });
}
