/** OCI image manifest. */
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** OCI image index. */
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
/** The withdrawn OCI artifact manifest; some clients still ask for it. */
export const OCI_ARTIFACT_MANIFEST = "application/vnd.oci.artifact.manifest.v1+json";
/** Docker image manifest, version 2 schema 2. */
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
/** Docker manifest list. */
export const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
/** Chart.yaml as JSON. */
export const HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json";
/** A chart archive. */
export const HELM_CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/** A chart archive as Helm before 3.7 called it. */
export const HELM_LEGACY_CHART_LAYER = "application/tar+gzip";
/** A provenance file. */
export const HELM_PROVENANCE_LAYER = "application/vnd.cncf.helm.chart.provenance.v1.prov";

/** The config of an artifact that has none. */
export const OCI_EMPTY = "application/vnd.oci.empty.v1+json";

/** What a client of ours accepts for a manifest, in one header. */
export const MANIFEST_ACCEPT: string = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].join(", ");

/** True for layers that an image may name without pushing them (image-spec, layer.md). */
export function isNondistributable(mediaType: string): boolean {
  return (
    mediaType.startsWith("application/vnd.oci.image.layer.nondistributable.") ||
    mediaType === "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
  );
}

/** A Content-Type without its parameters, in lower case. */
export function bareMediaType(contentType: string): string {
  const end = contentType.indexOf(";");
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}
