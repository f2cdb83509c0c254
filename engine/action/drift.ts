import { toJsonValue } from "../encoding/index.ts";
import type { JsonValue } from "../errors.ts";
import { applyObject, FIELD_MANAGER } from "../kube/client.ts";
import { compareDesired } from "../kube/compare.ts";
import { isKubeError } from "../kube/error.ts";
import type { FieldPath } from "../object/field-path.ts";
import { parseApiVersion } from "../object/gvk.ts";
import { isJsonObject } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getAnnotation } from "../object/read.ts";
import { diffObjects, type FieldChange } from "../plan/diff.ts";
import { createMasker, type KeyedHash } from "../plan/mask.ts";
import type { ReportField } from "../plan/report.ts";
import type { EventObject } from "./event.ts";
import { eventObject } from "./event-object.ts";
import { gather } from "./gather.ts";
import { shownFields } from "./plan-report.ts";
import { type ReadDeps, sessionOf } from "./read.ts";
import { newestFor, readStandings, type Standing, type StandingPage, type StandingQuery } from "./standing.ts";

/** How an object differs from what the newest revision wants. `before` is what is there, `after` what the release wants. Masked. */
export type ObjectDrift = EventObject & {
  readonly drift: "none" | "missing" | "changed" | "refused";
  readonly reason?: string;
  readonly fields: readonly ReportField[];
  /** Fields that are left to their owners. */
  readonly yielded: readonly string[];
};

/** Fields that do not count, of all objects or of some kinds. */
export interface IgnoreRule {
  /** `Kind`, or `group/Kind`. */
  readonly kinds?: readonly string[] | undefined;
  /** JSON pointers; `*`, or a key of the item, stands for an item of a list. */
  readonly pointers: readonly string[];
}

/** What to look for. */
export interface DriftQuery extends StandingQuery {
  readonly ignore: readonly IgnoreRule[];
  readonly hash: KeyedHash;
}

/** Where an object says which of its fields do not count: JSON pointers, separated by commas. */
export const IGNORE_ANNOTATION = "slipway.dev/ignore-drift";
/** Pointers of one object that are looked at. */
const MAX_POINTERS = 200;

/** What differs from the newest revision, by dry runs of its manifest: the server's own defaults are no drift. Stores nothing. */
export async function getDrift(deps: ReadDeps, query: DriftQuery): Promise<StandingPage<ObjectDrift>> {
  const release = await newestFor(deps, query);
  const { items, ...page } = await readStandings(deps, release, { ...query, requests: 2 });
  const looked = await gather(items, (one) => lookFor(deps, one, query.ignore));
  const objects = items.flatMap((one) => [one.object, ...(one.live === undefined ? [] : [one.live])]);
  const values: JsonValue = toJsonValue(release.config);
  const mask = createMasker({ hash: query.hash, objects, values: isJsonObject(values) ? values : {} });
  const shown = await Promise.all(
    looked.map(async ({ of, drift, reason, changes }) => ({
      ...eventObject(of.object),
      drift,
      ...(reason === undefined ? {} : { reason: mask.text(reason) }),
      fields: await shownFields(of.object, changes, mask),
      yielded: of.decided.planned.yielded,
    })),
  );
  return { ...page, items: shown };
}

interface Looked {
  readonly of: Standing;
  readonly drift: ObjectDrift["drift"];
  readonly reason?: string;
  readonly changes: readonly FieldChange[];
}

async function lookFor(deps: ReadDeps, of: Standing, ignore: readonly IgnoreRule[]): Promise<Looked> {
  const { live, decided, mapping } = of;
  if (live === undefined) return { of, drift: "missing", changes: [] };
  const wanted = decided.planned.send ?? decided.planned.object;
  if (compareDesired(live, wanted, FIELD_MANAGER).unchanged) return { of, drift: "none", changes: [] };
  const pointers = pointersFor(of, live, ignore);
  try {
    const { object } = await applyObject(sessionOf(deps), mapping, wanted, { force: true, dryRun: true });
    const changes = diffObjects(live, object).filter(({ path }) => !pointers.some((one) => covers(one, path)));
    return { of, drift: changes.length === 0 ? "none" : "changed", changes };
  } catch (error) {
    if (!isKubeError(error, "invalid", "forbidden", "bad-request", "not-found", "not-served", "conflict")) throw error;
    return { of, drift: "refused", reason: error.message, changes: [] };
  }
}

function pointersFor({ object }: Standing, live: KubeObject, rules: readonly IgnoreRule[]): readonly string[] {
  const { group } = parseApiVersion(object.apiVersion);
  const named = [object.kind, `${group}/${object.kind}`];
  const ruled = rules.flatMap(({ kinds, pointers }) =>
    kinds === undefined || kinds.some((kind) => named.includes(kind)) ? pointers : [],
  );
  const own = getAnnotation(live, IGNORE_ANNOTATION) ?? getAnnotation(object, IGNORE_ANNOTATION) ?? "";
  return [...ruled, ...own.split(",").map((text) => text.trim())].filter(Boolean).slice(0, MAX_POINTERS);
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
