import { createHash, hash } from "node:crypto";
import type { LoadOperation, LoadRequest } from "./http-load.ts";

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.cncf.helm.config.v1+json";
const LAYER_TYPE = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/** A chart as it is pushed. The archive is filler: no registry looks into it. */
export interface MadeChart {
  readonly repository: string;
  readonly tag: string;
  readonly config: Content;
  readonly archive: Content;
  readonly manifest: Content;
}

/** Bytes and their digest. */
export interface Content {
  readonly bytes: Buffer;
  readonly digest: string;
}

/** A chart of about `size` bytes; the same for the same words. `seed` is what its archive is made from. */
export function makeChart(repository: string, tag: string, size: number, seed = `${repository}:${tag}`): MadeChart {
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  const config = contentOf(Buffer.from(JSON.stringify({ apiVersion: "v2", name, version: tag, type: "application" })));
  const archive = contentOf(filler(seed, size));
  const manifest = contentOf(
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: CONFIG_TYPE, digest: config.digest, size: config.bytes.length },
        layers: [{ mediaType: LAYER_TYPE, digest: archive.digest, size: archive.bytes.length }],
        annotations: {
          "org.opencontainers.image.title": name,
          "org.opencontainers.image.version": tag,
          "org.opencontainers.image.created": "2026-01-01T00:00:00Z",
        },
      }),
    ),
  );
  return { repository, tag, config, archive, manifest };
}

/** Bytes under their digest. */
export function contentOf(bytes: Buffer): Content {
  return { bytes, digest: `sha256:${hash("sha256", bytes, "hex")}` };
}

function filler(seed: string, size: number): Buffer {
  return createHash("shake128", { outputLength: size }).update(seed).digest();
}

/** Collects the bodies of a plan. */
export interface Bodies {
  readonly add: (bytes: Buffer) => { readonly offset: number; readonly length: number };
  readonly all: () => Buffer;
}

export function createBodies(): Bodies {
  const parts: Buffer[] = [];
  let offset = 0;
  return {
    add: (bytes) => {
      parts.push(bytes);
      const at = { offset, length: bytes.length };
      offset += bytes.length;
      return at;
    },
    all: () => Buffer.concat(parts),
  };
}

/** A request without a body. */
export function ask(
  line: string,
  expected: { readonly status: number; readonly bytes?: number },
  headers: readonly string[] = [],
): LoadRequest {
  return { head: headOf(line, headers), status: expected.status, bytes: expected.bytes ?? -1 };
}

/** A request that brings bytes. */
export function bring(
  bodies: Bodies,
  line: string,
  bytes: Buffer,
  more: { readonly type: string; readonly query?: string },
): LoadRequest {
  const head = headOf(line, [`Content-Type: ${more.type}`, `Content-Length: ${bytes.length}`]);
  const follow = more.query === undefined ? {} : { follow: true, query: more.query };
  return { head, ...follow, ...bodies.add(bytes), status: 201, bytes: -1 };
}

function headOf(line: string, headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, "Host: 127.0.0.1", "User-Agent: bench", ...headers, "", ""].join("\r\n");
}

/** What clients that pull charts say they take. */
export const ACCEPT: string = `Accept: ${MANIFEST_TYPE}, application/vnd.oci.image.index.v1+json`;

/** The ten requests by which helm pushes a chart that is not there. */
export function pushOperation(bodies: Bodies, chart: MadeChart): LoadOperation {
  const base = `/v2/${chart.repository}`;
  const manifest = { type: MANIFEST_TYPE };
  return [
    ask(`HEAD ${base}/manifests/${chart.manifest.digest}`, { status: 404 }, [ACCEPT]),
    ask(`HEAD ${base}/blobs/${chart.config.digest}`, { status: 404 }),
    ask(`HEAD ${base}/blobs/${chart.archive.digest}`, { status: 404 }),
    ...upload(bodies, base, chart.config),
    ...upload(bodies, base, chart.archive),
    bring(bodies, `PUT ${base}/manifests/${chart.manifest.digest}`, chart.manifest.bytes, manifest),
    ask(`GET ${base}/manifests/${chart.manifest.digest}`, { status: 200, bytes: chart.manifest.bytes.length }, [
      ACCEPT,
    ]),
    bring(bodies, `PUT ${base}/manifests/${chart.tag}`, chart.manifest.bytes, manifest),
  ];
}

/** Puts content into a repository: a start, and its bytes at the place that the answer names. */
export function upload(bodies: Bodies, base: string, { bytes, digest }: Content): readonly LoadRequest[] {
  return [
    ask(`POST ${base}/blobs/uploads/`, { status: 202 }, ["Content-Length: 0"]),
    bring(bodies, "PUT %s", bytes, { type: "application/octet-stream", query: `digest=${digest}` }),
  ];
}

/** Points one more tag at a chart's manifest. */
export function tagOperation(bodies: Bodies, chart: MadeChart, tag: string): LoadOperation {
  return [bring(bodies, `PUT /v2/${chart.repository}/manifests/${tag}`, chart.manifest.bytes, { type: MANIFEST_TYPE })];
}
