import * as z from "zod";
import { checkWith, readJson } from "../http/body.ts";
import type { ProblemCode } from "../http/problem-table.ts";
import type { Principal } from "./principal.ts";

/** Who may come: holders of a token, anybody, or senders that the route itself checks by their signature. */
export type RouteAccess = "token" | "open" | "signed";

/** A request on its way to a handler. */
export interface RouteRequest {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly principal: Principal;
  readonly requestId: string;
  /** The raw body; empty where the route takes none. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** 32 hex digits; the same for every try of one `Idempotency-Key`. */
  readonly nonce: string;
}

/** What a handler is called with, checked by the route's schemas. */
export interface Call<Body, Query> extends RouteRequest {
  readonly body: Body;
  readonly query: Query;
}

/** One answer of a route, for the description. */
export interface RouteAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** `application/json` when absent. */
  readonly mediaType?: string;
}

/** What the application mounts and `/openapi.json` describes. */
export interface Route {
  readonly id: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly access: RouteAccess;
  /** Takes an `Idempotency-Key`. */
  readonly keyed: boolean;
  readonly bodyLimit: number;
  readonly body: z.ZodType;
  /** Raw bodies: the media type that is described. */
  readonly bodyType?: string;
  readonly query: z.ZodType;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly problems: readonly ProblemCode[];
  readonly run: (request: RouteRequest) => Promise<Response>;
}

/** The schema of a body or query that a route does not have. */
export const NOTHING: z.ZodType<undefined> = z.undefined();

/** True for {@link NOTHING}. */
export function isNothing(schema: z.ZodType): boolean {
  return schema === NOTHING;
}

/** A route as it is written down. */
export interface RouteOptions<Body, Query> {
  readonly id: string;
  readonly method: Route["method"];
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly access?: RouteAccess;
  readonly keyed?: boolean;
  readonly bodyLimit?: number;
  readonly body: z.ZodType<Body>;
  readonly bodyType?: string;
  readonly query: z.ZodType<Query>;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly problems?: readonly ProblemCode[];
  readonly handle: (call: Call<Body, Query>) => Promise<Response>;
}

/** A route whose handler gets body and query as their schemas give them. */
export function defineRoute<Body, Query>(options: RouteOptions<Body, Query>): Route {
  const { handle, access = "token", keyed = false, bodyLimit = 0, problems = [], ...described } = options;
  return {
    ...described,
    access,
    keyed,
    bodyLimit,
    problems,
    run: async (request) => {
      const query = checkQuery(options.query, request.request);
      const body = checkBody(options.body, request);
      return await handle({ ...request, body, query });
    },
  };
}

function checkBody<Body>(schema: z.ZodType<Body>, { request, bytes }: RouteRequest): Body {
  if (isNothing(schema)) return schema.parse(undefined);
  return checkWith(schema, readJson(bytes, request.headers.get("content-type")));
}

function checkQuery<Query>(schema: z.ZodType<Query>, request: Request): Query {
  if (isNothing(schema)) return schema.parse(undefined);
  return checkWith(schema, Object.fromEntries(new URL(request.url).searchParams), "?");
}
