import { failPending } from "../../../functions/releases/fail-pending.ts";
import { print } from "../command.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { asking, withCluster } from "./cluster.ts";
import { integerOf, REVISION_FLAG } from "./flags.ts";
import type { ReleaseCommand } from "./io.ts";

const DESCRIPTION = "Unlocked by the slipway command: whoever began this revision is gone";

/** `slipway unlock`: ends what a program that is gone left pending. */
export const unlockCommand: ReleaseCommand = {
  use: "unlock RELEASE_NAME",
  arguments: { least: 1, most: 1 },
  flags: [...GLOBAL_FLAGS, REVISION_FLAG, { name: "description", kind: "string" }],
  run: (flags, io) =>
    withCluster(flags, io, async (cluster) => {
      const [name = ""] = flags.args;
      const revision = integerOf(flags, "revision", 0);
      const { namespace } = cluster;
      const how = {
        revision: revision === 0 ? undefined : revision,
        description: flags.last("description") ?? DESCRIPTION,
        now: io.now(),
      };
      const failed = await asking(cluster, () => failPending(cluster.reads, { name, namespace }, how));
      print(
        io,
        `Revision ${failed.revision} of "${name}" is recorded as failed: install, upgrade and rollback work again\n`,
      );
    }),
};
