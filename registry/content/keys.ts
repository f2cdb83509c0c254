import { type Digest, digestAlgorithm, digestHex, digestOfSmall } from "../../engine/oci/digest.ts";
import type { RepositoryName, Tag } from "../../engine/oci/repository-name.ts";

/**
 * The layout of the store. No other file makes keys.
 *
 * ```
 * blobs/ALGORITHM/HH/HEX                                bytes of every blob and manifest, once
 * links/ALGORITHM/HH/HEX@REPOSITORY                     {size,repository}: the blob may be read through this repository
 * manifests/REPOSITORY/ALGORITHM-HEX                    {mediaType,size,subject?}: the manifest may be read through it
 * tags/REPOSITORY/TAG                                   {digest,mediaType,size}
 * tagged/REPOSITORY/HEX@TAG                             {}: a hint that TAG may point at this manifest; HEX are 64 digits
 * referrers/REPOSITORY/ALGORITHM-HEX/ALGORITHM-HEX      descriptor of the second, whose subject is the first
 * catalog/PROJECT/REPOSITORY                            {}: there is or was something
 * epochs/PROJECT                                        {epoch}: made by readers of all tags, removed by whoever changes one
 * listings/REPOSITORY                                   the charts behind its tags; may be lost
 * uploads/states/ID                                     the state of an upload of which something arrived
 * uploads/pieces/ID/OFFSET-RANDOM                       bytes that are no whole part yet
 * uploads/data/ID                                       the multipart upload of one that outgrew a part
 * upstream/PROJECT/KIND/…                               what is known of an upstream (registry/upstream)
 * parts/HEX                                             a sealed part of an operation, by the sha256 of its plain bytes
 * ```
 *
 * REPOSITORY is the name with `/` written as `!`, which no name contains: a name is one path segment, so that no key is
 * another one's folder. HH are the first two hex digits. Behind `@` a name of more than 100 characters is written as its hash: file
 * systems end a segment at 255 bytes.
 */
export function blobKey(digest: Digest): string {
  const hex = digestHex(digest);
  return `blobs/${digestAlgorithm(digest)}/${hex.slice(0, 2)}/${hex}`;
}

const LONGEST = 100;
const encoder = new TextEncoder();

/** The right to read a blob through a repository. */
export function linkKey(digest: Digest, repository: RepositoryName): string {
  const name = flat(repository);
  return linksOf(digest) + (name.length <= LONGEST ? name : `~${digestHex(digestOfSmall(encoder.encode(name)))}`);
}

/** Prefix of all links to a blob. */
export function linksOf(digest: Digest): string {
  const hex = digestHex(digest);
  return `links/${digestAlgorithm(digest)}/${hex.slice(0, 2)}/${hex}@`;
}

/** A manifest of a repository. */
export function manifestKey(repository: RepositoryName, digest: Digest): string {
  return `${manifestsOf(repository)}${segment(digest)}`;
}

/** Prefix of a repository's manifests. */
export function manifestsOf(repository: RepositoryName): string {
  return `manifests/${flat(repository)}/`;
}

/** A tag. */
export function tagKey(repository: RepositoryName, tag: Tag | string): string {
  return `${tagsOf(repository)}${tag}`;
}

/** Prefix of a repository's tags. */
export function tagsOf(repository: RepositoryName): string {
  return `tags/${flat(repository)}/`;
}

/** The hint that a tag may point at a manifest. */
export function taggedKey(repository: RepositoryName, digest: Digest, tag: Tag | string): string {
  return `${taggedOf(repository, digest)}${tag}`;
}

/** Prefix of the hints of one manifest. */
export function taggedOf(repository: RepositoryName, digest: Digest): string {
  return `tagged/${flat(repository)}/${digestHex(digest).slice(0, 64)}@`;
}

/** The descriptor of a manifest in its subject's list. */
export function referrerKey(repository: RepositoryName, subject: Digest, digest: Digest): string {
  return `${referrersOf(repository, subject)}${segment(digest)}`;
}

/** Prefix of what refers to a manifest. */
export function referrersOf(repository: RepositoryName, subject: Digest): string {
  return `referrers/${flat(repository)}/${segment(subject)}/`;
}

/** The mark that a repository exists. */
export function catalogKey(project: string, repository: RepositoryName): string {
  return `${catalogOf(project)}${flat(repository)}`;
}

/** Prefix of the repositories of a project, or of all. */
export function catalogOf(project: string | undefined): string {
  return project === undefined ? "catalog/" : `catalog/${project}/`;
}

/** There as long as no tag of the project changed since somebody read them all. */
export function epochKey(project: string): string {
  return `epochs/${project}`;
}

/** What is remembered of the charts of a repository. */
export function listingKey(repository: RepositoryName): string {
  return `listings/${flat(repository)}`;
}

/** Prefix of the states of uploads under way. */
export const UPLOAD_STATES = "uploads/states/";

/** An upload's state. */
export function uploadKey(id: string): string {
  return UPLOAD_STATES + id;
}

/** Bytes of an upload that are no whole part yet. */
export function pieceKey(id: string, offset: number, random: string): string {
  return `uploads/pieces/${id}/${offset}-${random}`;
}

/** The multipart upload of a large one. */
export function uploadDataKey(id: string): string {
  return `uploads/data/${id}`;
}

/** A record about an upstream. `path` holds names in the grammar of repositories, tags or hex. */
export function upstreamKey(project: string, kind: string, path: string): string {
  return `upstream/${project}/${kind}/${path}`;
}

/** Prefix of the parts of operations. */
export const PARTS = "parts/";

/** A part of an operation; `hex` is the sha256 of its plain bytes. */
export function partKey(hex: string): string {
  return PARTS + hex;
}

/** The tag that a hint's key ends with. */
export function tagOfHint(key: string): string {
  return key.slice(key.lastIndexOf("@") + 1);
}

/** The last part of a key. */
export function lastSegment(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** The repository that a flat segment names; the segment came out of a key of ours. */
export function repositoryOf(flatName: string): string {
  return flatName.replaceAll("!", "/");
}

function flat(repository: RepositoryName): string {
  return repository.replaceAll("/", "!");
}

function segment(digest: Digest): string {
  return `${digestAlgorithm(digest)}-${digestHex(digest)}`;
}
