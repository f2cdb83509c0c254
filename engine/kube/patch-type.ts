import { PATCH_KINDS, PATCH_TYPES } from "./patch-table.ts";
import { KubeError } from "./error.ts";
import { quote } from "../go/quote.ts";

/** How a member of a built-in type merges. */
export interface PatchMember {
  /** The type of the member, or of its items: a name of the table, or `map`, or empty for scalars. */
  readonly type: string;
  readonly list: boolean;
  /** Lists merge by item (`merge`), or the whole is taken (`replace`); else maps merge by member and lists are replaced. */
  readonly strategy: "merge" | "replace" | "";
  /** Members of the new value are named, so that all others go. */
  readonly retainKeys: boolean;
  /** What tells items apart. */
  readonly mergeKey: string;
}

/** The type of a built-in kind; `undefined` for all others, which Helm patches without knowing them. */
export function patchTypeOf(apiVersion: string, kind: string): string | undefined {
  const name = `${apiVersion}/${kind}`;
  return Object.hasOwn(PATCH_KINDS, name) ? PATCH_KINDS[name] : undefined;
}

/** A member of a type that holds a map. Throws {@link KubeError} `invalid` with client-go's text for one that is not there. */
export function mapMember(type: string, name: string): PatchMember {
  if (type === "map" || type === "") {
    const kind = type === "" ? "string" : "map";
    throw refuse(`merging an object in json but data type is not struct, instead is: ${kind}`);
  }
  const member = findMember(type, name);
  if (member !== undefined) return member;
  const short = type.slice(type.lastIndexOf(".") + 1);
  throw refuse(`unable to find api field in struct ${short} for the json field ${quote(name)}`);
}

/** As {@link mapMember}, for a member that holds a list. */
export function listMember(type: string, name: string): PatchMember {
  const member = mapMember(type, name);
  if (member.list) return member;
  throw refuse("expected slice or array type, but got: struct");
}

/** A patch that cannot be made. */
export function refuse(text: string): KubeError {
  return new KubeError("invalid", text);
}

/** client-go looks members up as Go reads JSON: by the exact name, else whatever the case. */
function findMember(type: string, name: string): PatchMember | undefined {
  const text = Object.hasOwn(PATCH_TYPES, type) ? PATCH_TYPES[type] : undefined;
  if (text === undefined) return undefined;
  const members = text.split(", ").map((member) => member.split(" "));
  const found =
    members.find((member) => member[0] === name) ??
    members.find((member) => member[0]?.toLowerCase() === name.toLowerCase());
  if (found === undefined) return undefined;
  const [, of = "", strategies = "", mergeKey = ""] = found;
  const list = of.startsWith("[]");
  const parts = strategies.split("+");
  return {
    type: list ? of.slice(2) : of,
    list,
    strategy: parts.includes("merge") ? "merge" : parts.includes("replace") ? "replace" : "",
    retainKeys: parts.includes("retainKeys"),
    mergeKey,
  };
}
