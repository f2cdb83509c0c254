import type { JsonObject } from "../errors.ts";
import { integerAt, listAt, objectAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace, getUid } from "../object/read.ts";
import { isKubeError } from "./error.ts";
import { listObjects } from "./list.ts";
import { readLogs } from "./logs.ts";
import type { ResourceMapping } from "./mapping.ts";
import { type PodTrouble, podTroubles } from "./pod-trouble.ts";
import type { ObjectRef } from "./read-live.ts";
import { createRequestBudget, type KubeSession } from "./session.ts";
import { podsOf, type WaitState } from "./wait.ts";

/** One reason why an object is not ready. */
export interface Finding {
  /** The object that is waited for. */
  readonly ref: ObjectRef;
  /** What the reason is about: `pod web-1, container c`. */
  readonly about: string;
  readonly reason: string;
  readonly message: string;
  /** Time does not help. */
  readonly final: boolean;
  /** The end of a container's log. */
  readonly log?: { readonly source: string; readonly lines: readonly string[] };
}

/** Requests of one look for reasons, over all objects. */
const MAX_REQUESTS = 12;
/** Objects in trouble that are looked into at once. */
const MAX_OBJECTS = 4;
/** Pods of one object whose events and logs are read; they mostly fail for the same reason. */
const MAX_PODS = 2;
/** Newest warnings of one object or pod that are told. */
const MAX_EVENTS = 3;
const MAX_EVENTS_READ = 100;
/** The end of a crashed container's log. */
const LOG_LINES = 10;
const LOG_BYTES = 2048;
/** A message longer than this is cut. */
const MAX_MESSAGE = 500;

const EVENTS: ResourceMapping = {
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  verbs: ["get", "list", "watch"],
};

/**
 * Why objects are not ready: their pods' troubles, with the end of the log of a container that crashes, and the newest warnings about
 * them. Sends at most {@link MAX_REQUESTS}; what may not be read, or no longer fits, is left out.
 */
export async function explainStates(session: KubeSession, states: readonly WaitState[]): Promise<readonly Finding[]> {
  const limit = Math.min(MAX_REQUESTS, session.budget?.left() ?? MAX_REQUESTS);
  const bounded = { ...session, budget: createRequestBudget(limit) };
  const out: Finding[] = [];
  for (const { ref, object } of states.filter(isInTrouble).slice(0, MAX_OBJECTS)) {
    if (object === undefined) continue;
    const pods = object.kind === "Pod" ? [object] : await tried(() => podsOf(bounded, object), []);
    const troubled = pods.map((pod) => ({ pod, troubles: podTroubles(pod) })).filter((one) => one.troubles.length > 0);
    for (const { pod, troubles } of troubled.slice(0, MAX_PODS)) {
      for (const trouble of troubles) {
        const finding = await findingOf(bounded, ref, pod, trouble);
        out.push({ ...finding, final: trouble.final && isWanted(object, pod, trouble.container) });
      }
      if (pod !== object) out.push(...(await warningsOf(bounded, ref, pod)));
    }
    out.push(...(await warningsOf(bounded, ref, object)));
  }
  return out;
}

function isInTrouble({ status }: WaitState): boolean {
  return status === "InProgress" || status === "Failed";
}

/** True when the container's image is still what the workload asks for: an older revision's pods are on their way out. */
function isWanted(workload: KubeObject, pod: KubeObject, container: string): boolean {
  const wanted = imageOf(workload.kind === "Pod" ? workload : objectAt(workload, "spec", "template"), container);
  return wanted !== undefined && wanted === imageOf(pod, container);
}

function imageOf(pod: JsonObject | undefined, container: string): string | undefined {
  const all = [...listAt(pod, "spec", "initContainers"), ...listAt(pod, "spec", "containers")];
  return stringAt(
    all.find((one) => stringAt(one, "name") === container),
    "image",
  );
}

async function findingOf(session: KubeSession, ref: ObjectRef, pod: KubeObject, trouble: PodTrouble): Promise<Finding> {
  const { container, reason, final, log } = trouble;
  const about = `pod ${trouble.pod}${container === "" ? "" : `, container ${container}`}`;
  const finding = { ref, about, reason, message: cut(trouble.message), final };
  if (log === undefined) return finding;
  const lines = await tried(() => logEnd(session, pod, container, log === "previous"), []);
  return lines.length === 0 ? finding : { ...finding, log: { source: `${trouble.pod}/${container}`, lines } };
}

async function logEnd(
  session: KubeSession,
  pod: KubeObject,
  container: string,
  previous: boolean,
): Promise<readonly string[]> {
  const where = { namespace: getNamespace(pod), pod: getName(pod), container, previous };
  const lines: string[] = [];
  let bytes = 0;
  for await (const line of readLogs(session, { ...where, limitBytes: LOG_BYTES, tailLines: LOG_LINES })) {
    if (lines.length >= LOG_LINES || bytes >= LOG_BYTES) break;
    lines.push(line.slice(0, LOG_BYTES - bytes));
    bytes += line.length;
  }
  return lines;
}

async function warningsOf(session: KubeSession, ref: ObjectRef, object: KubeObject): Promise<readonly Finding[]> {
  const uid = getUid(object);
  const namespace = getNamespace(object);
  if (uid === undefined || namespace === "") return [];
  const fieldSelector = `involvedObject.uid=${uid},type=Warning`;
  const options = { namespace, fieldSelector, limit: MAX_EVENTS_READ, maxPages: 1 };
  const events = await tried(async () => (await listObjects(session, EVENTS, options)).items, []);
  const newest = [...events].sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1)).slice(0, MAX_EVENTS);
  return newest.map((event) => ({
    ref,
    about: `event on ${object.kind} ${getName(object)}`,
    reason: stringAt(event, "reason") ?? "Warning",
    message: cut(`${stringAt(event, "message") ?? ""}${timesText(event)}`),
    final: false,
  }));
}

function timeOf(event: KubeObject): string {
  return (
    stringAt(event, "series", "lastObservedTime") ??
    stringAt(event, "lastTimestamp") ??
    stringAt(event, "eventTime") ??
    stringAt(event.metadata, "creationTimestamp") ??
    ""
  );
}

function timesText(event: KubeObject): string {
  const count = integerAt(event, "series", "count") ?? integerAt(event, "count") ?? 1;
  return count > 1 ? ` (${count} times)` : "";
}

/** Reasons are a help: a refusal or a lost connection leaves them out. */
async function tried<Value>(read: () => Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (isKubeError(error)) return otherwise;
    throw error;
  }
}

function cut(text: string): string {
  const line = text.trim().replaceAll(/\s+/gu, " ");
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}
