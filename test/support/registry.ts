import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { writeTar } from "../../engine/archive/index.ts";
import { gzip } from "../../engine/archive/index.ts";
import type { Egress } from "../../engine/oci/egress.ts";
import { createMemoryStore } from "../../infra/node/memory-store.ts";
import type { PinSource } from "../../registry/collection/pins.ts";
import type { ObjectStore } from "../../registry/content/object-store.ts";
import { OPEN_ACCESS, type RegistryAccess } from "../../registry/http/access.ts";
import type { PushEvent } from "../../registry/http/context.ts";
import type { Project } from "../../registry/projects/project.ts";
import type { SignatureRule } from "../../registry/projects/signing.ts";
import { createRegistry, type Registry } from "../../registry/registry.ts";
import type { TellUnstored } from "../../registry/upstream/behind.ts";
import type { CountUpstream } from "../../registry/upstream/count.ts";
import { random } from "./registry-server.ts";

/** No upstream is reachable. */
export const NO_EGRESS: Egress = {
  send: async () => {
    throw new Error("a test without upstreams asked for one");
  },
};

/** What a test may choose. */
export interface TestRegistryOptions {
  readonly projects?: readonly Project[];
  readonly store?: ObjectStore;
  readonly egress?: Egress;
  readonly access?: RegistryAccess;
  readonly now?: () => number;
  readonly onPush?: (event: PushEvent) => Promise<void>;
  readonly together?: boolean;
  readonly count?: CountUpstream;
  readonly unstored?: TellUnstored;
  readonly pins?: PinSource;
  readonly grace?: number;
  readonly signatures?: readonly SignatureRule[];
}

/** A registry and short ways to ask it. */
export interface TestRegistry extends Registry {
  readonly store: ObjectStore;
  /** Defects that were reported; a good test ends with none. */
  readonly defects: unknown[];
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<Response>;
  readonly pushBlob: (repository: string, bytes: Uint8Array) => Promise<string>;
  readonly pushManifest: (repository: string, reference: string, manifest: object, type?: string) => Promise<Response>;
  /** Pushes an image of one layer; gives the manifest's digest. */
  readonly pushImage: (repository: string, tag: string, text: string) => Promise<string>;
  /** Pushes a chart as `helm push` does; gives the manifest's digest. */
  readonly pushChart: (project: string, chart: TestChart) => Promise<string>;
}

export interface AskOptions {
  readonly body?: BodyInit;
  readonly headers?: Record<string, string>;
}

export const HOSTED: Project = { kind: "hosted", name: "charts" };
export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";
const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);
export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** Waits, or less when `signal` is aborted. */
export async function asleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** A registry in memory with one hosted project, `charts`, unless told otherwise. */
export function openRegistry(options: TestRegistryOptions = {}): TestRegistry {
  const store = options.store ?? createMemoryStore();
  const defects: unknown[] = [];
  const registry = createRegistry({
    store,
    projects: options.projects ?? [HOSTED],
    access: options.access ?? OPEN_ACCESS,
    egress: options.egress ?? NO_EGRESS,
    clock: { now: options.now ?? Date.now, sleep: asleep },
    together: options.together ?? true,
    random,
    publicOrigin: "http://registry.test",
    report: (error) => void defects.push(error),
    ...(options.count === undefined ? {} : { count: options.count }),
    ...(options.unstored === undefined ? {} : { unstored: options.unstored }),
    ...(options.onPush === undefined ? {} : { onPush: options.onPush }),
    ...(options.pins === undefined ? {} : { pins: options.pins }),
    ...(options.signatures === undefined ? {} : { signatures: options.signatures }),
    ...(options.grace === undefined ? {} : { grace: options.grace }),
  });
  const ask = async (method: string, path: string, { body, headers = {} }: AskOptions = {}): Promise<Response> => {
    const init: RequestInit = { method, headers };
    const streamed = body === undefined ? init : { ...init, body, duplex: "half" as const };
    return await registry.fetch(new Request(`http://registry.test${path}`, streamed));
  };
  const pushBlob = async (repository: string, bytes: Uint8Array): Promise<string> => {
    const digest = sha256(bytes);
    const response = await ask("POST", `/v2/${repository}/blobs/uploads/?digest=${digest}`, {
      body: new Uint8Array(bytes),
      headers: { "content-length": String(bytes.length) },
    });
    if (response.status !== 201) throw new Error(`push of a blob: ${response.status} ${await response.text()}`);
    return digest;
  };
  const pushManifest = async (repository: string, reference: string, manifest: object, type = MANIFEST) =>
    await ask("PUT", `/v2/${repository}/manifests/${reference}`, {
      body: JSON.stringify(manifest),
      headers: { "content-type": type },
    });
  return {
    ...registry,
    store,
    defects,
    ask,
    pushBlob,
    pushManifest,
    pushImage: async (repository, tag, text) => {
      const manifest = imageOf(utf8("{}"), utf8(text));
      await pushBlob(repository, utf8("{}"));
      await pushBlob(repository, utf8(text));
      const response = await pushManifest(repository, tag, manifest);
      if (response.status !== 201) throw new Error(`push of an image: ${response.status} ${await response.text()}`);
      return sha256(utf8(JSON.stringify(manifest)));
    },
    pushChart: async (project, chart) => {
      const archive = await packChart(chart);
      const config = utf8(
        JSON.stringify({ name: chart.name, version: chart.version, apiVersion: "v2", ...chart.fields }),
      );
      const repository = `${project}/${chart.repository ?? chart.name}`;
      await pushBlob(repository, config);
      await pushBlob(repository, archive);
      const manifest = {
        schemaVersion: 2,
        config: descriptor("application/vnd.cncf.helm.config.v1+json", config),
        layers: [descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive)],
        annotations: { "org.opencontainers.image.created": chart.created ?? "2024-01-02T03:04:05Z" },
      };
      const tag = chart.version.replaceAll("+", "_");
      const response = await pushManifest(repository, tag, manifest);
      if (response.status !== 201) throw new Error(`push of a chart: ${response.status} ${await response.text()}`);
      return response.headers.get("docker-content-digest") ?? "";
    },
  };
}

/** A small chart. */
export interface TestChart {
  readonly name: string;
  readonly version: string;
  /** Below the project; the name when absent. */
  readonly repository?: string;
  /** RFC 3339; a day in 2024 when absent. */
  readonly created?: string;
  /** More of Chart.yaml in the config. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Makes archives differ. */
  readonly values?: string;
}

/** A chart archive; equal charts give equal bytes. */
export async function packChart({ name, version, values = "a: 1\n" }: TestChart): Promise<Uint8Array> {
  const mtime = 1_700_000_000;
  const files = [
    { name: `${name}/Chart.yaml`, data: utf8(`apiVersion: v2\nname: ${name}\nversion: ${version}\n`), mtime },
    { name: `${name}/values.yaml`, data: utf8(values), mtime },
  ];
  return await gzip(writeTar(files));
}

/** A descriptor of bytes. */
export function descriptor(mediaType: string, bytes: Uint8Array): object {
  return { mediaType, digest: sha256(bytes), size: bytes.length };
}

/** An image manifest of a config and one layer. */
export function imageOf(config: Uint8Array, layer: Uint8Array): Record<string, unknown> {
  return {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
  };
}

/** The codes of an error document. */
export async function errorCodes(response: Response): Promise<readonly string[]> {
  const { errors } = (await response.json()) as { errors: readonly { code: string }[] };
  return errors.map((error) => error.code);
}
