import type { JsonValue } from "../errors.ts";
import { isJsonArray, isJsonObject, memberAt } from "../object/json.ts";

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** An object has a handful; a hostile controller's thousands are not read. */
const MAX_CONDITIONS = 1000;

/** `status.conditions` in order; empty when absent. `undefined` when they are malformed, which makes a status Unknown. */
export function conditionsOf(object: JsonValue): readonly Condition[] | undefined {
  const status = memberAt(object, "status");
  if (status === undefined || status === null) return [];
  if (!isJsonObject(status)) return undefined;
  const list = status["conditions"];
  if (list === undefined || list === null) return [];
  if (!isJsonArray(list)) return undefined;
  const out: Condition[] = [];
  for (const json of list.slice(0, MAX_CONDITIONS)) {
    const condition = parseCondition(json);
    if (condition === undefined) return undefined;
    out.push(condition);
  }
  return out;
}

function parseCondition(json: JsonValue): Condition | undefined {
  if (!isJsonObject(json)) return undefined;
  const [type, status, reason, message] = [json["type"], json["status"], json["reason"], json["message"]].map(textOf);
  if (type === undefined || status === undefined || reason === undefined || message === undefined) return undefined;
  return { type, status, reason, message };
}

function textOf(json: JsonValue | undefined): string | undefined {
  if (json === undefined || json === null) return "";
  return typeof json === "string" ? json : undefined;
}
