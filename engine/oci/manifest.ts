import type { JsonObject, JsonValue } from "../errors.ts";
import { asObject, type Descriptor, parseAnnotations, parseDescriptor } from "./descriptor.ts";
import { OciError } from "./error.ts";
import {
  bareMediaType,
  DOCKER_LIST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT_MANIFEST,
  OCI_INDEX,
  OCI_MANIFEST,
} from "./media-type.ts";

/** Bytes of a manifest: registries are expected to take 4 MB (distribution-spec, "Pushing manifests"), clients read no more. */
export const MAX_MANIFEST_BYTES: number = 4 * 1024 * 1024;
/** Descriptors in one manifest: what 4 MiB of the shortest possible descriptors hold. */
const MAX_DESCRIPTORS = 40_000;

interface ManifestBase {
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image (or artifact): config and layers are blobs of the same repository. */
export interface ImageManifest extends ManifestBase {
  readonly kind: "image";
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An index: a list of manifests of the same repository. */
export interface IndexManifest extends ManifestBase {
  readonly kind: "index";
  readonly manifests: readonly Descriptor[];
}

/** What a registry understands of a manifest's bytes. The bytes themselves are kept as they came. */
export type Manifest = ImageManifest | IndexManifest;

/**
 * Reads a manifest of the given Content-Type (absent: what the document says, else an OCI image manifest).
 * Throws OciError `MANIFEST_INVALID`, or `SIZE_INVALID` above {@link MAX_MANIFEST_BYTES}.
 */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES) throw new OciError("SIZE_INVALID", { message: "manifest is too large" });
  const document = parseDocument(bytes);
  const mediaType = manifestType(document, contentType);
  const base = manifestBase(document, mediaType);
  if (mediaType === OCI_INDEX || mediaType === DOCKER_LIST) {
    return { kind: "index", ...base, manifests: descriptors(document, "manifests") };
  }
  if (mediaType === OCI_ARTIFACT_MANIFEST) return { kind: "image", ...base, layers: descriptors(document, "blobs") };
  const config = parseDescriptor(document["config"]);
  if (config === undefined) throw invalid("config is no descriptor");
  return { kind: "image", ...base, config, layers: descriptors(document, "layers") };
}

/** What a referrers list shows as the type of a manifest: its artifactType, else its config's media type (distribution-spec, "Listing Referrers"). */
export function artifactTypeOf(manifest: Manifest): string | undefined {
  if (manifest.artifactType !== undefined && manifest.artifactType !== "") return manifest.artifactType;
  return manifest.kind === "image" ? manifest.config?.mediaType : undefined;
}

function parseDocument(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new OciError("MANIFEST_INVALID", { message: "manifest is not JSON", cause });
  }
  const document = asObject(value);
  if (document === undefined) throw invalid("manifest is not an object");
  return document;
}

const KNOWN: ReadonlySet<string> = new Set([
  OCI_MANIFEST,
  OCI_INDEX,
  OCI_ARTIFACT_MANIFEST,
  DOCKER_MANIFEST,
  DOCKER_LIST,
]);

function manifestType(document: JsonObject, contentType: string | undefined): string {
  const stated = document["mediaType"];
  if (stated !== undefined && typeof stated !== "string") throw invalid("mediaType is no string");
  const sent = contentType === undefined ? undefined : bareMediaType(contentType);
  if (sent !== undefined && stated !== undefined && stated !== "" && stated !== sent) {
    throw invalid("mediaType differs from Content-Type");
  }
  const type = sent ?? (stated === undefined || stated === "" ? OCI_MANIFEST : stated);
  if (!KNOWN.has(type)) throw invalid("manifest type is not supported");
  return type;
}

function manifestBase(document: JsonObject, mediaType: string): ManifestBase {
  if (mediaType !== OCI_ARTIFACT_MANIFEST && document["schemaVersion"] !== 2) throw invalid("schemaVersion is not 2");
  const { artifactType, subject: subjectValue } = document;
  const subject = parseDescriptor(subjectValue);
  if (subjectValue !== undefined && subjectValue !== null && subject === undefined) {
    throw invalid("subject is no descriptor");
  }
  const annotations = parseAnnotations(document["annotations"]);
  return {
    mediaType,
    ...(typeof artifactType === "string" ? { artifactType } : {}),
    ...(subject === undefined ? {} : { subject }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function descriptors(document: JsonObject, member: "layers" | "manifests" | "blobs"): readonly Descriptor[] {
  const value: JsonValue | undefined = document[member];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_DESCRIPTORS) throw invalid(`${member} is no list of descriptors`);
  const list: Descriptor[] = [];
  for (const item of value) {
    const descriptor = parseDescriptor(item);
    if (descriptor === undefined) throw invalid(`${member} is no list of descriptors`);
    list.push(descriptor);
  }
  return list;
}

function invalid(message: string): OciError {
  return new OciError("MANIFEST_INVALID", { message: `manifest invalid: ${message}` });
}
