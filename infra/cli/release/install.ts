import type { InstallRequest } from "../../../engine/action/request.ts";
import { EngineError } from "../../../engine/errors.ts";
import { statusText } from "../../../engine/report/status.ts";
import { renderName } from "../../../engine/render/name-template.ts";
import { CommandError, print } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { namedPlugins } from "../named-plugins.ts";
import { withFetchedValues } from "../getters.ts";
import { slogLine } from "../slog.ts";
import { readValues } from "../value-flags.ts";
import { loadReleaseChart, locate } from "./chart.ts";
import { type CommandCluster, withCluster } from "./cluster.ts";
import { drive, refuse } from "./drive.ts";
import { bools, CHART_APPLY_FLAGS, CHART_APPLY_GROUPS, dryRunOf, viewOf } from "./flags.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";
import { applyOptions, chartOptions } from "./request.ts";

const PREFIX = "INSTALLATION FAILED: ";

/** `slipway install`. */
export const installCommand: ReleaseCommand = {
  use: "install [NAME] [CHART]",
  arguments: { least: 1 },
  groups: CHART_APPLY_GROUPS,
  flags: [
    ...CHART_APPLY_FLAGS,
    { name: "generate-name", short: "g", kind: "bool" },
    { name: "name-template", kind: "string" },
    { name: "server-side", kind: "bool" },
    ...bools("replace"),
  ],
  run: async (flags, io) => {
    await namedPlugins(flags, io);
    const dryRun = dryRunOf(flags, io);
    try {
      await withCluster(flags, io, (cluster) => install(flags, io, cluster, dryRun));
    } catch (error) {
      throw prefixed(error);
    }
  },
};

/** Every failure behind the flags has the prefix once. */
function prefixed(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error;
  const text = error.message.startsWith(PREFIX) ? error.message : `${PREFIX}${error.message}`;
  return new CommandError(text, error.detail, { cause: error });
}

async function install(
  flags: ParsedFlags,
  io: ReleaseIo,
  cluster: CommandCluster,
  dryRun: InstallRequest["dryRun"],
): Promise<void> {
  const { name, reference } = nameAndChart(flags, io);
  const path = await locate(reference, flags, io);
  const values = readValues(flags, await withFetchedValues(flags, io));
  const chart = await loadReleaseChart(path, flags, io, "install");
  const request: InstallRequest = {
    action: "install",
    name,
    namespace: cluster.namespace,
    ...(await applyOptions(flags, io, dryRun)),
    ...chartOptions(flags, chart, values),
    serverSide: flags.isSet("server-side") ? flags.isOn("server-side") : true,
    createNamespace: flags.isOn("create-namespace"),
    replace: flags.isOn("replace"),
  };
  const { outcome, release } = await drive(request, { flags, io, cluster, chart });
  if (outcome.kind === "failed") {
    logInstallFailure(outcome.message.slice(PREFIX.length), io);
    throw refuse(outcome);
  }
  if (release === undefined) throw new Error("an install left no release");
  print(io, statusText(release, { ...viewOf(flags, io), hideNotes: flags.isOn("hide-notes") }));
}

/** Texts that Helm also logs: whole, or what follows as an error. */
const LOGGED_WHOLE = ["cluster reachability check failed: ", "hiding Kubernetes secrets requires a dry-run mode"];
const LOGGED_APART = ["release name check failed: ", "chart dependencies processing failed: "];

/** Helm compatibility: some failures of an install are logged before they are printed. */
export function logInstallFailure(message: string, io: Pick<ReleaseIo, "stderr">): void {
  if (LOGGED_WHOLE.some((text) => message.startsWith(text))) io.stderr(slogLine("ERROR", message, []));
  const title = LOGGED_APART.find((text) => message.startsWith(text));
  if (title !== undefined) {
    io.stderr(slogLine("ERROR", title.slice(0, -": ".length), [["error", message.slice(title.length)]]));
  }
}

function nameAndChart(flags: ParsedFlags, io: ReleaseIo): { readonly name: string; readonly reference: string } {
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
  if (template !== "") return { name: renderName(template, { seed: io.seed, now: io.now() }), reference: first };
  if (!flags.isOn("generate-name")) {
    throw new CommandError("must either provide a name or specify --generate-name");
  }
  return { name: generatedName(first, io.now()), reference: first };
}

/** The chart's base name up to its first dot, and the second. */
function generatedName(reference: string, now: number): string {
  const base = reference.replace(/\/+$/, "").split("/").at(-1) ?? "";
  const word = base === "" || base === "." ? "chart" : (base.split(".")[0] ?? "");
  return `${word}-${Math.floor(now / 1000)}`;
}
