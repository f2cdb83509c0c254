import type { PartStore } from "../../../engine/action/action.ts";
import { type PlanKeeper, startPlan } from "../../../engine/action/purpose.ts";
import { readText } from "../../../engine/action/parts.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import type { Chart } from "../../../engine/chart/index.ts";
import { hasChanges, printPlan } from "../../../engine/plan/print.ts";
import type { PlanReport } from "../../../engine/plan/report.ts";
import { outputText } from "../../../engine/report/output.ts";
import { ExitStatus, print } from "../command.ts";
import type { Flag, ParsedFlags } from "../flags.ts";
import { type CommandCluster, withCluster } from "./cluster.ts";
import { drive, refuse } from "./drive.ts";
import { viewOf, hasColors, OUTPUT_FLAG } from "./flags.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";
import { conflictsOf } from "./request.ts";
import { rollbackCommand, rollbackOf } from "./rollback.ts";
import { runHash } from "./run-hash.ts";
import { uninstallCommand, uninstallOf } from "./uninstall.ts";
import { isAbsent, upgradeCommand, upgradeOf } from "./upgrade.ts";

/** Exit code with `--detailed-exitcode` when the plan changes something; 0 is no change, 1 an error. */
const CHANGED = 2;

const EXIT_FLAG: Flag = {
  name: "detailed-exitcode",
  kind: "bool",
  about: "exit with 2 when something would change, 0 when nothing would",
};

/** `slipway plan`: what `upgrade --install` with the same flags would do. Writes nothing. */
export const planCommand: ReleaseCommand = {
  ...upgradeCommand,
  program: "slipway",
  use: "plan [RELEASE] [CHART]",
  flags: [...upgradeCommand.flags, EXIT_FLAG],
  run: (flags, io) =>
    withCluster(flags, io, async (cluster) => {
      const installs = await isAbsent(flags.args[0] ?? "", cluster, await conflictsOf(flags, io));
      const { request, chart } = await upgradeOf(flags, io, cluster, { installs, dryRun: "none" });
      await plan({ request, chart }, flags, io, cluster);
    }),
};

/** `slipway plan rollback`: what `rollback` with the same flags would do. Writes nothing. */
export const planRollbackCommand: ReleaseCommand = {
  ...rollbackCommand,
  program: "slipway",
  use: "plan rollback <RELEASE> [REVISION]",
  arguments: { least: 1, most: 2 },
  flags: [...rollbackCommand.flags, OUTPUT_FLAG, EXIT_FLAG],
  run: async (flags, io) => {
    const request = rollbackOf(flags, io);
    await withCluster(flags, io, async (cluster) =>
      plan({ request: await request(cluster, "none") }, flags, io, cluster),
    );
  },
};

/** `slipway plan uninstall`: what `uninstall` with the same flags would do. Writes nothing. */
export const planUninstallCommand: ReleaseCommand = {
  ...uninstallCommand,
  program: "slipway",
  use: "plan uninstall RELEASE_NAME",
  arguments: { least: 1, most: 1 },
  flags: [...uninstallCommand.flags, OUTPUT_FLAG, EXIT_FLAG],
  run: (flags, io) =>
    withCluster(flags, io, async (cluster) => {
      const request = await uninstallOf(flags.args[0] ?? "", flags, io, cluster);
      await plan({ request: { ...request, dryRun: "none" } }, flags, io, cluster);
    }),
};

interface Planned {
  readonly request: ActionRequest;
  readonly chart?: Chart;
}

async function plan(
  { request, chart }: Planned,
  flags: ParsedFlags,
  io: ReleaseIo,
  cluster: CommandCluster,
): Promise<void> {
  const reports: PlanReport[] = [];
  const plans = (parts: PartStore): PlanKeeper => keeperOf(io, parts, reports);
  const how = { flags, io, cluster, start: startPlan, plans, ...(chart === undefined ? {} : { chart }) };
  const { outcome } = await drive(request, how);
  if (outcome.kind === "failed") throw refuse(outcome);
  const [report] = reports;
  const table = (): string =>
    report === undefined ? absentText(request) : printPlan(report, { color: hasColors(flags, io) });
  const json = (): string => JSON.stringify(report ?? null, undefined, 2);
  print(io, outputText({ table, json }, viewOf(flags, io).format));
  if (flags.isOn("detailed-exitcode") && report !== undefined && hasChanges(report)) throw new ExitStatus(CHANGED);
}

/** With `--ignore-not-found`. */
function absentText({ action, name, namespace }: ActionRequest): string {
  return `Plan: ${action} ${namespace}/${name}: there is no such release, and nothing to do.\n`;
}

/** A plan of the command is shown and forgotten: its hashes are keyed for this run alone. */
function keeperOf(io: ReleaseIo, parts: PartStore, reports: PlanReport[]): PlanKeeper {
  const hash = runHash(io);
  return {
    hash: hash.shown,
    keep: async ({ facts, report }) => {
      reports.push(JSON.parse(await readText(parts, report)));
      return hash.whole(facts);
    },
  };
}
