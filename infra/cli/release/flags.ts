import { loadZone, UTC, type Zone } from "../../../engine/go/time-zone.ts";
import { inUnits, MILLISECOND, parseDuration } from "../../../engine/go/duration.ts";
import type { ApplyOptions, RecordChart, WaitStrategy } from "../../../engine/action/request.ts";
import { COLORED, type Colors, PLAIN } from "../../../engine/report/color.ts";
import type { OutputFormat } from "../../../engine/report/output.ts";
import { CommandError } from "../command.ts";
import { type Flag, parseBool, type ParsedFlags } from "../flags.ts";
import { PLUGIN_GRANTS_FLAG, POLICY_FLAG, RENDER_PLUGIN_FLAGS, RENDER_PLUGIN_GROUPS } from "../render-plugin-flags.ts";
import { slogLine } from "../slog.ts";
import { CHART_FLAGS, checkWait, GLOBAL_FLAGS, VALUE_FLAGS } from "../template-flags.ts";
import type { ReleaseIo } from "./io.ts";

/** `-o`. */
export const OUTPUT_FLAG: Flag = {
  name: "output",
  short: "o",
  kind: "string",
  check: (value) => (["table", "json", "yaml"].includes(value) ? undefined : "invalid format type"),
};

export const REVISION_FLAG: Flag = { name: "revision", kind: "int" };

const WAIT_FLAG: Flag = { name: "wait", kind: "string", alone: "watcher", check: checkWait, notice: waitNotice };

function waitNotice(value: string): string | undefined {
  const instead = { true: "watcher", false: "hookOnly" }[value];
  if (instead === undefined) return undefined;
  const text = `--wait=${value} is deprecated (boolean value) and can be replaced with --wait=${instead}`;
  return slogLine("WARN", text, []).trimEnd();
}

/** How long and for what a command waits. */
export const WAIT_FLAGS: readonly Flag[] = [WAIT_FLAG, { name: "timeout", kind: "duration" }];

/** `--conflicts`. */
export const CONFLICTS_FLAG: Flag = {
  name: "conflicts",
  kind: "string",
  about: "what is done about fields that others own",
};

/** What the release record keeps of a chart. */
const RECORD_CHART_FLAG: Flag = {
  name: "record-chart",
  kind: "string",
  about: "what the release record keeps of the chart: full, or slim (no templates and files)",
  check: (value) => (isRecordChart(value) ? undefined : 'must be "full" or "slim"'),
};

/** What Slipway adds: the policy for conflicts, taking back what was left to others, and progress on standard error. */
export const OWN_FLAGS: readonly Flag[] = [
  CONFLICTS_FLAG,
  {
    name: "reclaim",
    kind: "strings",
    about: "a field that is taken back from those whom it was left to, e.g. .spec.replicas",
  },
  { name: "alongside", kind: "bool", about: "go on beside Argo CD or Flux that manages the same objects" },
  { name: "progress", kind: "bool", about: "print what happens to standard error" },
  RECORD_CHART_FLAG,
];

/** What judges a change, and what it is granted. */
export const JUDGING_FLAGS: readonly Flag[] = [POLICY_FLAG, PLUGIN_GRANTS_FLAG];

/** Flags of everything that applies objects. */
export const APPLY_FLAGS: readonly Flag[] = [
  ...GLOBAL_FLAGS,
  ...OWN_FLAGS,
  ...JUDGING_FLAGS,
  ...WAIT_FLAGS,
  { name: "readiness-timeout", kind: "duration", about: "with --wait=ordered: how long a batch may take (1m0s)" },
  { name: "dry-run", kind: "string", alone: "unset" },
  { name: "force", kind: "bool", deprecated: "use --force-replace instead" },
  { name: "description", kind: "string" },
  ...bools("force-replace", "force-conflicts", "no-hooks", "wait-for-jobs"),
];

/** Flags of what applies a chart. */
export const CHART_APPLY_FLAGS: readonly Flag[] = [
  ...APPLY_FLAGS,
  ...VALUE_FLAGS,
  ...CHART_FLAGS,
  OUTPUT_FLAG,
  { name: "labels", short: "l", kind: "map" },
  { name: "atomic", kind: "bool", deprecated: "use --rollback-on-failure instead" },
  ...RENDER_PLUGIN_FLAGS,
  ...bools("create-namespace", "dependency-update", "disable-openapi-validation", "rollback-on-failure", "skip-crds"),
  ...bools("render-subchart-notes", "skip-schema-validation", "enable-dns", "hide-notes", "take-ownership"),
  ...bools("hide-secret"),
];

/** `--record-chart`. */
export function recordChartOf(flags: ParsedFlags): Pick<ApplyOptions, "recordChart"> {
  const given = flags.last("record-chart");
  return given !== undefined && isRecordChart(given) ? { recordChart: given } : {};
}

function isRecordChart(text: string): text is RecordChart {
  return text === "full" || text === "slim";
}

/** Flags that exclude each other. */
export const APPLY_GROUPS: readonly (readonly string[])[] = [
  ["force-replace", "force-conflicts"],
  ["force", "force-conflicts"],
];

/** Those of what applies a chart. */
export const CHART_APPLY_GROUPS: readonly (readonly string[])[] = [...APPLY_GROUPS, ...RENDER_PLUGIN_GROUPS];

/** Boolean flags by their names. */
export function bools(...names: readonly string[]): readonly Flag[] {
  return names.map((name) => ({ name, kind: "bool" }));
}

/** How a command shows things. */
export interface View {
  readonly format: OutputFormat;
  readonly zone: Zone;
  readonly colors: Colors;
  readonly debug: boolean;
}

/** {@link View} by the flags and the environment. */
export function viewOf(flags: ParsedFlags, io: ReleaseIo): View {
  const output = flags.last("output");
  return {
    format: output === "json" || output === "yaml" ? output : "table",
    zone: loadZone(io.timeZone(), io.zoneOffset) ?? UTC,
    colors: hasColors(flags, io) ? COLORED : PLAIN,
    debug: flags.isOn("debug") || (parseBool(io.environment("HELM_DEBUG") ?? "") ?? false),
  };
}

/** True where output is colored. */
export function hasColors(flags: ParsedFlags, io: ReleaseIo): boolean {
  const noColor = (io.environment("NO_COLOR") ?? "") !== "";
  const chosen = io.environment("HELM_COLOR")?.toLowerCase() ?? "auto";
  const usual = noColor ? "never" : ["never", "always"].includes(chosen) ? chosen : "auto";
  const mode = flags.last("color") ?? flags.last("colour") ?? usual;
  return mode === "always" || (mode === "auto" && io.isTerminal);
}

/** `--wait`; booleans mean what they always meant. */
export function waitOf(flags: ParsedFlags): WaitStrategy {
  switch (flags.last("wait")) {
    case "watcher":
    case "true":
      return "watcher";
    case "legacy":
      return "legacy";
    case "ordered":
      return "ordered";
    default:
      return "hookOnly";
  }
}

const TIMEOUT = 300_000;

/** `--timeout` in milliseconds. */
export function timeoutOf(flags: ParsedFlags): number {
  const text = flags.last("timeout");
  return text === undefined ? TIMEOUT : inUnits(parseDuration(text), MILLISECOND);
}

/** `--readiness-timeout` in milliseconds. */
export function readinessTimeoutOf(flags: ParsedFlags): { readonly readinessTimeout?: number } {
  const text = flags.last("readiness-timeout");
  return text === undefined ? {} : { readinessTimeout: inUnits(parseDuration(text), MILLISECOND) };
}

/** `--dry-run` of the commands that have three kinds of it. */
export function dryRunOf(flags: ParsedFlags, io: ReleaseIo): "none" | "client" | "server" {
  const value = flags.last("dry-run") ?? "none";
  if (value === "none" || value === "client" || value === "server") return value;
  if (value === "unset") {
    io.stderr(slogLine("WARN", "--dry-run is deprecated and should be replaced with '--dry-run=client'", []));
    return "client";
  }
  const on = parseBool(value);
  if (on === undefined) {
    throw new CommandError(`invalid dry-run value (${JSON.stringify(value)}). Must be "none", "server", or "client"`);
  }
  const result = on ? "client" : "none";
  const text = `boolean '--dry-run=${value}' flag is deprecated and must be replaced with '--dry-run=${result}'`;
  io.stderr(slogLine("WARN", text, []));
  return result;
}

/** An integer flag. */
export function integerOf(flags: ParsedFlags, name: string, usual: number): number {
  return Number(flags.last(name) ?? usual);
}

/** `--history-max`, else `HELM_MAX_HISTORY`, else Helm's own. */
export function maxHistoryOf(flags: ParsedFlags, io: ReleaseIo): number {
  const given = flags.last("history-max") ?? io.environment("HELM_MAX_HISTORY") ?? "";
  return /^[-+]?[0-9]+$/.test(given) ? Number(given) : 10;
}

/** `--server-side` of upgrade and rollback. */
export function serverSideOf(flags: ParsedFlags, prefix = ""): boolean | "auto" {
  const value = flags.last("server-side") ?? "auto";
  if (value === "auto") return value;
  if (value === "true" || value === "false") return value === "true";
  throw new CommandError(`${prefix}invalid/unknown release server-side apply method: ${value}`);
}
