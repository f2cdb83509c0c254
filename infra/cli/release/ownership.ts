import { getOwnership, type ObjectOwnership } from "../../../engine/action/index.ts";
import { formatTable } from "../../../engine/chart/table.ts";
import { outputText } from "../../../engine/report/output.ts";
import { print } from "../command.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { asking, withCluster } from "./cluster.ts";
import { CONFLICTS_FLAG, OUTPUT_FLAG, viewOf } from "./flags.ts";
import type { ReleaseCommand } from "./io.ts";
import { readPages } from "./pages.ts";
import { standingQuery } from "./request.ts";

/** `slipway ownership`: who owns each field that a release sets, since when, and what an upgrade would do to it. */
export const ownershipCommand: ReleaseCommand = {
  use: "ownership RELEASE_NAME",
  arguments: { least: 1, most: 1 },
  flags: [...GLOBAL_FLAGS, OUTPUT_FLAG, CONFLICTS_FLAG],
  run: (flags, io) =>
    withCluster(flags, io, async (cluster) => {
      const query = await standingQuery(flags, io, cluster);
      const objects = await asking(cluster, () =>
        readPages((from) => getOwnership(cluster.reads, { ...query, ...from })),
      );
      const json = (): string => JSON.stringify(objects);
      print(io, outputText({ table: () => table(objects), json }, viewOf(flags, io).format));
    }),
};

function table(objects: readonly ObjectOwnership[]): string {
  const rows = objects.flatMap((one) => {
    const name = objectName(one);
    if (!one.exists) return [[name, "", "", "", "create"]];
    return one.fields.map(({ field, owners, decision, reason }) => [
      name,
      field,
      owners
        .map(({ manager, subresource }) => (subresource === "" ? manager : `${manager} (${subresource})`))
        .join(", "),
      owners.map(({ since = "" }) => since).join(", "),
      reason === undefined ? decision : `${decision}: ${reason}`,
    ]);
  });
  return `${formatTable([["OBJECT", "FIELD", "OWNERS", "SINCE", "AN UPGRADE"], ...rows])}\n`;
}

/** An object as tables name it. */
export function objectName({ kind, namespace, name }: Pick<ObjectOwnership, "kind" | "namespace" | "name">): string {
  return namespace === "" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
