import {
  ChartError,
  checkDependencies,
  checkInstallable,
  defaultCapabilities,
  loadPackage,
  parseKubeVersion,
} from "../../engine/chart/index.ts";
import type { Capabilities, Chart, HelmVersion } from "../../engine/chart/index.ts";
import { EngineError } from "../../engine/errors.ts";
import { toUtf8 } from "../../engine/go/utf8.ts";
import type { GoMap } from "../../engine/go/value.ts";
import { checkReleaseName } from "../../engine/release/name.ts";
import { render, RenderError, renderName, templateOutput } from "../../engine/render/index.ts";
import type { PendingResolver, Rendered } from "../../engine/render/index.ts";
import { loadDirectory } from "./chart-directory.ts";
import { checkGroups, CommandError, print, warner } from "./command.ts";
import { FileError } from "./file-system.ts";
import type { FileSystem } from "./file-system.ts";
import { FlagError, parseBool, parseFlags } from "./flags.ts";
import type { InflateWhole } from "../../engine/archive/index.ts";
import type { ParsedFlags } from "./flags.ts";
import { helpText } from "./help.ts";
import { writeOutput } from "./output-directory.ts";
import { slogLine } from "./slog.ts";
import { originLines, shownFailures, unreadText } from "./analysis-text.ts";
import type { PluginSession } from "./plugin-session.ts";
import { namesPlugins } from "./render-plugin-flags.ts";
import { readValues, valueSources } from "./value-flags.ts";
import { TEMPLATE_FLAGS, TEMPLATE_GROUPS } from "./template-flags.ts";

/** What the command sees of the world. */
export interface TemplateIo {
  readonly files: FileSystem;
  readonly stdout: (bytes: Uint8Array) => void;
  readonly stderr: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** 32 random bytes. */
  readonly seed: Uint8Array;
  readonly resolve: PendingResolver;
  readonly inflateWhole?: InflateWhole;
  /** The namespace where no flag names one. */
  readonly namespace?: string;
  readonly helmVersion?: HelmVersion;
  /** Fetches what does not lie on this machine. Without it such charts and values are refused. */
  readonly remote?: TemplateRemote;
  /** Opens the plugins that the flags name; they are closed at the end. */
  readonly openPlugins?: (flags: ParsedFlags) => Promise<PluginSession>;
}

/** Charts and values of repositories, registries, URLs and getter plugins. */
export interface TemplateRemote {
  /** Helm's `LocateChart`: the path of a chart, fetched where it lies elsewhere. */
  readonly locate: (reference: string, flags: ParsedFlags) => Promise<string>;
  /** The files of the command, with those of `--values` that are URLs. */
  readonly withValues: (flags: ParsedFlags) => Promise<FileSystem>;
}

const USE = "template [NAME] [CHART]";

/** Runs `template` as Helm does and gives the exit code. `argv` is what follows the command's name. */
export async function templateCommand(argv: readonly string[], io: TemplateIo): Promise<number> {
  try {
    const flags = parseFlags(argv, TEMPLATE_FLAGS);
    for (const notice of flags.notices) io.stderr(`${notice}\n`);
    if (flags.isOn("help")) {
      print(io, helpText(USE, TEMPLATE_FLAGS));
      return 0;
    }
    checkGroups(TEMPLATE_GROUPS, flags);
    await run(flags, io);
    return 0;
  } catch (error) {
    io.stderr(`Error: ${errorText(error)}\n`);
    return 1;
  }
}

function errorText(error: unknown): string {
  const isRefusal = error instanceof EngineError || error instanceof FileError || error instanceof FlagError;
  if (isRefusal) return error.message;
  throw error;
}

async function run(flags: ParsedFlags, io: TemplateIo): Promise<void> {
  if (flags.args.length === 0) {
    throw new CommandError(`"helm template" requires at least 1 argument\n\nUsage:  helm ${USE} [flags]`);
  }
  const plugins = namesPlugins(flags) ? await io.openPlugins?.(flags) : undefined;
  try {
    await runWith(flags, io, plugins);
  } finally {
    await plugins?.close();
  }
}

async function runWith(flags: ParsedFlags, io: TemplateIo, plugins: PluginSession | undefined): Promise<void> {
  const capabilities = readCapabilities(flags, io);
  checkDryRun(flags, io);
  debug(flags, io, "Original chart version", [["version", flags.last("version") ?? ""]]);
  const { name, reference } = nameAndChart(flags, io);
  const path = await locate(reference, flags, io);
  debug(flags, io, "Chart path", [["path", path]]);
  const files = await withValues(flags, io);
  const values = readValues(flags, files);
  const chart = await loadChart(path, io);
  checkChart(chart, io);
  await renderAndPrint({ flags, io: { ...io, files }, chart, values, name, capabilities, plugins });
}

function readCapabilities(flags: ParsedFlags, io: TemplateIo): Capabilities {
  const kubeVersion = flags.last("kube-version") ?? "";
  return defaultCapabilities({
    ...(kubeVersion === "" ? {} : { kubeVersion: parseKubeVersion(kubeVersion) }),
    apiVersions: flags.all("api-versions"),
    ...(io.helmVersion === undefined ? {} : { helmVersion: io.helmVersion }),
  });
}

/** `template` is always a dry run on the client's side. */
function checkDryRun(flags: ParsedFlags, io: TemplateIo): void {
  const value = flags.last("dry-run") ?? "client";
  if (value === "server" || flags.isOn("validate")) {
    throw new CommandError(
      "cluster reachability check failed: kubernetes cluster unreachable: no cluster is configured",
    );
  }
  if (value === "client") return;
  if (value === "unset") {
    io.stderr(slogLine("WARN", "--dry-run is deprecated and should be replaced with '--dry-run=client'", []));
    return;
  }
  const quoted = JSON.stringify(value);
  const on = parseBool(value);
  if (value === "none" || on === false) {
    throw new CommandError(`invalid dry-run value (${quoted}). Must be "server" or "client"`);
  }
  if (on === undefined) {
    throw new CommandError(`invalid dry-run value (${quoted}). Must be "none", "server", or "client"`);
  }
  const text = `boolean '--dry-run=${value}' flag is deprecated and must be replaced with '--dry-run=client'`;
  io.stderr(slogLine("WARN", text, []));
}

function nameAndChart(flags: ParsedFlags, io: TemplateIo): { readonly name: string; readonly reference: string } {
  const [first = "", second, ...more] = flags.args;
  if (more.length > 0) {
    throw new CommandError(`expected at most two arguments, unexpected arguments: ${more.join(", ")}`);
  }
  const template = flags.last("name-template") ?? "";
  if (second !== undefined) {
    if (flags.isOn("generate-name")) throw new CommandError("cannot set --generate-name and also specify a name");
    if (template !== "") throw new CommandError("cannot set --name-template and also specify a name");
    return { name: first, reference: second };
  }
  return { name: template === "" ? "release-name" : renderName(template, io), reference: first };
}

async function locate(given: string, flags: ParsedFlags, { files, remote }: TemplateIo): Promise<string> {
  const reference = given.trim();
  const isHere = files.stat(reference) !== undefined && !flags.isOn("verify") && (flags.last("repo") ?? "") === "";
  return isHere || remote === undefined ? locateHere(reference, files) : await remote.locate(reference, flags);
}

async function withValues(flags: ParsedFlags, { files, remote }: TemplateIo): Promise<FileSystem> {
  const isElsewhere = flags.all("values").some((name) => name.includes("://"));
  return !isElsewhere || remote === undefined ? files : await remote.withValues(flags);
}

/** Helm's `LocateChart` for what lies on this machine. */
function locateHere(reference: string, files: FileSystem): string {
  if (files.stat(reference) !== undefined) return absolute(reference, files);
  if (reference.startsWith("/") || reference.startsWith(".")) {
    throw new CommandError(`path ${JSON.stringify(reference)} not found`);
  }
  throw new CommandError(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${reference}`);
}

function absolute(path: string, files: FileSystem): string {
  return new URL(
    path.startsWith("/") ? `file://${escaped(path)}` : `file://${escaped(files.cwd)}/${escaped(path)}`,
  ).pathname
    .split("/")
    .map(decodeURIComponent)
    .join("/")
    .replace(/(?<=.)\/$/, "");
}

function escaped(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

async function loadChart(path: string, io: TemplateIo): Promise<Chart> {
  const onWarning = warner(io);
  if (io.files.stat(path)?.kind !== "directory")
    return loadPackage(path, io.files.read(path), { onWarning, inflateWhole: io.inflateWhole });
  const onLink = (link: string, target: string): void => {
    const text = "found symbolic link in path. Contents of linked file included and used";
    io.stderr(
      slogLine("INFO", text, [
        ["path", link],
        ["resolved", target],
      ]),
    );
  };
  return loadDirectory(io.files, path, { onWarning, onLink, inflateWhole: io.inflateWhole });
}

function checkChart(chart: Chart, io: TemplateIo): void {
  checkInstallable(chart);
  if (chart.metadata.deprecated === true) io.stderr(slogLine("WARN", "this chart is deprecated", []));
  try {
    checkDependencies(chart);
  } catch (cause) {
    if (!(cause instanceof ChartError)) throw cause;
    const advice =
      "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies";
    throw new ChartError(cause.code, `${advice}: ${cause.message}`, cause.detail, { cause });
  }
}

interface Job {
  readonly flags: ParsedFlags;
  readonly io: TemplateIo;
  readonly chart: Chart;
  readonly values: GoMap;
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly plugins: PluginSession | undefined;
}

/** What helm does not do: where each value comes from, instead of manifests. */
async function explainValues({ chart, flags, io }: Job): Promise<void> {
  const { valueOrigins } = await import("../../engine/analysis/index.ts");
  io.stdout(toUtf8(originLines(valueOrigins({ chart, ...valueSources(flags, io.files) }))));
}

async function warnUnread({ chart, values, io }: Job): Promise<void> {
  const { unreadValues } = await import("../../engine/analysis/index.ts");
  for (const unread of unreadValues(chart, values)) io.stderr(slogLine("WARN", unreadText(unread), []));
}

async function renderAndPrint(job: Job): Promise<void> {
  checkName(job);
  if (job.flags.isOn("explain-values")) return await explainValues(job);
  if (job.flags.isOn("unread")) await warnUnread(job);
  const rendered = await inOrder(job, await renderOrExplain(job));
  const { flags, io } = job;
  const options = {
    includeCrds: flags.isOn("include-crds"),
    noHooks: flags.isOn("no-hooks"),
    skipTests: flags.isOn("skip-tests"),
    showOnly: flags.all("show-only"),
  };
  const directory = flags.last("output-dir") ?? "";
  if (directory === "") {
    print(io, templateOutput(rendered, options));
    return;
  }
  const release = flags.isOn("release-name") ? job.name : undefined;
  writeOutput(io.files, rendered, { ...options, directory, release, print: (text) => print(io, text) });
  print(io, templateOutput({ ...rendered, manifest: "", crds: [], hooks: [] }, options));
}

/** With `--wait=ordered`: documents in the order of their resource groups, with HIP-0025's lines around each group. */
async function inOrder({ flags, io }: Job, rendered: Rendered): Promise<Rendered> {
  if (flags.last("wait") !== "ordered") return rendered;
  const [{ orderRendered }, { orderedManifest }] = await Promise.all([
    import("../../engine/plan/ordered-render.ts"),
    import("../../engine/plan/ordered-manifest.ts"),
  ]);
  const ordered = orderRendered(rendered);
  for (const message of ordered.sequence.warnings) io.stderr(slogLine("WARN", message, []));
  return { ...ordered.rendered, manifest: orderedManifest(ordered) };
}

function checkName({ name, io }: Job): void {
  const problem = checkReleaseName(name);
  if (problem === undefined) return;
  const text = `release name ${JSON.stringify(name)}: ${problem}`;
  io.stderr(slogLine("ERROR", "release name check failed", [["error", text]]));
  throw new CommandError(`release name check failed: ${text}`);
}

const HINT = "\n\nUse --debug flag to render out invalid YAML";

async function renderOrExplain(job: Job): Promise<Rendered> {
  const { flags, io } = job;
  try {
    return await render({
      chart: job.chart,
      values: job.values,
      release: {
        name: job.name,
        namespace: flags.last("namespace") ?? io.namespace ?? "default",
        revision: 1,
        isUpgrade: flags.isOn("is-upgrade"),
      },
      capabilities: job.capabilities,
      lookup: "off",
      dns: flags.isOn("enable-dns"),
      skipSchemaValidation: flags.isOn("skip-schema-validation"),
      seed: io.seed,
      now: io.now,
      resolve: io.resolve,
      ...job.plugins?.rendering(io.resolve),
      onWarning: warner(io),
      onSchemaCheck: (chart, dependencies) =>
        debug(flags, io, "number of dependencies in the chart", [
          ["chart", chart],
          ["dependencies", String(dependencies)],
        ]),
    });
  } catch (error) {
    throw explain(await withAllErrors(error, job), flags, io);
  }
}

/** With `--all-errors` the failures of all files, each with its place, in one error. */
async function withAllErrors(error: unknown, { flags, chart, values }: Job): Promise<unknown> {
  if (!flags.isOn("all-errors") || !(error instanceof RenderError) || error.failures.length === 0) return error;
  const { showFailures } = await import("../../engine/analysis/index.ts");
  const message = shownFailures(showFailures(error.failures, { chart, values }));
  return new RenderError(error.code, message, error.detail, { cause: error, failures: error.failures });
}

/** The error as it is printed: with a hint where a release came to be, with the rendered files where `--debug` asks for them. */
function explain(error: unknown, flags: ParsedFlags, io: TemplateIo): unknown {
  if (error instanceof ChartError) {
    const prefix = "chart dependencies processing failed: ";
    if (error.message.startsWith(prefix)) {
      const cause = error.message.slice(prefix.length);
      io.stderr(slogLine("ERROR", "chart dependencies processing failed", [["error", cause]]));
    }
    if (error.code !== "incompatible-kube-version") return error;
  } else if (!(error instanceof RenderError)) {
    return error;
  }
  if (!flags.isOn("debug")) return new CommandError(error.message + HINT, {}, { cause: error });
  if (error instanceof RenderError) {
    for (const [path, text] of error.files) {
      if (text.trim() !== "") io.stdout(toUtf8(`---\n# Source: ${path}\n${text}\n`));
    }
  }
  return error;
}

function debug(
  flags: ParsedFlags,
  io: TemplateIo,
  message: string,
  attributes: readonly (readonly [string, string])[],
): void {
  if (flags.isOn("debug")) io.stderr(slogLine("DEBUG", message, attributes));
}
