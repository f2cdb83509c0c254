import { installInstead } from "../../../engine/action/history-facts.ts";
import { newestReadable, sessionOf } from "../../../engine/action/read.ts";
import type { ConflictPolicy, UpgradeRequest } from "../../../engine/action/request.ts";
import type { Chart } from "../../../engine/chart/index.ts";
import { checkReleaseName } from "../../../engine/release/name.ts";
import { listRecordHeads } from "../../../engine/release/storage.ts";
import { statusText } from "../../../engine/report/status.ts";
import { CommandError, print } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { namedPlugins } from "../named-plugins.ts";
import { withFetchedValues } from "../getters.ts";
import { slogLine } from "../slog.ts";
import { readValues } from "../value-flags.ts";
import { loadReleaseChart, locate } from "./chart.ts";
import { asking, type CommandCluster, withCluster } from "./cluster.ts";
import { drive, refuse } from "./drive.ts";
import { bools, CHART_APPLY_FLAGS, CHART_APPLY_GROUPS, dryRunOf, maxHistoryOf, serverSideOf, viewOf } from "./flags.ts";
import { logInstallFailure } from "./install.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";
import { applyOptions, chartOptions, conflictsOf } from "./request.ts";

/** `slipway upgrade`. */
export const upgradeCommand: ReleaseCommand = {
  use: "upgrade [RELEASE] [CHART]",
  arguments: { least: 2, most: 2 },
  groups: CHART_APPLY_GROUPS,
  flags: [
    ...CHART_APPLY_FLAGS,
    { name: "install", short: "i", kind: "bool" },
    { name: "server-side", kind: "string" },
    { name: "history-max", kind: "int" },
    {
      name: "crds",
      kind: "string",
      check: checkCrds,
      about: "CRDs of the chart: skip (helm's way), create, create-replace",
    },
    ...bools("reset-values", "reuse-values", "reset-then-reuse-values", "cleanup-on-fail"),
  ],
  run: async (flags, io) => {
    await namedPlugins(flags, io);
    const dryRun = dryRunOf(flags, io);
    return withCluster(flags, io, (cluster) => upgrade(flags, io, cluster, dryRun));
  },
};

async function upgrade(
  flags: ParsedFlags,
  io: ReleaseIo,
  cluster: CommandCluster,
  dryRun: UpgradeRequest["dryRun"],
): Promise<void> {
  const [name = ""] = flags.args;
  const { format } = viewOf(flags, io);
  const installs = flags.isOn("install") && (await isAbsent(name, cluster, await conflictsOf(flags, io)));
  if (installs && format === "table") print(io, `Release ${JSON.stringify(name)} does not exist. Installing it now.\n`);
  const { request, chart } = await upgradeOf(flags, io, cluster, { installs, dryRun });
  let logged = false;
  const { outcome, release } = await drive(request, {
    flags,
    io,
    cluster,
    chart,
    onEvent: async (event) => {
      logged ||= event.type === "warning" && event.message === "upgrade failed";
    },
  });
  if (outcome.kind === "failed") {
    if (installs) logInstallFailure(outcome.message, io);
    else if (!logged) logForeseen(name, outcome, io);
    throw refuse(outcome);
  }
  if (release === undefined) throw new Error("an upgrade left no release");
  if (!installs && format === "table") print(io, `Release ${JSON.stringify(name)} has been upgraded. Happy Helming!\n`);
  print(io, statusText(release, { ...viewOf(flags, io), hideNotes: flags.isOn("hide-notes") }));
}

/** The upgrade, or the install, that the flags ask for, and its chart. */
export async function upgradeOf(
  flags: ParsedFlags,
  io: ReleaseIo,
  cluster: CommandCluster,
  { installs, dryRun }: { readonly installs: boolean; readonly dryRun: UpgradeRequest["dryRun"] },
): Promise<{ readonly request: UpgradeRequest; readonly chart: Chart }> {
  const [name = "", reference = ""] = flags.args;
  const path = await locate(reference, flags, io);
  const values = readValues(flags, await withFetchedValues(flags, io));
  const chart = await loadReleaseChart(path, flags, io, installs ? "install" : "upgrade");
  const request: UpgradeRequest = {
    action: "upgrade",
    name,
    namespace: cluster.namespace,
    ...(await applyOptions(flags, io, dryRun)),
    ...chartOptions(flags, chart, values),
    serverSide: serverSideOf(flags, installs ? "" : "UPGRADE FAILED: "),
    install: installs,
    createNamespace: flags.isOn("create-namespace"),
    ...crdsOf(flags),
    reuse: reuseOf(flags),
    cleanupOnFail: flags.isOn("cleanup-on-fail"),
    maxHistory: maxHistoryOf(flags, io),
  };
  return { request, chart };
}

function checkCrds(value: string): string | undefined {
  if (["skip", "create", "create-replace"].includes(value)) return undefined;
  return `invalid CRD policy ${JSON.stringify(value)}: must be skip, create, or create-replace`;
}

function crdsOf(flags: ParsedFlags): Pick<UpgradeRequest, "crds"> {
  const value = flags.last("crds");
  return value === "skip" || value === "create" || value === "create-replace" ? { crds: value } : {};
}

/** What Helm finds while it applies, and logs: conflicts, and options that contradict each other. Slipway finds it before. */
function logForeseen(
  name: string,
  outcome: { readonly code: string; readonly message: string },
  io: Pick<ReleaseIo, "stderr">,
): void {
  const error = outcome.message.replace(/^UPGRADE FAILED: /, "");
  if (outcome.code !== "conflict" && !/^invalid (?:operation|client update option\(s\)): /.test(error)) return;
  io.stderr(
    slogLine("WARN", "upgrade failed", [
      ["name", name],
      ["error", error],
    ]),
  );
}

/** True where there is no release of the name, or one that was uninstalled: where `upgrade --install` installs. */
export async function isAbsent(name: string, cluster: CommandCluster, conflicts: ConflictPolicy): Promise<boolean> {
  if (checkReleaseName(name) !== undefined) throw new CommandError(`release name is invalid: ${name}`);
  const session = sessionOf(cluster.reads);
  return await asking(cluster, async () => {
    const heads = await listRecordHeads(session, { name, namespace: cluster.namespace });
    const newest = await newestReadable(session, heads);
    return (await installInstead(session, heads, { conflicts, newest })) !== "no";
  });
}

function reuseOf(flags: ParsedFlags): UpgradeRequest["reuse"] {
  if (flags.isOn("reset-values")) return "reset";
  if (flags.isOn("reuse-values")) return "reuse";
  return flags.isOn("reset-then-reuse-values") ? "reset-then-reuse" : "default";
}
