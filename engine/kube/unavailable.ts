import type { JsonValue } from "../errors.ts";
import { memberAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";

const PERCENT = /^(-?[0-9]{1,9})%$/;

/** An int-or-percent of a number, rounded up; `undefined` when it is neither. */
export function scaledUp(value: JsonValue | undefined, of: number): number | undefined {
  return scaled(value, of, Math.ceil);
}

/**
 * How many pods of a Deployment may be away while it is rolled, as its controller counts: a surge is rounded up, what may be away down;
 * when both come to nothing, one may be.
 */
export function allowedUnavailable(deployment: KubeObject, replicas: number): number {
  if (stringAt(deployment, "spec", "strategy", "type") !== "RollingUpdate" || replicas === 0) return 0;
  const field = (name: string): JsonValue => memberAt(deployment, "spec", "strategy", "rollingUpdate", name) ?? 0;
  const surge = scaled(field("maxSurge"), replicas, Math.ceil);
  const away = scaled(field("maxUnavailable"), replicas, Math.floor);
  if (surge === undefined || away === undefined) return 0;
  return Math.min(replicas, surge === 0 && away === 0 ? 1 : away);
}

function scaled(value: JsonValue | undefined, of: number, round: (value: number) => number): number | undefined {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? PERCENT.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : round((Number(percent) * of) / 100);
}
