import { ActionError } from "../action/errors.ts";
import { type ReadDeps, sessionOf } from "../action/read.ts";
import type { BuiltObject } from "../action/build.ts";
import { discover } from "../kube/discover.ts";
import type { Discovery } from "../kube/discovery.ts";
import { kubeVersionOf } from "../kube/discovery.ts";
import { KubeError } from "../kube/error.ts";
import { createRequestBudget, type RequestBudget } from "../kube/session.ts";
import { YamlError } from "../encoding/yaml-error.ts";
import { ReleaseError } from "../release/errors.ts";
import { newest } from "../release/history.ts";
import type { Release } from "../release/release.ts";
import { listRecordHeads, readRecord, type RecordHead, type RecordSession } from "../release/storage.ts";
import { releaseSummary } from "../release/summary.ts";
import { assessRelease, unreadable } from "./assess.ts";
import { manifestObjects, OBJECT_REQUESTS, readObjectFacts } from "./facts.ts";
import { type AssessmentPage, type ReleaseAssessment, verdictOf } from "./finding.ts";
import { type GitOpsObjects, readGitOpsObjects } from "./gitops-objects.ts";
import { readScalers, type Scalers } from "./scalers.ts";

/** What to assess. */
export interface AssessQuery {
  /** Empty: all namespaces. */
  readonly namespace: string;
  /** Empty: all releases. */
  readonly name: string;
  /** Which releases the caller may see; absent: all. */
  readonly visible?: (of: { readonly namespace: string; readonly name: string }) => boolean;
  /** The `next` of the page before. */
  readonly after?: string;
  /** Releases of a page at most. */
  readonly limit: number;
  /** Requests of a page at most. Less than {@link LEAST_REQUESTS} suffices for nothing. */
  readonly requests: number;
}

/** Records, discovery, autoscalers, the tools' own objects, a record, and an object. */
export const LEAST_REQUESTS = 20;
/** Objects that are read at once: their whole bodies are in memory. */
const CHUNK = 100;

interface Context {
  readonly session: RecordSession & { readonly budget: RequestBudget };
  readonly discovery: Discovery;
  readonly scalers: Scalers;
  readonly gitops: GitOpsObjects;
}

/** A page of the assessment of a cluster's releases, by namespace and name. Sends reads and dry runs alone. Throws what keeps the records from being listed. */
export async function assessReleases(deps: ReadDeps, query: AssessQuery): Promise<AssessmentPage> {
  const session = { ...sessionOf(deps), budget: createRequestBudget(query.requests) };
  const heads = chooseHeads(await listRecordHeads(session, query), query);
  const cursor = parseCursor(query.after);
  const rest = heads.filter((head) => cursor === undefined || keyOf(head) >= cursor.key);
  if (rest.length === 0) return { items: [], unread: [] };
  const discovery = await discover(session);
  const scalers = await readScalers(session, discovery, query.namespace);
  const gitops = await readGitOpsObjects(session, discovery);
  const context: Context = { session, discovery, scalers, gitops };
  const unread = [...scalers.unread, ...gitops.unread];
  const items: ReleaseAssessment[] = [];
  for (const head of rest) {
    const from = cursor?.key === keyOf(head) ? cursor.from : 0;
    if (items.length >= query.limit || session.budget.left() < 1 + OBJECT_REQUESTS) {
      if (items.length === 0) throw new KubeError("budget", "a page has too few requests for one release");
      return { items, unread, next: `${keyOf(head)}/${from}` };
    }
    const item = await assessOne(context, head, from);
    items.push(item);
    const { to, total } = item.objects;
    if (to < total) return { items, unread, next: `${keyOf(head)}/${to}` };
  }
  return { items, unread };
}

function chooseHeads(heads: readonly RecordHead[], { visible = () => true }: AssessQuery): readonly RecordHead[] {
  const groups = Map.groupBy(heads.filter(visible), keyOf);
  const chosen = [...groups.values()].flatMap((group) => newest(group) ?? []);
  return chosen.filter((head) => head.status !== "uninstalled").toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ namespace, name }: Pick<RecordHead, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** `NAMESPACE/NAME/OBJECTS`. Throws `ActionError` `invalid-request`. */
function parseCursor(after: string | undefined): { readonly key: string; readonly from: number } | undefined {
  if (after === undefined) return undefined;
  const [namespace, name, from, ...more] = after.split("/");
  if (name === undefined || from === undefined || more.length > 0 || !/^[0-9]{1,6}$/.test(from))
    throw new ActionError("invalid-request", "after is no mark that a page gave");
  return { key: `${namespace}/${name}`, from: Number(from) };
}

async function assessOne(context: Context, head: RecordHead, from: number): Promise<ReleaseAssessment> {
  const read = await readRelease(context.session, head);
  if (typeof read === "string") return unreadRelease(head, read);
  const built = buildOrReason(read, context.discovery);
  if (typeof built === "string") return judge(context, read, { from: 0, to: 0, total: 0 }, [], built);
  const facts = [];
  let to = from;
  while (to < built.length) {
    const fits = Math.floor(context.session.budget.left() / OBJECT_REQUESTS);
    const some = built.slice(to, to + Math.min(CHUNK, fits));
    if (some.length === 0) break;
    const { targets: scaled } = context.scalers;
    facts.push(...(await readObjectFacts({ ...context, release: read, scaled }, some)));
    to += some.length;
  }
  return judge(context, read, { from, to, total: built.length }, facts);
}

function judge(
  { scalers, gitops, discovery }: Context,
  release: Release,
  objects: ReleaseAssessment["objects"],
  facts: Parameters<typeof assessRelease>[0]["facts"],
  unbuilt?: string,
): ReleaseAssessment {
  const kubeVersion = kubeVersionOf(discovery.data);
  const reason = unbuilt === undefined ? {} : { unbuilt };
  const findings = assessRelease({ release, facts, scaled: scalers.targets, gitops, kubeVersion, ...reason });
  return {
    ...releaseSummary(release),
    generation: release.applyMethod === "" ? "helm3" : "helm4",
    applyMethod: release.applyMethod === "ssa" ? "server-side" : "client-side",
    verdict: verdictOf(findings),
    objects,
    findings,
  };
}

async function readRelease(session: RecordSession, head: RecordHead): Promise<Release | string> {
  try {
    return (await readRecord(session, head, head.version))?.release ?? "it was deleted meanwhile";
  } catch (error) {
    if (error instanceof ReleaseError && error.code !== "changed") return error.message;
    throw error;
  }
}

function buildOrReason(release: Release, discovery: Discovery): readonly BuiltObject[] | string {
  try {
    return manifestObjects(release, discovery);
  } catch (error) {
    if (error instanceof ActionError || error instanceof YamlError) return error.message;
    throw error;
  }
}

function unreadRelease(head: RecordHead, why: string): ReleaseAssessment {
  const { name, namespace, version: revision, status } = head;
  const finding = unreadable(`the record cannot be read: ${why}`, ["mend or delete the record, then assess again"]);
  return {
    name,
    namespace,
    revision,
    status,
    chart: "",
    appVersion: "",
    description: "",
    generation: "unknown",
    applyMethod: "unknown",
    verdict: verdictOf([finding]),
    objects: { from: 0, to: 0, total: 0 },
    findings: [finding],
  };
}
