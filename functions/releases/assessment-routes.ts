import * as z from "zod";
import type { AssessmentPage } from "../../engine/assess/finding.ts";
import { assessReleases, LEAST_REQUESTS } from "../../engine/assess/page.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { isAllowed } from "../access/grant.ts";
import { assertAllowed, type Principal } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { jsonResponse } from "../http/answer.ts";
import type { ProblemCode } from "../http/problem-table.ts";
import { targetOf } from "../operations/routes.ts";
import { askCluster } from "./clusters.ts";
import type { DeployDeps } from "./deploy.ts";
import { summaryMembers } from "./release-schema.ts";

/** What an assessment takes. */
export type AssessmentDeps = Pick<DeployDeps, "clusters" | "clock" | "subrequests">;

/** What an assessment is asked for. */
export interface AssessmentRequest {
  readonly namespace?: string | undefined;
  readonly release?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Releases of a page: each takes a read and a dry run for every object. */
const PAGE = 20;
const MAX_PAGE = 100;
/** Requests of a page where the runtime sets no limit: about half a minute of an API server's answers. */
const MAX_REQUESTS = 2000;

const members = {
  namespace: z.string().max(63).describe("Absent: all").optional(),
  release: z.string().max(53).describe("A release's name; absent: all").optional(),
  after: z.string().max(256).describe("The next of the page before").optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
};

const assessmentQuery: z.ZodType<AssessmentRequest> = z.strictObject(members);

/** What the page of an assessment is asked for. */
export interface AssessmentPageRequest extends AssessmentRequest {
  readonly cluster?: string | undefined;
}

/** Its query. */
export const assessmentPageQuery: z.ZodType<AssessmentPageRequest> = z.object({
  ...members,
  cluster: z.string().max(63).describe("Absent: the first that the caller may see").optional(),
});

export const ASSESSMENT_PROBLEMS: readonly ProblemCode[] = [
  "cluster-not-found",
  "cluster-unreachable",
  "cluster-refused",
  "forbidden",
];

const objectSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  field: z.string().optional(),
  manager: z.string().describe("Who owns the field").optional(),
  detail: z.string().optional(),
});

const findingSchema = z.object({
  code: z.enum([
    "pending",
    "failed",
    "helm3-record",
    "client-side-apply",
    "last-applied",
    "client-side-fields",
    "managed-by-gitops",
    "conflict",
    "refused",
    "autoscaled",
    "post-renderer",
    "api-removed",
    "api-deprecated",
    "missing",
    "unreadable",
  ]),
  severity: z.enum(["blocker", "attention", "note"]),
  message: z.string(),
  objects: z.array(objectSchema).describe("No values"),
  todo: z.array(z.string()).describe("What to do about it, in order"),
});

const releaseSchema = z.object({
  ...summaryMembers,
  generation: z.enum(["helm3", "helm4", "unknown"]).describe("Which Helm wrote the newest record"),
  applyMethod: z.enum(["client-side", "server-side", "unknown"]),
  verdict: z.enum(["blocked", "attention", "ready"]),
  objects: z
    .object({ from: z.number().int(), to: z.number().int(), total: z.number().int() })
    .describe("Which of the release's objects this page tells about: a large release goes on in the next page"),
  findings: z.array(findingSchema),
});

const answer: z.ZodType = z.object({
  items: z.array(releaseSchema),
  unread: z.array(z.object({ what: z.string(), why: z.string() })).describe("What could not be read, and why"),
  next: z.string().optional(),
});

/** What moving a cluster's releases to Slipway and to server-side apply would meet. */
export function assessmentRoute(deps: AssessmentDeps): Route {
  return defineRoute({
    id: "getAssessment",
    method: "GET",
    path: "/v1/clusters/{cluster}/assessment",
    tag: "releases",
    summary:
      "What moving releases to Slipway would meet: Helm 3, conflicts, GitOps tools, dropped APIs; by reads and dry runs",
    body: NOTHING,
    query: assessmentQuery,
    answers: { 200: { description: "A page of releases with findings", schema: answer } },
    problems: ASSESSMENT_PROBLEMS,
    handle: async ({ params, principal, query, request }) => {
      const cluster = params["cluster"] ?? "";
      const page = await readAssessment(deps, { cluster, principal, query, signal: request.signal });
      const json: JsonObject = JSON.parse(JSON.stringify(page));
      return jsonResponse(json);
    },
  });
}

/** Who asks for what. */
export interface AssessmentAsked {
  readonly cluster: string;
  readonly principal: Principal;
  readonly query: AssessmentRequest;
  readonly signal: AbortSignal;
}

/** A page for those who may read releases there; what they may not see is left out. */
export async function readAssessment(deps: AssessmentDeps, asked: AssessmentAsked): Promise<AssessmentPage> {
  const { cluster, principal, query } = asked;
  const { namespace = "", release = "", after, limit } = query;
  assertAllowed(principal, "releases:read", namespace === "" ? { cluster } : { cluster, namespace });
  const read = askCluster(deps, cluster, asked.signal);
  return await assessReleases(read, {
    namespace,
    name: release,
    limit,
    requests: Math.max(LEAST_REQUESTS, Math.min(deps.subrequests, MAX_REQUESTS)),
    visible: (one) => isAllowed(principal.grants, "releases:read", targetOf({ cluster, ...one })),
    ...(after === undefined ? {} : { after }),
  });
}
