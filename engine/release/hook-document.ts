import type { JsonObject, JsonValue } from "../errors.ts";
import type { Hook, HookEvent, HookExecution, HookPhase } from "../manifest/hook.ts";
import { integerAt, isJsonObject, listAt, objectAt, stringAt } from "../object/json.ts";
import { listText, objectText, stringText } from "./json-text.ts";
import { parseTime } from "./time.ts";

/** Helm's JSON of hooks, in their stored order. */
export function hooksText(hooks: readonly Hook[]): string {
  return listText(hooks.map(hookText));
}

/** Hooks of a record; entries that are no objects are left out. Unknown words of lists are kept out, as nothing can be done with them. */
export function parseHooks(json: readonly JsonValue[]): readonly Hook[] {
  return json.filter(isJsonObject).map(parseHook);
}

function hookText(hook: Hook): string {
  return objectText()
    .text("name", hook.name)
    .text("kind", hook.kind)
    .text("path", hook.path)
    .text("manifest", hook.manifest)
    .list("events", hook.events.map(stringText))
    .raw("last_run", runText(hook.lastRun))
    .integer("weight", hook.weight)
    .list("delete_policies", hook.deletePolicies.map(stringText))
    .list("output_log_policies", hook.outputLogPolicies.map(stringText))
    .end();
}

function runText(run: HookExecution): string {
  return objectText()
    .text("started_at", run.startedAt)
    .text("completed_at", run.completedAt)
    .raw("phase", stringText(run.phase))
    .end();
}

function parseHook(json: JsonObject): Hook {
  return {
    name: stringAt(json, "name") ?? "",
    kind: stringAt(json, "kind") ?? "",
    path: stringAt(json, "path") ?? "",
    manifest: stringAt(json, "manifest") ?? "",
    events: words(json, "events", EVENTS),
    weight: integerAt(json, "weight") ?? 0,
    deletePolicies: texts(json, "delete_policies"),
    outputLogPolicies: texts(json, "output_log_policies"),
    lastRun: parseRun(objectAt(json, "last_run")),
  };
}

function parseRun(json: JsonObject | undefined): HookExecution {
  const startedAt = parseTime(stringAt(json, "started_at"));
  const completedAt = parseTime(stringAt(json, "completed_at"));
  return {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    phase: PHASES.find((phase) => phase === stringAt(json, "phase")) ?? "",
  };
}

function texts(json: JsonObject, member: string): readonly string[] {
  return listAt(json, member).filter((word) => typeof word === "string");
}

function words<Word extends string>(json: JsonObject, member: string, known: readonly Word[]): readonly Word[] {
  return listAt(json, member).flatMap((word) => known.filter((one) => one === word));
}

const EVENTS: readonly HookEvent[] = [
  "pre-install",
  "post-install",
  "pre-delete",
  "post-delete",
  "pre-upgrade",
  "post-upgrade",
  "pre-rollback",
  "post-rollback",
  "test",
];
const PHASES: readonly HookPhase[] = ["", "Unknown", "Running", "Succeeded", "Failed"];
