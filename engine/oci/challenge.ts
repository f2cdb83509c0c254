/** What a `WWW-Authenticate` header asks for. */
export type AuthChallenge =
  | { readonly kind: "basic" }
  | { readonly kind: "bearer"; readonly realm: string; readonly service?: string; readonly scope?: string };

/** Bytes of a challenge that anybody sends. */
const MAX_HEADER = 8192;

/** The first challenge that a client can meet; undefined when there is none. RFC 9110 §11.6.1, quoted strings with backslashes included. */
export function parseChallenge(header: string | null): AuthChallenge | undefined {
  if (header === null || header.length > MAX_HEADER) return undefined;
  const scheme = /^\s*([A-Za-z]+)/.exec(header)?.[1]?.toLowerCase();
  if (scheme === "basic") return { kind: "basic" };
  if (scheme !== "bearer") return undefined;
  const parameters = parseParameters(header.slice(header.toLowerCase().indexOf("bearer") + 6));
  const realm = parameters.get("realm");
  if (realm === undefined) return undefined;
  const service = parameters.get("service");
  const scope = parameters.get("scope");
  return {
    kind: "bearer",
    realm,
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  };
}

function parseParameters(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const pattern = /([A-Za-z_-]{1,64})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;
  for (const match of text.matchAll(pattern)) {
    const name = (match[1] ?? "").toLowerCase();
    const value = match[2]?.replace(/\\(.)/g, "$1") ?? match[3] ?? "";
    if (!found.has(name)) found.set(name, value);
  }
  return found;
}
