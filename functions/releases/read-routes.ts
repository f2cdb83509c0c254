import * as z from "zod";
import { getHistory, getRelease, listReleases, type ReadDeps } from "../../engine/action/read.ts";
import { toJsonValue } from "../../engine/encoding/index.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { Release } from "../../engine/release/release.ts";
import { releaseSummary } from "../../engine/release/summary.ts";
import { parseStatus } from "../../engine/release/status.ts";
import { isAllowed } from "../access/grant.ts";
import { audit } from "../access/audit.ts";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route, type RouteRequest } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { jsonResponse, textResponse } from "../http/answer.ts";
import { isJsonObject } from "../http/json.ts";
import { MAX_PAGE_SIZE, PAGE_SIZE } from "../http/limits.ts";
import { pageOf } from "../http/page.ts";
import type { ProblemCode } from "../http/problem-table.ts";
import { releaseKey } from "../operations/operation-id.ts";
import { targetOf } from "../operations/routes.ts";
import type { DeployDeps } from "./deploy.ts";
import { reachCluster } from "./clusters.ts";
import { maskManifest, maskValues } from "./mask.ts";
import { addressOfParams, RELEASE_PATH } from "./release-path.ts";
import { hookItem, releaseItem, releaseStatus } from "./release-schema.ts";

type ReadRouteDeps = Pick<DeployDeps, "clusters" | "store" | "records" | "clock" | "log" | "randomBytes" | "box">;

interface RevisionQuery {
  readonly revision?: number | undefined;
}
const revisionQuery: z.ZodType<RevisionQuery> = z.object({ revision: z.coerce.number().int().min(0).optional() });

interface ListQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly namespace?: string | undefined;
  readonly status?: string | undefined;
}
const listQuery: z.ZodType<ListQuery> = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
  after: z.string().max(1024).optional(),
  namespace: z.string().max(63).optional(),
  status: z.string().max(256).describe("Helm's words, comma-separated; absent: all").optional(),
});

/** Clusters, and releases as they are recorded. */
export function readRoutes(deps: ReadRouteDeps): readonly Route[] {
  return [clustersRoute(deps), releasesRoute(deps), statusRoute(deps), historyRoute(deps), ...partRoutes(deps)];
}

function clustersRoute(deps: ReadRouteDeps): Route {
  return defineRoute({
    id: "listClusters",
    method: "GET",
    path: "/v1/clusters",
    tag: "releases",
    summary: "The clusters that the caller may see",
    body: NOTHING,
    query: NOTHING,
    answers: {
      200: {
        description: "The clusters",
        schema: listOf(z.object({ name: z.string(), title: z.string().optional() })),
      },
    },
    handle: async ({ principal }) => {
      const visible = deps.clusters
        .names()
        .filter(
          (cluster) =>
            isAllowed(principal.grants, "releases:read", { cluster }) ||
            isAllowed(principal.grants, "clusters:read", { cluster }),
        );
      const items = visible.map((name) => {
        const title = deps.clusters.find(name)?.title;
        return title === undefined ? { name } : { name, title };
      });
      return jsonResponse({ items });
    },
  });
}

function releasesRoute(deps: ReadRouteDeps): Route {
  return defineRoute({
    id: "listReleases",
    method: "GET",
    path: "/v1/clusters/{cluster}/releases",
    tag: "releases",
    summary: "The newest revision of each release that the caller may see",
    body: NOTHING,
    query: listQuery,
    answers: { 200: { description: "A page of releases", schema: listOf(releaseItem) } },
    problems: ["cluster-not-found", "cluster-unreachable", "cluster-refused"],
    handle: async ({ params, principal, query, request }) => {
      const cluster = params["cluster"] ?? "";
      const { namespace = "", status, after, limit } = query;
      assertAllowed(principal, "releases:read", namespace === "" ? { cluster } : { cluster, namespace });
      const states = status === undefined ? {} : { states: status.split(",").map((word) => parseStatus(word.trim())) };
      const read = { ...reachCluster(deps.clusters, cluster), signal: request.signal };
      const all = await listReleases(read, { namespace, ...states });
      const visible = all.filter((item) =>
        isAllowed(principal.grants, "releases:read", targetOf({ cluster, namespace: item.namespace, name: item.name })),
      );
      const page = pageOf(visible, {
        after,
        limit,
        keyOf: (item) => `${item.namespace}/${item.name}/${item.revision}`,
      });
      const items = page.items.map((item): JsonObject => ({ ...item }));
      return jsonResponse(page.next === undefined ? { items } : { items, next: page.next });
    },
  });
}

const READ_PROBLEMS: readonly ProblemCode[] = [
  "cluster-not-found",
  "release-not-found",
  "cluster-unreachable",
  "cluster-refused",
  "forbidden",
];

function statusRoute(deps: ReadRouteDeps): Route {
  return defineRoute({
    id: "getRelease",
    method: "GET",
    path: RELEASE_PATH,
    tag: "releases",
    summary: "Where a release stands",
    body: NOTHING,
    query: revisionQuery,
    answers: { 200: { description: "The release", schema: releaseStatus } },
    problems: READ_PROBLEMS,
    handle: async (call) => {
      const address = addressOfParams(call.params);
      const release = await readRelease(deps, call, call.query.revision);
      const [running] = await deps.store.unfinished(releaseKey(address));
      const { firstDeployed, notes } = release.info;
      return jsonResponse({
        ...releaseSummary(release),
        cluster: address.cluster,
        target: deps.clusters.find(address.cluster)?.title ?? address.cluster,
        ...(firstDeployed === undefined ? {} : { firstDeployed }),
        notes: notes ?? "",
        ...(running === undefined ? {} : { operation: running.operation }),
      });
    },
  });
}

function historyRoute(deps: ReadRouteDeps): Route {
  return defineRoute({
    id: "getHistory",
    method: "GET",
    path: `${RELEASE_PATH}/history`,
    tag: "releases",
    summary: "The revisions of a release, oldest first",
    body: NOTHING,
    query: z.object({ max: z.coerce.number().int().min(0).max(MAX_PAGE_SIZE).default(0) }),
    answers: { 200: { description: "The revisions", schema: listOf(releaseItem) } },
    problems: READ_PROBLEMS,
    handle: async (call) => {
      const address = addressOfParams(call.params);
      const history = await getHistory(readDeps(deps, call), { ...address, max: call.query.max });
      return jsonResponse({ items: history.map((item): JsonObject => ({ ...item })) });
    },
  });
}

/** A part of a revision: what it is as JSON, and as text where it is a text. */
interface Part {
  readonly name: "values" | "manifest" | "hooks" | "notes";
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly read: (release: Release, mask: Mask) => Promise<JsonObject | string>;
}

function partRoutes(deps: ReadRouteDeps): readonly Route[] {
  const text = z.string();
  const parts: readonly Part[] = [
    {
      name: "values",
      summary: "The values that the user gave",
      schema: z.record(z.string(), z.unknown()),
      read: async (release, mask) => await mask.values(valuesJson(release)),
    },
    {
      name: "manifest",
      summary: "The manifest as recorded; text with Accept: text/plain or application/yaml",
      schema: z.object({ manifest: text }),
      read: async (release, mask) => await mask.manifest(release.manifest),
    },
    {
      name: "hooks",
      summary: "The hooks as recorded, with how their last runs went",
      schema: listOf(hookItem),
      read: async (release, mask) => ({
        items: await Promise.all(
          release.hooks.map(async (hook): Promise<JsonObject> => ({
            ...hook,
            lastRun: { ...hook.lastRun },
            manifest: await mask.manifest(hook.manifest),
          })),
        ),
      }),
    },
    {
      name: "notes",
      summary: "The notes; text with Accept: text/plain",
      schema: z.object({ notes: text }),
      read: async (release) => release.info.notes ?? "",
    },
  ];
  return parts.map((part) => partRoute(deps, part));
}

function partRoute(deps: ReadRouteDeps, part: Part): Route {
  const { name, summary, schema } = part;
  return defineRoute({
    id: `getRelease${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    method: "GET",
    path: `${RELEASE_PATH}/${name}`,
    tag: "releases",
    summary,
    body: NOTHING,
    query: revisionQuery,
    answers: { 200: { description: `The ${name}`, schema } },
    problems: READ_PROBLEMS,
    handle: async (call) => {
      const release = await readRelease(deps, call, call.query.revision);
      const value = await part.read(release, await masker(deps, call));
      if (typeof value !== "string") return jsonResponse(value);
      const accept = call.request.headers.get("accept") ?? "";
      const plain = accept.startsWith("text/plain") || accept.startsWith("application/yaml");
      return plain ? textResponse(value) : jsonResponse({ [name]: value });
    },
  });
}

/** What is shown of texts and values. */
interface Mask {
  readonly manifest: (text: string) => Promise<string>;
  readonly values: (values: JsonObject) => Promise<JsonObject>;
}

/** Secrets are masked unless the caller may read them, which is written down. */
async function masker(deps: ReadRouteDeps, call: RouteRequest): Promise<Mask> {
  const address = addressOfParams(call.params);
  if (!isAllowed(call.principal.grants, "secrets:read", targetOf(address))) {
    return {
      manifest: (text) => maskManifest(text, deps.box),
      values: (values) => maskValues(values, deps.box),
    };
  }
  const entry = { action: "secrets:read", target: releaseKey(address), result: "allowed" } as const;
  await audit(deps, { ...entry, principal: call.principal, request: call.requestId });
  return { manifest: async (text) => text, values: async (values) => values };
}

function valuesJson(release: Release): JsonObject {
  const value = toJsonValue(release.config);
  return isJsonObject(value) ? value : {};
}

async function readRelease(deps: ReadRouteDeps, call: RouteRequest, revision: number | undefined): Promise<Release> {
  const { name, namespace } = addressOfParams(call.params);
  const query = { name, namespace, ...(revision === undefined ? {} : { revision }) };
  return (await getRelease(readDeps(deps, call), query)).release;
}

function readDeps(deps: ReadRouteDeps, call: RouteRequest): ReadDeps {
  const address = addressOfParams(call.params);
  assertAllowed(call.principal, "releases:read", targetOf(address));
  return { ...reachCluster(deps.clusters, address.cluster), signal: call.request.signal };
}
