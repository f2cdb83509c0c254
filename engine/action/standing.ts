import { discover } from "../kube/discover.ts";
import { KubeError } from "../kube/error.ts";
import { withOwnership } from "../kube/ownership.ts";
import { type LiveReads, readLive, refOf, refText } from "../kube/read-live.ts";
import { keyOf, keyText } from "../object/gvk.ts";
import type { KubeObject } from "../object/object.ts";
import { getNamespace } from "../object/read.ts";
import { type Decided, decide, type DecidePolicy } from "../plan/decide.ts";
import type { Release } from "../release/release.ts";
import { buildObjects, type BuiltObject } from "./build.ts";
import { ActionError } from "./errors.ts";
import { autoscaledOf } from "./plan-objects.ts";
import { getRelease, type ReadDeps, type ReleaseQuery, sessionOf } from "./read.ts";

/** A recorded object beside what is there, and what writing it again would do. */
export interface Standing extends BuiltObject {
  readonly live: KubeObject | undefined;
  readonly decided: Decided;
}

/** Where an answer goes on: the revision that it began with, and the next object of its manifest. */
export interface StandingCursor {
  readonly revision: number;
  readonly position: number;
}

/** What to look at. */
export interface StandingQuery extends Omit<ReleaseQuery, "revision"> {
  readonly policy: DecidePolicy;
  /** Absent: from the first object. */
  readonly from?: StandingCursor;
}

/** As much as the requests that may be sent are enough for; `next` when there is more. */
export interface StandingPage<Item> {
  readonly items: readonly Item[];
  readonly next?: StandingCursor;
}

/** Objects of one answer. */
const MAX_OBJECTS = 500;
/** Requests that the autoscalers of a namespace may take: one per kind of them. */
const SCALER_REQUESTS = 2;

/** The newest revision, that an answer began with. Throws `ActionError` `invalid-request` when there is a newer one by now. */
export async function newestFor(deps: ReadDeps, query: StandingQuery): Promise<Release> {
  const { name, namespace, from } = query;
  const { release } = await getRelease(deps, { name, namespace });
  if (from === undefined || from.revision === release.version) return release;
  const text = `revision ${from.revision} is no longer the newest of ${name}, ${release.version} is: begin again with the first page`;
  throw new ActionError("invalid-request", text, { revision: release.version });
}

/** How the next objects of a release stand. `requests`: what may be sent about one of them, its read included. */
export async function readStandings(
  deps: ReadDeps,
  release: Release,
  query: Pick<StandingQuery, "policy" | "from"> & { readonly requests: number },
): Promise<StandingPage<Standing>> {
  const session = sessionOf(deps);
  const discovery = await discover(session);
  const built = buildObjects(release.manifest, { mappingFor: discovery.mappingFor, namespace: release.namespace });
  const targets = built.map(({ object, mapping }) => ({ object: withOwnership(object, release), mapping }));
  const position = query.from?.position ?? 0;
  const objects = affordable(targets.slice(position, position + MAX_OBJECTS), query.requests, session.budget?.left());
  const { reads, remaining } = await readLive(session, {
    discovery,
    refs: objects.map(({ object }) => refOf(object)),
    want: "whole",
    reads: "auto",
  });
  if (remaining.length > 0) throw new KubeError("budget", "the objects of the release take more than one step to read");
  const first = objects.map((one) => decideOne(one, reads, { policy: query.policy, autoscaled: false }));
  const doubtful = first.filter(isDoubtful);
  const scaled =
    doubtful.length === 0 ? new Set<string>() : await autoscaledOf({ session }, { targets, discovery }, doubtful);
  const items = first.map((one) =>
    scaled.has(keyText(keyOf(one.object))) ? decideOne(one, reads, { policy: query.policy, autoscaled: true }) : one,
  );
  const end = position + items.length;
  return end < targets.length ? { items, next: { revision: release.version, position: end } } : { items };
}

/** Objects from the front that a budget is sure to cover; at least one. */
function affordable(objects: readonly BuiltObject[], each: number, budget = Infinity): readonly BuiltObject[] {
  const namespaces = new Set<string>();
  let count = 0;
  for (const { object } of objects) {
    namespaces.add(getNamespace(object));
    if ((count + 1) * each + namespaces.size * SCALER_REQUESTS > budget) break;
    count++;
  }
  if (count === 0 && objects.length > 0) throw new KubeError("budget", "no object fits the requests of one answer");
  return objects.slice(0, count);
}

function decideOne(
  one: BuiltObject,
  reads: LiveReads["reads"],
  how: { readonly policy: DecidePolicy; readonly autoscaled: boolean },
): Standing {
  const { object, mapping } = one;
  const read = reads.get(refText(refOf(object)));
  if (read?.kind === "error") throw read.error;
  const live =
    read?.kind === "present" ? { ...read.object, apiVersion: object.apiVersion, kind: object.kind } : undefined;
  const decided = decide({ desired: object, mapping, live, previous: object, migrate: true, ...how });
  return { object, mapping, live, decided };
}

function isDoubtful({ decided }: Standing): boolean {
  return decided.conflicts.some(({ conflict }) => conflict.field === ".spec.replicas");
}
