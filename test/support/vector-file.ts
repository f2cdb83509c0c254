import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { toUtf8 } from "../../engine/go/utf8.ts";
import { compareBytes } from "../../engine/go/value.ts";

/** A probe: a chart in memory and user values. */
export interface VectorCase {
  readonly name: string;
  readonly values: string;
  readonly files: ReadonlyMap<string, string>;
}

const CHART = 'apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: "1.2"\n';
const DEFAULT_FILE = "templates/t.txt";
const ANSWER_LIMIT = 20_000;

/** Reads a `*.in` file. Lines are joined by `\n` without a trailing one; Chart.yaml is added where a case has none. */
export function parseVectorInput(text: string): readonly VectorCase[] {
  return sections(text).map(({ name, lines }) => {
    const files = new Map<string, string>();
    const values: string[] = [];
    let file = DEFAULT_FILE;
    let target: string[] | undefined;
    const close = (): void => {
      if (target === undefined || target === values) return;
      if (file !== DEFAULT_FILE || target.length > 0) files.set(file, target.join("\n"));
    };
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "@vals") {
        close();
        target = values;
      } else if (line.startsWith("@file ")) {
        close();
        file = line.slice("@file ".length);
        target = [];
      } else {
        target ??= [];
        target.push(line);
      }
    }
    close();
    if (!files.has("Chart.yaml")) files.set("Chart.yaml", CHART);
    return { name, values: values.join("\n"), files };
  });
}

/**
 * Reads a `*.out` file: one answer a case, in the cases' order. A line of an answer may look like a heading. With `cut`, the answers of the
 * last cases may be missing.
 */
export function parseVectorAnswers(text: string, cases: readonly VectorCase[], cut = false): readonly string[] {
  const answers: string[][] = [];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line === `### ${cases[answers.length]?.name}`) answers.push([]);
    else answers.at(-1)?.push(line);
  }
  if (!cut && answers.length !== cases.length) throw new Error(`${answers.length} answers to ${cases.length} cases`);
  return answers.map((lines) => lines.join("\n"));
}

/** Reads toolchain-go127.out: answers by `FILE | CASE`. */
export function parseOverrides(text: string): ReadonlyMap<string, string> {
  return new Map(sections(text).map(({ name, lines }) => [name, lines.join("\n")]));
}

/** An answer as the recorder writes it: long ones by their digest. */
export function shortened(answer: string): string {
  const bytes = toUtf8(answer);
  if (bytes.length < ANSWER_LIMIT) return answer;
  return `SHA256: ${bytesToHex(sha256(bytes))} ${bytes.length}`;
}

/** Rendered files as the recorder writes them. */
export function filesAnswer(files: ReadonlyMap<string, string>): string {
  const paths = [...files.keys()].sort(compareBytes);
  if (paths.length === 1) return files.get(paths[0] ?? "") ?? "";
  return paths.map((path) => `--[${path}]\n${files.get(path) ?? ""}`).join("\n");
}

interface Section {
  readonly name: string;
  readonly lines: string[];
}

function sections(text: string): readonly Section[] {
  const out: Section[] = [];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("### ")) out.push({ name: line.slice(4), lines: [] });
    else out.at(-1)?.lines.push(line);
  }
  return out;
}
