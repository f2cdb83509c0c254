import { getDrift, type ObjectDrift } from "../../../engine/action/index.ts";
import { formatTable } from "../../../engine/chart/table.ts";
import type { JsonValue } from "../../../engine/errors.ts";
import { outputText } from "../../../engine/report/output.ts";
import { ExitStatus, print } from "../command.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { asking, withCluster } from "./cluster.ts";
import { CONFLICTS_FLAG, OUTPUT_FLAG, viewOf } from "./flags.ts";
import type { ReleaseCommand } from "./io.ts";
import { objectName } from "./ownership.ts";
import { readPages } from "./pages.ts";
import { standingQuery } from "./request.ts";
import { runHash } from "./run-hash.ts";

/** Exit code with `--detailed-exitcode` when something differs; 0 is no drift, 1 an error. */
const DRIFTED = 2;
/** Longer values are cut in the table. */
const MAX_VALUE = 60;

/** `slipway drift`: what differs from the newest revision, and what is left to others. Writes nothing. */
export const driftCommand: ReleaseCommand = {
  use: "drift RELEASE_NAME",
  arguments: { least: 1, most: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    OUTPUT_FLAG,
    CONFLICTS_FLAG,
    { name: "ignore", kind: "strings", about: "a JSON pointer of fields that do not count, e.g. /spec/replicas" },
    { name: "detailed-exitcode", kind: "bool", about: "exit with 2 when something differs" },
  ],
  run: (flags, io) =>
    withCluster(flags, io, async (cluster) => {
      const query = await standingQuery(flags, io, cluster);
      const asked = { ...query, ignore: [{ pointers: flags.all("ignore") }], hash: runHash(io).shown };
      const objects = await asking(cluster, () => readPages((from) => getDrift(cluster.reads, { ...asked, ...from })));
      const json = (): string => JSON.stringify(objects);
      print(io, outputText({ table: () => table(objects), json }, viewOf(flags, io).format));
      if (flags.isOn("detailed-exitcode") && objects.some((one) => one.drift !== "none")) throw new ExitStatus(DRIFTED);
    }),
};

function table(objects: readonly ObjectDrift[]): string {
  const rows = objects.flatMap((one) => [
    ...drifted(one),
    ...one.yielded.map((field) => [objectName(one), "yielded", field, "", ""]),
  ]);
  if (rows.length === 0) return "No drift.\n";
  return `${formatTable([["OBJECT", "DRIFT", "FIELD", "IN THE CLUSTER", "WANTED"], ...rows])}\n`;
}

function drifted(one: ObjectDrift): readonly (readonly string[])[] {
  const { drift, reason = "", fields } = one;
  if (drift === "none") return [];
  if (fields.length === 0) return [[objectName(one), drift, reason, "", ""]];
  return fields.map(({ path, before, after }) => [objectName(one), drift, path, shown(before), shown(after)]);
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? "" : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}
