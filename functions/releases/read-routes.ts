import * as z from "zod";
import {
  getHistory,
  getRelease,
  listReleases,
  type ListQuery,
  type ReadDeps,
  type SummaryCache,
} from "../../engine/action/read.ts";
import { ActionError } from "../../engine/action/errors.ts";
import { getLeftFields, getResources, listReleasePage } from "../../engine/action/index.ts";
import { policyOf } from "../../engine/action/options.ts";
import { KubeError } from "../../engine/kube/error.ts";
import { createRequestBudget, type RequestBudget } from "../../engine/kube/session.ts";
import { ManifestError } from "../../engine/manifest/manifest-error.ts";
import { toJsonValue } from "../../engine/encoding/index.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { Release } from "../../engine/release/release.ts";
import { releaseSummary } from "../../engine/release/summary.ts";
import type { StoredRelease } from "../../engine/release/storage.ts";
import { UTC } from "../../engine/go/time-zone.ts";
import { metadataJson } from "../../engine/report/metadata.ts";
import { computedValues } from "../../engine/report/values.ts";
import { isAllowed } from "../access/grant.ts";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route, type RouteRequest } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { jsonResponse, textResponse } from "../http/answer.ts";
import { flag, flagOr } from "../http/flag.ts";
import { isJsonObject } from "../http/json.ts";
import { MAX_PAGE_SIZE } from "../http/limits.ts";
import type { ProblemCode } from "../http/problem-table.ts";
import { releaseKey } from "../operations/operation-id.ts";
import { targetOf } from "../operations/routes.ts";
import type { DeployDeps } from "./deploy.ts";
import { askCluster, findCluster } from "./clusters.ts";
import { holdJson, listHolds, readHold } from "./hold.ts";
import { cursorText, isWindow, listQuery, readCursor, toFilters, toWindow } from "./list-query.ts";
import { type Mask, masker, maskHooks } from "./masker.ts";
import { addressOfParams, RELEASE_PATH } from "./release-path.ts";
import { hookItem, releaseItem, releaseMetadata, releaseStatus } from "./release-schema.ts";
import { createSummaryCaches } from "./summary-cache.ts";

type ReadRouteDeps = Pick<
  DeployDeps,
  "clusters" | "store" | "records" | "clock" | "log" | "randomBytes" | "box" | "conflicts" | "subrequests"
>;

/** Requests that a status may send to look at objects, besides those for the record. */
const STATUS_REQUESTS = 36;

interface RevisionQuery {
  readonly revision?: number | undefined;
  readonly all?: boolean | undefined;
}
const revisionQuery: z.ZodType<RevisionQuery> = z.strictObject({ revision: z.coerce.number().int().min(0).optional() });
interface StatusQuery {
  readonly revision?: number | undefined;
  readonly yielded: boolean;
  readonly resources: boolean;
}
const statusQuery: z.ZodType<StatusQuery> = z.strictObject({
  revision: z.coerce.number().int().min(0).optional(),
  yielded: flagOr("true").describe(
    "With false the answer has no `yielded`, and no object of the release is read: the record alone is",
  ),
  resources: flagOr("false").describe(
    "With true the answer tells where each object of the release stands, as `helm status` looks at them",
  ),
});
const valuesQuery: z.ZodType<RevisionQuery> = z.strictObject({
  revision: z.coerce.number().int().min(0).optional(),
  all: flag.optional(),
});

/** Clusters, and releases as they are recorded. */
export function readRoutes(deps: ReadRouteDeps): readonly Route[] {
  const summaries = createSummaryCaches();
  return [
    clustersRoute(deps),
    releasesRoute(deps, summaries),
    statusRoute(deps),
    historyRoute(deps),
    metadataRoute(deps),
    ...partRoutes(deps),
  ];
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

function releasesRoute(deps: ReadRouteDeps, summaries: (cluster: string) => SummaryCache): Route {
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
      const { namespace = "" } = query;
      assertAllowed(principal, "releases:read", namespace === "" ? { cluster } : { cluster, namespace });
      const read = {
        ...askCluster(deps, cluster, request.signal),
        summaries: summaries(cluster),
      };
      const visible: ListQuery["visible"] = (one) =>
        isAllowed(principal.grants, "releases:read", targetOf({ cluster, namespace: one.namespace, name: one.name }));
      const filters = { ...toFilters(query), visible };
      const from = query.after === undefined ? {} : { from: await readCursor(deps.box, cluster, query.after) };
      const page = isWindow(query)
        ? { items: await listReleases(read, { ...filters, ...toWindow(query) }) }
        : await listReleasePage(read, { ...filters, ...from, limit: query.limit });
      const holds = await listHolds(deps.records, cluster);
      const items = page.items.map((item): JsonObject => ({
        ...item,
        ...holdJson(holds.get(`${item.namespace}/${item.name}`)),
      }));
      const { next } = page;
      return jsonResponse(next === undefined ? { items } : { items, next: await cursorText(deps.box, cluster, next) });
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
    query: statusQuery,
    answers: { 200: { description: "The release", schema: releaseStatus } },
    problems: READ_PROBLEMS,
    handle: async (call) => {
      const address = addressOfParams(call.params);
      const release = await readRelease(deps, call, call.query.revision);
      const newest = (call.query.revision ?? 0) <= 0;
      const budget = createRequestBudget(Math.min(deps.subrequests, STATUS_REQUESTS));
      const resources = call.query.resources ? await liveResources(deps, { call, budget }, release) : {};
      const left = newest && call.query.yielded ? await leftFields(deps, { call, budget }, release) : {};
      const [running] = await deps.store.unfinished(releaseKey(address));
      const { firstDeployed, notes } = release.info;
      return jsonResponse({
        ...releaseSummary(release),
        cluster: address.cluster,
        target: deps.clusters.find(address.cluster)?.title ?? address.cluster,
        ...(firstDeployed === undefined ? {} : { firstDeployed }),
        notes: notes ?? "",
        ...left,
        ...resources,
        ...holdJson(await readHold(deps.records, address)),
        ...(running === undefined ? {} : { operation: running.operation }),
      });
    },
  });
}

interface Budgeted {
  readonly call: RouteRequest;
  readonly budget: RequestBudget;
}

/** Where the objects stand. None is shown whole, so that no value of a Secret is. */
async function liveResources(deps: ReadRouteDeps, { call, budget }: Budgeted, release: Release): Promise<JsonObject> {
  try {
    const found = await getResources({ ...readDeps(deps, call), budget, now: deps.clock.now() }, release);
    return { resources: found.map(({ object, status, message }): JsonObject => ({ ...object, status, message })) };
  } catch (error) {
    if (error instanceof KubeError && error.code === "budget") return { resourcesComplete: false };
    throw error;
  }
}

/** Fields that are left to others; nothing where the cluster does not show the objects, since the record is the answer. */
async function leftFields(deps: ReadRouteDeps, { call, budget }: Budgeted, release: Release): Promise<JsonObject> {
  const { cluster } = addressOfParams(call.params);
  const conflicts = findCluster(deps.clusters, cluster).conflicts ?? deps.conflicts;
  const policy = policyOf({ conflicts, forceConflicts: false });
  try {
    const { fields, complete } = await getLeftFields({ ...readDeps(deps, call), budget }, release, { policy });
    const yielded = fields.map((field): JsonObject => ({
      ...field,
      owners: field.owners.map((owner) => ({ ...owner })),
    }));
    return { yielded, ...(complete ? {} : { yieldedComplete: false }) };
  } catch (error) {
    if (error instanceof KubeError || error instanceof ActionError || error instanceof ManifestError) return {};
    throw error;
  }
}

function historyRoute(deps: ReadRouteDeps): Route {
  return defineRoute({
    id: "getHistory",
    method: "GET",
    path: `${RELEASE_PATH}/history`,
    tag: "releases",
    summary: "The revisions of a release, oldest first",
    body: NOTHING,
    query: z.strictObject({ max: z.coerce.number().int().min(0).max(MAX_PAGE_SIZE).default(0) }),
    answers: { 200: { description: "The revisions", schema: listOf(releaseItem) } },
    problems: READ_PROBLEMS,
    handle: async (call) => {
      const address = addressOfParams(call.params);
      const history = await getHistory(readDeps(deps, call), { ...address, max: call.query.max });
      return jsonResponse({ items: history.map((item): JsonObject => ({ ...item })) });
    },
  });
}

function metadataRoute(deps: ReadRouteDeps): Route {
  return defineRoute({
    id: "getReleaseMetadata",
    method: "GET",
    path: `${RELEASE_PATH}/metadata`,
    tag: "releases",
    summary: "What helm get metadata shows",
    body: NOTHING,
    query: revisionQuery,
    answers: { 200: { description: "The metadata", schema: releaseMetadata } },
    problems: READ_PROBLEMS,
    handle: async (call) => {
      const { release, labels } = await readStored(deps, call, call.query.revision);
      const all = (call.query.revision ?? 0) <= 0;
      const json: JsonObject = JSON.parse(metadataJson(release, all ? labels : release.labels, UTC));
      return jsonResponse(json);
    },
  });
}

/** A part of a revision: what it is as JSON, and as text where it is a text. */
interface Part {
  readonly name: "values" | "manifest" | "hooks" | "notes";
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly read: (release: Release, mask: Mask, all: boolean) => Promise<JsonObject | string>;
}

function partRoutes(deps: ReadRouteDeps): readonly Route[] {
  const text = z.string();
  const parts: readonly Part[] = [
    {
      name: "values",
      summary: "The values that the user gave; with all=true those of the chart too",
      schema: z.record(z.string(), z.unknown()),
      read: async (release, mask, all) => await mask.values(valuesJson(release, all)),
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
      read: async (release, mask) => ({ items: await maskHooks(release.hooks, mask) }),
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
    query: name === "values" ? valuesQuery : revisionQuery,
    answers: { 200: { description: `The ${name}`, schema } },
    problems: READ_PROBLEMS,
    handle: async (call) => {
      const release = await readRelease(deps, call, call.query.revision);
      const value = await part.read(
        release,
        await masker(deps, call, addressOfParams(call.params)),
        call.query.all === true,
      );
      if (typeof value !== "string") return jsonResponse(value);
      const accept = call.request.headers.get("accept") ?? "";
      const plain = accept.startsWith("text/plain") || accept.startsWith("application/yaml");
      return plain ? textResponse(value) : jsonResponse({ [name]: value });
    },
  });
}

function valuesJson(release: Release, all: boolean): JsonObject {
  const value = toJsonValue(all ? computedValues(release) : release.config);
  return isJsonObject(value) ? value : {};
}

async function readRelease(deps: ReadRouteDeps, call: RouteRequest, revision: number | undefined): Promise<Release> {
  return (await readStored(deps, call, revision)).release;
}

async function readStored(
  deps: ReadRouteDeps,
  call: RouteRequest,
  revision: number | undefined,
): Promise<StoredRelease> {
  const { name, namespace } = addressOfParams(call.params);
  const query = { name, namespace, ...(revision === undefined ? {} : { revision }) };
  return await getRelease(readDeps(deps, call), query);
}

function readDeps(deps: ReadRouteDeps, call: RouteRequest): ReadDeps {
  const address = addressOfParams(call.params);
  assertAllowed(call.principal, "releases:read", targetOf(address));
  return askCluster(deps, address.cluster, call.request.signal);
}
