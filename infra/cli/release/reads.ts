import { getRelease } from "../../../engine/action/read.ts";
import type { StoredRelease } from "../../../engine/release/storage.ts";
import type { ParsedFlags } from "../flags.ts";
import { asking, type CommandCluster, withCluster } from "./cluster.ts";
import { integerOf } from "./flags.ts";
import type { ReleaseIo } from "./io.ts";

/** Reads the release that the first argument names, of the revision that a flag names, and hands it on. */
export function withRelease(
  flags: ParsedFlags,
  io: ReleaseIo,
  run: (stored: StoredRelease, cluster: CommandCluster) => Promise<void>,
): Promise<void> {
  return withCluster(flags, io, async (cluster) => {
    const [name = ""] = flags.args;
    const query = { name, namespace: cluster.namespace, revision: integerOf(flags, "revision", 0) };
    await run(await asking(cluster, () => getRelease(cluster.reads, query)), cluster);
  });
}
