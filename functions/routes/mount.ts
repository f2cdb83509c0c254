import { type Context, Hono } from "hono";
import {
  type Answer,
  answerOf,
  type RegistryRequest,
  type RequestHead,
  requestOf,
  responseOf,
} from "../../registry/http/exchange.ts";
import { authenticate, type AuthenticateDeps } from "../access/authenticate.ts";
import { anonymous, type Principal, principalName } from "../access/principal.ts";
import type { Route, RouteRequest } from "../access/route.ts";
import { toHex } from "../http/digest.ts";
import { problemOf } from "../http/engine-problem.ts";
import { type IdempotencyDeps, once, parseIdempotencyKey } from "../http/idempotency.ts";
import { readBody } from "../http/limits.ts";
import { assertLocal } from "../http/local-guard.ts";
import { describeThrown, type Log } from "../http/log.ts";
import type { Metrics } from "../http/metrics.ts";
import { ProblemError, problemResponse } from "../http/problem.ts";
import { withSecurityHeaders } from "../http/security-headers.ts";

export interface MountDeps extends AuthenticateDeps, IdempotencyDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly registry: (request: RegistryRequest) => Promise<Answer>;
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SEGMENT = /^[A-Za-z0-9][-A-Za-z0-9._~]{0,255}$/;
/** What a path parameter may be; one without an entry is a {@link SEGMENT}. */
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  cluster: LABEL,
  namespace: LABEL,
  /** A repository below its project: nested ones come with `%2F`. */
  chart: /^(?=.{1,255}$)[A-Za-z0-9][-A-Za-z0-9._~]*(?:\/[A-Za-z0-9][-A-Za-z0-9._~]*)*$/,
  name: /^(?=.{1,53}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
};

/** All routes and the registry. */
export interface Mounted {
  readonly fetch: (request: Request) => Promise<Response>;
  /** The registry alone, for `/v2/…` and `/helm/…`: pulls are too frequent for a router. */
  readonly registry: (request: RegistryRequest) => Promise<Answer>;
}

/** Mounts all routes and the registry as one application. */
export function mountRoutes(deps: MountDeps, routes: readonly Route[]): Mounted {
  const registry = (request: RegistryRequest): Promise<Answer> => registryAnswer(deps, request);
  const app = routesApp(deps, routes);
  for (const prefix of ["/v2", "/v2/*", "/helm/*"]) {
    app.all(prefix, async (c) => responseOf(await registry(requestOf(c.req.raw))));
  }
  return { fetch: async (request) => await app.fetch(request), registry };
}

function routesApp(deps: MountDeps, routes: readonly Route[]): Hono {
  const app = new Hono();
  for (const route of routes) {
    app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ":$1"), (c) => answerRoute(deps, route, c));
  }
  for (const [path, methods] of Map.groupBy(routes, (route) => route.path)) {
    const allow = methods.map(({ method }) => (method === "GET" ? "GET, HEAD" : method)).join(", ");
    app.all(path.replaceAll(/\{(\w+)\}/g, ":$1"), (c) =>
      answer(deps, c.req.raw, "none", async () => {
        throw new ProblemError("method-not-allowed", `${c.req.method} is not allowed here`, { headers: { allow } });
      }),
    );
  }
  app.notFound((c) =>
    answer(deps, c.req.raw, "none", async () => {
      throw new ProblemError("not-found", "there is nothing here; /openapi.json tells what there is");
    }),
  );
  return app;
}

async function registryAnswer(deps: MountDeps, request: RegistryRequest): Promise<Answer> {
  try {
    if (deps.embedded) assertLocal(request);
    return await deps.registry(request);
  } catch (thrown) {
    return answerOf(failure(deps, request, { thrown, requestId: "", route: "registry" }));
  }
}

async function answerRoute(deps: MountDeps, route: Route, c: Context): Promise<Response> {
  const request = c.req.raw;
  return await answer(deps, request, route.id, async (requestId) => {
    if (deps.embedded && route.id !== "health") assertLocal(request);
    const params: Readonly<Record<string, string>> = c.req.param();
    checkParameters(params);
    const principal = await principalFor(deps, route, request);
    const bytes = route.bodyLimit === 0 ? new Uint8Array(0) : await readBody(request, route.bodyLimit);
    const call = { request, params, principal, requestId, bytes };
    return await runKeyed(deps, route, call);
  });
}

async function principalFor(deps: MountDeps, route: Route, request: Request): Promise<Principal> {
  if (route.access === "signed") return anonymous();
  const principal = await authenticate(deps, request);
  if (route.access === "token" && principal.kind === "anonymous") {
    throw new ProblemError("unauthorized", "this needs a token");
  }
  return principal;
}

async function runKeyed(deps: MountDeps, route: Route, call: Omit<RouteRequest, "nonce">): Promise<Response> {
  const header = route.keyed ? call.request.headers.get("idempotency-key") : null;
  if (header === null) return await route.run({ ...call, nonce: toHex(deps.randomBytes(16)) });
  const { method, url } = call.request;
  const keyed = {
    key: parseIdempotencyKey(header),
    principal: principalName(call.principal),
    method,
    path: new URL(url).pathname,
    body: call.bytes,
  };
  return await once(deps, keyed, async (nonce) => {
    try {
      return await route.run({ ...call, nonce });
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem === undefined) throw thrown;
      return problemResponse(problem, new URL(url).pathname);
    }
  });
}

function checkParameters(params: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(params)) {
    if ((PARAMETERS[name] ?? SEGMENT).test(value)) continue;
    const detail = `${name} in the path is not valid`;
    throw new ProblemError("invalid-request", detail, { errors: [{ pointer: `path:/${name}`, detail }] });
  }
}

async function answer(
  deps: MountDeps,
  request: Request,
  route: string,
  work: (requestId: string) => Promise<Response>,
): Promise<Response> {
  const requestId = toHex(deps.randomBytes(8));
  const started = deps.clock.now();
  let response: Response;
  try {
    response = await work(requestId);
  } catch (thrown) {
    response = failure(deps, request, { thrown, requestId, route });
  }
  const { status } = response;
  deps.metrics.count("slipway_http_requests_total", { route, status: String(status) });
  deps.log.write("info", "request", { request: requestId, route, status, milliseconds: deps.clock.now() - started });
  return withSecurityHeaders(response, requestId);
}

interface Failed {
  readonly thrown: unknown;
  readonly requestId: string;
  readonly route: string;
}

function failure(deps: MountDeps, request: RequestHead, { thrown, requestId, route }: Failed): Response {
  const problem = problemOf(thrown);
  if (problem === undefined) {
    deps.log.write("error", "defect", { request: requestId, route, ...describeThrown(thrown) });
  }
  const shown =
    problem ?? new ProblemError("internal", `something is wrong on our side; the log has more under ${requestId}`);
  return problemResponse(shown, new URL(request.url).pathname);
}
