import { EngineError, type JsonValue } from "../errors.ts";
import { getObject } from "../kube/client.ts";
import type { Discovery } from "../kube/discovery.ts";
import { isKubeError } from "../kube/error.ts";
import { collectionPath, resourceName } from "../kube/mapping.ts";
import { sendJson } from "../kube/rest.ts";
import { formatGvk, parseApiVersion } from "../object/gvk.ts";
import { isJsonArray, isJsonObject, stringAt } from "../object/json.ts";
import type { PendingAnswer, PendingRequest } from "../template/pending.ts";
import type { PendingResolver } from "../render/input.ts";
import { type FunctionPlugin, withFunctions } from "./functions.ts";
import { gather } from "./gather.ts";
import type { Hearing } from "./hearing.ts";
import type { Step } from "./step.ts";

type Lookup = Extract<PendingRequest, { kind: "lookup" }>;

/** Lists that templates look up are read whole: this is what a large namespace's pods take. */
const MAX_LIST_BYTES = 32 * 1024 * 1024;

/** What answers a rendering's requests. */
export interface ResolverOptions {
  /** Absent: nothing is looked up. */
  readonly discovery: Discovery | undefined;
  /** Hears that a kind was looked up which is not served. */
  readonly onUnserved: () => void;
  readonly plugins?: readonly FunctionPlugin[] | undefined;
  /** What is heard of these plugins. */
  readonly hearing?: Hearing | undefined;
  /** Hears of every object, or list of them, that was looked up. */
  readonly onFound?: (found: JsonValue) => void;
}

/** Answers lookups from the cluster, functions by plugins, and everything else by the deps. */
export function resolverFor(step: Step, options: ResolverOptions): PendingResolver {
  const { discovery, onUnserved, plugins = [], hearing, onFound } = options;
  const resolveOthers = withFunctions(step.deps.resolve ?? unavailable, step.deps.runFunction, plugins, hearing);
  return async (requests, signal) => {
    const { answers } = step.cache;
    const others = requests.filter((request) => request.kind !== "lookup" && !answers.has(request.key));
    const answered = others.length === 0 ? [] : await resolveOthers(others, signal);
    for (const [index, answer] of answered.entries()) answers.set(others[index]?.key ?? "", answer);
    return gather(requests, async (request) => {
      if (request.kind === "lookup" && discovery !== undefined) {
        const found = await lookUp(step, discovery, { request, onUnserved });
        if (found.ok) onFound?.(found.value);
        return found;
      }
      const answer = answers.get(request.key);
      if (answer === undefined) throw new Error(`no answer to a ${request.kind} request`);
      return answer;
    });
  };
}

const unavailable: PendingResolver = async (requests) =>
  requests.map((request) => ({ ok: false, error: `${request.kind} is not available here` }));

/**
 * One lookup. Absent is the empty map; a refusal is the Go error that the function returns.
 * Helm compatibility: a list is the list object itself, with `items`.
 */
async function lookUp(
  step: Step,
  discovery: Discovery,
  of: { readonly request: Lookup; readonly onUnserved: () => void },
): Promise<PendingAnswer> {
  const { apiVersion, resourceKind: kind, namespace, name } = of.request;
  const unserved = (): PendingAnswer => {
    of.onUnserved();
    const text = formatGvk({ ...parseApiVersion(apiVersion), kind });
    const error = `unable to get apiresource from unstructured: ${text}: the server could not find the requested resource`;
    return { ok: false, error };
  };
  try {
    await step.deps.authorizeLookup?.({ apiVersion, kind, namespace, name });
    const mapping = discovery.mappingFor({ ...parseApiVersion(apiVersion), kind });
    if (mapping === undefined) return unserved();
    const where = mapping.namespaced ? namespace : "";
    if (name !== "") {
      const object = await getObject(step.session, mapping, { namespace: where, name });
      return { ok: true, value: object ?? {} };
    }
    const list = await sendJson(step.session, {
      method: "GET",
      path: collectionPath(mapping, where),
      resource: resourceName(mapping),
      maxBytes: MAX_LIST_BYTES,
    });
    return { ok: true, value: withKinds(list.body) };
  } catch (error) {
    if (isKubeError(error, "budget", "unreachable")) throw error;
    if (isKubeError(error, "not-found")) return { ok: true, value: {} };
    if (isKubeError(error, "not-served")) return unserved();
    if (error instanceof EngineError) return { ok: false, error: error.message };
    throw error;
  }
}

/** What Go's unstructured decoder makes of a list: items that name no version and kind get the list's. */
function withKinds(list: JsonValue): JsonValue {
  if (!isJsonObject(list) || !isJsonArray(list["items"])) return list;
  const apiVersion = stringAt(list, "apiVersion") ?? "";
  const kind = (stringAt(list, "kind") ?? "").replace(/List$/u, "");
  return { ...list, items: list["items"].map((item) => (isJsonObject(item) ? { apiVersion, kind, ...item } : item)) };
}
