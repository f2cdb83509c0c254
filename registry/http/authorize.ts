import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryWish } from "./access.ts";
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

/** What may be asked besides repositories. */
export interface AuthorizeOptions {
  readonly catalog?: boolean;
  /** Challenge by this scheme, whatever the access port prefers. */
  readonly scheme?: "basic";
}

/** The caller's name for records. Throws {@link Challenge} or OciError `DENIED`. */
export async function authorize(
  context: RequestContext,
  wishes: readonly RepositoryWish[],
  options: AuthorizeOptions = {},
): Promise<string> {
  const catalog = options.catalog === true ? { catalog: true } : {};
  const decision = await context.deps.access.decide({ request: context.request, wishes, ...catalog });
  if (decision.kind === "allow") return decision.actor;
  if (decision.kind === "deny") throw new OciError("DENIED");
  throw new Challenge(challengeAnswer(context, wishes, options.scheme ?? decision.scheme));
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
  throw new Challenge(challengeAnswer(context, [besides, wish], decision.scheme));
}

function challengeAnswer(
  context: RequestContext,
  wishes: readonly RepositoryWish[],
  scheme: "bearer" | "basic",
): Answer {
  const headers: HeaderRecord = { "www-authenticate": challengeHeader(context, wishes, scheme) };
  const body = { errors: [{ code: "UNAUTHORIZED", message: "authentication required", detail: {} }] };
  return json(401, body, headers);
}

function challengeHeader(
  context: RequestContext,
  wishes: readonly RepositoryWish[],
  scheme: "bearer" | "basic",
): string {
  const origin = originOf(context);
  const service = origin.slice(origin.indexOf("//") + 2);
  if (scheme === "basic") return `Basic realm="${service}"`;
  const scope = wishes.map((wish) => `repository:${wish.repository}:${wish.actions.join(",")}`).join(" ");
  const base = `Bearer realm="${origin}/v2/token",service="${service}"`;
  return scope === "" ? base : `${base},scope="${scope}"`;
}
