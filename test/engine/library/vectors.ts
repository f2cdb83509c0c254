import {
  encodeValues,
  EngineError,
  loadChart,
  mergeValues,
  renderChart,
  renderTemplates,
  templateOutput,
} from "../../../engine/index.ts";
import type { Answer, HelmVersion, KeyQuestion, ValueSources } from "../../../engine/index.ts";
import { gzip, writeTar } from "../../../engine/archive/index.ts";
import { toUtf8 } from "../../../engine/go/utf8.ts";
import { answerPrivateKey } from "../../../engine/sprig/keys.ts";
import {
  filesAnswer,
  parseOverrides,
  parseVectorAnswers,
  parseVectorInput,
  shortened,
} from "../../support/vector-file.ts";
import type { VectorCase } from "../../support/vector-file.ts";
import type { VectorFiles } from "./suite.ts";

/** The build that recorded the answers. */
const helmVersion: HelmVersion = {
  version: "v4.3",
  gitCommit: "",
  gitTreeState: "",
  goVersion: "go1.26.8",
  kubeClientVersion: "v1.37",
};
/** Keys cost up to seconds: of each kind two are made, and taken in turn. */
const KEYS = 2;
const keys = new Map<string, Promise<Answer<string>>>();
let asked = 0;

function privateKey(question: KeyQuestion): Promise<Answer<string>> {
  const name = `${question.algorithm} ${question.bits} ${asked++ % KEYS}`;
  const known = keys.get(name) ?? newKey(question);
  keys.set(name, known);
  return known;
}

async function newKey(question: KeyQuestion): Promise<Answer<string>> {
  const answer = await answerPrivateKey({ kind: "private-key", key: "", ...question });
  if (!answer.ok || typeof answer.value !== "string") throw new Error("a key is PEM text");
  return { ok: true, value: answer.value };
}

const RENDER = {
  resolver: { privateKey },
  now: Date.UTC(2026, 10, 21, 8, 30, 0),
  seed: new Uint8Array(32).fill(7),
  helmVersion,
};
const SETS = "strvals.tsv";
const COMMAND = "cli-template.out";

/** One test per file of vectors. */
export function vectorNames(files: VectorFiles): readonly string[] {
  const topics = Object.keys(files).filter((path) => path.endsWith(".in"));
  return [...topics, SETS, COMMAND].map((path) => `every answer of ${path} is that of Helm`);
}

/** The first wrong answers of a file of vectors; empty when all are right. */
export async function vectorProblems(files: VectorFiles, name: string): Promise<string> {
  const path = name.slice("every answer of ".length, -" is that of Helm".length);
  const rows =
    path === SETS ? setRows(files) : path === COMMAND ? [await commandRow(files)] : await topicRows(files, path);
  if (rows.length === 0) return `${path} holds no vector`;
  const wrong = rows.filter(({ seen, wanted }) => seen !== wanted);
  return wrong
    .slice(0, 5)
    .map((row) => JSON.stringify(row))
    .join("\n");
}

interface Row {
  readonly id: string;
  readonly wanted: string;
  readonly seen: string;
}

async function topicRows(files: VectorFiles, path: string): Promise<readonly Row[]> {
  const topic = path.slice(0, -".in".length);
  const vectors = parseVectorInput(text(files, path));
  const answers = parseVectorAnswers(text(files, `${topic}.out`), vectors);
  const overrides = parseOverrides(text(files, "heads-go127.out") + text(files, "toolchain-go127.out"));
  const rows: Row[] = [];
  for (const [i, vector] of vectors.entries()) {
    if (isSlow(vector)) continue;
    const id = `${topic} | ${vector.name}`;
    rows.push({ id, wanted: overrides.get(id) ?? answers[i] ?? "", seen: shortened(await answerOf(vector)) });
  }
  return rows;
}

/** Seconds of arithmetic of our own, which no runtime changes: test/engine/render runs these on Node. */
function isSlow({ files }: VectorCase): boolean {
  return [...files.values()].some((content) => /"dsa"|derivePassword|genPrivateKey ""/.test(content));
}

/** What the recorder would write for a probe. It calls Helm's steps one by one, without the command's prefix. */
async function answerOf({ files, values }: VectorCase): Promise<string> {
  try {
    const { chart } = await loadChart(await archiveOf(files));
    const own = values === "" ? {} : { values: mergeValues({ files: [{ name: "values", content: values }] }) };
    const rendered = await renderTemplates({ ...RENDER, ...own, chart, name: "rel", namespace: "ns" });
    return filesAnswer(rendered.files);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const message = error.message.replace(/^chart dependencies processing failed: /, "");
    return `ERR: ${message.replace(/^failed to parse values: cannot unmarshal yaml document: /, "")}`;
  }
}

/** An archive: it obeys no `.helmignore`. */
async function archiveOf(files: ReadonlyMap<string, string>): Promise<Uint8Array> {
  return await gzip(
    writeTar([...files].map(([name, content]) => ({ name: `c/${name}`, data: toUtf8(content), mtime: 0 }))),
  );
}

function setRows(files: VectorFiles): readonly Row[] {
  const lines = text(files, SETS).split("\n");
  return lines.filter((line) => line !== "").map(setRow);
}

const SOURCES: Readonly<Record<string, (argument: string) => ValueSources>> = {
  set: (set) => ({ set: [set] }),
  string: (set) => ({ setString: [set] }),
  literal: (set) => ({ setLiteral: [set] }),
  json: (set) => ({ setJson: [set] }),
};
const FLAGS: Readonly<Record<string, string>> = { set: "set", string: "set-string", literal: "set-literal" };

/** A refusal is told behind the flag's name; that of `--set-json` is the argument alone. */
function setRow(line: string): Row {
  const [kind = "", argument = "", json = "", problem = ""] = line.split("\t");
  const refused =
    kind === "json" ? `failed parsing --set-json data ${argument}` : `failed parsing --${FLAGS[kind]} data: ${problem}`;
  const row = { id: `${kind} ${argument}`, wanted: problem === "" ? json : refused };
  try {
    return { ...row, seen: encodeValues(mergeValues(SOURCES[kind]?.(argument) ?? {}), "json") };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...row, seen: error.message };
  }
}

async function commandRow(files: VectorFiles): Promise<Row> {
  const folder = "charts/cli-c/";
  const own = Object.entries(files).filter(([path]) => path.startsWith(folder));
  const { chart } = await loadChart(new Map(own.map(([path, content]) => [path.slice(folder.length), content])));
  const release = await renderChart({ ...RENDER, chart, name: "release-name" });
  return { id: COMMAND, wanted: text(files, COMMAND), seen: templateOutput(release) };
}

function text(files: VectorFiles, path: string): string {
  const found = files[path];
  if (found === undefined) throw new Error(`test/vectors/${path} is missing`);
  return found;
}
