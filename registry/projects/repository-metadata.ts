import { decodeYamlObject, YamlError } from "../../engine/encoding/index.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { compileRegexp } from "../../engine/go/regexp.ts";
import { GoFailure } from "../../engine/go/value.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { parseTag } from "../../engine/oci/repository-name.ts";
import { readBlob } from "./read-blob.ts";
import type { LocatedRepository } from "./projects.ts";

/** The artifact that Artifact Hub's publishers push under the tag `artifacthub.io`, beside a chart's versions. */
export const REPOSITORY_CONFIG = "application/vnd.cncf.artifacthub.config.v1+yaml";
export const REPOSITORY_LAYER = "application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml";
const TAG = "artifacthub.io";

/** What the publisher says of a repository (artifacthub-repo.yml). */
export interface RepositoryMetadata {
  readonly repositoryId?: string;
  readonly owners: readonly { readonly name: string; readonly email: string }[];
  /** True for versions of a chart that shall not be listed. */
  readonly ignores: (chart: string, version: string) => boolean;
}

const MAX_BYTES = 256 * 1024;
/** Owners, and entries to ignore, that are read. */
const MAX_ENTRIES = 1000;
const MAX_PATTERN = 256;

/** The metadata that was pushed beside a chart; undefined where there is none, or none that can be read. */
export async function readRepositoryMetadata(
  at: LocatedRepository,
  signal?: AbortSignal,
): Promise<RepositoryMetadata | undefined> {
  const tag = parseTag(TAG);
  if (tag === undefined || at.project.kind !== "hosted") return undefined;
  const head = await at.source.manifest(at.repository, { kind: "tag", tag }, signal);
  const bytes = head === undefined ? undefined : await at.source.manifestBytes(at.repository, head, signal);
  if (head === undefined || bytes === undefined) return undefined;
  const manifest = parseManifest(bytes, head.mediaType);
  if (manifest.kind !== "image" || manifest.config?.mediaType !== REPOSITORY_CONFIG) return undefined;
  const layer = manifest.layers.find(({ mediaType }) => mediaType === REPOSITORY_LAYER);
  if (layer === undefined || layer.size > MAX_BYTES) return undefined;
  const text = await readBlob(at, layer.digest, MAX_BYTES, signal);
  return text === undefined ? undefined : parseRepositoryMetadata(new TextDecoder().decode(text));
}

/** Reads artifacthub-repo.yml; undefined for a text that is no YAML map. */
export function parseRepositoryMetadata(text: string): RepositoryMetadata | undefined {
  const document = readYaml(text);
  if (document === undefined) return undefined;
  const id = document["repositoryID"];
  const ignored = objectsIn(document["ignore"]).flatMap(ignoreEntry);
  return {
    ...(typeof id === "string" && id !== "" ? { repositoryId: id } : {}),
    owners: objectsIn(document["owners"]).flatMap(({ name, email }) =>
      typeof email === "string" ? [{ name: typeof name === "string" ? name : "", email }] : [],
    ),
    ignores: (chart, version) => ignored.some((entry) => entry(chart, version)),
  };
}

function readYaml(text: string): JsonObject | undefined {
  try {
    return asObject(decodeYamlObject(text));
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value.slice(0, MAX_ENTRIES) : [];
  return list.map(asObject).filter((item) => item !== undefined);
}

/** Without a version all of them; else a regular expression in Go's syntax that is found in the version. A bad one ignores nothing. */
function ignoreEntry({ name, version }: JsonObject): readonly ((chart: string, version: string) => boolean)[] {
  if (typeof name !== "string") return [];
  if (version === undefined || version === null || version === "") return [(chart) => chart === name];
  const pattern = typeof version === "string" || typeof version === "number" ? compile(String(version)) : undefined;
  return pattern === undefined ? [] : [(chart, text) => chart === name && pattern(text)];
}

/** Patterns and versions are short, and matching is linear: nothing needs to be counted. */
function compile(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.length > MAX_PATTERN) return undefined;
  try {
    return compileRegexp(pattern, () => undefined).test;
  } catch (error) {
    if (error instanceof GoFailure) return undefined;
    throw error;
  }
}
