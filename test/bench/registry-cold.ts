import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { writeFileSync, mkdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { median, report } from "./figure.ts";
import type { RegistryBench } from "./registry-compare.ts";
import { makeChart, type MadeChart } from "./registry-charts.ts";
import { startOurs } from "./registry-peers.ts";

const INJECTED_MS = 100;
const CHARTS = 12;
/** The first ones only warm both sides. */
const WARM = 4;
const SIZE = 2_000_000;

/** Charts that were never pulled, through a proxy: until the first byte, beside the upstream itself, which waits 100 ms before each answer. */
export async function benchColdPull(bench: RegistryBench): Promise<void> {
  if (!bench.wants("cold")) return;
  const charts = Array.from({ length: CHARTS }, (_, i) => makeChart(`up/cold-${i}`, "1.0.0", SIZE));
  const upstream = await startUpstream(charts);
  const ours = await startOurs(join(bench.folder, "cold"), ["--config", proxyConfig(bench.folder, upstream.address)]);
  try {
    const rows = { manifest: [] as Pair[], blob: [] as Pair[] };
    for (const chart of charts) {
      const paths = {
        manifest: `/v2/${chart.repository}/manifests/${chart.tag}`,
        blob: `/v2/${chart.repository}/blobs/${chart.archive.digest}`,
      };
      for (const kind of ["manifest", "blob"] as const) {
        const theirs = await firstByte(upstream.address, paths[kind]);
        rows[kind].push({ theirs, ours: await firstByte(ours.address, paths[kind]) });
      }
    }
    for (const [kind, all] of Object.entries(rows)) {
      const counted = all.slice(WARM);
      report({
        name: `registry/cold-${kind}/first-byte`,
        ours: median(counted.map((pair) => pair.ours)),
        peer: "upstream",
        theirs: median(counted.map((pair) => pair.theirs)),
        unit: "ms",
      });
    }
  } finally {
    await ours.stop();
    await upstream.close();
  }
}

interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

function proxyConfig(folder: string, address: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "cold.yaml");
  writeFileSync(
    file,
    JSON.stringify({
      upstreams: [{ name: "slow", kind: "oci", url: `http://${address}/up`, plainHttp: true, privateAddresses: true }],
      projects: [{ kind: "proxy", name: "up", anonymousPull: true, upstream: "slow" }],
    }),
  );
  return file;
}

interface Upstream {
  readonly address: string;
  readonly close: () => Promise<void>;
}

async function startUpstream(charts: readonly MadeChart[]): Promise<Upstream> {
  const answers = new Map<string, { readonly bytes: Buffer; readonly type: string; readonly digest: string }>();
  for (const { repository, tag, manifest, config, archive } of charts) {
    const type = "application/vnd.oci.image.manifest.v1+json";
    answers.set(`/v2/${repository}/manifests/${tag}`, { ...manifest, type });
    for (const content of [config, archive]) {
      answers.set(`/v2/${repository}/blobs/${content.digest}`, { ...content, type: "application/octet-stream" });
    }
  }
  const server = createServer((request, response) => {
    void delay(INJECTED_MS).then(() => {
      const found = answers.get(request.url ?? "");
      if (found === undefined) return response.writeHead(404).end();
      const { bytes, type, digest } = found;
      response.writeHead(200, {
        "content-type": type,
        "content-length": bytes.length,
        "docker-content-digest": digest,
      });
      return response.end(request.method === "HEAD" ? undefined : bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Milliseconds until the first byte of the body; all of it is read. */
async function firstByte(address: string, path: string): Promise<number> {
  const start = performance.now();
  return await new Promise((resolve, reject) => {
    const request = get(`http://${address}${path}`, (response) => {
      let first: number | undefined;
      response.on("data", () => (first ??= performance.now() - start));
      response.on("end", () => {
        if (response.statusCode === 200 && first !== undefined) resolve(first);
        else reject(new Error(`${path}: ${response.statusCode}`));
      });
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
