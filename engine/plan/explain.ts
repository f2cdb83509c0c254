import type { JsonObject, JsonValue } from "../errors.ts";
import { applyFailure } from "../kube/apply-text.ts";
import { conflictMessage, type FieldConflict } from "../kube/conflicts.ts";
import type { PathElement } from "../object/field-path.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { DecidedConflict } from "./decide.ts";
import { isReferenceName, isSensitiveName } from "./sensitive.ts";

/** Values longer than this are cut in texts for people. */
const MAX_VALUE = 80;

/** Helm's error about an object whose fields others hold: what the API server would say, behind the object's name. */
export function conflictText(object: KubeObject, conflicts: readonly FieldConflict[]): string {
  return applyFailure(object, { code: "apply-conflict", status: 409, message: conflictMessage(conflicts) });
}

/** One conflict for a person: what is there, who put it there and when, what the chart wants, and what is done about it. */
export function explainConflict(object: KubeObject, decided: DecidedConflict): string {
  const { conflict } = decided;
  const where = `${object.kind} ${getNamespace(object) === "" ? "" : `${getNamespace(object)}/`}${getName(object)}`;
  const through = conflict.subresource === "" ? "" : ` through ${conflict.subresource}`;
  const when = conflict.time === undefined ? "" : ` at ${conflict.time}`;
  const live = shownValue(object, conflict, conflict.liveValue);
  const wanted = shownValue(object, conflict, conflict.desiredValue);
  const facts = `${where}: ${conflict.field} is ${live}, set by "${conflict.manager}"${through}${when}; the chart wants ${wanted}.`;
  return `${facts} ${consequence(decided)}`;
}

/** A conflict for machines, with the ways out of it. Values of Secrets are hidden. */
export function conflictDetail(object: KubeObject, decided: DecidedConflict): JsonObject {
  const { conflict } = decided;
  return {
    object: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: getNamespace(object),
      name: getName(object),
    },
    field: conflict.field,
    manager: conflict.manager,
    operation: conflict.operation,
    ...(conflict.subresource === "" ? {} : { subresource: conflict.subresource }),
    ...(conflict.time === undefined ? {} : { time: conflict.time }),
    live: hidden(object, conflict, conflict.liveValue),
    wanted: hidden(object, conflict, conflict.desiredValue),
    decision: decided.decision,
    reason: decided.reason,
    explanation: explainConflict(object, decided),
    choices: choices(conflict).map((choice) => ({ ...choice })),
  };
}

/** What a user may do about a conflict that fails. */
function choices(conflict: FieldConflict): readonly { readonly choice: string; readonly how: string }[] {
  return [
    {
      choice: "yield",
      how: `leave ${conflict.field} to "${conflict.manager}": a conflict rule with the decision "yield"`,
    },
    {
      choice: "force",
      how: `take ${conflict.field} over: --force-conflicts, or a conflict rule with the decision "force"`,
    },
    { choice: "values", how: "give the chart the value that is there" },
  ];
}

function consequence(decided: DecidedConflict): string {
  const { conflict, decision, reason } = decided;
  if (decision === "yield") {
    const wish = decided.wishChanged ? " The chart's own value changed, and that change has no effect." : "";
    return `It is left to "${conflict.manager}": ${reason}.${wish}`;
  }
  if (decision === "force") return `It is taken over: ${reason}.`;
  const ways = choices(conflict).map((choice) => choice.how);
  return `Nothing is changed: ${reason}. Choose: ${ways.join("; or ")}.`;
}

function shownValue(object: KubeObject, at: FieldConflict, value: JsonValue | undefined): string {
  const text = value === undefined ? "absent" : JSON.stringify(hidden(object, at, value));
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

/** What stands in a Secret's data, or in a field or variable whose name says that it is a secret, is shown to nobody. */
function hidden(object: KubeObject, { field, path }: FieldConflict, value: JsonValue | undefined): JsonValue {
  if (value === undefined) return null;
  const secret = object.kind === "Secret" && (field.startsWith(".data") || field.startsWith(".stringData"));
  return secret || path.some(isSensitive) ? "(hidden)" : value;
}

function isSensitive(element: PathElement): boolean {
  if (element.kind === "field") return isSensitiveName(element.name) && !isReferenceName(element.name);
  return (
    element.kind === "key" && element.fields.some(({ value }) => typeof value === "string" && isSensitiveName(value))
  );
}
