import { type Digest, digestAlgorithm, digestHex, digestOfSmall, parseDigest } from "../../engine/oci/digest.ts";
import { parseRepositoryName, type RepositoryName, type Tag } from "../../engine/oci/repository-name.ts";

/**
 * The layout of the store. No other file makes keys.
 *
 * ```
 * blobs/ALGORITHM/HH/HEX                                bytes of every blob and manifest, once
 * links/ALGORITHM/HH/HEX@REPOSITORY                     {size,repository}: the blob may be read through this repository
 * manifests/REPOSITORY/ALGORITHM-HEX                    {mediaType,size,subject?}: the manifest may be read through it
 * tags/REPOSITORY/TAG                                   {digest,mediaType,size}
 * tagged/REPOSITORY/HEX@TAG                             nothing: a hint that TAG may point at this manifest; HEX are 64 digits
 * referrers/REPOSITORY/ALGORITHM-HEX/ALGORITHM-HEX      descriptor of the second, whose subject is the first
 * catalog/PROJECT/REPOSITORY                            nothing: there is, or was until lately, something
 * epochs/PROJECT                                        {epoch}: made by readers of all tags, removed by whoever changes one
 * tag-epochs/REPOSITORY                                 {epoch}: the same for the tags of one repository
 * listings/REPOSITORY                                   the charts behind its tags; may be lost
 * uploads/states/ID                                     the state of an upload of which something arrived
 * uploads/pieces/ID/OFFSET-RANDOM                       bytes that are no whole part yet
 * uploads/data/ID                                       the multipart upload of one that outgrew a part
 * indexes/PROJECT/current                               {epoch,name,hash,size,packed}: the large index that was written last
 * indexes/PROJECT/NAME.FORM                             its bytes, `plain` or `gzip`
 * upstream/PROJECT/KIND/…                               what is known of an upstream (registry/upstream)
 * parts/HEX                                             a sealed part of an operation, by the sha256 of its plain bytes
 * collection/LANE/state                                 the collection under way; LANE is `real` or `dry`
 * collection/LANE/marks                                 what it has seen in use (registry/collection/marks.ts)
 * condemned/KEY                                         collection may take the object of KEY (registry/content/condemned.ts)
 * usage/PROJECT                                         bytes that a project holds
 * pulled/REPOSITORY/ALGORITHM-HEX                       {at}: when a manifest of a proxy with a cap was last asked for
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

/** A manifest's place in a list of referrers: lists are in the byte order of these. */
export function referrerPlace(digest: Digest): string {
  return segment(digest);
}

/** Prefix of what refers to a manifest. */
export function referrersOf(repository: RepositoryName, subject: Digest): string {
  return `referrers/${flat(repository)}/${segment(subject)}/`;
}

/** The mark that a repository exists. */
export function catalogKey(project: string, repository: RepositoryName): string {
  return `${catalogOf(project)}${flat(repository)}`;
}

/** What the marks of the repositories behind `name` come after, whether it names one or nothing. */
export function catalogAfter(name: string): string {
  const slash = name.indexOf("/");
  return `catalog/${slash < 0 ? "" : `${name.slice(0, slash)}/`}${name.replaceAll("/", "!")}`;
}

/** Prefix of the repositories of a project, or of all. */
export function catalogOf(project: string | undefined): string {
  return project === undefined ? "catalog/" : `catalog/${project}/`;
}

/** There as long as no tag of the project changed since somebody read them all. */
export function epochKey(project: string): string {
  return `epochs/${project}`;
}

/** There as long as no tag of the repository changed since somebody read them all. */
export function tagEpochKey(repository: RepositoryName): string {
  return `tag-epochs/${flat(repository)}`;
}

/** What is remembered of the charts of a repository. */
export function listingKey(repository: RepositoryName): string {
  return `listings/${flat(repository)}`;
}

/** Prefix of all large indexes. */
export const INDEXES = "indexes/";

/** What is known of the large index of a project. */
export function indexRecordKey(project: string): string {
  return `${INDEXES}${project}/current`;
}

/** The bytes of a large index. */
export function indexBodyKey(project: string, name: string, form: "plain" | "gzip"): string {
  return `${INDEXES}${project}/${name}.${form}`;
}

/** The project of a key below {@link INDEXES}, and the name of a body; undefined for the record. */
export function indexPlace(key: string): { readonly project: string; readonly name: string | undefined } {
  const [, project = "", last = ""] = key.split("/");
  return { project, name: last === "current" ? undefined : last.slice(0, last.indexOf(".")) };
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

/** Prefix of all blobs. */
export const BLOBS = "blobs/";
/** Prefix of all links. */
export const LINKS = "links/";
/** Prefix of all manifests of all repositories. */
export const MANIFESTS = "manifests/";
/** Prefix of all tags of all repositories. */
export const TAGS = "tags/";
/** Prefix of everything about uploads. */
export const UPLOADS = "uploads/";
/** Prefix of all marks of collection. */
export const CONDEMNED = "condemned/";

/** Collections that do not know of one another: the one that deletes, and the one that only tells. */
export type CollectionLane = "real" | "dry";

/** Where a collection keeps how far it is. */
export function collectionKey(lane: CollectionLane, what: "state" | "marks"): string {
  return `collection/${lane}/${what}`;
}

/** The mark that collection may take the object of `key`. */
export function condemnedKey(key: string): string {
  return CONDEMNED + key;
}

/** The key whose object a mark is about. */
export function subjectOfMark(key: string): string {
  return key.slice(CONDEMNED.length);
}

/** What a project holds. */
export function usageKey(project: string): string {
  return `usage/${project}`;
}

/** When a manifest of a proxy was last asked for. */
export function pulledKey(repository: RepositoryName, digest: Digest): string {
  return `pulled/${flat(repository)}/${segment(digest)}`;
}

/** The digest of a blob's key, as `ALGORITHM/HH/HEX`. */
export function blobPlace(key: string): string {
  return key.slice(BLOBS.length);
}

/** A link's key taken apart: the blob as `ALGORITHM/HH/HEX`, and the repository as {@link linkKey} writes it. */
export function linkPlace(key: string): { readonly blob: string; readonly repository: string } {
  const at = key.indexOf("@");
  return { blob: key.slice(LINKS.length, at), repository: key.slice(at + 1) };
}

/** A key behind all links of the blob at `ALGORITHM/HH/HEX`, and before those of the next one. */
export function linksAfter(place: string): string {
  return `${LINKS}${place}A`;
}

/** The digest at `ALGORITHM/HH/HEX`. A key that we did not make is a defect. */
export function digestAt(place: string): Digest {
  const [algorithm = "", , hex = ""] = place.split("/");
  return requireOwn(parseDigest(`${algorithm}:${hex}`), place);
}

/** The project of a repository as {@link linkKey} writes it; undefined where only its hash is there. */
export function projectOfLink(repository: string): string | undefined {
  return repository.startsWith("~") ? undefined : (repository.split("!")[0] ?? repository);
}

/** The repository and digest of a manifest's key. */
export function manifestPlace(key: string): { readonly repository: RepositoryName; readonly digest: Digest } {
  const [, name = "", text = ""] = key.split("/");
  const repository = requireOwn(parseRepositoryName(repositoryOf(name)), key);
  return { repository, digest: requireOwn(parseDigest(text.replace("-", ":")), key) };
}

/** The repository and tag of a tag's key. */
export function tagPlace(key: string): { readonly repository: RepositoryName; readonly tag: string } {
  const [, name = "", tag = ""] = key.split("/");
  return { repository: requireOwn(parseRepositoryName(repositoryOf(name)), key), tag };
}

/** The id of the upload that a key below `uploads/` belongs to. */
export function uploadOf(key: string): string {
  return key.split("/")[2] ?? "";
}

function requireOwn<T>(value: T | undefined, key: string): T {
  if (value === undefined) throw new Error(`the store holds a key that nobody made: ${key}`);
  return value;
}

function flat(repository: RepositoryName): string {
  return repository.replaceAll("/", "!");
}

function segment(digest: Digest): string {
  return `${digestAlgorithm(digest)}-${digestHex(digest)}`;
}
