import { isAllowed } from "../access/grant.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { textResponse } from "../http/answer.ts";
import { ProblemError } from "../http/problem.ts";
import {
  ASSESSMENT_PROBLEMS,
  type AssessmentDeps,
  assessmentPageQuery,
  type AssessmentPageRequest,
  type AssessmentRequest,
  readAssessment,
} from "../releases/assessment-routes.ts";
import { assessmentPage } from "./assessment-page.ts";
import { STYLE } from "./style.ts";

/** Pages for people; each shows what a route of `/v1` answers. */
export function consoleRoutes(deps: AssessmentDeps): readonly Route[] {
  return [assessmentPageRoute(deps), styleRoute()];
}

function assessmentPageRoute(deps: AssessmentDeps): Route {
  return defineRoute({
    id: "assessmentPage",
    method: "GET",
    path: "/console/assessment",
    tag: "console",
    summary: "The assessment of a cluster as a page",
    body: NOTHING,
    query: assessmentPageQuery,
    answers: { 200: { description: "The page", mediaType: "text/html" } },
    problems: ASSESSMENT_PROBLEMS,
    handle: async ({ principal, query, request }) => {
      const clusters = deps.clusters
        .names()
        .filter((name) => isAllowed(principal.grants, "releases:read", { cluster: name }));
      const cluster = query.cluster ?? clusters[0];
      if (cluster === undefined) throw new ProblemError("cluster-not-found", "there is no cluster that you may see");
      const page = await readAssessment(deps, { cluster, principal, query: filled(query), signal: request.signal });
      const title = deps.clusters.find(cluster)?.title ?? cluster;
      const { namespace = "", release = "" } = query;
      const text = assessmentPage({ cluster, title, clusters, namespace, release, page });
      return textResponse(text, "text/html; charset=utf-8");
    },
  });
}

/** A form sends what was left empty, too. */
function filled({ namespace, release, after, limit }: AssessmentPageRequest): AssessmentRequest {
  return { namespace: unempty(namespace), release: unempty(release), after: unempty(after), limit };
}

function unempty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function styleRoute(): Route {
  return defineRoute({
    id: "consoleStyle",
    method: "GET",
    path: "/console/style.css",
    tag: "console",
    summary: "The pages' style",
    access: "open",
    body: NOTHING,
    query: NOTHING,
    answers: { 200: { description: "The style", mediaType: "text/css" } },
    handle: async () => textResponse(STYLE, "text/css; charset=utf-8"),
  });
}
