import { eventObject } from "../action/event-object.ts";
import { FIELD_MANAGER } from "../kube/client.ts";
import { printGitOpsOwner, type GitOpsOwner } from "../kube/gitops-owner.ts";
import { readYamlDocuments } from "../encoding/yaml-documents.ts";
import { deprecationWarning } from "../lint/deprecation.ts";
import { keyOf, keyText } from "../object/gvk.ts";
import { managedFieldsOf } from "../object/managed-fields-entry.ts";
import { getAnnotation } from "../object/read.ts";
import { managedObjects, type ManagedObject } from "../plan/managed.ts";
import type { Release } from "../release/release.ts";
import { isPending } from "../release/status.ts";
import { ADVICE } from "./advice.ts";
import type { ObjectFacts } from "./facts.ts";
import type { Finding, FindingObject } from "./finding.ts";
import { type GitOpsObjects, helmReleaseOf, ownerState } from "./gitops-objects.ts";
import { handOverSteps } from "./hand-over.ts";

/** Everything that findings are made from. */
export interface AssessInput {
  readonly release: Release;
  /** Of the release's objects, those that were looked at. */
  readonly facts: readonly ObjectFacts[];
  /** Who scales what, by the target's key. */
  readonly scaled: ReadonlyMap<string, string>;
  readonly gitops: GitOpsObjects;
  readonly kubeVersion: { readonly major: string; readonly minor: string };
  /** Why the manifest could not be read at all. */
  readonly unbuilt?: string;
}

/** The findings about a release, the worst first. Pure. */
export function assessRelease(input: AssessInput): readonly Finding[] {
  const { facts, release } = input;
  const per = (code: keyof typeof ADVICE, find: (one: ObjectFacts) => readonly Told[]): readonly Finding[] =>
    findingOf(
      code,
      facts.flatMap((one) => find(one).map((told) => ({ ...eventObject(one.object), ...told }))),
    );
  const all = [
    ...recordFindings(release),
    ...managedFindings(input),
    ...per("conflict", conflictsIn),
    ...per("refused", ({ refused }) => (refused === undefined ? [] : [{ detail: refused }])),
    ...per("api-removed", removedIn),
    ...per("api-deprecated", (one) => deprecatedIn(one, input.kubeVersion)),
    ...unreadableFindings(input),
    ...per("autoscaled", ({ object }) => {
      const scaler = input.scaled.get(keyText(keyOf(object)));
      return scaler === undefined ? [] : [{ detail: scaler }];
    }),
    ...per("last-applied", ({ live }) => (hasLastApplied(live) ? [{}] : [])),
    ...per("client-side-fields", clientSideIn),
    ...per("missing", ({ live }) => (live.kind === "absent" ? [{}] : [])),
  ];
  const rank = { blocker: 0, attention: 1, note: 2 } as const;
  return all.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}

type Told = Pick<FindingObject, "field" | "manager" | "detail">;

function findingOf(code: keyof typeof ADVICE, objects: readonly FindingObject[]): readonly Finding[] {
  return objects.length === 0 ? [] : [{ code, ...ADVICE[code], objects }];
}

function recordFindings(release: Release): readonly Finding[] {
  const codes: (keyof typeof ADVICE)[] = [];
  const { status } = release.info;
  if (isPending(status)) codes.push("pending");
  if (status === "failed") codes.push("failed");
  if (release.applyMethod === "") codes.push("helm3-record");
  if (release.applyMethod === "csa") codes.push("client-side-apply");
  if (wasPostRendered(release.manifest)) codes.push("post-renderer");
  return codes.map((code) => ({ code, ...ADVICE[code], objects: [] }));
}

/**
 * Records do not name post-renderers. Helm writes a `# Source:` line above each document that it rendered: Helm 3 leaves the manifest as
 * the post-renderer gave it, Helm 4 names new documents `generated-by-postrender-…`.
 */
export function wasPostRendered(manifest: string): boolean {
  const documents = readYamlDocuments(manifest).filter((text) => text.trim() !== "");
  const sources = documents.filter((text) => text.includes("# Source: "));
  return documents.length > sources.length || sources.some((text) => /# Source: .*generated-by-postrender/.test(text));
}

function conflictsIn({ conflicts }: ObjectFacts): readonly Told[] {
  return conflicts.filter((one) => one.decision === "fail").map(({ field, manager }) => ({ field, manager }));
}

function removedIn({ object, served }: ObjectFacts): readonly Told[] {
  if (served === "yes") return [];
  const other = served === "elsewhere" ? "the kind is served in another version" : "no version of the kind is served";
  return [{ detail: `${object.apiVersion} ${object.kind}: ${other}` }];
}

/** What the server says, and where it says nothing, Kubernetes' own table. */
function deprecatedIn(
  { object, served, warnings }: ObjectFacts,
  kubeVersion: AssessInput["kubeVersion"],
): readonly Told[] {
  if (served !== "yes") return [];
  const said = warnings.filter((text) => text.includes("deprecated"));
  const known = said.length > 0 ? said : [deprecationWarning(object, kubeVersion)];
  return known.flatMap((detail) => (detail === undefined ? [] : [{ detail }]));
}

function hasLastApplied(live: ObjectFacts["live"]): boolean {
  return (
    live.kind === "present" &&
    getAnnotation(live.object, "kubectl.kubernetes.io/last-applied-configuration") !== undefined
  );
}

function clientSideIn({ live }: ObjectFacts): readonly Told[] {
  if (live.kind !== "present") return [];
  const entries = managedFieldsOf(live.object);
  const own = entries.some(
    (one) => one.manager === FIELD_MANAGER && one.operation === "Update" && one.subresource === "",
  );
  return own ? [{ manager: FIELD_MANAGER }] : [];
}

function unreadableFindings({ facts, unbuilt }: AssessInput): readonly Finding[] {
  const objects = facts.flatMap(({ object, served, live, unasked }) => {
    if (served !== "yes") return [];
    if (live.kind === "unreadable") return [{ ...eventObject(object), detail: live.why }];
    return unasked === undefined ? [] : [{ ...eventObject(object), detail: `the dry run was not allowed: ${unasked}` }];
  });
  const todo = [
    "give the identity the right to get and patch these objects (dry runs store nothing), then assess again",
  ];
  const message = "not everything could be read";
  return [
    ...(unbuilt === undefined
      ? []
      : [unreadable(`the record cannot be read: ${unbuilt}`, ["mend or delete the record, then assess again"])]),
    ...(objects.length === 0 ? [] : [{ code: "unreadable", severity: "attention", message, objects, todo } as const]),
  ];
}

/** A finding about what could not be read as a whole. */
export function unreadable(message: string, todo: readonly string[]): Finding {
  return { code: "unreadable", severity: "attention", message, objects: [], todo };
}

/** One finding for each tool's object that also manages some of the release. */
function managedFindings({ release, facts, gitops }: AssessInput): readonly Finding[] {
  const lives = facts.flatMap(({ live }) => (live.kind === "present" ? [live.object] : []));
  const managed = withNames(managedObjects([...lives, ...facts.map((one) => one.object)]));
  const groups = Map.groupBy(managed, (one) => printGitOpsOwner(one.owner));
  const found = [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [managedFinding({ release, gitops, owner: first.owner }, [first, ...rest])],
  );
  const byName = helmReleaseOf(gitops, release);
  const isKnown = byName === undefined || groups.has(printGitOpsOwner(byName));
  return isKnown ? found : [...found, managedFinding({ release, gitops, owner: byName }, [])];
}

/** A field manager tells no name: it is that of the tool's only object that the other traces name. */
function withNames(managed: readonly ManagedObject[]): readonly ManagedObject[] {
  return managed.map((one) => {
    if (one.owner.name !== undefined) return one;
    const named = managed.filter((other) => other.owner.tool === one.owner.tool && other.owner.name !== undefined);
    const names = new Map(named.map((other) => [printGitOpsOwner(other.owner), other.owner]));
    const [only] = names.values();
    return names.size !== 1 || only === undefined ? one : { ...one, owner: { ...only, evidence: one.owner.evidence } };
  });
}

const STATES = { active: "", paused: " (paused)", gone: " (which is no longer there)", unknown: "" } as const;

function managedFinding(
  { release, gitops, owner }: Pick<AssessInput, "release" | "gitops"> & { readonly owner: GitOpsOwner },
  managed: readonly ManagedObject[],
): Finding {
  const state = ownerState(gitops, owner);
  const { tool, name = "NAME", namespace = "NAMESPACE" } = owner;
  const who = `the ${printGitOpsOwner(owner)}${STATES[state]}`;
  return {
    code: "managed-by-gitops",
    ...(managed.length === 0
      ? { severity: "attention", message: `${who} makes this release` }
      : { severity: "blocker", message: `${who} also manages objects: a change is refused without --alongside` }),
    objects: managed.map(({ owner: by, ...object }) => ({ ...object, detail: by.evidence })),
    todo: handOverSteps({ release, tool, name, namespace, gone: state === "gone" }),
  };
}
