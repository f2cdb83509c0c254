import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { decodeHead } from "../../engine/manifest/head.ts";
import { splitManifests } from "../../engine/manifest/split.ts";
import { runTemplate } from "./vectors.ts";

/** A line of cases.jsonl, the fields that count here. */
export interface CorpusCase {
  readonly id: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly stderr: string;
  readonly golden: string | null;
  readonly stdout_sha256: string;
  readonly nondeterministic: boolean;
  readonly nondet_lines: readonly (readonly [number, number])[] | null;
  readonly stderr_nondeterministic: boolean;
  readonly helm_cpu_ms: number;
}

/** How a case went; `problem` names the first difference. */
export interface CorpusResult {
  readonly id: string;
  readonly problem: string | undefined;
  readonly milliseconds: number;
}

/** Reads the cases of a corpus folder. */
export function readCases(directory: string): readonly CorpusCase[] {
  const lines = readFileSync(join(directory, "cases.jsonl"), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as CorpusCase);
}

/** Runs one case in this process and compares it with the record. */
export async function runCase(directory: string, wanted: CorpusCase): Promise<CorpusResult> {
  const started = performance.now();
  let problem: string | undefined;
  try {
    const { code, stdout, stderr } = await runTemplate(wanted.args.slice(1), directory);
    problem =
      exitProblem(wanted, code, stderr) ?? stderrProblem(wanted, stderr) ?? stdoutProblem(directory, wanted, stdout);
  } catch (error) {
    problem = `crash: ${error instanceof Error ? error.stack : String(error)}`;
  }
  return { id: wanted.id, problem, milliseconds: performance.now() - started };
}

function exitProblem(wanted: CorpusCase, code: number, stderr: string): string | undefined {
  return code === wanted.exit ? undefined : `exit ${code} instead of ${wanted.exit}: ${stderr.slice(0, 500)}`;
}

/** Where standard error differs from run to run, the order of lines, and of names in a line, is not compared. */
function stderrProblem(wanted: CorpusCase, stderr: string): string | undefined {
  if (stderr === wanted.stderr) return undefined;
  const words = (line: string): string => line.split(/,? /).sort().join(" ");
  const lines = (text: string): string => text.split("\n").map(words).sort().join("\n");
  if (wanted.stderr_nondeterministic && lines(stderr) === lines(wanted.stderr)) return undefined;
  return `stderr ${firstDifference(wanted.stderr, stderr, null)}`;
}

function stdoutProblem(directory: string, wanted: CorpusCase, stdout: string): string | undefined {
  const golden =
    wanted.golden === null ? "" : gunzipSync(readFileSync(join(directory, wanted.golden))).toString("utf8");
  if (!wanted.nondeterministic) {
    if (golden === stdout) return digestProblem(wanted, stdout);
    return `stdout ${firstDifference(golden, stdout, null)}`;
  }
  if (wanted.nondet_lines === null) {
    const [a, b] = [shape(golden), shape(stdout)];
    return a === b ? undefined : `shape ${firstDifference(a, b, null)}`;
  }
  const difference = firstDifference(golden, stdout, wanted.nondet_lines);
  return difference === undefined ? undefined : `stdout ${difference}`;
}

function digestProblem(wanted: CorpusCase, stdout: string): string | undefined {
  const digest = createHash("sha256").update(stdout).digest("hex");
  return digest === wanted.stdout_sha256 ? undefined : "stdout digest differs from the record";
}

/** The first line that differs and is not in one of the `free` ranges. */
function firstDifference(
  wanted: string,
  seen: string,
  free: readonly (readonly [number, number])[] | null,
): string | undefined {
  const a = wanted.split("\n");
  const b = seen.split("\n");
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] === b[i] || (free !== null && free.some(([first, last]) => i >= first && i <= last))) continue;
    return `line ${i}: wanted ${JSON.stringify(a[i])}, seen ${JSON.stringify(b[i])}`;
  }
  return undefined;
}

/** The documents of an output by source, kind and name. */
function shape(text: string): string {
  return splitManifests(text)
    .map((document) => {
      const head = decodeHead(document, "");
      return `${/# Source: .*/.exec(document)?.[0]} ${head.apiVersion} ${head.kind} ${head.name}`;
    })
    .join("\n");
}
