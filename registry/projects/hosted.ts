import { formatHex } from "../../engine/oci/digest.ts";
import { tagToVersion } from "../../engine/oci/repository-name.ts";
import { openBlob, statBlob } from "../content/blobs.ts";
import { catalogKey } from "../content/keys.ts";
import type { ChartListing, TaggedChart } from "../content/listing.ts";
import { readManifest, statManifest } from "../content/manifests.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { currentEpoch, listRepositories } from "../content/repositories.ts";
import { listTags, readTag } from "../content/tags.ts";
import { splitRepository } from "./project.ts";
import type { ChartVersion, RepositorySource } from "./source.ts";

/** What reading pushed content needs. */
export interface HostedDeps {
  readonly store: ObjectStore;
  readonly listing: ChartListing;
  readonly random: (size: number) => Uint8Array;
}

/** What was pushed here. */
export function createHostedSource({ store, listing, random }: HostedDeps): RepositorySource {
  return {
    manifest: async (repository, reference) =>
      reference.kind === "tag"
        ? await readTag(store, repository, reference.tag)
        : await statManifest(store, repository, reference.digest),
    manifestBytes: async (_repository, head) => await readManifest(store, head.digest),
    blobSize: async (repository, digest) => await statBlob(store, repository, digest),
    blob: async (repository, digest, range) => {
      const size = await statBlob(store, repository, digest);
      if (size === undefined) return undefined;
      const object = await openBlob(store, digest, range);
      return object === undefined ? undefined : { size, body: object.bytes ?? object.body };
    },
    tags: async (repository, options) => await listTags(store, repository, options),
    holds: async (repository) => {
      const project = splitRepository(repository)?.project;
      return project !== undefined && (await store.head(catalogKey(project, repository))) !== undefined;
    },
    versions: async (repository) => (await listing.read(repository)).map(toVersion),
    repositories: async (project, options) => await listRepositories(store, { project, ...options }),
    epoch: async (project) => await currentEpoch(store, project, formatHex(random(8))),
  };
}

/** A pushed chart as a version. */
export function toVersion(chart: TaggedChart): ChartVersion {
  const stated = chart.fields["version"];
  const version = typeof stated === "string" ? stated : tagToVersion(chart.tag);
  const { tag, digest, archive, created, fields } = chart;
  return { version, tag, digest, archive, fields, ...(created === undefined ? {} : { created }) };
}
