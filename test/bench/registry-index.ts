import { createHash } from "node:crypto";
import { join } from "node:path";
import { createFilesystemStore } from "../../infra/node/filesystem-store.ts";
import { OPEN_ACCESS } from "../../registry/http/access.ts";
import { createRegistry } from "../../registry/registry.ts";
import { createFetchEgress } from "../support/fetch-egress.ts";
import { random } from "../support/registry-server.ts";
import { median, report } from "./figure.ts";
import type { LoadOperation } from "./http-load.ts";
import { compare, type RegistryBench } from "./registry-compare.ts";
import { ask, type Content, contentOf, createBodies, makeChart, pushOperation, upload } from "./registry-charts.ts";
import { type RegistryPeer, startOurs } from "./registry-peers.ts";
import { keep } from "./registry-bodies.ts";

const CHARTS = 100;
const VERSIONS = 100;
const READ_MS = 600;
const PUSHES = 10;
const PUSH_LIMIT_MS = 20_000;
/** Design §11: the first read after a push. */
const BUDGET_MS = 50;

/**
 * An index of 10,000 versions: whole, packed, and asked for again by its ETag. The peers have no index: they give a blob of the same
 * bytes, which is the least that one could cost. Then the first read after a push.
 */
export async function benchIndex(bench: RegistryBench, others: readonly RegistryPeer[]): Promise<void> {
  if (!bench.wants("index")) return;
  const folder = join(bench.folder, "index");
  await fill(folder);
  const ours = await startOurs(folder);
  try {
    const index = Buffer.from(await (await fetch(`http://${ours.address}${INDEX}`)).arrayBuffer());
    const blob = contentOf(index);
    const peers = others.filter(({ name }) => name !== ours.name);
    for (const peer of peers) await bring(bench, peer, blob);
    for (const connections of bench.connections) await read(bench, { ours, peers, blob, connections });
    await firstRead(bench, ours);
  } finally {
    await ours.stop();
  }
}

const INDEX = "/helm/charts/index.yaml";
const BLOB_REPOSITORY = "charts/index";

/** Puts 10,000 versions of 100 charts into a data folder. */
async function fill(folder: string): Promise<void> {
  const registry = createRegistry({
    store: createFilesystemStore(join(folder, "objects")),
    projects: [{ kind: "hosted", name: "charts" }],
    egress: createFetchEgress(),
    clock: { now: () => Date.now(), sleep: () => Promise.reject(new Error("nobody waits here")) },
    access: OPEN_ACCESS,
    random,
  });
  const put = async (path: string, method: string, { bytes }: Content, type: string): Promise<void> => {
    const headers = { "content-type": type, "content-length": String(bytes.length) };
    const request = new Request(`http://127.0.0.1${path}`, { method, headers, body: new Uint8Array(bytes) });
    const { status } = await registry.fetch(request);
    if (status !== 201) throw new Error(`${method} ${path}: ${status}`);
  };
  for (let i = 0; i < CHARTS * VERSIONS; i++) {
    const version = Math.floor(i / CHARTS);
    const { repository, tag, config, archive, manifest } = makeChart(
      `charts/chart-${i % CHARTS}`,
      `1.${version}.0`,
      100,
      "one archive for all",
    );
    for (const content of version === 0 ? [config, archive] : [config]) {
      await put(`/v2/${repository}/blobs/uploads/?digest=${content.digest}`, "POST", content, "");
    }
    await put(`/v2/${repository}/manifests/${tag}`, "PUT", manifest, "application/vnd.oci.image.manifest.v1+json");
  }
}

async function bring({ load, folder }: RegistryBench, { address }: RegistryPeer, blob: Content): Promise<void> {
  const bodies = createBodies();
  const operations = [upload(bodies, `/v2/${BLOB_REPOSITORY}`, blob)];
  const file = keep(folder, bodies.all());
  await load.run({ address, connections: 1, milliseconds: PUSH_LIMIT_MS, once: true, operations, bodies: file });
}

interface IndexRead {
  readonly ours: RegistryPeer;
  readonly peers: readonly RegistryPeer[];
  readonly blob: Content;
  readonly connections: number;
}

async function read(bench: RegistryBench, { ours, peers, blob, connections }: IndexRead): Promise<void> {
  const etag = `"${createHash("sha256").update(blob.bytes).digest("hex")}"`;
  const { length } = blob.bytes;
  const whole = ask(`GET ${INDEX}`, { status: 200, bytes: length });
  const theirs = ask(`GET /v2/${BLOB_REPOSITORY}/blobs/${blob.digest}`, { status: 200, bytes: length });
  const packed = ask(`GET ${INDEX}`, { status: 200 }, ["Accept-Encoding: gzip"]);
  const again = ask(`GET ${INDEX}`, { status: 304 }, [`If-None-Match: ${etag}`]);
  const loads: readonly (readonly [string, LoadOperation, readonly RegistryPeer[]])[] = [
    ["index-10000", [whole], [ours, ...peers]],
    ["index-10000-gzip", [packed], [ours]],
    ["index-10000-304", [again], [ours]],
  ];
  for (const [name, operation, all] of loads) {
    const plan = { connections, milliseconds: READ_MS };
    await compare(bench, all, {
      name,
      warm: { ...plan, operations: [operation] },
      plans: [plan, plan].map((one) => ({ ...one, operations: [operation] })),
      operationsOf: (peer) => [peer === ours ? operation : [theirs]],
    });
  }
}

/** One more version, and the index right after it: milliseconds, the median of some and the worst. */
async function firstRead({ load, folder }: RegistryBench, ours: RegistryPeer): Promise<void> {
  const times: number[] = [];
  const { address } = ours;
  for (let i = 0; i < PUSHES; i++) {
    const bodies = createBodies();
    const push = pushOperation(bodies, makeChart(`charts/chart-${i}`, `2.${i}.0`, 20_000));
    const once = { address, connections: 1, milliseconds: PUSH_LIMIT_MS, once: true };
    await load.run({ ...once, operations: [push], bodies: keep(folder, bodies.all()) });
    const { p50 } = await load.run({ ...once, operations: [[ask(`GET ${INDEX}`, { status: 200 })]] });
    times.push(p50);
  }
  const common = { peer: "budget", theirs: BUDGET_MS, unit: "ms" };
  report({ name: "registry/index-10000/after-push", ours: median(times), ...common });
  report({ name: "registry/index-10000/after-push/worst", ours: Math.max(...times), ...common });
}
