import { gunzipSync } from "node:zlib";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ActionDeps } from "../../engine/action/action.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import type { ClusterRequest } from "../../engine/kube/transport.ts";
import { isJsonObject, listAt, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";
import type { OpenCluster } from "../../infra/node/cluster-transport.ts";
import { type Bench, chartOf, type ChartSources, type Driven, openBench } from "../support/operation.ts";

/** One cluster on which a real helm and we do the same in namespaces of our own. */
export interface TwoSides {
  readonly bench: Bench;
  /** A chart for both sides: files loaded for us, and a folder for helm, which is given back. */
  readonly chart: (key: string, sources: ChartSources, version?: string) => Promise<string>;
  /** A fresh namespace. */
  readonly space: () => Promise<string>;
  /** The answer; `undefined` where there is nothing, or nothing yet. */
  readonly send: (
    method: ClusterRequest["method"],
    path: string,
    body?: JsonValue,
    how?: { readonly type?: string; readonly manager?: string },
  ) => Promise<JsonObject | undefined>;
  /** An object with what differs between two namespaces taken out, or `undefined`. */
  readonly look: (path: string, namespace: string) => Promise<JsonObject | undefined>;
  /** A record's labels and document with times taken out, or `undefined`. */
  readonly record: (
    namespace: string,
    revision: number,
    kind?: "secrets" | "configmaps",
  ) => Promise<SeenRecord | undefined>;
}

/** What a record says, times and the namespace's name aside. */
export interface SeenRecord {
  readonly type: string | undefined;
  readonly labels: JsonObject;
  readonly document: string;
}

/** Opens both sides. */
export function openSides(cluster: OpenCluster, over: Partial<ActionDeps> = {}): TwoSides {
  const bench = openBench(cluster.transport, over);
  const folder = mkdtempSync(join(tmpdir(), "slipway-sides-"));
  const unique = Date.now().toString(36);
  let spaces = 0;
  const send: TwoSides["send"] = async (method, path, body, how = {}) => {
    const answer = await cluster.transport.send({
      method,
      path,
      headers: { accept: "application/json", "content-type": how.type ?? "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(how.manager === undefined ? {} : { query: [["fieldManager", how.manager]] as const }),
    });
    const text = await new Response(answer.body).text();
    if (answer.status === 404 || answer.status === 429) return undefined;
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${text}`);
    return JSON.parse(text) as JsonObject;
  };
  return {
    bench,
    send,
    chart: async (key, sources, version = "0.1.0") => {
      const files: ChartSources = { "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n`, ...sources };
      for (const [path, text] of Object.entries(files)) {
        const file = join(folder, key, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
      bench.charts.set(key, await chartOf("web", sources, version));
      return join(folder, key);
    },
    space: async () => {
      const name = `sides-${unique}-${++spaces}`;
      await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
      return name;
    },
    look: async (path, namespace) => {
      const found = await send("GET", path.replaceAll("NS", namespace));
      return found === undefined ? undefined : withoutPlace(found, namespace);
    },
    record: async (namespace, revision, kind = "secrets") => {
      const found = await send("GET", `/api/v1/namespaces/${namespace}/${kind}/sh.helm.release.v1.web.v${revision}`);
      return found === undefined ? undefined : seenRecord(found, namespace);
    },
  };
}

/** What we answered, as helm prints an error; empty for a success. */
export function messageOf(driven: Driven, namespace: string): string {
  return driven.outcome.kind === "failed" ? plainError(driven.outcome.message, namespace).trimEnd() : "";
}

/** The last error of the command, with its continuation lines; empty for a success. */
export function errorOf(ended: { readonly code: number; readonly stderr: string }, namespace: string): string {
  if (ended.code === 0) return "";
  const at = ended.stderr.lastIndexOf("Error: ");
  return plainError(ended.stderr.slice(at + "Error: ".length).trimEnd(), namespace);
}

/** An error without what differs between two namespaces: errors of the server may print whole objects. */
export function plainError(text: string, namespace: string): string {
  return text.replaceAll(namespace, "NS").replaceAll(PRINTED, "");
}

/** What differs between two printed objects, however often their quotes were escaped. */
const PRINTED =
  /\\+"(?:uid|resourceVersion|creationTimestamp|time|lastUpdateTime|lastTransitionTime)\\+":\\+"[^"\\]*\\+",?/gu;
const UID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu;
const PLACE = ["uid", "resourceVersion", "creationTimestamp", "selfLink"];

/** An object with what differs between two namespaces taken out. */
export function withoutPlace(object: JsonObject, namespace: string): JsonObject {
  const { status: _status, ...rest } = JSON.parse(
    JSON.stringify(object).replaceAll(namespace, "NS").replaceAll(UID, "UID"),
  ) as JsonObject;
  const metadata = Object.entries(objectAt(rest, "metadata") ?? {}).filter(([name]) => !PLACE.includes(name));
  const spec = Object.entries(objectAt(rest, "spec") ?? {}).filter(([name]) => !name.startsWith("clusterIP"));
  return {
    ...rest,
    metadata: { ...Object.fromEntries(metadata.flatMap(withoutRollout)), managedFields: managers(rest) },
    ...(isJsonObject(rest["spec"]) ? { spec: Object.fromEntries(spec) } : {}),
  };
}

/** The number that a controller gives a rollout comes when it comes. */
function withoutRollout([name, value]: readonly [string, JsonValue]): readonly (readonly [string, JsonValue])[] {
  if (name !== "annotations" || !isJsonObject(value)) return [[name, value]];
  const { "deployment.kubernetes.io/revision": _rollout, ...rest } = value;
  return Object.keys(rest).length === 0 ? [] : [[name, rest]];
}

/** Entries of controllers come when they come. */
function managers(object: JsonObject): readonly JsonValue[] {
  return listAt(object, "metadata", "managedFields")
    .filter((entry) => stringAt(entry, "manager") !== "kube-controller-manager")
    .filter(isJsonObject)
    .map(({ time: _time, ...entry }) => entry)
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const TIME = /"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[-+]\d\d:\d\d)"/gu;

/** A file of a chart, which may name the namespace. */
const FILE = /"data":"([A-Za-z0-9+/]+=*)"/gu;

/** What a Secret or ConfigMap of a release says. */
export function seenRecord(object: JsonObject, namespace: string): SeenRecord {
  const data = stringAt(object, "data", "release") ?? "";
  const packed = object["kind"] === "Secret" ? Buffer.from(data, "base64").toString() : data;
  const document = gunzipSync(Buffer.from(packed, "base64"))
    .toString()
    .replaceAll(/"modtime":"[^"]*",?/gu, "")
    .replaceAll(",}", "}")
    .replaceAll(/"schemamodtime":"[^"]*"/gu, '"schemamodtime":""')
    .replaceAll(PRINTED, "")
    .replaceAll(TIME, '"TIME"')
    .replaceAll(FILE, (whole, packedFile: string) => {
      const text = Buffer.from(packedFile, "base64").toString();
      return text.includes(namespace) ? `"data":${JSON.stringify(text)}` : whole;
    })
    .replaceAll(namespace, "NS");
  const labels = Object.entries(objectAt(object, "metadata", "labels") ?? {});
  return {
    type: stringAt(object, "type"),
    labels: Object.fromEntries(labels.map(([name, value]) => [name, name.endsWith("At") ? "TIME" : value])),
    document: memberAt(object, "immutable") === undefined ? document : "immutable",
  };
}
