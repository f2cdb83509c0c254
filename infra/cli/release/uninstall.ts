import type { UninstallRequest } from "../../../engine/action/request.ts";
import { stringAt } from "../../../engine/object/json.ts";
import { CommandError, print } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { type CommandCluster, withCluster } from "./cluster.ts";
import { drive, refuse } from "./drive.ts";
import { bools, CONFLICTS_FLAG, JUDGING_FLAGS, timeoutOf, WAIT_FLAGS, waitOf } from "./flags.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";
import { conflictsOf } from "./request.ts";

/** `slipway uninstall`. */
export const uninstallCommand: ReleaseCommand = {
  use: "uninstall RELEASE_NAME [...]",
  arguments: { least: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    ...WAIT_FLAGS,
    CONFLICTS_FLAG,
    ...JUDGING_FLAGS,
    { name: "cascade", kind: "string" },
    { name: "description", kind: "string" },
    ...bools("dry-run", "no-hooks", "ignore-not-found", "keep-history", "alongside", "progress"),
  ],
  run: (flags, io) => {
    cascadeOf(flags);
    return withCluster(flags, io, async (cluster) => {
      for (const name of flags.args) await uninstall(name, flags, io, cluster);
    });
  },
};

async function uninstall(name: string, flags: ParsedFlags, io: ReleaseIo, cluster: CommandCluster): Promise<void> {
  const request = await uninstallOf(name, flags, io, cluster);
  const { outcome } = await drive(request, { flags, io, cluster });
  if (outcome.kind === "failed") throw refuse(outcome);
  const info = stringAt(outcome.release, "info") ?? "";
  print(io, `${info === "" ? "" : `${info}\n`}release "${name}" uninstalled\n`);
}

/** The uninstall of one release that the flags ask for. */
export async function uninstallOf(
  name: string,
  flags: ParsedFlags,
  io: ReleaseIo,
  { namespace }: Pick<CommandCluster, "namespace">,
): Promise<UninstallRequest> {
  const description = flags.last("description") ?? "";
  return {
    action: "uninstall",
    name,
    namespace,
    cascade: cascadeOf(flags),
    keepHistory: flags.isOn("keep-history"),
    ignoreNotFound: flags.isOn("ignore-not-found"),
    noHooks: flags.isOn("no-hooks"),
    wait: waitOf(flags),
    timeout: timeoutOf(flags),
    dryRun: flags.isOn("dry-run") ? "client" : "none",
    ...((await conflictsOf(flags, io)) === "helm" ? { conflicts: "helm" } : {}),
    alongside: flags.isOn("alongside"),
    ...(description === "" ? {} : { description }),
  };
}

function cascadeOf(flags: ParsedFlags): UninstallRequest["cascade"] {
  const cascade = flags.last("cascade") ?? "background";
  if (cascade === "background" || cascade === "foreground" || cascade === "orphan") return cascade;
  throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
}
