import * as z from "zod";
import type { JsonObject } from "../../engine/errors.ts";
import { isAllowed } from "../access/grant.ts";
import { assertAllowed, type Principal, principalName } from "../access/principal.ts";
import { audit, type AuditDeps } from "../access/audit.ts";
import { defineRoute, NOTHING, type Route, type RouteRequest } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { jsonResponse } from "../http/answer.ts";
import { MAX_PAGE_SIZE, PAGE_SIZE } from "../http/limits.ts";
import { ProblemError } from "../http/problem.ts";
import { openEventStream } from "./event-stream.ts";
import { readStanding, type Standing } from "./journal.ts";
import { addressOf, type ReleaseAddress, releaseKey } from "./operation-id.ts";
import { listIndex } from "./operation-index.ts";
import { operationItem, operationSchema } from "./operation-schema.ts";
import { operationJson } from "./operation-view.ts";
import { cancelKey, type RunnerDeps } from "./runner.ts";

export interface OperationRouteDeps extends Pick<RunnerDeps, "store" | "records" | "wakeup" | "clock">, AuditDeps {
  /** What the operation's dry run made, as the caller may see it; empty where it was none. */
  readonly dryRun: (call: RouteRequest, standing: Standing) => Promise<JsonObject>;
}

interface OperationQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly cluster?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

const operationQuery: z.ZodType<OperationQuery> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
  after: z.string().max(1024).optional(),
  cluster: z.string().max(253).optional(),
  namespace: z.string().max(253).optional(),
  name: z.string().max(253).optional(),
});

const eventQuery: z.ZodType<{ readonly after?: number | undefined }> = z.strictObject({
  after: z.coerce.number().int().min(0).optional(),
});

/** Operations: where they stand, what they do, and their end. */
export function operationRoutes(deps: OperationRouteDeps): readonly Route[] {
  return [listRoute(deps), getRoute(deps), eventsRoute(deps), cancelRoute(deps)];
}

function listRoute(deps: OperationRouteDeps): Route {
  return defineRoute({
    id: "listOperations",
    method: "GET",
    path: "/v1/operations",
    tag: "operations",
    summary: "Operations, newest first",
    body: NOTHING,
    query: operationQuery,
    answers: { 200: { description: "A page of operations", schema: listOf(operationItem) } },
    handle: async ({ principal, query }) => {
      const { limit, after, cluster, namespace, name } = query;
      const filter = {
        ...(cluster === undefined ? {} : { cluster }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
      };
      const visible = (address: ReleaseAddress): boolean => mayRead(principal, address);
      const standing = (operation: string): Promise<Standing | undefined> => readStanding(deps.store, operation);
      return jsonResponse({ ...(await listIndex(deps.records, { limit, after, filter, visible, standing })) });
    },
  });
}

function getRoute(deps: OperationRouteDeps): Route {
  return defineRoute({
    id: "getOperation",
    method: "GET",
    path: "/v1/operations/{operation}",
    tag: "operations",
    summary: "Where an operation stands",
    body: NOTHING,
    query: NOTHING,
    answers: { 200: { description: "The operation", schema: operationSchema } },
    problems: ["operation-not-found"],
    handle: async (call) => {
      const standing = await findOperation(deps, call.params, call.principal);
      return jsonResponse(operationJson(standing, await deps.dryRun(call, standing)));
    },
  });
}

function eventsRoute(deps: OperationRouteDeps): Route {
  return defineRoute({
    id: "followOperation",
    method: "GET",
    path: "/v1/operations/{operation}/events",
    tag: "operations",
    summary: "What an operation did and does: Server-Sent Events, or NDJSON by Accept; ends after `done`",
    body: NOTHING,
    query: eventQuery,
    answers: { 200: { description: "The events", mediaType: "text/event-stream" } },
    problems: ["operation-not-found"],
    handle: async ({ params, principal, query, request }) => {
      const { operation } = await findOperation(deps, params, principal);
      const resumed = Number(request.headers.get("last-event-id") ?? Number.NaN);
      const after = Number.isSafeInteger(resumed) && resumed >= 0 ? resumed : (query.after ?? 0);
      const format = (request.headers.get("accept") ?? "").includes("application/x-ndjson") ? "ndjson" : "sse";
      const stream = openEventStream(deps, { operation, after, format, signal: request.signal });
      return new Response(stream, {
        headers: {
          "content-type": format === "sse" ? "text/event-stream" : "application/x-ndjson",
          "cache-control": "no-store",
          "x-accel-buffering": "no",
        },
      });
    },
  });
}

function cancelRoute(deps: OperationRouteDeps): Route {
  return defineRoute({
    id: "cancelOperation",
    method: "DELETE",
    path: "/v1/operations/{operation}",
    tag: "operations",
    summary: "Ends an operation before its next step; the release is recorded as failed",
    body: NOTHING,
    query: NOTHING,
    answers: { 202: { description: "It will end", schema: operationSchema } },
    problems: ["operation-not-found", "operation-finished", "forbidden"],
    handle: async ({ params, principal, requestId }) => {
      const standing = await findOperation(deps, params, principal);
      const { operation } = standing;
      const address = addressOrThrow(operation);
      assertAllowed(principal, "operations:cancel", targetOf(address));
      if (standing.end !== undefined) {
        throw new ProblemError("operation-finished", `the operation has ended as ${standing.end.status}`, {
          operation,
        });
      }
      const expires = deps.clock.now() + CANCEL_LIFETIME;
      await deps.records.put(cancelKey(operation), { by: principalName(principal) }, { expires });
      await deps.wakeup.at(releaseKey(address), operation, deps.clock.now());
      const entry = { action: "operations:cancel", target: operation, result: "allowed" } as const;
      await audit(deps, { ...entry, principal, request: requestId });
      return jsonResponse(operationJson(standing), {
        status: 202,
        headers: { location: `/v1/operations/${operation}` },
      });
    },
  });
}

/** Longer than any operation takes. */
const CANCEL_LIFETIME = 24 * 60 * 60 * 1000;

async function findOperation(
  deps: OperationRouteDeps,
  params: Readonly<Record<string, string>>,
  principal: Principal,
): Promise<Standing> {
  const operation = params["operation"] ?? "";
  const address = addressOf(operation);
  if (address !== undefined) assertAllowed(principal, "releases:read", targetOf(address));
  const standing = address === undefined ? undefined : await readStanding(deps.store, operation);
  if (standing === undefined) throw new ProblemError("operation-not-found", `there is no operation ${operation}`);
  return standing;
}

function addressOrThrow(operation: string): ReleaseAddress {
  const address = addressOf(operation);
  if (address === undefined) throw new ProblemError("operation-not-found", `there is no operation ${operation}`);
  return address;
}

function mayRead(principal: Principal, address: ReleaseAddress): boolean {
  return isAllowed(principal.grants, "releases:read", targetOf(address));
}

/** A release as grants are asked for it. */
export function targetOf({ cluster, namespace, name }: ReleaseAddress): {
  cluster: string;
  namespace: string;
  release: string;
} {
  return { cluster, namespace, release: name };
}
