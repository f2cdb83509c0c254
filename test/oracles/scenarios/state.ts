import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { isJsonObject, listAt, memberAt, objectAt, stringAt } from "../../../engine/object/json.ts";
import { seenRecord, type TwoSides, withoutPlace } from "../two-sides.ts";

/** What is there of a side: objects by path, records by name. */
export interface SideState {
  readonly objects: Readonly<Record<string, JsonValue>>;
  readonly records: Readonly<Record<string, JsonValue>>;
}

/** Where objects of a kind are; `NS` is the namespace. */
const PLACES: Readonly<Record<string, string>> = {
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  StatefulSet: "/apis/apps/v1/namespaces/NS/statefulsets",
  Job: "/apis/batch/v1/namespaces/NS/jobs",
  CronJob: "/apis/batch/v1/namespaces/NS/cronjobs",
  Ingress: "/apis/networking.k8s.io/v1/namespaces/NS/ingresses",
  Pod: "/api/v1/namespaces/NS/pods",
  Role: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles",
  Service: "/api/v1/namespaces/NS/services",
  ServiceAccount: "/api/v1/namespaces/NS/serviceaccounts",
  Thing: "/apis/NS.example.com/v1/namespaces/NS/things",
};
const ALWAYS = ["/api/v1/namespaces/NS/configmaps", "/api/v1/namespaces/NS/secrets"];
/** Single objects. */
const CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const SINGLE: Readonly<Record<string, string>> = {
  CustomResourceDefinition: `${CRD}/things.NS.example.com`,
  Namespace: "/api/v1/namespaces/NS",
};
const RECORD = /^sh\.helm\.release\.v1\./u;
/** What every namespace has. */
const GIVEN = /^(?:kube-root-ca\.crt|default)$/u;

/** Looks at a namespace. `text`: what the scenario says; kinds that it does not name are not looked for. */
export async function lookAt(sides: TwoSides, namespace: string, text: string): Promise<SideState> {
  const named = (places: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(places).flatMap(([kind, place]) => (new RegExp(`\\b${kind}\\b`, "u").test(text) ? [place] : []));
  const found = await Promise.all([
    ...[...ALWAYS, ...named(PLACES)].map((place) => listed(sides, place, namespace)),
    ...named(SINGLE).map(async (place) => {
      const object = await sides.send("GET", place.replaceAll("NS", namespace));
      return object === undefined ? [] : [[place, object] as const];
    }),
  ]);
  const objects: Record<string, JsonValue> = {};
  const records: Record<string, JsonValue> = {};
  for (const [path, object] of found.flat()) {
    const name = stringAt(object, "metadata", "name") ?? "";
    if (RECORD.test(name)) records[`${String(object["kind"])} ${name}`] = recordOf(object, namespace);
    else if (!GIVEN.test(name) && isTold(object)) objects[path] = told(withoutPlace(object, namespace));
  }
  return { objects, records };
}

async function listed(
  sides: TwoSides,
  place: string,
  namespace: string,
): Promise<readonly (readonly [string, JsonObject])[]> {
  const list = await sides.send("GET", place.replaceAll("NS", namespace));
  const kind = String(list?.["kind"] ?? "").replace(/List$/u, "");
  return listAt(list ?? {}, "items")
    .filter(isJsonObject)
    .map((item) => [`${place}/${stringAt(item, "metadata", "name") ?? ""}`, { kind, ...item }]);
}

/** A list of the server has no place to say a record's kind. */
function recordOf(object: JsonObject, namespace: string): JsonValue {
  const { type, labels, document } = seenRecord(object, namespace);
  return { type: type ?? "", labels, document };
}

/** What controllers made is theirs, and what goes is gone unless somebody holds it. */
function isTold(object: JsonObject): boolean {
  const owned = listAt(object, "metadata", "ownerReferences").length > 0;
  const held = listAt(object, "metadata", "finalizers").some((one) => String(one).startsWith("example.com/"));
  return !owned && (memberAt(object, "metadata", "deletionTimestamp") === undefined || held);
}

const SETTLING = ["deletionTimestamp", "nodeName"];

/** An object without what controllers write when they come to it. */
function told(object: JsonObject): JsonValue {
  const { managedFields: entries = [], ...metadata } = objectAt(object, "metadata") ?? {};
  const managedFields = (Array.isArray(entries) ? entries : []).filter(
    (entry) => isJsonObject(entry) && entry["subresource"] === undefined,
  );
  const text = JSON.stringify({ ...object, metadata: { ...metadata, managedFields } }, (key, value: unknown) =>
    SETTLING.includes(key) ? undefined : value,
  );
  const plain: JsonObject = JSON.parse(text.replaceAll(/kube-api-access-[a-z0-9]{5}/gu, "kube-api-access"));
  return plain;
}

/** Where two answers differ: path, wanted, seen. */
export interface Difference {
  readonly path: string;
  readonly wanted: string;
  readonly seen: string;
}

/** More of them are not told. */
const MAX_DIFFERENCES = 12;

/** Where `seen` is not `wanted`; documents of records are compared as texts and told by their fields. */
export function differencesOf(wanted: JsonValue | undefined, seen: JsonValue | undefined): readonly Difference[] {
  return [...walk(wanted, seen, "")].slice(0, MAX_DIFFERENCES);
}

function* walk(wanted: JsonValue | undefined, seen: JsonValue | undefined, path: string): Generator<Difference> {
  if (JSON.stringify(wanted) === JSON.stringify(seen)) return;
  const [a, b] = [unpacked(wanted), unpacked(seen)];
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.max(a.length, b.length); at++) yield* walk(a[at], b[at], `${path}[${at}]`);
    return;
  }
  if (isJsonObject(a) && isJsonObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    const inner = [...keys].flatMap((key) => [...walk(a[key], b[key], `${path}.${key}`)]);
    // Documents of the same fields may still be other texts.
    yield* inner.length > 0
      ? inner
      : [{ path, wanted: JSON.stringify(wanted) ?? "", seen: JSON.stringify(seen) ?? "" }];
    return;
  }
  yield { path, wanted: JSON.stringify(wanted) ?? "nothing", seen: JSON.stringify(seen) ?? "nothing" };
}

/** A record's document as the object that it is. */
function unpacked(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string" || !value.startsWith('{"name":')) return value;
  const parsed: JsonValue = JSON.parse(value);
  return parsed;
}
