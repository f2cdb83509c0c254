import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzip, writeTar } from "../../engine/archive/index.ts";
import { loadArchive } from "../../engine/chart/index.ts";
import type { JsonValue } from "../../engine/errors.ts";
import { memberAt, stringAt } from "../../engine/object/json.ts";
import { chartConfig, chartManifest } from "../../engine/oci/chart-artifact.ts";
import { type Digest, digestOf } from "../../engine/oci/digest.ts";
import { OCI_MANIFEST } from "../../engine/oci/media-type.ts";
import { EMBEDDED_PROJECT } from "./settings.ts";

const CHART = "hello";
const NAMESPACE = "default";
/** The sample's files have this time, so that its digest is the same everywhere: 1 January 2026. */
const FILE_TIME = Date.UTC(2026, 0, 1) / 1000;
const EVENT_LIMIT = 1000;

/** True once a server kept something in a folder. */
export function hasData(folder: string): boolean {
  return existsSync(join(folder, "slipway.db"));
}

/** What the sample is shown with. */
export interface SampleOptions {
  readonly url: string;
  readonly cluster: string;
  /** What results call the cluster. */
  readonly title: string;
  readonly say: (line: string) => void;
}

/** Pushes the sample chart into the server's own registry and installs it, all over HTTP, as a user would. */
export async function installSample({ url, cluster, title, say }: SampleOptions): Promise<void> {
  say("");
  const { digest, version } = await pushChart(url);
  say(`pushed  ${EMBEDDED_PROJECT}/${CHART}:${version} (${digest})`);
  const path = `/v1/clusters/${cluster}/namespaces/${NAMESPACE}/releases/${CHART}`;
  say(`POST    ${path}/install`);
  const body = JSON.stringify({ chart: `${EMBEDDED_PROJECT}/${CHART}`, version, wait: "watcher", timeout: "1m" });
  const response = await fetch(`${url}${path}/install`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  const started: JsonValue = JSON.parse(await response.text());
  const id = stringAt(started, "id");
  if (id === undefined) throw new Error(`install the sample: ${response.status} ${JSON.stringify(started)}`);
  await showEvents(`${url}/v1/operations/${id}/events`, say);
  say(`        on the cluster ${title}`);
  say("");
}

/** Every event of an operation as a line, until its stream ends. */
async function showEvents(url: string, say: (line: string) => void): Promise<void> {
  const response = await fetch(url, { headers: { accept: "application/x-ndjson" } });
  const lines = (await response.text()).split("\n", EVENT_LIMIT);
  for (const line of lines) {
    if (line === "") continue;
    const event: JsonValue = JSON.parse(line);
    say(`        ${describe(event)}`);
  }
}

function describe(event: JsonValue): string {
  const type = stringAt(event, "type") ?? stringAt(event, "event") ?? "";
  const object = memberAt(event, "object");
  const what = object === undefined ? "" : ` ${stringAt(object, "kind") ?? ""}/${stringAt(object, "name") ?? ""}`;
  const words = ["result", "status", "phase", "message"].flatMap((name) => stringAt(event, name) ?? []);
  return `${type}${what} ${words.join(": ")}`.trimEnd();
}

interface Pushed {
  readonly digest: Digest;
  readonly version: string;
}

async function pushChart(url: string): Promise<Pushed> {
  const folder = join(import.meta.dirname, "sample-chart");
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = names
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((file) => ({
      name: `${CHART}/${file.slice(folder.length + 1).replaceAll("\\", "/")}`,
      data: readFileSync(file),
      mtime: FILE_TIME,
    }));
  const archive = await gzip(writeTar(files));
  const { metadata } = await loadArchive(archive);
  const config = chartConfig(metadata);
  const stored = { metadata, config: await pushBlob(url, config), archive: await pushBlob(url, archive) };
  const manifest = chartManifest({ ...stored, created: new Date(FILE_TIME * 1000).toISOString() });
  await send(`${url}/v2/${EMBEDDED_PROJECT}/${CHART}/manifests/${metadata.version}`, "PUT", manifest, OCI_MANIFEST);
  return { digest: await digestOf(manifest), version: metadata.version };
}

async function pushBlob(url: string, bytes: Uint8Array): Promise<{ readonly digest: Digest; readonly size: number }> {
  const digest = await digestOf(bytes);
  await send(
    `${url}/v2/${EMBEDDED_PROJECT}/${CHART}/blobs/uploads/?digest=${digest}`,
    "POST",
    bytes,
    "application/octet-stream",
  );
  return { digest, size: bytes.length };
}

async function send(url: string, method: string, bytes: Uint8Array, type: string): Promise<void> {
  const response = await fetch(url, { method, body: new Uint8Array(bytes), headers: { "content-type": type } });
  if (response.status !== 201)
    throw new Error(`push the sample: ${method} answered ${response.status}: ${await response.text()}`);
}
