import { readResources } from "../../../engine/action/read-resources.ts";
import { statusText } from "../../../engine/report/status.ts";
import { print } from "../command.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { asking } from "./cluster.ts";
import { integerOf, OUTPUT_FLAG, REVISION_FLAG, viewOf } from "./flags.ts";
import type { ReleaseCommand } from "./io.ts";
import { leftText } from "./left.ts";
import { withRelease } from "./reads.ts";

/** `slipway status`. */
export const statusCommand: ReleaseCommand = {
  use: "status RELEASE_NAME",
  arguments: { least: 1, most: 1 },
  flags: [...GLOBAL_FLAGS, OUTPUT_FLAG, REVISION_FLAG],
  run: (flags, io) =>
    withRelease(flags, io, async ({ release }, cluster) => {
      const { format, zone, colors } = viewOf(flags, io);
      const as = format === "table" ? "tables" : "objects";
      const resources = await asking(cluster, () => readResources(cluster.reads, release, as));
      print(io, statusText(release, { format, zone, colors, resources, withoutChart: true }));
      if (format === "table" && integerOf(flags, "revision", 0) <= 0) print(io, await leftText(cluster.reads, release));
    }),
};
