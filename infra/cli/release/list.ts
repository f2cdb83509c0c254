import { listReleases } from "../../../engine/action/read.ts";
import { compileRegexp } from "../../../engine/go/regexp.ts";
import { GoFailure } from "../../../engine/go/value.ts";
import { type LabelTest, parseLabelQuery } from "../../../engine/kube/label-query.ts";
import type { ReleaseStatus } from "../../../engine/release/release.ts";
import { releaseListText, releaseNamesText } from "../../../engine/report/release-list.ts";
import { CommandError, print } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { asking, withCluster } from "./cluster.ts";
import { bools, integerOf, OUTPUT_FLAG, viewOf } from "./flags.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";

const MAX = 256;

/** `slipway list`. */
export const listCommand: ReleaseCommand = {
  use: "list",
  arguments: { most: 0 },
  flags: [
    ...GLOBAL_FLAGS,
    OUTPUT_FLAG,
    { name: "short", short: "q", kind: "bool" },
    { name: "date", short: "d", kind: "bool" },
    { name: "reverse", short: "r", kind: "bool" },
    { name: "all-namespaces", short: "A", kind: "bool" },
    { name: "max", short: "m", kind: "int" },
    { name: "offset", kind: "int" },
    { name: "filter", short: "f", kind: "string" },
    { name: "selector", short: "l", kind: "string" },
    { name: "time-format", kind: "string" },
    ...bools("no-headers", "uninstalled", "superseded", "uninstalling", "deployed", "failed", "pending"),
  ],
  run,
};

async function run(flags: ParsedFlags, io: ReleaseIo): Promise<void> {
  await withCluster(flags, io, async (cluster) => {
    const filter = flags.last("filter") ?? "";
    const matches = filter === "" ? undefined : compileFilter(filter);
    const items = await asking(cluster, () =>
      listReleases(cluster.reads, {
        namespace: flags.isOn("all-namespaces") ? "" : cluster.namespace,
        states: statesOf(flags),
        labels: lazyQuery(flags.last("selector") ?? ""),
        ...(matches === undefined ? {} : { matches }),
        order: flags.isOn("date") ? "date" : "name",
        reverse: flags.isOn("reverse"),
        offset: integerOf(flags, "offset", 0),
        max: integerOf(flags, "max", MAX),
      }),
    );
    const { format, zone, colors } = viewOf(flags, io);
    if (flags.isOn("short")) return print(io, releaseNamesText(items, format));
    const style = {
      format,
      zone,
      colors,
      timeFormat: flags.last("time-format") ?? "",
      headers: !flags.isOn("no-headers"),
    };
    print(io, releaseListText(items, style));
  });
}

/** Helm compatibility: a query that is none is refused only where there is something to select from. */
function lazyQuery(text: string): LabelTest {
  let test: LabelTest | undefined;
  return (labels) => (test ??= parseLabelQuery(text))(labels);
}

/** A person's pattern over their own releases: its cost is not counted, it is linear in any case. */
function compileFilter(pattern: string): (name: string) => boolean {
  try {
    return compileRegexp(pattern, () => undefined).test;
  } catch (error) {
    if (error instanceof GoFailure) throw new CommandError(error.message);
    throw error;
  }
}

const STATES: Readonly<Record<string, readonly ReleaseStatus[]>> = {
  deployed: ["deployed"],
  uninstalled: ["uninstalled"],
  uninstalling: ["uninstalling"],
  pending: ["pending-install", "pending-upgrade", "pending-rollback"],
  failed: ["failed"],
  superseded: ["superseded"],
};

function statesOf(flags: ParsedFlags): readonly ReleaseStatus[] {
  return Object.entries(STATES).flatMap(([name, states]) => (flags.isOn(name) ? states : []));
}
