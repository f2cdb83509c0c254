import { ignoresFile, parseIgnore, parseKubeVersion, readArchiveFiles } from "../../engine/chart/index.ts";
import type { ChartFile } from "../../engine/chart/index.ts";
import { expandedFiles } from "../../engine/chart/expand.ts";
import { EngineError } from "../../engine/errors.ts";
import { cleanPath } from "../../engine/go/path.ts";
import { compareBytes } from "../../engine/go/value.ts";
import { formatMessage, lintChart, lintSourceOf } from "../../engine/lint/index.ts";
import type { LintEntry, LintMessage, LintOptions, LintSource } from "../../engine/lint/index.ts";
import { unreadText } from "./analysis-text.ts";
import { CommandError, print, warner } from "./command.ts";
import type { Command, CommandIo } from "./command.ts";
import { FileError } from "./file-system.ts";
import type { ParsedFlags } from "./flags.ts";
import { withFetchedValues } from "./getters.ts";
import { loadAnyDirectory } from "./load-chart.ts";
import { FUNCTIONS_FLAG, PLUGIN_GRANTS_FLAG } from "./render-plugin-flags.ts";
import { ANALYSIS_FLAGS, GLOBAL_FLAGS, VALUE_FLAGS } from "./template-flags.ts";
import { readValues } from "./value-flags.ts";

/** `slipway lint`. */
export const lintCommand: Command = {
  use: "lint PATH",
  arguments: { least: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    ...VALUE_FLAGS,
    ...ANALYSIS_FLAGS,
    { name: "strict", kind: "bool" },
    { name: "with-subcharts", kind: "bool" },
    { name: "quiet", kind: "bool" },
    { name: "skip-schema-validation", kind: "bool" },
    { name: "kube-version", kind: "string" },
    FUNCTIONS_FLAG,
    PLUGIN_GRANTS_FLAG,
  ],
  run,
};

async function run(flags: ParsedFlags, io: CommandIo): Promise<void> {
  const isPlain = flags.all(FUNCTIONS_FLAG.name).length === 0;
  const plugins = isPlain ? undefined : await (await import("./plugin-session.ts")).openPlugins(flags, io);
  try {
    await runWith(flags, io, plugins?.rendering(io.resolve));
  } finally {
    await plugins?.close();
  }
}

async function runWith(
  flags: ParsedFlags,
  io: CommandIo,
  plugins: Pick<LintOptions, "functions" | "resolve"> | undefined,
): Promise<void> {
  const kubeVersion = flags.last("kube-version") ?? "";
  const known = kubeVersion === "" ? {} : { kubeVersion: parseKubeVersion(kubeVersion) };
  const paths = flags.isOn("with-subcharts")
    ? [...flags.args, ...flags.args.flatMap((path) => subcharts(path, io))]
    : flags.args;
  const options: LintOptions = {
    ...known,
    values: readValues(flags, await withFetchedValues(flags, io)),
    namespace: flags.last("namespace") ?? io.environment("HELM_NAMESPACE") ?? "default",
    skipSchemaValidation: flags.isOn("skip-schema-validation"),
    seed: io.seed,
    now: io.now(),
    resolve: io.resolve,
    ...plugins,
    onWarning: warner(io),
    allErrors: flags.isOn("all-errors"),
  };
  let out = "";
  let failed = 0;
  let isNoisy = false;
  for (const path of paths) {
    const result = await lintPath(path, options, flags, io);
    isNoisy ||= result.isNoisy;
    if (flags.isOn("quiet") && !result.isNoisy) continue;
    out += result.text;
    if (result.isFailed) failed++;
  }
  print(io, out);
  const summary = `${paths.length} chart(s) linted, ${failed} chart(s) failed`;
  if (failed > 0) throw new CommandError(summary);
  if (!flags.isOn("quiet") || isNoisy) print(io, `${summary}\n`);
}

interface Result {
  readonly text: string;
  /** There is more than INFO. */
  readonly isNoisy: boolean;
  readonly isFailed: boolean;
}

async function lintPath(path: string, options: LintOptions, flags: ParsedFlags, io: CommandIo): Promise<Result> {
  let messages: readonly LintMessage[];
  const head = `==> Linting ${path}\n`;
  try {
    const source = await openSource(path, io);
    messages = await lintChart(source, options);
    if (flags.isOn("unread")) messages = [...messages, ...(await unreadMessages(source, options))];
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { text: `${head}Error ${error.message}\n\n`, isNoisy: true, isFailed: true };
  }
  const isNoisy = messages.some(({ severity }) => severity !== "INFO");
  const isFailed = messages.some(
    ({ severity }) => severity === "ERROR" || (severity === "WARNING" && flags.isOn("strict")),
  );
  const shown = flags.isOn("quiet") ? messages.filter(({ severity }) => severity !== "INFO") : messages;
  return { text: `${head}${shown.map((message) => `${formatMessage(message)}\n`).join("")}\n`, isNoisy, isFailed };
}

/** What helm does not check. A chart that does not load has its finding already. */
async function unreadMessages(source: LintSource, { values }: LintOptions): Promise<readonly LintMessage[]> {
  const { unreadValues } = await import("../../engine/analysis/index.ts");
  const chart = await source.load(undefined).catch((error: unknown) => {
    if (error instanceof EngineError) return undefined;
    throw error;
  });
  const unread = chart === undefined ? [] : unreadValues(chart, values);
  return unread.map((value) => ({ severity: "WARNING", path: "values", text: unreadText(value) }));
}

async function openSource(path: string, io: CommandIo): Promise<LintSource> {
  const { files } = io;
  if (path.endsWith(".tgz") || path.endsWith(".tar.gz")) return await openArchive(path, io);
  const manifest = cleanPath(`${path}/Chart.yaml`);
  if (files.stat(manifest) === undefined) {
    throw new CommandError(`unable to check Chart.yaml file in chart: stat ${manifest}: no such file or directory`);
  }
  const directory = files.absolute(path);
  return {
    directory,
    entry: (name) => entryAt(`${directory}/${name}`, io),
    load: () => loadAnyDirectory(path, io),
  };
}

function entryAt(path: string, { files }: CommandIo): LintEntry {
  const kind = files.stat(path)?.kind;
  if (kind === undefined) return { kind: "missing", problem: `open ${path}: no such file or directory` };
  if (kind === "directory") return { kind: "directory", problem: `read ${path}: is a directory` };
  return { kind: "file", data: files.read(path) };
}

/** Helm unpacks an archive into a directory of its own, where `.helmignore` counts again. */
async function openArchive(path: string, { files }: CommandIo): Promise<LintSource> {
  const data = attempt("unable to open tarball", () => files.read(path));
  const { name, files: unpacked } = await unpack(data);
  const source = lintSourceOf(unpacked, `/tmp/${name}`);
  const ignored = unpacked.find((file) => file.name === ".helmignore");
  const rules = parseIgnore(ignored?.data);
  const kept = unpacked.filter((file) => !ignoresFile(rules, file.name));
  return { ...source, load: lintSourceOf(kept, source.directory).load };
}

async function unpack(data: Uint8Array): Promise<{ readonly name: string; readonly files: readonly ChartFile[] }> {
  try {
    return expandedFiles(await readArchiveFiles(data));
  } catch (error) {
    throw error instanceof EngineError ? new CommandError(`unable to extract tarball: ${error.message}`) : error;
  }
}

function attempt<T>(prefix: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof FileError ? new CommandError(`${prefix}: ${error.message}`) : error;
  }
}

/** Directories below each other that are looked into. */
const MAX_DEPTH = 100;

/** Every chart below `charts/`, in the order of a walk that follows no links. */
function subcharts(path: string, { files }: CommandIo): readonly string[] {
  const found: string[] = [];
  const walk = (directory: string, depth: number): void => {
    if (depth > MAX_DEPTH || files.stat(directory)?.kind !== "directory") return;
    for (const { name, isLink } of files.list(directory).toSorted((a, b) => compareBytes(a.name, b.name))) {
      const inner = `${directory}/${name}`;
      if (name === "Chart.yaml") found.push(directory);
      else if (name.endsWith(".tgz") || name.endsWith(".tar.gz")) found.push(inner);
      if (!isLink) walk(inner, depth + 1);
    }
  };
  walk(cleanPath(`${path}/charts`), 0);
  return found;
}
