import { type JsonObject, type JsonValue } from "../errors.ts";
import { isJsonObject, stringAt } from "../object/json.ts";
import { malformed, memberOf } from "./messages.ts";
import type { PluginError, PluginIdentity } from "./plugin-error.ts";

/** An object of a plan, and what would happen to it. */
export interface PolicyObject {
  readonly action: "create" | "update" | "keep" | "delete";
  /** Events of a hook; absent for what is none. */
  readonly hook?: readonly string[];
  readonly object: JsonObject;
}

/** What a `policy/v1` plugin judges. */
export interface PolicyPlan {
  readonly action: "install" | "upgrade" | "rollback" | "uninstall" | "test";
  readonly release: { readonly name: string; readonly namespace: string };
  readonly objects: readonly PolicyObject[];
}

/** One finding: `deny` refuses the plan, `warn` only tells. */
export interface PolicyFinding {
  readonly severity: "deny" | "warn";
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  /** As `spec.containers[0].image`; empty for the whole object. */
  readonly field: string;
  readonly message: string;
}

/** Findings of one policy. */
const MAX_FINDINGS = 10_000;
/** Characters of a message, a field or a name that are kept. */
const MAX_TEXT = 1024;

/** The input of a `policy/v1` plugin. */
export function policyInput(plan: PolicyPlan): string {
  return JSON.stringify({ plan });
}

/** What a policy found; empty admits the plan. Throws `PluginError`. */
export function readPolicyOutput(plugin: PluginIdentity, output: string): readonly PolicyFinding[] {
  const results = memberOf(plugin, output, "results");
  if (!Array.isArray(results)) throw malformed(plugin, "results is no list");
  if (results.length > MAX_FINDINGS) throw malformed(plugin, `results has more than ${MAX_FINDINGS} items`);
  return results.map((item: JsonValue, index) => findingOf(plugin, item, index));
}

function findingOf(plugin: PluginIdentity, item: JsonValue, index: number): PolicyFinding {
  const wrong = (member: string): PluginError => malformed(plugin, `results[${index}].${member} is missing or wrong`);
  const severity = stringAt(item, "severity");
  if (severity !== "deny" && severity !== "warn") throw wrong("severity");
  const named = isJsonObject(item) ? item["object"] : undefined;
  if (named === undefined || !isJsonObject(named)) throw wrong("object");
  const text = (from: JsonValue, member: string): string => {
    const value = stringAt(from, member);
    if (value === undefined) throw wrong(member);
    return value.slice(0, MAX_TEXT);
  };
  const message = text(item, "message");
  if (message === "") throw wrong("message");
  const object = {
    apiVersion: text(named, "apiVersion"),
    kind: text(named, "kind"),
    namespace: text(named, "namespace"),
    name: text(named, "name"),
  };
  return { severity, object, field: text(item, "field"), message };
}
