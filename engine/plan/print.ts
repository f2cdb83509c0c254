import type { JsonValue } from "../errors.ts";
import { stringAt } from "../object/json.ts";
import type { PlanReport, ReportField, ReportObject } from "./report.ts";

/** How a plan is printed. */
export interface PrintOptions {
  /** True on a terminal. */
  readonly color: boolean;
}

/** Columns of a value on one line; longer texts are cut, as nobody compares them by eye. */
const MAX_VALUE = 120;

type Tone = "add" | "remove" | "change" | "dim" | "bold";
type Paint = (tone: Tone, text: string) => string;

const CODES: Readonly<Record<Tone, string>> = { add: "32", remove: "31", change: "33", dim: "2", bold: "1" };
const MARKS: Readonly<Record<ReportObject["change"], readonly [string, Tone]>> = {
  created: ["+", "add"],
  changed: ["~", "change"],
  unchanged: ["=", "dim"],
  deleted: ["-", "remove"],
  kept: ["=", "dim"],
};

/** A plan as people read differences: objects that change, field by field, then conflicts, hooks, warnings and one line of counts. */
export function printPlan(report: PlanReport, { color }: PrintOptions): string {
  const paint: Paint = (tone, text) => (color && text !== "" ? `\u001b[${CODES[tone]}m${text}\u001b[0m` : text);
  const shown = report.objects.filter((one) => one.change !== "unchanged" || one.conflicts.length > 0);
  const { name, namespace, revision, target } = report.release;
  const as = target === undefined ? "," : ` to revision ${target} as`;
  const what = report.mode === report.action ? report.action : `${report.action} (as ${report.mode})`;
  const lines = [
    paint("bold", `Plan: ${what} ${namespace}/${name}${as} revision ${revision}`),
    ...shown.flatMap((one) => ["", ...objectLines(one, paint)]),
    ...section(
      "Order:",
      (report.order ?? []).map((titles, index) => `${index + 1}. ${titles.join(", ")}`),
      paint,
    ),
    ...section(
      "Hooks:",
      report.hooks.map((hook) => `${hook.event}: ${hook.kind} ${hook.name}`),
      paint,
    ),
    ...section("Warnings:", report.warnings, paint),
    ...section("This plan cannot be applied:", report.problems, paint),
    "",
    countLine(report),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** True when applying the plan would change an object, run a hook or end a release: what `--detailed-exitcode` tells by 2. */
export function hasChanges({ counts, hooks, mode }: PlanReport): boolean {
  return mode === "uninstall" || counts.created + counts.changed + counts.deleted + hooks.length > 0;
}

function section(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : ["", paint("bold", title), ...lines.map((line) => `  ${plain(line)}`)];
}

function objectLines(one: ReportObject, paint: Paint): readonly string[] {
  const [mark, tone] = MARKS[one.change];
  const where = `${one.kind} ${one.namespace === "" ? "" : `${one.namespace}/`}${one.name}`;
  const left = one.yielded.map((field) => paint("dim", `    ${field} is left to its owner`));
  return [
    paint(tone, `${mark} ${plain(where)} ${one.change}${plain(reasonText(one))}`),
    ...one.fields.flatMap((field) => fieldLines(field, paint)),
    ...one.conflicts.map((conflict) => paint("change", `    ! ${conflictLine(conflict)}`)),
    ...left,
  ];
}

/** What was refused is told among the problems. */
function reasonText({ change, dryRun, reason }: ReportObject): string {
  if (reason === undefined) return "";
  if (dryRun === "impossible") return ` (not tried: ${reason})`;
  return change === "kept" ? `: ${reason}` : "";
}

function fieldLines({ path, before, after }: ReportField, paint: Paint): readonly string[] {
  const name = plain(path);
  if (before === undefined) return [paint("add", `    + ${name}: ${valueText(after)}`)];
  if (after === undefined) return [paint("remove", `    - ${name}: ${valueText(before)}`)];
  return [paint("change", `    ~ ${name}: ${valueText(before)} → ${valueText(after)}`)];
}

function conflictLine(conflict: ReportObject["conflicts"][number]): string {
  const word = (name: string): string => plain(stringAt(conflict, name) ?? "");
  const reason = word("reason") === "" ? "" : ` (${word("reason")})`;
  return `${word("field")} is owned by "${word("manager")}": ${word("decision")}${reason}`;
}

function countLine({ counts, hooks }: PlanReport): string {
  const { created, changed, deleted, unchanged, kept } = counts;
  const ran = hooks.length === 0 ? "" : `, ${hooks.length} ${hooks.length === 1 ? "hook" : "hooks"} to run`;
  const left = kept === 0 ? "" : `, ${kept} kept`;
  return `${created} to create, ${changed} to change, ${deleted} to delete, ${unchanged} unchanged${left}${ran}.`;
}

function valueText(value: JsonValue | undefined): string {
  const text = plain(typeof value === "string" && isBare(value) ? value : JSON.stringify(value));
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function isBare(text: string): boolean {
  return /^[\w(][\w .:/@()-]*$/.test(text);
}

/** What a cluster or chart says moves no cursor. */
function plain(text: string): string {
  return text.replaceAll(
    /[\u0000-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
