import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { isJsonObject, listAt, memberAt, objectAt, stringAt } from "../../../engine/object/json.ts";
import type { ClusterTransport } from "../../../engine/kube/transport.ts";
import type { Scenario } from "./scenarios.ts";

/** What an answer says, without what differs from one cluster to the next. */
export interface Answer {
  readonly code: number;
  readonly body: JsonObject;
}

const volatile = ["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "selfLink"];

/** Plays a scene in a namespace of its own, which it makes. */
export async function play(
  transport: ClusterTransport,
  scenario: Scenario,
  namespace: string,
): Promise<readonly Answer[]> {
  const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await transport.send({
    method: "POST",
    path: "/api/v1/namespaces",
    body,
    headers: { "content-type": "application/json" },
  });
  const answers: Answer[] = [];
  for (const step of scenario.steps) {
    const response = await transport.send({
      ...step,
      path: step.path.replace("{ns}", namespace),
      headers: { "content-type": "application/json", accept: "application/json", ...step.headers },
      ...(step.body === undefined ? {} : { body: JSON.stringify(step.body) }),
    } as Parameters<ClusterTransport["send"]>[0]);
    const text = (await new Response(response.body).text()).replaceAll(namespace, "NS");
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    const parsed: JsonValue = isJson ? (JSON.parse(text) as JsonValue) : { text };
    answers.push({ code: response.status, body: isJsonObject(parsed) ? withoutVolatile(parsed) : {} });
  }
  return answers;
}

/** Annotations that a controller writes some time later. */
function isControllers(name: string, value: JsonValue): boolean {
  return (
    name === "annotations" &&
    Object.keys(isJsonObject(value) ? value : {}).every((key) => key.startsWith("deployment.kubernetes.io/"))
  );
}

/** The server takes the managers of a conflict out of a map, in any order. */
function byManager(causes: JsonValue): JsonValue {
  const manager = (cause: JsonValue): string => stringAt(cause, "message") ?? "";
  return listAt(causes).toSorted((a, b) => (manager(a) < manager(b) ? -1 : manager(a) > manager(b) ? 1 : 0));
}

function withoutVolatile(body: JsonObject): JsonObject {
  const metadata = Object.fromEntries(
    Object.entries(objectAt(body, "metadata") ?? {}).filter(
      ([name, value]) => !volatile.includes(name) && !isControllers(name, value),
    ),
  );
  const managedFields = listAt(metadata, "managedFields")
    .filter(
      (entry) =>
        memberAt(entry, "manager") !== "kube-controller-manager" && memberAt(entry, "manager") !== "local-controllers",
    )
    .map((entry) =>
      Object.fromEntries(Object.entries(isJsonObject(entry) ? entry : {}).filter(([name]) => name !== "time")),
    )
    .toSorted((a, b) =>
      JSON.stringify([a["operation"], a["manager"]]) < JSON.stringify([b["operation"], b["manager"]]) ? -1 : 1,
    );
  const details = Object.fromEntries(
    Object.entries(objectAt(body, "details") ?? {})
      .filter(([name]) => name !== "uid")
      .map(([name, value]) => [name, name === "causes" ? byManager(value) : value]),
  );
  const kept = Object.entries(body).filter(([name]) => name !== "status" || body["kind"] === "Status");
  const spec = Object.entries(objectAt(body, "spec") ?? {}).filter(([name]) => !/^clusterIPs?$/.test(name));
  return {
    ...Object.fromEntries(kept),
    ...(body["spec"] === undefined ? {} : { spec: Object.fromEntries(spec) }),
    ...(body["metadata"] === undefined
      ? {}
      : { metadata: { ...metadata, ...(managedFields.length === 0 ? {} : { managedFields }) } }),
    ...(body["details"] === undefined ? {} : { details }),
  };
}

/**
 * Where an answer of the simulation disagrees with the real one: it may say less (the real server fills in defaults), never
 * something else. Fields of `Apply` entries are equal; those of `Update` entries may lack defaults.
 */
export function disagreements(ours: JsonValue | undefined, real: JsonValue | undefined, path = ""): readonly string[] {
  if (Array.isArray(ours) && Array.isArray(real)) {
    const lengths = ours.length === real.length ? [] : [`${path} has ${ours.length} items, not ${real.length}`];
    return [
      ...lengths,
      ...ours.flatMap((item: JsonValue, index) => disagreements(item, real[index], `${path}[${index}]`)),
    ];
  }
  if (isJsonObject(ours) && isJsonObject(real)) {
    const exact = path.includes("/fieldsV1") && path.includes("(Apply)");
    const missing = exact ? Object.keys(real).filter((name) => !Object.hasOwn(ours, name)) : [];
    const label = ours["operation"] === "Apply" ? "(Apply)" : "";
    const inner = Object.keys(ours).flatMap((name) => disagreements(ours[name], real[name], `${path}${label}/${name}`));
    return [...missing.map((name) => `${path} lacks ${name}`), ...inner];
  }
  return JSON.stringify(ours) === JSON.stringify(real)
    ? []
    : [`${path} is ${JSON.stringify(ours)}, not ${JSON.stringify(real)}`];
}
