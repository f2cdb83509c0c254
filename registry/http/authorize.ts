import { OciError } from "../../engine/oci/error.ts";
import type { AccessDecision, AccessQuery, AnyWish, ReadScope, RepositoryWish } from "./access.ts";
import { originOf, type RequestContext } from "./context.ts";
import type { Answer, HeaderRecord } from "./exchange.ts";
import { json } from "./respond.ts";

/** A refusal that carries its own answer, because 401 needs a challenge. */
export class Challenge extends OciError {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super("UNAUTHORIZED");
    this.answer = answer;
  }
}

/** How is asked. */
export interface AuthorizeOptions {
  /** Challenge by this scheme, whatever the access port prefers. */
  readonly scheme?: "basic";
}

/** The caller's name for records. Throws {@link Challenge} or OciError `DENIED`. */
export async function authorize(
  context: RequestContext,
  wishes: readonly RepositoryWish[],
  options: AuthorizeOptions = {},
): Promise<string> {
  return (await allowed(context, { wishes }, options)).actor;
}

/** What of it the caller may pull; undefined: all. Throws {@link Challenge} or OciError `DENIED` for whoever may do it nowhere. */
export async function authorizeAny(
  context: RequestContext,
  any: AnyWish,
  options: AuthorizeOptions = {},
): Promise<ReadScope | undefined> {
  return (await allowed(context, { wishes: [], any }, options)).reads;
}

async function allowed(
  context: RequestContext,
  query: Omit<AccessQuery, "request">,
  options: AuthorizeOptions,
): Promise<Extract<AccessDecision, { kind: "allow" }>> {
  const decision = await context.deps.access.decide({ request: context.request, ...query });
  if (decision.kind === "allow") return decision;
  if (decision.kind === "deny") throw new OciError("DENIED");
  throw new Challenge(challengeAnswer(context, scopeOf(query), options.scheme ?? decision.scheme));
}

function scopeOf({ wishes, any }: Omit<AccessQuery, "request">): string {
  return any !== undefined && any.project === undefined ? "registry:catalog:*" : scopesOf(wishes);
}

function scopesOf(wishes: readonly RepositoryWish[]): string {
  return wishes.map((wish) => `repository:${wish.repository}:${wish.actions.join(",")}`).join(" ");
}

/** True when the caller may; never a challenge, which would tell what there is. */
export async function isAllowed(context: RequestContext, wish: RepositoryWish): Promise<boolean> {
  return (await context.deps.access.decide({ request: context.request, wishes: [wish] })).kind === "allow";
}

/** True when the caller may. Throws {@link Challenge}, for this and `besides`, where another token could open it; else false. */
export async function isOffered(
  context: RequestContext,
  wish: RepositoryWish,
  besides: RepositoryWish,
): Promise<boolean> {
  const decision = await context.deps.access.decide({ request: context.request, wishes: [wish] });
  if (decision.kind !== "challenge" || decision.inVain === true) return decision.kind === "allow";
  throw new Challenge(challengeAnswer(context, scopesOf([besides, wish]), decision.scheme));
}

function challengeAnswer(context: RequestContext, scope: string, scheme: "bearer" | "basic"): Answer {
  const headers: HeaderRecord = { "www-authenticate": challengeHeader(context, scope, scheme) };
  const body = { errors: [{ code: "UNAUTHORIZED", message: "authentication required", detail: {} }] };
  return json(401, body, headers);
}

function challengeHeader(context: RequestContext, scope: string, scheme: "bearer" | "basic"): string {
  const origin = originOf(context);
  const service = origin.slice(origin.indexOf("//") + 2);
  if (scheme === "basic") return `Basic realm="${service}"`;
  const base = `Bearer realm="${origin}/v2/token",service="${service}"`;
  return scope === "" ? base : `${base},scope="${scope}"`;
}
