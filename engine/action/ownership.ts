import type { JsonObject, JsonValue } from "../errors.ts";
import { applyObject, FIELD_MANAGER } from "../kube/client.ts";
import { compareDesired } from "../kube/compare.ts";
import { valueAt } from "../kube/conflict-cause.ts";
import { discover } from "../kube/discover.ts";
import { isKubeError, KubeError } from "../kube/error.ts";
import { appliedEntry } from "../kube/managed-fields.ts";
import { withOwnership } from "../kube/ownership.ts";
import { readLive, refOf, refText } from "../kube/read-live.ts";
import { jsonEqual } from "../object/equal.ts";
import { type FieldPath, printFieldPath } from "../object/field-path.ts";
import { EMPTY_FIELDS, hasField } from "../object/fields-v1.ts";
import { keyOf, keyText } from "../object/gvk.ts";
import { managedFieldsOf } from "../object/managed-fields-entry.ts";
import type { KubeObject } from "../object/object.ts";
import { getAnnotation } from "../object/read.ts";
import { type Decided, decide, type DecidePolicy } from "../plan/decide.ts";
import { diffObjects, type FieldChange } from "../plan/diff.ts";
import { setFields } from "../plan/facts.ts";
import { createMasker, type KeyedHash } from "../plan/mask.ts";
import { ownedAs, storedSecret } from "../plan/stored-secret.ts";
import type { ReportField } from "../plan/report.ts";
import { toJsonValue } from "../encoding/index.ts";
import { isJsonObject } from "../object/json.ts";
import { buildObjects, type BuiltObject } from "./build.ts";
import type { EventObject } from "./event.ts";
import { eventObject } from "./event-object.ts";
import { gather } from "./gather.ts";
import { shownFields } from "./plan-report.ts";
import { autoscaledOf } from "./plan-objects.ts";
import { getRelease, type ReadDeps, type ReleaseQuery, sessionOf } from "./read.ts";

/** A recorded object beside what is there, and what writing it again would do. */
interface Standing extends BuiltObject {
  readonly live: KubeObject | undefined;
  readonly decided: Decided;
}

/** One who owns a field. */
export type FieldOwner = {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource: string;
  /** RFC 3339: when it last wrote. */
  readonly since?: string;
};

/** A field that the release sets, and what an upgrade with the same chart and values would do to it. */
export type OwnedField = {
  readonly field: string;
  readonly owners: readonly FieldOwner[];
  readonly decision: "keep" | "adopt" | "change" | "remove" | "fail" | "force" | "yield";
  readonly reason?: string;
};

/** Who owns the fields of one object. */
export type ObjectOwnership = EventObject & { readonly exists: boolean; readonly fields: readonly OwnedField[] };

/** Who owns each field that a release's newest revision sets, since when, and what an upgrade would do to it. No values. */
export async function getOwnership(
  deps: ReadDeps,
  query: ReleaseQuery & { readonly policy: DecidePolicy },
): Promise<readonly ObjectOwnership[]> {
  const { objects } = await standings(deps, query);
  return objects.map((one) => ({
    ...eventObject(one.object),
    exists: one.live !== undefined,
    fields:
      one.live === undefined
        ? []
        : setFields(one.live, storedSecret(one.object)).map((path) => ownedField(one, one.live, path)),
  }));
}

function ownedField({ object, decided }: Standing, live: KubeObject | undefined, path: FieldPath): OwnedField {
  const field = printFieldPath(path);
  const entries = live === undefined ? [] : managedFieldsOf(live);
  const owners = entries
    .filter((entry) => ownedAs(object, path).some((at) => hasField(entry.fields ?? EMPTY_FIELDS, at)))
    .map(({ manager, operation, subresource, time }) => ({
      manager,
      operation,
      subresource,
      ...(time === undefined ? {} : { since: time }),
    }));
  const conflict = decided.conflicts.find((one) => one.conflict.field === field);
  if (conflict !== undefined) return { field, owners, decision: conflict.decision, reason: conflict.reason };
  return { field, owners, decision: effectOf(storedSecret(object), live, path) };
}

function effectOf(object: KubeObject, live: KubeObject | undefined, path: FieldPath): OwnedField["decision"] {
  const wanted = valueAt(object, path);
  if (wanted === undefined) return "remove";
  if (live === undefined || !jsonEqual(valueAt(live, path), wanted)) return "change";
  const own = appliedEntry(live, FIELD_MANAGER)?.fields ?? EMPTY_FIELDS;
  return ownedAs(object, path).some((at) => hasField(own, at)) ? "keep" : "adopt";
}

/** How an object differs from what the newest revision wants. `before` is what is there, `after` what the release wants. Masked. */
export type ObjectDrift = EventObject & {
  readonly drift: "none" | "missing" | "changed" | "refused";
  readonly reason?: string;
  readonly fields: readonly ReportField[];
  /** Fields that are left to their owners. */
  readonly yielded: readonly string[];
};

/** What to look for. */
export interface DriftQuery extends ReleaseQuery {
  readonly policy: DecidePolicy;
  /** JSON pointers of fields that do not count; `*`, or a key of the item, stands for an item of a list. */
  readonly ignore: readonly string[];
  readonly hash: KeyedHash;
}

/** Where an object says which of its fields do not count: JSON pointers, separated by commas. */
export const IGNORE_ANNOTATION = "slipway.dev/ignore-drift";
/** Pointers of one object that are looked at. */
const MAX_POINTERS = 200;

/** What differs from the newest revision, by dry runs of its manifest: the server's own defaults are no drift. Stores nothing. */
export async function getDrift(deps: ReadDeps, query: DriftQuery): Promise<readonly ObjectDrift[]> {
  const { objects, values } = await standings(deps, query);
  const looked = await gather(objects, (one) => lookFor(deps, one, query.ignore));
  const known = objects.flatMap((one) => [one.object, ...(one.live === undefined ? [] : [one.live])]);
  const mask = createMasker({ hash: query.hash, objects: known, values });
  return Promise.all(
    looked.map(async ({ of, drift, reason, changes }) => ({
      ...eventObject(of.object),
      drift,
      ...(reason === undefined ? {} : { reason: mask.text(reason) }),
      fields: await shownFields(of.object, changes, mask),
      yielded: of.decided.planned.yielded,
    })),
  );
}

interface Looked {
  readonly of: Standing;
  readonly drift: ObjectDrift["drift"];
  readonly reason?: string;
  readonly changes: readonly FieldChange[];
}

async function lookFor(deps: ReadDeps, of: Standing, ignore: readonly string[]): Promise<Looked> {
  const { live, decided, mapping } = of;
  if (live === undefined) return { of, drift: "missing", changes: [] };
  const wanted = decided.planned.send ?? decided.planned.object;
  if (compareDesired(live, wanted, FIELD_MANAGER).unchanged) return { of, drift: "none", changes: [] };
  const own = getAnnotation(live, IGNORE_ANNOTATION) ?? getAnnotation(of.object, IGNORE_ANNOTATION) ?? "";
  const pointers = [...ignore, ...own.split(",").map((text) => text.trim())].filter(Boolean).slice(0, MAX_POINTERS);
  try {
    const { object } = await applyObject(sessionOf(deps), mapping, wanted, { force: true, dryRun: true });
    const changes = diffObjects(live, object).filter(({ path }) => !pointers.some((one) => covers(one, path)));
    return { of, drift: changes.length === 0 ? "none" : "changed", changes };
  } catch (error) {
    if (!isKubeError(error, "invalid", "forbidden", "bad-request", "not-found", "conflict")) throw error;
    return { of, drift: "refused", reason: error.message, changes: [] };
  }
}

/** True when a JSON pointer names the path, or something above it. */
export function covers(pointer: string, path: FieldPath): boolean {
  if (!pointer.startsWith("/")) return false;
  const tokens = pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  return (
    tokens.length <= path.length &&
    tokens.every((token, i) => {
      const element = path[i];
      if (element === undefined) return false;
      if (element.kind === "field") return element.name === token;
      if (token === "*") return true;
      if (element.kind === "key") return element.fields.some((field) => textOf(field.value) === token);
      return element.kind === "index" ? String(element.index) === token : textOf(element.value) === token;
    })
  );
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

interface Standings {
  readonly objects: readonly Standing[];
  readonly values: JsonObject;
}

async function standings(deps: ReadDeps, query: ReleaseQuery & { readonly policy: DecidePolicy }): Promise<Standings> {
  const { release } = await getRelease(deps, query);
  const session = sessionOf(deps);
  const discovery = await discover(session);
  const built = buildObjects(release.manifest, { mappingFor: discovery.mappingFor, namespace: release.namespace });
  const objects = built.map(({ object, mapping }) => ({ object: withOwnership(object, release), mapping }));
  const { reads, remaining } = await readLive(session, {
    discovery,
    refs: objects.map(({ object }) => refOf(object)),
    want: "whole",
    reads: "auto",
  });
  if (remaining.length > 0) throw new KubeError("budget", "the objects of the release take more than one step to read");
  const livesOf = ({ object }: BuiltObject): KubeObject | undefined => {
    const read = reads.get(refText(refOf(object)));
    if (read?.kind === "error") throw read.error;
    return read?.kind === "present" ? { ...read.object, apiVersion: object.apiVersion, kind: object.kind } : undefined;
  };
  const decideOne = (one: BuiltObject, autoscaled: boolean): Standing => {
    const live = livesOf(one);
    const input = { desired: one.object, mapping: one.mapping, live, previous: one.object, autoscaled };
    return { ...one, live, decided: decide({ ...input, migrate: true, policy: query.policy }) };
  };
  const first = objects.map((one) => decideOne(one, false));
  const doubtful = first.filter((one) =>
    one.decided.conflicts.some(({ conflict }) => conflict.field === ".spec.replicas"),
  );
  const scaled =
    doubtful.length === 0
      ? new Set<string>()
      : await autoscaledOf({ session }, { targets: objects, discovery }, doubtful);
  const all = first.map((one) => (scaled.has(keyText(keyOf(one.object))) ? decideOne(one, true) : one));
  const values: JsonValue = toJsonValue(release.config);
  return { objects: all, values: isJsonObject(values) ? values : {} };
}
