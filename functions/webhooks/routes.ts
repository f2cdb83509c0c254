import * as z from "zod";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { ReceiverConfig } from "../config/config.ts";
import { jsonResponse } from "../http/answer.ts";
import { MAX_HOOK_BYTES } from "../http/limits.ts";
import { pageQuery } from "../http/page.ts";
import { ProblemError } from "../http/problem.ts";
import { type Delivery, listDeliveries } from "./deliveries.ts";
import { receive, type ReceiveDeps } from "./receive.ts";

const result = z.object({
  release: z.string(),
  result: z.enum(["started", "ignored", "refused"]),
  reason: z.string(),
  operation: z.string().optional(),
});
const delivery = {
  id: z.string(),
  event: z.string(),
  status: z.enum(["accepted", "ignored", "refused"]),
  reason: z.string().describe("Why nothing happened"),
  results: z.array(result),
};

export interface WebhookRouteDeps extends ReceiveDeps {
  readonly receivers: readonly ReceiverConfig[];
}

/** Webhooks, and what became of them. */
export function webhookRoutes(deps: WebhookRouteDeps): readonly Route[] {
  return [hookRoute(deps), deliveriesRoute(deps)];
}

function hookRoute(deps: WebhookRouteDeps): Route {
  return defineRoute({
    id: "receiveHook",
    method: "POST",
    path: "/hooks/{kind}/{receiver}",
    tag: "webhooks",
    summary: "Takes a delivery of github, registry or standard webhooks; signed with the receiver's secret",
    access: "signed",
    bodyLimit: MAX_HOOK_BYTES,
    bodyType: "application/json",
    body: NOTHING,
    query: NOTHING,
    answers: {
      202: { description: "Operations were started", schema: z.object(delivery) },
      200: { description: "Nothing was started, and why", schema: z.object(delivery) },
    },
    problems: ["invalid-signature", "invalid-json", "payload-too-large"],
    handle: async ({ params, request, bytes, requestId }) => {
      const receiver = deps.receivers.find(
        (entry) => entry.name === params["receiver"] && entry.kind === params["kind"],
      );
      // An unknown receiver is refused as a wrong signature is: nobody learns which receivers there are.
      if (receiver === undefined) {
        throw new ProblemError("invalid-signature", "the delivery is not signed with the receiver's secret");
      }
      const incoming = { headers: request.headers, body: bytes, requestId, signal: request.signal };
      const told = await receive(deps, receiver, incoming);
      const first = told.results.find((entry) => entry.operation !== undefined && entry.result === "started");
      const location = first?.operation === undefined ? {} : { location: `/v1/operations/${first.operation}` };
      return jsonResponse(deliveryJson(told), { status: told.status === "accepted" ? 202 : 200, headers: location });
    },
  });
}

function deliveryJson(told: Delivery): JsonObject {
  return { ...told, results: told.results.map((entry): JsonObject => ({ ...entry })) };
}

function deliveriesRoute(deps: WebhookRouteDeps): Route {
  return defineRoute({
    id: "listDeliveries",
    method: "GET",
    path: "/v1/receivers/{receiver}/deliveries",
    tag: "webhooks",
    summary: "What came to a receiver, newest first, and why nothing happened",
    body: NOTHING,
    query: pageQuery,
    answers: {
      200: { description: "A page of deliveries", schema: listOf(z.object({ ...delivery, time: z.string() })) },
    },
    problems: ["forbidden", "receiver-not-found"],
    handle: async ({ params, principal, query }) => {
      assertAllowed(principal, "receivers:read");
      const name = params["receiver"] ?? "";
      if (!deps.receivers.some((receiver) => receiver.name === name)) {
        throw new ProblemError("receiver-not-found", `there is no receiver ${name}`);
      }
      return jsonResponse({ ...(await listDeliveries(deps.records, name, query)) });
    },
  });
}
