import { type BuiltObject, buildObjects } from "../action/build.ts";
import { gather } from "../action/gather.ts";
import { applyObject, FIELD_MANAGER } from "../kube/client.ts";
import { conflictsOf } from "../kube/conflict-cause.ts";
import type { Discovery } from "../kube/discovery.ts";
import { isKubeError, type KubeError, type KubeErrorCode } from "../kube/error.ts";
import { withOwnership } from "../kube/ownership.ts";
import { type LiveRead, readLive, refOf, refText } from "../kube/read-live.ts";
import type { KubeSession } from "../kube/session.ts";
import { keyOf, keyText, gvkOf } from "../object/gvk.ts";
import type { GroupVersionKind, KubeObject } from "../object/object.ts";
import { decide } from "../plan/decide.ts";
import type { ConflictDecision } from "../plan/conflict-rule.ts";
import type { Release } from "../release/release.ts";
import type { ResourceMapping } from "../kube/mapping.ts";

/** A field that a server-side upgrade would take from its owner. */
export interface FoundConflict {
  readonly field: string;
  /** As the API server prints it. */
  readonly manager: string;
  readonly decision: ConflictDecision;
}

/** What was found out about one object of a release's manifest. */
export interface ObjectFacts {
  /** As the manifest has it, with its namespace. */
  readonly object: KubeObject;
  /** The server has the kind in this version; `elsewhere`: it has the kind in another one. */
  readonly served: "yes" | "elsewhere" | "no";
  readonly live: { readonly kind: "present"; readonly object: KubeObject } | { readonly kind: "absent" } | Unreadable;
  readonly conflicts: readonly FoundConflict[];
  /** Why the server would not take it, conflicts aside. */
  readonly refused?: string;
  /** Why the server could not be asked what it would do. */
  readonly unasked?: string;
  /** The server's `Warning` texts about it. */
  readonly warnings: readonly string[];
}

interface Unreadable {
  readonly kind: "unreadable";
  readonly why: string;
}

/** Nothing more can be learned behind these. */
const FATAL: readonly KubeErrorCode[] = ["unreachable", "budget", "unauthorized"];
/** The server gave no judgement. */
const UNASKED: readonly KubeErrorCode[] = [
  "forbidden",
  "method-not-allowed",
  "unavailable",
  "too-many-requests",
  "timeout",
];

/** Requests that an object takes at most: a read and a dry run. */
export const OBJECT_REQUESTS = 2;

/** The objects of a manifest, also of kinds that the server does not have. Throws `ActionError` `render-failed` for what is no manifest. */
export function manifestObjects(release: Release, discovery: Discovery): readonly BuiltObject[] {
  const mappingFor = (gvk: GroupVersionKind): ResourceMapping => discovery.mappingFor(gvk) ?? unserved(gvk);
  const built = buildObjects(release.manifest, { mappingFor, namespace: release.namespace });
  return built.map(({ object, mapping }) => ({ object: withOwnership(object, release), mapping }));
}

/** Stands for a kind that is not there; nothing is sent about it. */
function unserved(gvk: GroupVersionKind): ResourceMapping {
  return { ...gvk, plural: "", namespaced: true, verbs: [] };
}

/** What reading needs. */
export interface FactsContext {
  readonly session: KubeSession;
  readonly discovery: Discovery;
  readonly release: Release;
  /** Keys of objects that an autoscaler targets. */
  readonly scaled: ReadonlyMap<string, string>;
}

/** Reads some objects of a release and asks the server what a server-side apply would do to each. Stores nothing. */
export async function readObjectFacts(
  context: FactsContext,
  built: readonly BuiltObject[],
): Promise<readonly ObjectFacts[]> {
  const warnings = new Set<string>();
  const session: KubeSession = { ...context.session, onWarning: (text) => void warnings.add(text) };
  const served = built.filter((one) => one.mapping.plural !== "");
  const { reads } = await readLive(session, {
    discovery: context.discovery,
    refs: served.map((one) => refOf(one.object)),
    want: "whole",
    reads: "auto",
  });
  const facts = await gather(built, (one) =>
    factsOf({ ...context, session }, one, reads.get(refText(refOf(one.object)))),
  );
  return facts.map((one) => ({
    ...one,
    warnings: [...new Set([...one.warnings, ...warningsAbout(one.object, warnings)])],
  }));
}

/** Kubernetes' warnings about deprecated versions begin with the version and the kind. */
function warningsAbout(object: KubeObject, warnings: ReadonlySet<string>): readonly string[] {
  return [...warnings].filter((text) => text.startsWith(`${object.apiVersion} ${object.kind} is deprecated`));
}

async function factsOf(context: FactsContext, built: BuiltObject, read: LiveRead | undefined): Promise<ObjectFacts> {
  const { object } = built;
  const none = { object, conflicts: [], warnings: [] };
  if (built.mapping.plural === "") {
    const elsewhere = context.discovery.preferredFor(gvkOf(object)) !== undefined;
    const why = `the server has no ${object.apiVersion} ${object.kind}`;
    return { ...none, served: elsewhere ? "elsewhere" : "no", live: { kind: "unreadable", why } };
  }
  if (read === undefined || read.kind === "error") {
    if (read !== undefined && isKubeError(read.error, "unreachable", "budget")) throw read.error;
    return {
      ...none,
      served: "yes",
      live: { kind: "unreadable", why: read?.error.message ?? "the requests were used up" },
    };
  }
  if (read.kind === "absent") return { ...none, served: "yes", live: { kind: "absent" } };
  const live = { ...read.object, apiVersion: object.apiVersion, kind: object.kind };
  return { ...(await ask(context, built, live)), object, served: "yes", live: { kind: "present", object: live } };
}

type Asked = Pick<ObjectFacts, "conflicts" | "warnings" | "refused" | "unasked">;

async function ask({ session, release, scaled }: FactsContext, built: BuiltObject, live: KubeObject): Promise<Asked> {
  const { object, mapping } = built;
  const migrate = release.applyMethod !== "ssa";
  const { planned, conflicts } = decide({
    desired: object,
    mapping,
    live,
    previous: object,
    migrate,
    autoscaled: scaled.has(keyText(keyOf(object))),
    policy: { rules: [], force: false },
  });
  const foreseen = conflicts.map(({ conflict, decision }) => ({
    field: conflict.field,
    manager: conflict.manager,
    decision,
  }));
  if (planned.write === "unchanged") return { conflicts: foreseen, warnings: [] };
  try {
    const { warnings } = await applyObject(session, mapping, planned.send ?? object, { force: false, dryRun: true });
    return { conflicts: foreseen, warnings };
  } catch (error) {
    if (!isKubeError(error) || FATAL.includes(error.code)) throw error;
    if (error.code !== "apply-conflict") return { conflicts: foreseen, warnings: [], ...refusal(error) };
    const told = conflictsOf(error).filter((one) => one.manager !== FIELD_MANAGER);
    const known = new Set(foreseen.map((one) => `${one.field} ${one.manager}`));
    const more = told.filter((one) => !known.has(`${one.field} ${one.manager}`));
    return {
      conflicts: [...foreseen, ...more.map(({ field, manager }) => ({ field, manager, decision: "fail" as const }))],
      warnings: [],
    };
  }
}

/** The server's message may hold values: only its reason and the fields are told. A missing right is told as it is. */
function refusal(error: KubeError): Pick<ObjectFacts, "refused" | "unasked"> {
  if (UNASKED.includes(error.code)) return { unasked: error.code === "forbidden" ? error.message : error.code };
  const fields = error.causes.map((cause) => `${cause.field === "" ? "" : `${cause.field}: `}${cause.reason}`);
  return { refused: [error.reason === "" ? error.code : error.reason, ...new Set(fields)].join(", ") };
}
