import * as z from "zod";
import { audit, type AuditDeps } from "../access/audit.ts";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { jsonResponse } from "../http/answer.ts";
import type { RegistryUpkeep } from "./upkeep.ts";

/** What looking after the registry takes. */
export interface UpkeepRouteDeps extends AuditDeps {
  readonly upkeep: RegistryUpkeep;
  /** Projects, with their quotas. */
  readonly projects: readonly { readonly name: string; readonly quota?: number }[];
  /** Versions of a project that one request pulls. */
  readonly prefetch: number;
  /** Calls of the store in one request. */
  readonly calls: number;
}

const BODY_LIMIT = 4096;
/** Bytes that one request hashes again. */
const FSCK_BYTES: number = 256 * 1024 * 1024;

/** Collection, usage and the check of the store. */
export function upkeepRoutes(deps: UpkeepRouteDeps): readonly Route[] {
  return [collectRoute(deps), usageRoute(deps), checkRoute(deps), prefetchRoute(deps)];
}

const report = z.object({
  state: z.enum(["running", "done", "busy"]),
  epoch: z.number(),
  phase: z.string(),
  counts: z.record(z.string(), z.number()),
});

function collectRoute(deps: UpkeepRouteDeps): Route {
  return defineRoute({
    id: "collectRegistry",
    method: "POST",
    path: "/v1/registry/collect",
    tag: "registry",
    summary: "Go on with the collection of what nothing names; ask again until it is done",
    bodyLimit: BODY_LIMIT,
    body: z.strictObject({
      dryRun: z.boolean().describe("Change nothing, and count what would be condemned").default(false),
    }),
    query: NOTHING,
    answers: { 200: { description: "What the collection did so far", schema: report } },
    problems: ["forbidden", "store-unavailable"],
    handle: async ({ principal, body, requestId }) => {
      assertAllowed(principal, "registry:maintain");
      const { dryRun } = body;
      if (!dryRun) {
        const entry = { principal, action: "registry:maintain", target: "registry", result: "allowed" } as const;
        await audit(deps, { ...entry, request: requestId, detail: { what: "collect" } });
      }
      const done = await deps.upkeep.advance({ calls: deps.calls, dryRun });
      return jsonResponse({ ...done, counts: { ...done.counts } });
    },
  });
}

const usage = z.object({
  project: z.string(),
  bytes: z.number(),
  quota: z.number().optional(),
  counted: z.string().optional(),
});

function usageRoute(deps: UpkeepRouteDeps): Route {
  return defineRoute({
    id: "readRegistryUsage",
    method: "GET",
    path: "/v1/registry/usage",
    tag: "registry",
    summary: "What the projects hold, as it was counted last and pushed since",
    body: NOTHING,
    query: NOTHING,
    answers: { 200: { description: "By project", schema: listOf(usage) } },
    problems: ["forbidden", "store-unavailable"],
    handle: async ({ principal }) => {
      assertAllowed(principal, "registry:maintain");
      return jsonResponse({ items: await Promise.all(deps.projects.map((project) => usageOf(deps, project))) });
    },
  });
}

async function usageOf(
  { upkeep }: UpkeepRouteDeps,
  { name, quota }: { readonly name: string; readonly quota?: number },
): Promise<{ readonly project: string; readonly bytes: number; readonly quota?: number; readonly counted?: string }> {
  const { bytes, counted } = await upkeep.usage(name);
  return {
    project: name,
    bytes,
    ...(quota === undefined ? {} : { quota }),
    ...(counted === undefined ? {} : { counted: new Date(counted).toISOString() }),
  };
}

const checked = z.object({
  checked: z.number(),
  bytes: z.number(),
  faults: z.array(z.object({ kind: z.string(), key: z.string(), digest: z.string().optional() })),
  next: z.string().optional(),
});

function checkRoute(deps: UpkeepRouteDeps): Route {
  return defineRoute({
    id: "checkRegistry",
    method: "POST",
    path: "/v1/registry/fsck",
    tag: "registry",
    summary: "Hash what is stored again, and follow every link; ask again with `next` until there is none",
    bodyLimit: BODY_LIMIT,
    body: z.strictObject({ after: z.string().max(1024).describe("`next` of the answer before").optional() }),
    query: NOTHING,
    answers: { 200: { description: "What this part of the store shows", schema: checked } },
    problems: ["forbidden", "store-unavailable"],
    handle: async ({ principal, body: { after } }) => {
      assertAllowed(principal, "registry:maintain");
      const from = after === undefined ? {} : { after };
      const found = await deps.upkeep.check({ ...from, calls: deps.calls, bytes: FSCK_BYTES });
      return jsonResponse({ ...found, faults: found.faults.map((fault) => ({ ...fault })) });
    },
  });
}

const prefetched = z.object({
  project: z.string(),
  pulled: z.number(),
  failed: z.array(z.object({ chart: z.string(), version: z.string(), code: z.string() })),
  done: z.boolean(),
});

function prefetchRoute(deps: UpkeepRouteDeps): Route {
  return defineRoute({
    id: "prefetchRegistry",
    method: "POST",
    path: "/v1/registry/prefetch",
    tag: "registry",
    summary: "Pull now what proxies are to have before anybody asks; ask again until all is done",
    bodyLimit: BODY_LIMIT,
    body: z.strictObject({}),
    query: NOTHING,
    answers: { 200: { description: "By project", schema: listOf(prefetched) } },
    problems: ["forbidden", "store-unavailable"],
    handle: async ({ principal }) => {
      assertAllowed(principal, "registry:maintain");
      const reports = await deps.upkeep.prefetch(deps.prefetch);
      return jsonResponse({
        items: reports.map((one) => ({ ...one, failed: one.failed.map((item) => ({ ...item })) })),
      });
    },
  });
}
