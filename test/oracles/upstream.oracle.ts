import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, createServer, request as send } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWorker } from "../smoke/targets.ts";
import { type FaultyUpstream, startFaultyUpstream } from "../support/faulty-upstream.ts";
import { runProgram } from "../support/helm.ts";
import { imageOf, MANIFEST, packChart, sha256, utf8 } from "../support/registry.ts";
import { type SlipwayServer, startServer } from "../support/slipway-server.ts";

const PULLS = 1000;
const MIB = 1024 * 1024;
/** What an index may cost above idle, in bytes. */
const BUDGET = 128_000_000;
const root = mkdtempSync(join(tmpdir(), "slipway-cold-pulls-"));
let upstream: FaultyUpstream;
const layer = new Uint8Array(2 * MIB).map((_, at) => (at * 13) & 255);
const manifest = utf8(JSON.stringify(imageOf(utf8("{}"), layer)));
const archive = await packChart({ name: "web", version: "1.0.0" });

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  const { files } = upstream;
  const headers = { "content-type": MANIFEST, "docker-content-digest": sha256(manifest) };
  files.set("/v2/lib/web/manifests/1.0.0", { bytes: manifest, headers });
  files.set(`/v2/lib/web/blobs/${sha256(layer)}`, { bytes: layer });
  const entry = `  web:\n  - name: web\n    version: 1.0.0\n    urls: [web-1.0.0.tgz]\n`;
  files.set("/repo/index.yaml", { bytes: utf8(`apiVersion: v1\nentries:\n${entry}`) });
  files.set("/repo/web-1.0.0.tgz", { bytes: archive });
});
afterAll(async () => {
  await upstream.close();
  rmSync(root, { recursive: true, force: true });
});

function configText(): string {
  const reach = { plainHttp: true, privateAddresses: true };
  return JSON.stringify({
    upstreams: [
      { name: "registry", kind: "oci", url: `${upstream.origin}/lib`, ...reach },
      { name: "repository", kind: "classic", url: `${upstream.origin}/repo`, ...reach },
    ],
    projects: [
      { kind: "proxy", name: "oci", upstream: "registry", anonymousPull: true },
      { kind: "proxy", name: "classic", upstream: "repository", anonymousPull: true },
    ],
  });
}

/** Slipway as one or more servers that share a store. */
interface Servers {
  readonly urls: readonly string[];
  readonly close: () => Promise<void>;
}

/** Node servers with data folders of their own over one folder of objects. */
async function openNode(count: number): Promise<Servers> {
  const folder = mkdtempSync(join(root, "node-"));
  const config = join(folder, "slipway.yaml");
  writeFileSync(config, configText());
  const objects = join(folder, "objects");
  mkdirSync(objects);
  const servers: SlipwayServer[] = [];
  for (let at = 0; at < count; at++) {
    const data = join(folder, `data-${at}`);
    mkdirSync(data);
    symlinkSync(objects, join(data, "objects"));
    servers.push(await startServer({ args: ["--config", config], data }));
  }
  return {
    urls: servers.map(({ url }) => url),
    close: async () => void (await Promise.all(servers.map(async (server) => await server.dispose()))),
  };
}

async function openWorkerd(): Promise<Servers> {
  const worker = await openWorker({ SLIPWAY_CONFIG: configText() });
  return { urls: [worker.url], close: worker.close };
}

/** One pull over a connection of its own: `sent` when the request has left, `answer` its status and the digest of its body. */
function pull(agent: Agent, url: string): { readonly sent: Promise<void>; readonly answer: Promise<string> } {
  const outgoing = send(url, { agent });
  const sent = new Promise<void>((resolve, reject) => {
    outgoing.once("finish", resolve);
    outgoing.once("error", reject);
  });
  const answer = new Promise<string>((resolve, reject) => {
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => void parts.push(part));
      incoming.once("error", reject);
      incoming.once("end", () => resolve(`${incoming.statusCode} ${sha256(Buffer.concat(parts))}`));
    });
  });
  outgoing.end();
  return { sent, answer };
}

/** Asks for a path so many times at once; the upstream answers when all requests have left. Gives the answers by how often they came. */
async function pullAtOnce({ urls }: Servers, path: string, times: number): Promise<Readonly<Record<string, number>>> {
  const agent = new Agent({ maxSockets: times });
  let release: (() => void) | undefined;
  upstream.hold = new Promise((resolve) => (release = resolve));
  upstream.asked.length = 0;
  const pulls = Array.from({ length: times }, (_, at) => pull(agent, urls[at % urls.length] + path));
  await Promise.all(pulls.map(async ({ sent }) => await sent));
  release?.();
  const answers = await Promise.all(pulls.map(async ({ answer }) => await answer));
  agent.destroy();
  const counts: Record<string, number> = {};
  for (const one of answers) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

const shapes = [
  ["one Node server", async () => await openNode(1)],
  ["two Node servers that share a store", async () => await openNode(2)],
  ["workerd", openWorkerd],
] as const;

describe.each(shapes)("%s", (_name, open) => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await open();
  }, 60_000);
  afterAll(async () => await servers.close());

  it("fetches a manifest once for 1,000 first pulls", async () => {
    const answers = await pullAtOnce(servers, "/v2/oci/web/manifests/1.0.0", PULLS);
    expect(answers).toEqual({ [`200 ${sha256(manifest)}`]: PULLS });
    expect(upstream.asked).toEqual(["GET /v2/lib/web/manifests/1.0.0"]);
  }, 60_000);

  it("fetches a chart of a classic repository once for 1,000 first pulls", async () => {
    const answers = await pullAtOnce(servers, "/v2/classic/web/manifests/1.0.0", PULLS);
    expect(Object.values(answers)).toEqual([PULLS]);
    expect(Object.keys(answers)[0]).toMatch(/^200 /);
    expect(upstream.asked).toEqual(["GET /repo/index.yaml", "GET /repo/web-1.0.0.tgz", "GET /repo/web-1.0.0.tgz.prov"]);
  }, 60_000);

  it("fetches a large blob once for 100 first pulls", async () => {
    const path = `/v2/oci/web/blobs/${sha256(layer)}`;
    expect(await pullAtOnce(servers, path, 100)).toEqual({ [`200 ${sha256(layer)}`]: 100 });
    expect(upstream.asked).toEqual([`GET /v2/lib/web/blobs/${sha256(layer)}`]);
  }, 60_000);
});

const INDEX_BYTES = 100 * MIB;
const VERSIONS = 200;

/** The text of an index of charts with {@link VERSIONS} versions each. */
function* indexText(): Generator<string> {
  let size = 0;
  yield "apiVersion: v1\nentries:\n";
  for (let chart = 0; size < INDEX_BYTES; chart++) {
    let piece = `  chart-${chart}:\n`;
    for (let version = 0; version < VERSIONS; version++) piece += entryText(chart, version);
    size += piece.length;
    yield piece;
  }
  yield 'generated: "2024-01-01T00:00:00Z"\n';
}

/** The same as JSON on one line. */
function* jsonText(): Generator<string> {
  let size = 0;
  yield '{"apiVersion":"v1","entries":{';
  for (let chart = 0; size < INDEX_BYTES; chart++) {
    const entries = Array.from({ length: VERSIONS }, (_, version) => jsonEntry(chart, version));
    const piece = `${chart === 0 ? "" : ","}"chart-${chart}":${JSON.stringify(entries)}`;
    size += piece.length;
    yield piece;
  }
  yield "}}";
}

function jsonEntry(chart: number, version: number): object {
  return {
    apiVersion: "v2",
    created: "2024-01-02T03:04:05.678901Z",
    description: `A chart with number ${chart}, described by a sentence of ordinary length`,
    digest: (chart * 1000 + version).toString(16).padStart(64, "0"),
    home: "https://example.com",
    maintainers: [{ email: "someone@example.com", name: "Some One" }],
    name: `chart-${chart}`,
    urls: [`https://example.com/charts/chart-${chart}-1.${version}.0.tgz`],
    version: `1.${version}.0`,
  };
}

function entryText(chart: number, version: number): string {
  const digest = (chart * 1000 + version).toString(16).padStart(64, "0");
  return (
    `  - apiVersion: v2\n    appVersion: 1.${version}.0\n    created: "2024-01-02T03:04:05.678901Z"\n    digest: ${digest}\n` +
    `    description: A chart with number ${chart}, described by a sentence of ordinary length\n    home: https://example.com\n` +
    `    keywords:\n    - one\n    - two\n    maintainers:\n    - email: someone@example.com\n      name: Some One\n` +
    `    name: chart-${chart}\n    sources:\n    - https://example.com/source\n    urls:\n` +
    `    - https://example.com/charts/chart-${chart}-1.${version}.0.tgz\n    version: 1.${version}.0\n`
  );
}

/** Serves the index as it is made: neither side holds it. */
async function serveIndex(): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((incoming, outgoing) => {
    const isPacked = incoming.url?.startsWith("/gzip/") === true;
    if (isPacked) outgoing.setHeader("content-encoding", "gzip");
    const steps = isPacked ? [createGzip({ level: 1 }), outgoing] : [outgoing];
    const text = incoming.url?.startsWith("/json/") === true ? jsonText() : indexText();
    void pipeline([Readable.from(text, { objectMode: false }), ...steps]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

describe("an upstream index of 100 MB", () => {
  it.each(["plain", "gzip", "json"])(
    "is read within the memory budget (%s)",
    async (encoding) => {
      const index = await serveIndex();
      const flags = ["--disable-warning=ExperimentalWarning", "--max-old-space-size=128", "--expose-gc"];
      const program = join(import.meta.dirname, "large-index.ts");
      const { code, stdout, stderr } = await runProgram(
        process.execPath,
        [...flags, program, `${index.url}/${encoding}`],
        { env: process.env, cwd: root },
      );
      index.close();
      expect([code, stderr]).toEqual([0, ""]);
      console.log(`index of ${INDEX_BYTES / MIB} MiB, ${encoding}: ${stdout.trim()}`);
      const told = JSON.parse(stdout) as { readonly status: number; readonly tags: number; readonly peak: number };
      expect([told.status, told.tags]).toEqual([200, VERSIONS]);
      expect(told.peak).toBeLessThan(BUDGET);
    },
    120_000,
  );
});
