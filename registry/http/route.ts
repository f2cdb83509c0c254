/** What a path below `/v2` names; texts are not checked yet. */
export type Route =
  | { readonly kind: "base" }
  | { readonly kind: "token" }
  | { readonly kind: "catalog" }
  | { readonly kind: "blob"; readonly name: string; readonly digest: string }
  | { readonly kind: "uploads"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly id: string }
  | { readonly kind: "manifest"; readonly name: string; readonly reference: string }
  | { readonly kind: "tags"; readonly name: string }
  | { readonly kind: "referrers"; readonly name: string; readonly digest: string };

/** The route of a path that starts with `/v2`; undefined for paths that the spec does not know. Names may hold any segment, so the end decides. */
export function parseRoute(path: string): Route | undefined {
  if (path === "/v2/" || path === "/v2") return { kind: "base" };
  if (path === "/v2/token") return { kind: "token" };
  if (path === "/v2/_catalog") return { kind: "catalog" };
  if (!path.startsWith("/v2/")) return undefined;
  const cut = path.lastIndexOf("/");
  const last = path.slice(cut + 1);
  const before = path.lastIndexOf("/", cut - 1);
  const kind = path.slice(before + 1, cut);
  switch (kind) {
    case "manifests":
      return named(path, before, (name) => ({ kind: "manifest", name, reference: decode(last) }));
    case "referrers":
      return named(path, before, (name) => ({ kind: "referrers", name, digest: decode(last) }));
    case "tags":
      return last === "list" ? named(path, before, (name) => ({ kind: "tags", name })) : undefined;
    case "blobs":
      if (last === "uploads") return named(path, before, (name) => ({ kind: "uploads", name }));
      return named(path, before, (name) => ({ kind: "blob", name, digest: decode(last) }));
    case "uploads":
      return uploadRoute(path, before, last);
    default:
      return undefined;
  }
}

function uploadRoute(path: string, before: number, last: string): Route | undefined {
  const blobs = path.lastIndexOf("/", before - 1);
  if (path.slice(blobs + 1, before) !== "blobs") return undefined;
  return named(path, blobs, (name) => (last === "" ? { kind: "uploads", name } : { kind: "upload", name, id: last }));
}

const PREFIX = "/v2/".length;

function named(path: string, end: number, route: (name: string) => Route): Route | undefined {
  return end <= PREFIX ? undefined : route(path.slice(PREFIX, end));
}

/** A percent-decoded segment; one that is no UTF-8 stays as it is and is refused as a name later. */
function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
