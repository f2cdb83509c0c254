/** What a path of the API asks for. Names are decoded. */
export type Route =
  | { readonly kind: "document"; readonly path: string }
  | { readonly kind: "resources"; readonly group: string; readonly version: string }
  | { readonly kind: "objects"; readonly at: ObjectsPath };

/** A collection, an object or a subresource. Absent: all namespaces, the collection, the object itself. */
export interface ObjectsPath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Reads a path. `documents` are `/version`, `/healthz`, `/api`, `/apis` and what else stands outside of the groups. */
export function parseRoute(path: string): Route {
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
  if (parts[0] === "api" && parts.length >= 2) return within("", parts[1] ?? "", parts.slice(2));
  if (parts[0] === "apis" && parts.length >= 3) return within(parts[1] ?? "", parts[2] ?? "", parts.slice(3));
  return { kind: "document", path: `/${parts.join("/")}` };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function within(group: string, version: string, parts: readonly string[]): Route {
  const [first, second, third, ...rest] = parts;
  if (first === undefined) return { kind: "resources", group, version };
  const at = { group, version };
  const isNamespaced =
    group === ""
      ? first === "namespaces" && third !== undefined && !["status", "finalize"].includes(third)
      : first === "namespaces";
  if (isNamespaced && third !== undefined) {
    return {
      kind: "objects",
      at: { ...at, plural: third, namespace: second, name: rest[0], subresource: subresourceOf(rest.slice(1)) },
    };
  }
  const subresource = subresourceOf(third === undefined ? [] : [third, ...rest]);
  return { kind: "objects", at: { ...at, plural: first, namespace: undefined, name: second, subresource } };
}

function subresourceOf(parts: readonly string[]): string | undefined {
  return parts.length === 0 ? undefined : parts.join("/");
}
