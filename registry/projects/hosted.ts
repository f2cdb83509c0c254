import { formatHex } from "../../engine/oci/digest.ts";
import { tagToVersion } from "../../engine/oci/repository-name.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import { openBlob, statBlob } from "../content/blobs.ts";
import { objectBytes } from "../content/body.ts";
import type { ContentCache } from "../content/content-cache.ts";
import { catalogKey } from "../content/keys.ts";
import type { ChartListing, TaggedChart } from "../content/listing.ts";
import { readManifest, statManifest } from "../content/manifests.ts";
import type { ByteRange, ObjectStore } from "../content/object-store.ts";
import { listReferrers } from "../content/referrers.ts";
import { currentEpoch, currentTagEpoch, listRepositories } from "../content/repositories.ts";
import { listTags, readTag } from "../content/tags.ts";
import type { Epoch } from "../upstream/given.ts";
import { splitRepository } from "./project.ts";
import type { ChartVersion, OpenBlob, RepositorySource } from "./source.ts";

/** What reading pushed content needs. */
export interface HostedDeps {
  readonly store: ObjectStore;
  readonly listing: ChartListing;
  readonly cache: ContentCache;
  readonly random: (size: number) => Uint8Array;
}

/** What was pushed here. */
export function createHostedSource({ store, listing, random, cache }: HostedDeps): RepositorySource {
  const nonce = (): string => formatHex(random(8));
  return {
    manifest: async (repository, reference) =>
      reference.kind === "tag"
        ? await readTag(store, repository, reference.tag)
        : await statManifest(store, repository, reference.digest),
    manifestBytes: async (_repository, { digest, bytes: atHand }) => {
      const known = atHand ?? cache.get(digest);
      if (known !== undefined) return known;
      const bytes = await readManifest(store, digest);
      if (bytes !== undefined) cache.keep(digest, bytes);
      return bytes;
    },
    blobSize: async (repository, digest) => await statBlob(store, repository, digest),
    blob: async (repository, digest, range) => {
      const size = await statBlob(store, repository, digest);
      if (size === undefined) return undefined;
      const body = await readContent({ store, cache }, digest, range);
      return body === undefined ? undefined : { size, body };
    },
    tags: async (repository, options) => await listTags(store, repository, options),
    referrers: async (repository, subject, options) => await listReferrers(store, repository, subject, options),
    holds: async (repository) => {
      const project = splitRepository(repository)?.project;
      return project !== undefined && (await store.head(catalogKey(project, repository))) !== undefined;
    },
    versions: async (repository) => (await listing.read(repository)).map(toVersion),
    versionsEpoch: async (repository) => keyed(await currentTagEpoch(store, repository, nonce)),
    repositories: async (project, options) => await listRepositories(store, { project, ...options }),
    epoch: async (project) => keyed(await currentEpoch(store, project, nonce)),
  };
}

function keyed(key: string | undefined): Epoch | undefined {
  return key === undefined ? undefined : { key };
}

/** Content up to this size is read whole where the store gives a stream. */
const READ_WHOLE = 256 * 1024;

/** A blob whose link was seen, or a range of it: from memory, or from the store and then kept. */
async function readContent(
  { store, cache }: Pick<HostedDeps, "store" | "cache">,
  digest: Digest,
  range: ByteRange | undefined,
): Promise<OpenBlob["body"] | undefined> {
  const known = cache.get(digest);
  if (known !== undefined) return range === undefined ? known : partOf(known, range);
  const object = await openBlob(store, digest, range);
  if (object === undefined || range !== undefined) return object?.bytes ?? object?.body;
  const isSmall = object.bytes !== undefined || object.size <= Math.min(READ_WHOLE, cache.largest);
  if (!isSmall) return object.body;
  const bytes = await objectBytes(object);
  cache.keep(digest, bytes);
  return bytes;
}

function partOf(bytes: Uint8Array, { offset, length }: ByteRange): Uint8Array {
  return bytes.subarray(offset, length === undefined ? undefined : offset + length);
}

/** A pushed chart as a version. */
export function toVersion(chart: TaggedChart): ChartVersion {
  const stated = chart.fields["version"];
  const version = typeof stated === "string" ? stated : tagToVersion(chart.tag);
  const { tag, digest, archive, created, fields } = chart;
  return { version, tag, digest, archive, fields, ...(created === undefined ? {} : { created }) };
}
