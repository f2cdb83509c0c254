import type { StandingQuery } from "../../../engine/action/index.ts";
import { policyOf } from "../../../engine/action/options.ts";
import type { ApplyOptions, ChartOptions, ConflictPolicy } from "../../../engine/action/request.ts";
import type { Chart } from "../../../engine/chart/index.ts";
import { encodeGoJson } from "../../../engine/encoding/lossless.ts";
import { decodeYamlJson } from "../../../engine/encoding/yaml-decode.ts";
import { fromUtf8 } from "../../../engine/go/utf8.ts";
import type { GoMap } from "../../../engine/go/value.ts";
import { CommandError } from "../command.ts";
import { type ParsedFlags, readCsv } from "../flags.ts";
import type { CommandCluster } from "./cluster.ts";
import { readinessTimeoutOf, recordChartOf, timeoutOf, waitOf } from "./flags.ts";
import type { ReleaseIo } from "./io.ts";

/** What the flags say about applying. */
export async function applyOptions(
  flags: ParsedFlags,
  io: ReleaseIo,
  dryRun: ApplyOptions["dryRun"],
): Promise<ApplyOptions> {
  const description = flags.last("description") ?? "";
  const reclaim = flags.all("reclaim");
  return {
    wait: waitOf(flags),
    waitForJobs: flags.isOn("wait-for-jobs"),
    timeout: timeoutOf(flags),
    ...readinessTimeoutOf(flags),
    ...recordChartOf(flags),
    noHooks: flags.isOn("no-hooks"),
    conflicts: await conflictsOf(flags, io),
    forceConflicts: flags.isOn("force-conflicts"),
    forceReplace: flags.isOn("force-replace") || flags.isOn("force"),
    takeOwnership: flags.isOn("take-ownership"),
    rollbackOnFailure: flags.isOn("rollback-on-failure") || flags.isOn("atomic"),
    dryRun,
    alongside: flags.isOn("alongside"),
    ...(description === "" ? {} : { description }),
    ...(reclaim.length === 0 ? {} : { reclaim }),
  };
}

/** What is asked about the release that the first argument names. */
export async function standingQuery(
  flags: ParsedFlags,
  io: ReleaseIo,
  { namespace }: Pick<CommandCluster, "namespace">,
): Promise<StandingQuery> {
  const [name = ""] = flags.args;
  return { name, namespace, policy: policyOf({ conflicts: await conflictsOf(flags, io), forceConflicts: false }) };
}

/** `--conflicts`: Slipway's policy where the flag is absent. */
export async function conflictsOf(flags: ParsedFlags, io: ReleaseIo): Promise<ConflictPolicy> {
  const given = flags.last("conflicts") ?? "default";
  if (given === "helm" || given === "default") return given;
  const { conflictsSchema } = await import("../../../functions/config/schema.ts");
  const parsed = conflictsSchema.safeParse(decodeYamlJson(fromUtf8(io.files.read(given))));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CommandError(`--conflicts ${given}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "no policy"}`);
}

/** What the flags say about a chart. The digest is only a name for the chart that is at hand. */
export function chartOptions(flags: ParsedFlags, chart: Chart, values: GoMap): ChartOptions {
  const { name, version } = chart.metadata;
  return {
    chart: { reference: name, name, version, digest: "local" },
    values: encodeGoJson(values),
    skipSchemaValidation: flags.isOn("skip-schema-validation"),
    skipCrds: flags.isOn("skip-crds"),
    enableDns: flags.isOn("enable-dns"),
    subchartNotes: flags.isOn("render-subchart-notes"),
    hideSecret: flags.isOn("hide-secret"),
    labels: labelsOf(flags),
  };
}

function labelsOf(flags: ParsedFlags): Readonly<Record<string, string>> {
  const pairs = flags.all("labels").flatMap((text) => readCsv(text).fields);
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}
