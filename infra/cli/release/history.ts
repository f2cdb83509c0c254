import { getHistory } from "../../../engine/action/read.ts";
import { historyText } from "../../../engine/report/history.ts";
import { print } from "../command.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { asking, withCluster } from "./cluster.ts";
import { integerOf, OUTPUT_FLAG, viewOf } from "./flags.ts";
import type { ReleaseCommand } from "./io.ts";

const MAX = 256;

/** `slipway history`. */
export const historyCommand: ReleaseCommand = {
  use: "history RELEASE_NAME",
  arguments: { least: 1, most: 1 },
  flags: [...GLOBAL_FLAGS, OUTPUT_FLAG, { name: "max", kind: "int" }, { name: "show-rollback-revision", kind: "bool" }],
  run: (flags, io) =>
    withCluster(flags, io, async (cluster) => {
      const [name = ""] = flags.args;
      const max = integerOf(flags, "max", MAX);
      const query = { name, namespace: cluster.namespace, max: Math.max(1, max) };
      const items = await asking(cluster, () => getHistory(cluster.reads, query));
      const style = { ...viewOf(flags, io), rollbackColumn: flags.isOn("show-rollback-revision") };
      print(io, historyText(max > 0 ? items : [], style));
    }),
};
