import { GoFailure, goMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { fromJsonValue } from "../encoding/index.ts";
import type { CallContext } from "../template/function.ts";
import { TEXT, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** Asks for an address of `host`; the answer is a string, "" where names are not resolved. */
function hostAddress(host: string, context: CallContext): string {
  const answer = context.ask({ kind: "dns", key: `dns ${host}`, host });
  return typeof answer === "string" ? answer : "";
}

/** Asks for a live object, or with an empty name for a list. Where there is no cluster the answer is an empty map. */
function lookup(args: readonly GoValue[], context: CallContext): GoValue {
  const [apiVersion = "", resourceKind = "", namespace = "", name = ""] = args.map(TEXT.read);
  const key = JSON.stringify(["lookup", apiVersion, resourceKind, namespace, name]);
  const answer = context.ask({ kind: "lookup", key, apiVersion, resourceKind, namespace, name });
  const value = fromJsonValue(answer);
  if (value === null || value === undefined) return goMap();
  if (typeof value === "object" && value.kind === "map") return value;
  throw new GoFailure("the answer to a lookup is a map");
}

/** Functions that ask the outside. */
export const networkFunctions: readonly Entry[] = [
  ["getHostByName", unary(TEXT, hostAddress)],
  ["lookup", { parameters: ["string", "string", "string", "string"], call: lookup }],
];
