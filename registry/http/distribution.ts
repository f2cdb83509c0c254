import { OciError } from "../../engine/oci/error.ts";
import { StoreError } from "../content/store-error.ts";
import { authorize, Challenge } from "./authorize.ts";
import { handleBlob } from "./blob-routes.ts";
import type { HttpDeps, RequestContext } from "./context.ts";
import { type Answer, answerOf, type RegistryRequest } from "./exchange.ts";
import { handleCatalog, handleReferrers, handleTags } from "./listing-routes.ts";
import { inNamespace } from "./namespace.ts";
import { handleManifest } from "./manifest-routes.ts";
import { defect, json, refusal } from "./respond.ts";
import { parseRoute, type Route } from "./route.ts";
import { handleUpload, handleUploads } from "./upload-routes.ts";

/** Answers a request to the distribution API, the path of which starts with `/v2`. Never throws. */
export async function handleDistribution(deps: HttpDeps, request: RegistryRequest): Promise<Answer> {
  const context = createContext(deps, request);
  try {
    const route = parseRoute(context.path);
    if (route === undefined) throw new OciError("UNSUPPORTED", { status: 404, message: "no such endpoint" });
    const found = inNamespace(context, route);
    const answer = await dispatch(context, found.route);
    if (found.namespace === undefined) return answer;
    return { ...answer, headers: { ...answer.headers, "oci-namespace": found.namespace } };
  } catch (error) {
    const route = parseRoute(context.path);
    return withAllow(failure(deps, error), route && METHODS[route.kind]);
  }
}

const METHODS = {
  manifest: "GET, HEAD, PUT, DELETE",
  blob: "GET, HEAD, DELETE",
  uploads: "POST",
  upload: "GET, PATCH, PUT, DELETE",
  tags: "GET, HEAD",
  referrers: "GET, HEAD",
  catalog: "GET, HEAD",
  token: "GET, POST",
  base: "GET, HEAD",
} as const satisfies Record<Route["kind"], string>;

/** RFC 9110, 15.5.6: 405 names the methods that there are. */
export function withAllow(answer: Answer, methods: string | undefined): Answer {
  if (answer.status !== 405 || methods === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, allow: methods } };
}

/** The answer for whatever a route threw. */
export function failure(deps: HttpDeps, error: unknown): Answer {
  if (error instanceof Challenge) return error.answer;
  if (error instanceof StoreError) deps.unavailable(error);
  const answer = refusal(error);
  if (answer !== undefined) return answer;
  deps.report(error);
  return defect();
}

/** A request with its path taken apart. */
export interface PathContext extends RequestContext {
  readonly path: string;
}

/** Takes the target apart. */
export function createContext(deps: HttpDeps, request: RegistryRequest): PathContext {
  const { target, method } = request;
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  return { deps, request, method, path, search: mark < 0 ? "" : target.slice(mark + 1) };
}

async function dispatch(context: RequestContext, route: Route): Promise<Answer> {
  switch (route.kind) {
    case "manifest":
      return await handleManifest(context, route.name, route.reference);
    case "blob":
      return await handleBlob(context, route.name, route.digest);
    case "uploads":
      return await handleUploads(context, route.name);
    case "upload":
      return await handleUpload(context, route.name, route.id);
    case "tags":
      return await handleTags(context, route.name);
    case "referrers":
      return await handleReferrers(context, route.name, route.digest);
    case "catalog":
      return await handleCatalog(context);
    case "token":
      return await token(context);
    default:
      return await base(context, route);
  }
}

async function base(context: RequestContext, _route: Extract<Route, { kind: "base" }>): Promise<Answer> {
  if (context.method !== "GET" && context.method !== "HEAD") throw new OciError("UNSUPPORTED");
  await authorize(context, []);
  return json(200, {}, { "docker-distribution-api-version": "registry/2.0" });
}

async function token(context: RequestContext): Promise<Answer> {
  const service = context.deps.access.token;
  if (service === undefined) throw new OciError("UNSUPPORTED", { status: 404, message: "there is no token service" });
  return answerOf(await service(context.request.standard()));
}
