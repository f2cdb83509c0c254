import type { RollbackRequest } from "../../../engine/action/request.ts";
import { numberError, atoi } from "../../../engine/go/strconv.ts";
import { CommandError, print } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { type CommandCluster, withCluster } from "./cluster.ts";
import { drive, refuse } from "./drive.ts";
import { APPLY_FLAGS, APPLY_GROUPS, dryRunOf, maxHistoryOf, serverSideOf } from "./flags.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";
import { applyOptions } from "./request.ts";

const MAX_DESCRIPTION = 256;

/** `slipway rollback`. */
export const rollbackCommand: ReleaseCommand = {
  use: "rollback <RELEASE> [REVISION]",
  arguments: { least: 1 },
  groups: APPLY_GROUPS,
  flags: [
    ...APPLY_FLAGS,
    { name: "server-side", kind: "string" },
    { name: "history-max", kind: "int" },
    { name: "cleanup-on-fail", kind: "bool" },
  ],
  run: async (flags, io) => {
    const request = rollbackOf(flags, io);
    const dryRun = dryRunOf(flags, io);
    await withCluster(flags, io, async (cluster) => {
      const { outcome } = await drive(await request(cluster, dryRun), { flags, io, cluster });
      if (outcome.kind === "failed") throw refuse(outcome);
      print(io, "Rollback was a success! Happy Helming!\n");
    });
  },
};

/** The rollback that the flags ask for. What is wrong with them is told at once, before a cluster is looked for. */
export function rollbackOf(
  flags: ParsedFlags,
  io: ReleaseIo,
): (cluster: CommandCluster, dryRun: RollbackRequest["dryRun"]) => Promise<RollbackRequest> {
  const [name = ""] = flags.args;
  const revision = revisionOf(flags);
  const length = Array.from(flags.last("description") ?? "").length;
  if (length > MAX_DESCRIPTION)
    throw new CommandError(`description must be ${MAX_DESCRIPTION} characters or less, got ${length}`);
  return async ({ namespace }, dryRun) => ({
    action: "rollback",
    name,
    namespace,
    ...(await applyOptions(flags, io, dryRun)),
    serverSide: serverSideOf(flags),
    revision,
    cleanupOnFail: flags.isOn("cleanup-on-fail"),
    maxHistory: maxHistoryOf(flags, io),
  });
}

function revisionOf(flags: ParsedFlags): number {
  const [, text] = flags.args;
  if (text === undefined) return 0;
  const { value, failure } = atoi(text);
  if (failure === undefined) return Number(value);
  throw new CommandError(`could not convert revision to a number: ${numberError("Atoi", text, failure)}`);
}
