import type { JsonObject } from "../../engine/errors.ts";

/** How loud a line is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where signals go. Fields are facts for machines: never secrets, values, manifests or bodies. */
export interface Log {
  readonly write: (level: LogLevel, message: string, fields?: JsonObject) => void;
}

/**
 * What a log may say of something that was thrown: the class and code, and the message of a defect. A refusal's message may quote
 * the caller's input, so it stays out.
 */
export function describeThrown(thrown: unknown): JsonObject {
  if (!(thrown instanceof Error)) return { thrown: typeof thrown };
  const code: unknown = Reflect.get(thrown, "code");
  if (typeof code === "string") return { error: thrown.name, code };
  return { error: thrown.name, message: thrown.message, stack: thrown.stack ?? "" };
}
