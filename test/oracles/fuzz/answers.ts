import { spawnSync } from "node:child_process";
import { fromUtf8, toUtf8 } from "../../../engine/go/utf8.ts";
import { parseVectorAnswers, parseVectorInput } from "../../support/vector-file.ts";
import { answerOf } from "../../support/vectors.ts";
import { caseText, type FuzzCase } from "./case.ts";

/** A case with Helm's answer and ours. */
export interface Compared {
  readonly fuzz: FuzzCase;
  readonly text: string;
  readonly wanted: string;
  readonly seen: string;
}

const OUTPUT_LIMIT = 256 * 1024 * 1024;

/** Asks the probe about all cases, then the engine one by one. */
export async function compare(probe: string, cases: readonly FuzzCase[]): Promise<readonly Compared[]> {
  const texts = cases.map(caseText);
  const vectors = parseVectorInput(texts.join(""));
  if (vectors.length !== cases.length) throw new Error("a case's text looks like a heading");
  const answers = ask(probe, texts);
  const out: Compared[] = [];
  for (const [i, fuzz] of cases.entries()) {
    const vector = vectors[i];
    if (vector === undefined) continue;
    out.push({ fuzz, text: texts[i] ?? "", wanted: answers[i] ?? "", seen: await answerOf(vector) });
  }
  return out;
}

/**
 * One process for all. It writes each answer before it begins the next case, so that where a case ends the process (Go's own stack overflow, a
 * loop without end) the rest is asked of another one.
 */
export function ask(probe: string, texts: readonly string[]): readonly string[] {
  const answers: string[] = [];
  while (answers.length < texts.length) {
    const rest = texts.slice(answers.length);
    const input = rest.join("");
    const run = spawnSync(probe, { input: toUtf8(input), maxBuffer: OUTPUT_LIMIT, env: { TZ: "UTC" } });
    if (run.error !== undefined) throw run.error;
    const given = parseVectorAnswers(fromUtf8(run.stdout), parseVectorInput(input), run.status !== 0);
    answers.push(...given);
    if (run.status === 0 || given.at(-1) === "TIMEOUT") continue;
    answers.push(`FATAL: ${/^fatal error: .*$/m.exec(run.stderr.toString())?.[0] ?? run.signal}`);
  }
  return answers;
}
