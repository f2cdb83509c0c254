import type { PartStore } from "../../../engine/action/action.ts";
import { type PlanKeeper, startPlan } from "../../../engine/action/purpose.ts";
import { readText } from "../../../engine/action/parts.ts";
import { hasChanges, printPlan } from "../../../engine/plan/print.ts";
import type { PlanReport } from "../../../engine/plan/report.ts";
import { outputText } from "../../../engine/report/output.ts";
import { ExitStatus, print } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { type CommandCluster, withCluster } from "./cluster.ts";
import { drive, refuse } from "./drive.ts";
import { viewOf, hasColors } from "./flags.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";
import { runHash } from "./run-hash.ts";
import { isAbsent, upgradeCommand, upgradeOf } from "./upgrade.ts";

/** Exit code with `--detailed-exitcode` when the plan changes something; 0 is no change, 1 an error. */
const CHANGED = 2;

/** `slipway plan`: what `upgrade --install` with the same flags would do. Writes nothing. */
export const planCommand: ReleaseCommand = {
  ...upgradeCommand,
  use: "plan [RELEASE] [CHART]",
  flags: [...upgradeCommand.flags, { name: "detailed-exitcode", kind: "bool" }],
  run: (flags, io) => withCluster(flags, io, (cluster) => plan(flags, io, cluster)),
};

async function plan(flags: ParsedFlags, io: ReleaseIo, cluster: CommandCluster): Promise<void> {
  const installs = await isAbsent(flags.args[0] ?? "", cluster);
  const { request, chart } = await upgradeOf(flags, io, cluster, { installs, dryRun: "none" });
  const reports: PlanReport[] = [];
  const plans = (parts: PartStore): PlanKeeper => keeperOf(io, parts, reports);
  const { outcome } = await drive(request, { flags, io, cluster, chart, start: startPlan, plans });
  if (outcome.kind === "failed") throw refuse(outcome);
  const [report] = reports;
  if (report === undefined) throw new Error("a plan without a report");
  const table = (): string => printPlan(report, { color: hasColors(flags, io) });
  const json = (): string => JSON.stringify(report, undefined, 2);
  print(io, outputText({ table, json }, viewOf(flags, io).format));
  if (flags.isOn("detailed-exitcode") && hasChanges(report)) throw new ExitStatus(CHANGED);
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
