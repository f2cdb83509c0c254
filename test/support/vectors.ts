import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { defaultCapabilities, HELM_VERSION, loadFiles, parseSet } from "../../engine/chart/index.ts";
import type { ChartFile, HelmVersion, SetKind } from "../../engine/chart/index.ts";
import { decodeYamlMap, encodeJson } from "../../engine/encoding/index.ts";
import { EngineError } from "../../engine/errors.ts";
import { fromUtf8, toUtf8 } from "../../engine/go/utf8.ts";
import { GoMap } from "../../engine/go/value.ts";
import { prepare, renderFiles } from "../../engine/render/index.ts";
import { nodeFiles } from "../../infra/cli/node-files.ts";
import { templateCommand } from "../../infra/cli/template.ts";
import { resolvePending } from "./resolve-pending.ts";
import { filesAnswer, parseOverrides, parseVectorAnswers, parseVectorInput, shortened } from "./vector-file.ts";
import type { VectorCase } from "./vector-file.ts";

/** What was asked, the recorded answer and ours. */
export interface VectorResult {
  readonly id: string;
  readonly wanted: string;
  readonly seen: string;
}

/** A folder of vectors. */
export interface VectorFolder {
  readonly directory: string;
  readonly list: () => readonly string[];
  readonly read: (name: string) => Uint8Array;
}

/** The build that recorded the answers. */
export const RECORDED_HELM: HelmVersion = { ...HELM_VERSION, version: "v4.3", goVersion: "go1.26.8" };
const SEED = new Uint8Array(32).fill(7);
const NOW = Date.UTC(2026, 10, 21, 8, 30, 0);
const OVERRIDES = "toolchain-go127.out";

/** Runs every vector of a folder, file by file in the order of their names. */
export async function runVectors(folder: VectorFolder): Promise<readonly VectorResult[]> {
  const names = [...folder.list()].sort();
  const text = (name: string): string => fromUtf8(folder.read(name));
  const official = readFileSync(new URL("../vectors/heads-go127.out", import.meta.url), "utf8");
  const overrides = new Map([
    ...parseOverrides(official),
    ...(names.includes(OVERRIDES) ? parseOverrides(text(OVERRIDES)) : []),
  ]);
  const results: VectorResult[] = [];
  for (const name of names) {
    const topic = name.replace(/\.[a-z]+$/, "");
    if (name.endsWith(".in")) {
      const cases = parseVectorInput(text(name));
      const answers = parseVectorAnswers(text(`${topic}.out`), cases);
      for (const [i, vector] of cases.entries()) {
        const key = `${topic} | ${vector.name}`;
        const seen = shortened(await answerOf(vector));
        results.push({ id: key, wanted: overrides.get(key) ?? answers[i] ?? "", seen });
      }
    } else if (name === "strvals.tsv") results.push(...setResults(text(name)));
    else if (name === "cli-template.out") results.push(await chartResult(folder, text(name)));
    else if (name === "subcharts-p.out") results.push(...(await flagResults(folder, text(name))));
    else if (name === "cli-errors.out") results.push(...(await errorResults(text(name), overrides)));
  }
  return results;
}

/** What the recorder would write for a probe, without the final newline. */
export async function answerOf(vector: VectorCase, now = NOW): Promise<string> {
  try {
    const names = [...vector.files.keys()];
    const files: ChartFile[] = names.map((name) => ({ name, data: toUtf8(vector.files.get(name) ?? "") }));
    const chart = await loadFiles(files);
    const values = vector.values === "" ? new GoMap() : decodeYamlMap(vector.values);
    const prepared = prepare({ chart, values });
    const rendered = await renderFiles(prepared.chart, prepared.values, {
      release: { name: "rel", namespace: "ns", revision: 1, isUpgrade: false },
      capabilities: defaultCapabilities({ helmVersion: RECORDED_HELM }),
      lookup: "off",
      dns: false,
      seed: SEED,
      now,
      resolve: resolvePending,
    });
    return filesAnswer(rendered);
  } catch (error) {
    if (error instanceof EngineError) return `ERR: ${error.message.replace(DEPENDENCIES, "")}`;
    return `CRASH: ${error instanceof Error ? error.stack : String(error)}`;
  }
}

/** The recorder calls the steps one by one, without the command's prefix. */
const DEPENDENCIES = /^chart dependencies processing failed: /;

const KINDS: Readonly<Record<string, SetKind>> = {
  set: "set",
  string: "set-string",
  literal: "set-literal",
  json: "set-json",
};

function setResults(table: string): readonly VectorResult[] {
  const rows = table.split("\n").filter((line) => line !== "");
  return rows.map((row) => {
    const [kind = "", argument = "", json = "", problem = ""] = row.split("\t");
    const target = new GoMap();
    let message = "";
    try {
      parseSet(KINDS[kind] ?? "set", argument, target);
    } catch (error) {
      message = error instanceof Error ? error.message : String(error);
    }
    return {
      id: `strvals | ${kind} ${argument}`,
      wanted: `${json}\t${problem}`,
      seen: `${encodeJson(target)}\t${message}`,
    };
  });
}

/** One run of `template`: everything it printed, in the order printed, and its exit code. */
export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly both: string;
}

/** Runs `template` in this process. */
export async function runTemplate(argv: readonly string[], cwd: string): Promise<CommandRun> {
  let stdout = "";
  let stderr = "";
  let both = "";
  const code = await templateCommand(argv, {
    files: nodeFiles(cwd),
    stdout: (bytes) => {
      const text = fromUtf8(bytes);
      stdout += text;
      both += text;
    },
    stderr: (text) => {
      stderr += text;
      both += text;
    },
    now: NOW,
    seed: SEED,
    resolve: resolvePending,
    helmVersion: RECORDED_HELM,
  });
  return { code, stdout, stderr, both };
}

async function chartResult(folder: VectorFolder, wanted: string): Promise<VectorResult> {
  const { stdout } = await runTemplate(["charts/cli-c"], folder.directory);
  return { id: "cli-template | cli-c", wanted, seen: stdout };
}

async function flagResults(folder: VectorFolder, text: string): Promise<readonly VectorResult[]> {
  const results: VectorResult[] = [];
  for (const part of text.split(/^(?==========)/m)) {
    const newline = part.indexOf("\n");
    const flags = part.slice("===========".length, newline).trim();
    const argv = flags === "" ? [] : flags.split(" ");
    const { both } = await runTemplate(["charts/subcharts-p", ...argv], folder.directory);
    results.push({ id: `subcharts-p | ${flags}`, wanted: part.slice(newline + 1), seen: both });
  }
  return results;
}

/** `--- [TEMPLATE] FLAGS`, `~` for a newline; then both outputs and `rc=CODE`. */
async function errorResults(text: string, overrides: ReadonlyMap<string, string>): Promise<readonly VectorResult[]> {
  const results: VectorResult[] = [];
  const headings = [...text.matchAll(/^--- \[([^\n]*)\] ([^\n]*)\n/gm)];
  for (const [i, heading] of headings.entries()) {
    const [line, template = "", flags = ""] = heading;
    const start = heading.index + line.length;
    const id = `cli-errors | ${template} ${flags}`.trim();
    const wanted = overrides.get(id) ?? text.slice(start, headings[i + 1]?.index ?? text.length);
    const seen = await errorAnswer(template.replaceAll("~", "\n"), flags === "" ? [] : flags.split(" "));
    results.push({ id, wanted: wanted.trimEnd(), seen: seen.trimEnd() });
  }
  return results;
}

async function errorAnswer(template: string, flags: readonly string[]): Promise<string> {
  const root = mkdtempSync(`${tmpdir()}/vector-`);
  try {
    mkdirSync(`${root}/c/templates`, { recursive: true });
    writeFileSync(`${root}/c/Chart.yaml`, "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    writeFileSync(`${root}/c/templates/a.yaml`, template);
    const { both, code } = await runTemplate(["c", ...flags], root);
    return `${both.replaceAll(root, "/charts/e")}rc=${code}\n`;
  } finally {
    rmSync(root, { recursive: true });
  }
}
