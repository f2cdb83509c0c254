import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { JsonObject } from "../../../engine/errors.ts";
import { memberAt, stringAt } from "../../../engine/object/json.ts";

/** What the API server's audit log tells of hooks, by namespace: each object that was made or deleted, in order. */
export type HookOrders = ReadonlyMap<string, readonly string[]>;

const VERBS: Readonly<Record<string, string>> = { create: "make", patch: "make", delete: "delete" };

/** Reads the log. Objects of hooks are those whose names begin with `hook`. */
export async function readHookOrders(auditLog: string): Promise<HookOrders> {
  const orders = new Map<string, string[]>();
  for await (const line of createInterface({ input: createReadStream(auditLog) })) {
    if (!line.includes('"name":"hook') && !line.includes("/hook")) continue;
    const event: JsonObject = JSON.parse(line);
    const verb = VERBS[stringAt(event, "verb") ?? ""];
    const namespace = stringAt(event, "objectRef", "namespace") ?? "";
    const code = Number(memberAt(event, "responseStatus", "code"));
    if (verb === undefined || code >= 300 || memberAt(event, "objectRef", "subresource") !== undefined) continue;
    const name = stringAt(event, "objectRef", "name") ?? "";
    if (!name.startsWith("hook")) continue;
    const order = orders.get(namespace) ?? [];
    order.push(`${verb} ${stringAt(event, "objectRef", "resource") ?? ""} ${name}`);
    orders.set(namespace, order);
  }
  return orders;
}
