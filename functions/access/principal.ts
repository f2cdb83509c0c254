import * as z from "zod";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { parseJson } from "../http/json.ts";
import { ProblemError } from "../http/problem.ts";
import { type AccessAction, type AccessTarget, ADMIN, type Grant, grantSchema, isAllowed } from "./grant.ts";

/** How a caller became known. */
export type PrincipalKind = "anonymous" | "local" | "token" | "receiver" | "chat";

/** Who asks, and what they may do. `name` is unique with `kind` and safe to show. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** The administrator of the embedded local mode: everyone who reaches the loopback port. */
export const LOCAL_ADMINISTRATOR: Principal = { kind: "local", name: "administrator", grants: [ADMIN] };

/** Nobody known. `grants` come from the projects that allow anonymous pull. */
export function anonymous(grants: readonly Grant[] = []): Principal {
  return { kind: "anonymous", name: "anonymous", grants };
}

/** `kind:name`, as journals, audit records and answers say it. */
export function principalName(principal: Principal): string {
  return `${principal.kind}:${principal.name}`;
}

/** Refuses with `unauthorized` (nobody known) or `forbidden`; the message names the missing right. */
export function assertAllowed(principal: Principal, action: AccessAction, target: AccessTarget = {}): void {
  if (isAllowed(principal.grants, action, target)) return;
  if (principal.kind === "anonymous") throw new ProblemError("unauthorized", "this needs a token");
  const on = Object.entries(target).map(([name, value]) => `${name} ${value}`);
  const where = on.length === 0 ? "" : ` on ${on.join(", ")}`;
  throw new ProblemError("forbidden", `${principalName(principal)} has no grant of ${action}${where}`, {
    detail: { action, ...target },
  });
}

const principalSchema = z.strictObject({
  kind: z.enum(["anonymous", "local", "token", "receiver", "chat"]),
  name: z.string(),
  grants: z.array(grantSchema),
});

/** A principal as a journal keeps it, so that an operation goes on with the rights that it was started with. */
export function principalRecord(principal: Principal): JsonObject {
  const record: JsonValue = parseJson(JSON.stringify(principal));
  return { principal: record };
}

/** Reads what {@link principalRecord} made; undefined for anything else. */
export function readPrincipal(record: JsonObject): Principal | undefined {
  const read = principalSchema.safeParse(record["principal"]);
  return read.success ? read.data : undefined;
}
