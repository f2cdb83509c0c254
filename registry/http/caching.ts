import type { RepositoryWish } from "./access.ts";
import type { RequestContext } from "./context.ts";

/** What an answer was asked for by: a digest, which never means anything else, or a name, which may tomorrow. */
export type AskedBy = "digest" | "name";

const HOW_LONG = {
  digest: "max-age=31536000, immutable",
  name: "no-cache",
} as const satisfies Record<AskedBy, string>;

/**
 * The Cache-Control of an answer to who may do `wish`. Caches that others share may keep it only where anybody may ask, and where nothing
 * has to be signed: who may sign sees more than others.
 */
export async function cacheControl(context: RequestContext, wish: RepositoryWish, by: AskedBy): Promise<string> {
  const isPublic = context.deps.signatures === undefined && (await isOpen(context, wish));
  return isPublic ? `public, ${HOW_LONG[by]}` : privately(by);
}

/** The Cache-Control of an answer that is its reader's alone. */
export function privately(by: AskedBy): string {
  return `private, ${HOW_LONG[by]}`;
}

/** True when nobody needs to say who he is. */
async function isOpen({ request, deps }: RequestContext, wish: RepositoryWish): Promise<boolean> {
  if (request.headers.get("authorization") === null) return true;
  const nobody = { url: request.url, headers: { get: () => null } };
  return (await deps.access.decide({ request: nobody, wishes: [wish] })).kind === "allow";
}
