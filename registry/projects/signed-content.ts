import type { SignedSubject } from "../../engine/attestation/index.ts";
import type { ImageManifest } from "../../engine/oci/manifest.ts";
import { HELM_CONFIG, HELM_PROVENANCE_LAYER } from "../../engine/oci/media-type.ts";
import { PLUGIN_ARTIFACT } from "../../engine/plugin/index.ts";
import { REPOSITORY_CONFIG, REPOSITORY_LAYER } from "./repository-metadata.ts";

/** Layers by which cosign before version 3 kept signatures, attestations and SBOMs under tags. */
const COSIGN_LAYERS: ReadonlySet<string> = new Set([
  "application/vnd.dev.cosign.simplesigning.v1+json",
  "application/vnd.dsse.envelope.v1+json",
]);

/**
 * Whether a manifest is content that somebody runs, which has to be signed, or only says something: signatures and documents that refer to
 * another manifest, and Artifact Hub's metadata. What could be installed is content whatever it refers to.
 */
export function contentKind(manifest: ImageManifest): "content" | "free" {
  const { layers, config, subject } = manifest;
  if (isInstallable(manifest)) return "content";
  if (subject !== undefined) return "free";
  if (layers.length === 0) return "content";
  if (layers.every(({ mediaType }) => COSIGN_LAYERS.has(mediaType))) return "free";
  const isMetadata = config?.mediaType === REPOSITORY_CONFIG;
  return isMetadata && layers.every(({ mediaType }) => mediaType === REPOSITORY_LAYER) ? "free" : "content";
}

const TITLE = "org.opencontainers.image.title";

function isInstallable({ artifactType, config, layers }: ImageManifest): boolean {
  if (artifactType === PLUGIN_ARTIFACT || config?.mediaType === PLUGIN_ARTIFACT) return true;
  if (config?.mediaType === HELM_CONFIG) return true;
  return layers.some(({ mediaType, annotations }) => {
    const title = annotations?.[TITLE] ?? "";
    return /tar|zip|wasm/i.test(mediaType) || /\.(?:tgz|tar\.gz|wasm)$/.test(title);
  });
}

/**
 * Of a plugin artifact: the archive by its title, and the layer whose title is the same with `.prov`. Nothing where there is a second layer
 * that somebody could take for the archive: a provenance file speaks of one.
 */
export function titledArchive({ layers }: ImageManifest): Pick<SignedSubject, "archive" | "provenance"> {
  const titled = layers.map((layer) => ({ layer, title: layer.annotations?.[TITLE] ?? "" }));
  const [archive, ...more] = titled.filter(({ title }) => !title.endsWith(".prov"));
  if (archive === undefined || more.length > 0 || archive.title === "") return {};
  const provenance = titled.find(({ title }) => title === `${archive.title}.prov`)?.layer;
  const found = { archive: { names: [archive.title], digest: archive.layer.digest } };
  return provenance === undefined ? found : { ...found, provenance };
}

/** Whether a chart has no layer besides its archive and its provenance, so that there is one thing to take for the archive. */
export function isPlainChart({ layers }: ImageManifest): boolean {
  return layers.filter(({ mediaType }) => mediaType !== HELM_PROVENANCE_LAYER).length === 1;
}
