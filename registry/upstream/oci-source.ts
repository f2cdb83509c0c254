import { createOciClient, type OciClient } from "../../engine/oci/client.ts";
import type { Descriptor } from "../../engine/oci/descriptor.ts";
import { type Digest, digestHex, digestOf } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { parseTag, type RepositoryName, type Tag } from "../../engine/oci/repository-name.ts";
import { statBlob } from "../content/blobs.ts";
import { upstreamKey } from "../content/keys.ts";
import { type ManifestHead, putManifest, statManifest } from "../content/manifests.ts";
import { readJson, writeJson } from "../content/record.ts";
import { endEpoch } from "../content/repositories.ts";
import { listTags, readTag, type TagPage, writeTag } from "../content/tags.ts";
import type { Behind } from "./behind.ts";
import { openThrough, type ThroughBlob } from "./blob-through.ts";
import type { UpstreamOutcome } from "./count.ts";
import { counted, deadline, type ProxyContext } from "./context.ts";
import { type Checked, isFresh, isOutage, mayBeStale, parseChecked } from "./freshness.ts";
import type { Epoch, Given, GivenManifest, GivenTags } from "./given.ts";
import { readReferrers } from "./oci-referrers.ts";
import { once } from "./once.ts";
import { flatName, remoteName } from "./remote-name.ts";
import type { OciUpstream } from "./upstream.ts";

type Context = ProxyContext<OciUpstream>;

/** Another registry's repositories, kept here as they are pulled. */
export interface OciProxy {
  readonly manifestByTag: (repository: RepositoryName, tag: Tag) => Promise<GivenManifest | undefined>;
  readonly manifestByDigest: (repository: RepositoryName, digest: Digest) => Promise<ManifestHead | undefined>;
  readonly blobSize: (repository: RepositoryName, digest: Digest) => Promise<number | undefined>;
  /** A stream of a blob that is being fetched, or undefined when it is stored by now or exists nowhere. */
  readonly blobThrough: (repository: RepositoryName, digest: Digest) => Promise<ThroughBlob | undefined>;
  readonly tags: (
    repository: RepositoryName,
    options: { readonly last?: string; readonly limit: number },
  ) => Promise<GivenTags>;
  /** Changes with the upstream's list of tags. */
  readonly tagsEpoch: (repository: RepositoryName) => Promise<Epoch>;
  /** What refers to a manifest, at the upstream and here, in the order of a list. */
  readonly referrers: (repository: RepositoryName, subject: Digest) => Promise<readonly Descriptor[]>;
  /** Waits for what is still stored behind answers. */
  readonly settled: Behind["settled"];
  /** Counts how a blob was answered. */
  readonly countBlob: (outcome: UpstreamOutcome) => void;
}

/** Proxies one registry for one project. */
export function createOciProxy(context: Context): OciProxy {
  const { upstream } = context;
  const client = createOciClient({
    egress: context.egress,
    policy: upstream.policy,
    origin: new URL(upstream.url).origin,
    credentials: upstream.credentials,
    tokenRealms: upstream.tokenRealms,
    now: context.now,
    together: context.together,
  });
  return {
    manifestByTag: async (repository, tag) => await resolveTag(context, client, repository, tag),
    manifestByDigest: async (repository, digest) => await manifestByDigest(context, client, repository, digest),
    blobSize: async (repository, digest) => {
      const known = await statBlob(context.store, repository, digest);
      if (known !== undefined) return known;
      return await context.gate.run(
        async () => await client.blobSize(remoteName(context, repository), digest, deadline(context)),
      );
    },
    blobThrough: async (repository, digest) =>
      await openThrough(
        context,
        { repository, digest },
        async () => await client.blob(remoteName(context, repository), digest, deadline(context)),
      ),
    tags: async (repository, options) => {
      await context.behind.settled(repository);
      return await mergedTags(context, client, repository, options);
    },
    tagsEpoch: async (repository) => {
      const { key, stale } = await remoteTags(context, client, repository);
      return { key, stale };
    },
    referrers: async (repository, subject) => {
      await context.behind.settled(repository);
      return await readReferrers(context, client, { repository, subject });
    },
    settled: context.behind.settled,
    countBlob: (outcome) => counted(context, "blob", outcome),
  };
}

function tagRecord(context: Context, repository: RepositoryName, tag: Tag): string {
  return upstreamKey(context.project, "tag", `${flatName(repository)}/${tag}`);
}

async function resolveTag(
  context: Context,
  client: OciClient,
  repository: RepositoryName,
  tag: Tag,
): Promise<GivenManifest | undefined> {
  const { store, upstream, now } = context;
  const key = tagRecord(context, repository, tag);
  await context.behind.settled(repository);
  const [record, local] = await Promise.all([readJson(store, key), readTag(store, repository, tag)]);
  const known = parseChecked(record?.value);
  if (isFresh(known, upstream.freshness, now())) return tally(context, local);
  const name = `${repository}:${tag}`;
  if (context.absences.has(name)) return tally(context, undefined);
  let isRemoved = false;
  try {
    const head = await toldEarly(
      { context, repository },
      async (tell) =>
        await once(context, context.flights.manifest, {
          key: `tag/${flatName(repository)}/${tag}`,
          done: async () => {
            if (context.absences.has(name)) return { value: undefined };
            const fresh = isFresh(parseChecked((await readJson(store, key))?.value), upstream.freshness, now());
            return fresh ? { value: await readTag(store, repository, tag) } : undefined;
          },
          work: async () => {
            const asked = now();
            const found = await refreshTag(context, client, { repository, tag, local, tell });
            isRemoved = found === "removed";
            const kept = found === "removed" ? local : found;
            // Names that nobody has are in memory alone: a store would fill with whatever callers think of.
            if (kept === undefined) context.absences.add(name);
            else await writeJson(store, key, { checked: asked, present: true });
            return kept;
          },
        }),
    );
    if (head === undefined) counted(context, "manifest", "negative");
    else if (isRemoved) counted(context, "manifest", "stale");
    else counted(context, "manifest", head.digest === local?.digest ? "revalidated" : "miss");
    return head;
  } catch (error) {
    if (isOutage(error) && local !== undefined && known !== undefined && mayBeStale(known, upstream.freshness, now())) {
      counted(context, "manifest", "stale");
      return { ...local, stale: true };
    }
    counted(context, "manifest", "failed");
    throw error;
  }
}

/**
 * What `work` gives, as soon as it tells it: what it still writes down goes on behind the answer, and whoever asks for the same waits for
 * it, so a fault of the store then costs the next one a fetch. Not `allowed` where work ends with the answer.
 */
async function toldEarly(
  { context, repository }: { readonly context: Context; readonly repository: RepositoryName },
  work: (tell: Tell) => Promise<ManifestHead | undefined>,
): Promise<ManifestHead | undefined> {
  if (!context.together) return await work(() => undefined);
  return await new Promise((resolve, reject) => {
    const whole = work((head) => {
      context.behind.add({ repository, digest: head.digest }, whole);
      resolve(head);
    });
    whole.then(resolve, reject);
  });
}

/** Counts what the store alone answered. */
function tally(context: Context, head: ManifestHead | undefined): ManifestHead | undefined {
  counted(context, "manifest", head === undefined ? "negative" : "hit");
  return head;
}

interface TagWish {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly local: ManifestHead | undefined;
  /** Told of a manifest that is verified. */
  readonly tell: Tell;
}

type Tell = (head: ManifestHead) => void;

/** Asks by HEAD first where something is known: registries count only GETs against their limits. What the upstream removed stays here. */
async function refreshTag(
  context: Context,
  client: OciClient,
  { repository, tag, local, tell }: TagWish,
): Promise<ManifestHead | "removed" | undefined> {
  if (local !== undefined) {
    const name = remoteName(context, repository);
    const digest = await context.gate.run(async () => await client.resolve(name, tag, deadline(context)));
    if (digest === undefined) return "removed";
    if (digest === local.digest) {
      tell(local);
      return local;
    }
  }
  const head = await fetchManifest(context, client, { repository, reference: tag, tell });
  if (head === undefined) return local === undefined ? undefined : "removed";
  await writeTag(context.store, repository, tag, head);
  await endEpoch(context.store, context.project, repository);
  return head;
}

interface ManifestWish {
  readonly repository: RepositoryName;
  readonly reference: Tag | Digest;
  readonly tell: Tell;
}

async function fetchManifest(
  context: Context,
  client: OciClient,
  { repository, reference, tell }: ManifestWish,
): Promise<ManifestHead | undefined> {
  const name = remoteName(context, repository);
  const found = await context.gate.run(async () => await client.manifest(name, reference, deadline(context)));
  if (found === undefined) return undefined;
  const { digest, bytes } = found;
  const manifest = parseForeign(bytes, found.mediaType);
  const head = { digest, mediaType: manifest.mediaType, size: bytes.length, bytes };
  const store = async (): Promise<void> => {
    // The blobs come when they are asked for.
    await putManifest(context, repository, { digest, bytes, manifest }, { sparse: true });
  };
  if (!context.early) await store();
  tell(head);
  // The answer goes out first.
  if (context.early) await context.sleep(0).then(store);
  return head;
}

async function manifestByDigest(
  context: Context,
  client: OciClient,
  repository: RepositoryName,
  digest: Digest,
): Promise<ManifestHead | undefined> {
  const stat = async (): Promise<ManifestHead | undefined> => await statManifest(context.store, repository, digest);
  const name = `${repository}@${digest}`;
  await context.behind.settled(repository);
  const known = await stat();
  if (known !== undefined || context.absences.has(name)) return tally(context, known);
  try {
    const head = await toldEarly(
      { context, repository },
      async (tell) =>
        await once(context, context.flights.manifest, {
          key: `manifest/${flatName(repository)}/${digest.replace(":", "-")}`,
          done: async () => {
            const value = await stat();
            return value !== undefined || context.absences.has(name) ? { value } : undefined;
          },
          work: async () => await fetchManifest(context, client, { repository, reference: digest, tell }),
        }),
    );
    if (head === undefined) context.absences.add(name);
    counted(context, "manifest", head === undefined ? "negative" : "miss");
    return head;
  } catch (error) {
    counted(context, "manifest", "failed");
    throw error;
  }
}

function parseForeign(bytes: Uint8Array, mediaType: string): ReturnType<typeof parseManifest> {
  try {
    return parseManifest(bytes, mediaType);
  } catch (cause) {
    throw new OciError("UNAVAILABLE", { status: 502, message: "the upstream's manifest is not valid", cause });
  }
}

/** Tags of one repository that are read and kept in a record. */
const MAX_TAGS = 20_000;

async function mergedTags(
  context: Context,
  client: OciClient,
  repository: RepositoryName,
  options: { readonly last?: string; readonly limit: number },
): Promise<GivenTags> {
  const { tags, stale } = await remoteTags(context, client, repository);
  const local = await listTags(context.store, repository, { limit: MAX_TAGS });
  if (tags === undefined && local.tags.length === 0) throw new OciError("NAME_UNKNOWN");
  const all = [...new Set([...(tags ?? []), ...local.tags])].sort();
  return { ...pageOf(all, options), stale };
}

/** One page of a sorted list. */
export function pageOf(
  sorted: readonly string[],
  options: { readonly last?: string; readonly limit: number },
): TagPage {
  const { last, limit } = options;
  const start = last === undefined ? 0 : sorted.findIndex((tag) => tag > last);
  const rest = start < 0 ? [] : sorted.slice(start);
  return { tags: rest.slice(0, limit), more: rest.length > limit };
}

/** An upstream's list of tags; none where it has no such repository, or gives no list. */
interface RemoteTags extends Given {
  readonly tags: readonly string[] | undefined;
  readonly key: string;
  readonly stale: boolean;
}

async function remoteTags(context: Context, client: OciClient, repository: RepositoryName): Promise<RemoteTags> {
  const { store, upstream, now } = context;
  const known = await readTagList(context, repository);
  if (isFresh(known, upstream.freshness, now())) {
    counted(context, "tags", known?.present === true ? "hit" : "negative");
    return remote(known);
  }
  if (context.absences.has(repository)) {
    counted(context, "tags", "negative");
    return remote(undefined);
  }
  try {
    const found = await once(context, context.flights.tags, {
      key: `tags/${flatName(repository)}`,
      done: async () => {
        if (context.absences.has(repository)) return { value: undefined };
        const list = await readTagList(context, repository);
        return isFresh(list, upstream.freshness, now()) ? { value: list } : undefined;
      },
      work: async () => await fetchTagList(context, client, { repository, isKnown: known !== undefined }),
    });
    counted(context, "tags", found?.tags === undefined ? "negative" : "miss");
    return remote(found);
  } catch (error) {
    if (isOutage(error) && known !== undefined && mayBeStale(known, upstream.freshness, now())) {
      counted(context, "tags", "stale");
      return { ...remote(known), stale: true };
    }
    const local = isOutage(error) ? (await listTags(store, repository, { limit: 1 })).tags : [];
    counted(context, "tags", local.length > 0 ? "stale" : "failed");
    if (local.length > 0) return { ...remote(undefined), stale: true };
    throw error;
  }
}

function remote(list: TagList | undefined): RemoteTags {
  return { tags: list?.tags, key: list?.tags === undefined ? "" : (list.key ?? ""), stale: false };
}

/** A list of tags as it is remembered. */
export interface TagList extends Checked {
  /** Absent where the upstream said that there is no such repository. */
  readonly tags?: readonly string[];
  /** Another one for other tags. */
  readonly key?: string;
}

function tagListKey(context: Context, repository: RepositoryName): string {
  return upstreamKey(context.project, "tags", flatName(repository));
}

async function readTagList(context: Context, repository: RepositoryName): Promise<TagList | undefined> {
  const record = await readJson(context.store, tagListKey(context, repository));
  const known = parseChecked(record?.value);
  const { tags, key } = record?.value ?? {};
  if (known === undefined || !known.present || !Array.isArray(tags)) return known;
  return {
    ...known,
    tags: tags.filter((tag): tag is string => typeof tag === "string"),
    key: typeof key === "string" ? key : String(known.checked),
  };
}

async function fetchTagList(
  context: Context,
  client: OciClient,
  { repository, isKnown }: { readonly repository: RepositoryName; readonly isKnown: boolean },
): Promise<TagList | undefined> {
  const name = remoteName(context, repository);
  const found = await context.gate.run(async () => await client.tags(name, MAX_TAGS, deadline(context)));
  const tags = found?.filter((tag) => parseTag(tag) !== undefined);
  if (tags === undefined) context.absences.add(repository);
  if (tags === undefined && !isKnown) return undefined;
  const checked = { checked: context.now(), present: tags !== undefined };
  const key = await keyOfTags(tags ?? []);
  await writeJson(context.store, tagListKey(context, repository), { ...checked, tags: tags ?? [], key });
  return tags === undefined ? checked : { ...checked, tags, key };
}

async function keyOfTags(tags: readonly string[]): Promise<string> {
  return digestHex(await digestOf(new TextEncoder().encode(JSON.stringify(tags))));
}
