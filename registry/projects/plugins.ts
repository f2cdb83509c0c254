import { type Digest, digestOf, parseDigest } from "../../engine/oci/digest.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { parseRepositoryName, parseTag, type RepositoryName } from "../../engine/oci/repository-name.ts";
import { MAX_MODULE_BYTES, PluginError, pluginLayer, readPluginArchive } from "../../engine/plugin/index.ts";
import type { PluginSource } from "../../engine/plugin/index.ts";
import { readBlob } from "./read-blob.ts";
import type { ManifestHead } from "../content/manifests.ts";
import type { LocatedRepository, Projects } from "./projects.ts";
import type { SignatureGate } from "./signing.ts";
import type { ManifestReference } from "./source.ts";

/** A plugin in the registry. `name` is the repository below the project; the digest is its manifest's. */
export interface PluginQuery {
  readonly project: string;
  readonly name: string;
  /** `latest` where neither is named. */
  readonly tag?: string;
  readonly digest?: string;
}

/** The plugins of the registry: Helm's artifacts, and bare modules. */
export interface Plugins {
  /** The manifest's digest. Throws `PluginError` `not-found`, OciError `SIGNATURE_REQUIRED`, and OciError where an upstream or the store fails. */
  readonly resolve: (query: PluginQuery, signal?: AbortSignal) => Promise<Digest>;
  /** The plugin itself. Throws `PluginError` for what is none. */
  readonly open: (query: PluginQuery, signal?: AbortSignal) => Promise<PluginSource>;
}

/** Plugins over the projects, signed as their projects want them. */
export function createPlugins(projects: Projects, signatures: SignatureGate | undefined): Plugins {
  const find = async (query: PluginQuery, signal: AbortSignal | undefined): Promise<FoundPlugin> => {
    const found = await findPlugin(projects, query, signal);
    await signatures?.assertSigned({ ...found, signal });
    return found;
  };
  return {
    resolve: async (query, signal) => (await find(query, signal)).head.digest,
    open: async (query, signal) => {
      const { at, head } = await find(query, signal);
      const name = query.name.slice(query.name.lastIndexOf("/") + 1);
      const bytes = await at.source.manifestBytes(at.repository, head, signal);
      const manifest = bytes === undefined ? undefined : parseManifest(bytes, head.mediaType);
      if (manifest?.kind !== "image") throw missing(query);
      const { kind, layer } = pluginLayer({ name }, name, manifest);
      if (layer.size > MAX_MODULE_BYTES) {
        throw new PluginError("invalid-module", `plugin ${name}: ${layer.size} bytes; ${MAX_MODULE_BYTES} are allowed`);
      }
      const content = await readBlob(at, layer.digest, MAX_MODULE_BYTES, signal);
      if (content === undefined) throw missing(query);
      const files = kind === "module" ? { bytes: content } : await readPluginArchive({ name }, content);
      return { name, owner: query.project, artifact: head.digest, digest: await digestOf(files.bytes), ...files };
    },
  };
}

interface FoundPlugin {
  readonly asked: RepositoryName;
  readonly at: LocatedRepository;
  readonly head: ManifestHead;
}

async function findPlugin(
  projects: Projects,
  query: PluginQuery,
  signal: AbortSignal | undefined,
): Promise<FoundPlugin> {
  const repository = parseRepositoryName(`${query.project}/${query.name}`);
  const reference = referenceOf(query);
  if (repository === undefined || reference === undefined) throw missing(query);
  const at = await locate(projects, repository, query, signal);
  const head = await at.source.manifest(at.repository, reference, signal);
  if (head === undefined) throw missing(query);
  return { asked: repository, at, head };
}

async function locate(
  projects: Projects,
  repository: Parameters<Projects["locate"]>[0],
  query: PluginQuery,
  signal: AbortSignal | undefined,
) {
  try {
    return await projects.locate(repository, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "NAME_UNKNOWN") throw missing(query);
    throw error;
  }
}

function referenceOf({ tag = "latest", digest }: PluginQuery): ManifestReference | undefined {
  if (digest !== undefined) {
    const parsed = parseDigest(digest);
    return parsed === undefined ? undefined : { kind: "digest", digest: parsed };
  }
  const parsed = parseTag(tag.replaceAll("+", "_"));
  return parsed === undefined ? undefined : { kind: "tag", tag: parsed };
}

function missing({ project, name, tag, digest }: PluginQuery): PluginError {
  const version = digest === undefined ? `:${tag ?? "latest"}` : `@${digest}`;
  const plugin = `${project}/${name}${version}`;
  return new PluginError("not-found", `plugin ${plugin} is not in this registry`, { plugin });
}
