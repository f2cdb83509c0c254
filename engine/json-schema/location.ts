/** Where a schema stands: a document's URL and a JSON pointer into it. */
export interface Place {
  readonly url: string;
  readonly pointer: string;
}

/** A reference that was resolved against its base: a URL and what stands behind `#`, decoded. */
export interface Reference {
  readonly url: string;
  readonly fragment: string;
}

export function escapeToken(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The token of a pointer without its escapes; `undefined` for a bad escape. */
export function unescapeToken(token: string): string | undefined {
  if (/~(?![01])/.test(token)) return undefined;
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

export function join(pointer: string, ...tokens: readonly string[]): string {
  return tokens.reduce((path, token) => `${path}/${escapeToken(token)}`, pointer);
}

/** What Go's `url.PathEscape` leaves alone. */
const UNESCAPED = /[^A-Za-z0-9\-._~$&+:=@/]/gu;

/** Percent escapes, slashes kept. */
export function encodeFragment(fragment: string): string {
  return fragment
    .toWellFormed()
    .replaceAll(UNESCAPED, (character) =>
      encodeURIComponent(character).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    );
}

export function showPlace(place: Place): string {
  return `${place.url}#${encodeFragment(place.pointer)}`;
}

/** The fragment without its percent escapes; `undefined` for a bad one. */
function decodeFragment(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

export function splitHash(text: string): readonly [string, string] {
  const at = text.indexOf("#");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Resolves `reference` against `base`; `undefined` if it is no URL reference. */
export function resolveReference(base: string, reference: string): Reference | undefined {
  const [path, hash] = splitHash(reference);
  const fragment = decodeFragment(hash);
  if (fragment === undefined) return undefined;
  if (path === "") return { url: base, fragment };
  const url = joinUrl(base, path);
  return url === undefined ? undefined : { url, fragment };
}

function joinUrl(base: string, path: string): string | undefined {
  const absolute = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(path);
  const opaque = /^[a-zA-Z][a-zA-Z0-9+.-]*:[^/]/.test(base);
  if (!absolute && opaque) return base;
  try {
    const { href } = new URL(path, base);
    return /^https?:\/\/[^/]*$/.test(path) && href.endsWith("/") ? href.slice(0, -1) : href;
  } catch {
    return undefined;
  }
}

/** True where a fragment is a JSON pointer and no anchor. */
export function isPointer(fragment: string): boolean {
  return fragment === "" || fragment.startsWith("/");
}
