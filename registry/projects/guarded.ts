import { createLeastUsed } from "../../engine/least-used.ts";
import { chartParts } from "../../engine/oci/chart-artifact.ts";
import { type Digest, digestAlgorithm, digestHex, parseDigest } from "../../engine/oci/digest.ts";
import type { OciError } from "../../engine/oci/error.ts";
import { type Manifest, parseManifest } from "../../engine/oci/manifest.ts";
import { parseTag, type RepositoryName, type Tag, tagToVersion } from "../../engine/oci/repository-name.ts";
import type { KeeperDeps } from "../content/condemned.ts";
import { upstreamKey } from "../content/keys.ts";
import type { ManifestHead } from "../content/manifests.ts";
import { readJson, writeJson } from "../content/record.ts";
import { endEpoch } from "../content/repositories.ts";
import { listTags, readTag } from "../content/tags.ts";
import type { Epoch, GivenManifest, GivenTags } from "../upstream/given.ts";
import { flatName } from "../upstream/remote-name.ts";
import { allRepositories, inTurns } from "./epochs.ts";
import {
  allowsChart,
  allowsVersion,
  coolsAt,
  type Facts,
  type PullPolicy,
  PullRefusal,
  type Refusal,
  refuse,
} from "./pull-policy.ts";
import { contentKind } from "./signed-content.ts";
import type { RepositorySource } from "./source.ts";

/** What a policy is applied to. */
export interface GuardOptions {
  readonly project: string;
  readonly policy: PullPolicy;
  readonly source: RepositorySource;
  /** When the upstream's index says that it published what a tag names, in milliseconds since 1970; absent: its manifests say it. */
  readonly publishedAt?: (repository: RepositoryName, tag: Tag) => Promise<number | undefined>;
}

/** A manifest that somebody asks for. */
interface Candidate {
  readonly repository: RepositoryName;
  readonly head: ManifestHead;
  readonly facts: Facts;
}

/** One rule of a policy: undefined lets the manifest pass. Rules over more than facts (signatures) stand beside {@link byFacts}. */
type Check = (candidate: Candidate) => Promise<Refusal | undefined>;

interface Guard extends GuardOptions, KeeperDeps {
  readonly checks: readonly Check[];
}

/**
 * A proxy's source under a policy. What is decided is decided for a digest: a tag that moves to one that may not be pulled (yet) goes on to
 * mean the one that could be. Blobs and children are given when a manifest that names them was.
 */
export function guardPulls(deps: KeeperDeps, options: GuardOptions): RepositorySource {
  const { policy, source } = options;
  const guard: Guard = { ...deps, ...options, checks: [byFacts(deps, options)] };
  return {
    ...source,
    manifest: async (repository, reference) => {
      const about = reference.kind === "tag" ? await taggedDocument(guard, repository, reference.tag) : undefined;
      if (about !== undefined) return about;
      assertAllowed(guard, repository, reference.kind === "tag" ? reference.tag : undefined);
      return reference.kind === "tag"
        ? await byTag(guard, repository, reference.tag)
        : await byDigest(guard, repository, reference.digest);
    },
    blobSize: async (repository, digest, signal) =>
      (await isCleared(guard, repository, digest)) ? await source.blobSize(repository, digest, signal) : undefined,
    blob: async (repository, digest, range, signal) =>
      (await isCleared(guard, repository, digest)) ? await source.blob(repository, digest, range, signal) : undefined,
    tags: async (repository, page) => await listedTags(guard, repository, page),
    referrers: async (repository, subject, page, signal) => {
      assertAllowed(guard, repository, undefined);
      return await source.referrers(repository, subject, page, signal);
    },
    holds: async (repository, signal) =>
      allowsChart(policy, chartOf(guard, repository)) && (await source.holds(repository, signal)),
    versions: async (repository, signal) => {
      const versions = await source.versions(repository, signal);
      const pulled = await pulledTags(guard, repository);
      return await filtered(versions, async ({ tag }) => await isListed(guard, { repository, tag, pulled }));
    },
    repositories: async (project, page, signal) => {
      const found = await source.repositories(project, page, signal);
      return { ...found, names: found.names.filter((name) => allowsChart(policy, chartOf(guard, name))) };
    },
    ...(policy.cooldown === undefined ? {} : epochsOf(guard)),
  };
}

/** Repositories, and projects, of which one process remembers when a version will have cooled. */
const MAX_REMEMBERED = 10_000;

/** What may be pulled changes with time alone, too: an epoch ends when the next version has cooled. */
function epochsOf(guard: Guard): Pick<RepositorySource, "epoch" | "versionsEpoch"> {
  const { source, now } = guard;
  const kept = createLeastUsed<string, { readonly key: string; readonly until: number }>({
    most: MAX_REMEMBERED,
    sizeOf: () => 1,
  });
  const ending = async (
    place: string,
    base: Epoch | undefined,
    next: () => Promise<number>,
  ): Promise<Epoch | undefined> => {
    if (base === undefined) return undefined;
    const known = kept.get(place);
    const holds = known !== undefined && known.key === base.key && known.until > now();
    const until = holds ? known.until : await next();
    kept.set(place, { key: base.key, until });
    return { ...base, key: `${base.key} until ${until}` };
  };
  return {
    versionsEpoch: async (repository, signal) =>
      await ending(
        repository,
        await source.versionsEpoch?.(repository, signal),
        async () => await nextCooled(guard, repository, signal),
      ),
    epoch: async (project, signal) =>
      await ending(project, await source.epoch(project, signal), async () => {
        const names = await allRepositories(source, project, signal);
        const times = await inTurns(names, async (name) => await nextCooled(guard, name, signal));
        return times.reduce((first, time) => Math.min(first, time), NEVER);
      }),
  };
}

const NEVER = Number.POSITIVE_INFINITY;

/** When the next version of a chart will be listed that is not now; never, where all are. */
async function nextCooled(guard: Guard, repository: RepositoryName, signal: AbortSignal | undefined): Promise<number> {
  const versions = await guard.source.versions(repository, signal);
  const pulled = await pulledTags(guard, repository);
  let first = NEVER;
  for (const { tag } of versions) {
    if (!allowsVersion(guard.policy, chartOf(guard, repository), tagToVersion(tag))) continue;
    const time = await cooledAt(guard, { repository, tag, pulled });
    if (time > guard.now() && !(await isAdmitted(guard, repository, tag))) first = Math.min(first, time);
  }
  return first;
}

function byFacts({ now }: KeeperDeps, { policy, project }: GuardOptions): Check {
  return async ({ repository, facts }) => refuse(policy, repository.slice(project.length + 1), facts, now());
}

function chartOf({ project }: GuardOptions, repository: RepositoryName): string {
  return repository.slice(project.length + 1);
}

/** Refuses what the list of charts leaves out before the upstream is asked. */
function assertAllowed(guard: Guard, repository: RepositoryName, tag: Tag | undefined): void {
  const chart = chartOf(guard, repository);
  const isAllowed =
    tag === undefined ? allowsChart(guard.policy, chart) : allowsVersion(guard.policy, chart, tagToVersion(tag));
  if (!isAllowed)
    throw denied(`${chart}${tag === undefined ? "" : `:${tag}`} is not in the list of what may be pulled`);
}

function denied(reason: string): OciError {
  return new PullRefusal("DENIED", { message: reason });
}

async function byTag(guard: Guard, repository: RepositoryName, tag: Tag): Promise<GivenManifest | undefined> {
  const { source, store } = guard;
  const head = await source.manifest(repository, { kind: "tag", tag });
  if (head === undefined) return undefined;
  const key = admittedKey(guard, repository, tag);
  const before = digestIn((await readJson(store, key))?.value["digest"]);
  if (before === head.digest) return head;
  const refusal = await decide(guard, repository, head, async () => ({
    version: tagToVersion(tag),
    // The date of another digest under a tag that was pulled before says nothing that can be believed.
    published: before === undefined ? await publishedAt(guard, repository, tag, head) : undefined,
  }));
  if (refusal === undefined) {
    await writeJson(store, key, { digest: head.digest });
    await relisted(guard, repository);
    return head;
  }
  const kept = before === undefined ? undefined : await source.manifest(repository, { kind: "digest", digest: before });
  if (kept === undefined) throw denied(refusal.reason);
  return kept;
}

/** Tags of distribution-spec's stand-in for referrers, and of cosign before version 3. */
const DOCUMENT_TAG = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/;

/**
 * What a tag says of a manifest that was admitted: judged by that, as what refers to it. Such an index opens nothing: what it lists is
 * judged for itself.
 */
async function taggedDocument(guard: Guard, repository: RepositoryName, tag: Tag): Promise<GivenManifest | undefined> {
  const hex = DOCUMENT_TAG.exec(tag)?.[1];
  const subject = hex === undefined ? undefined : parseDigest(`sha256:${hex}`);
  if (subject === undefined || !(await isCleared(guard, repository, subject))) return undefined;
  const head = await guard.source.manifest(repository, { kind: "tag", tag });
  const manifest = head === undefined ? undefined : await readManifest(guard, repository, head);
  if (head === undefined || manifest === undefined || manifest.kind === "index") return head;
  return contentKind(manifest) === "free" ? await cleared(guard, repository, head) : undefined;
}

async function publishedAt(
  guard: Guard,
  repository: RepositoryName,
  tag: Tag,
  head: ManifestHead,
): Promise<number | undefined> {
  if (guard.publishedAt !== undefined) return await guard.publishedAt(repository, tag);
  return statedBy(await readManifest(guard, repository, head)).published;
}

async function byDigest(guard: Guard, repository: RepositoryName, digest: Digest): Promise<ManifestHead | undefined> {
  const head = await guard.source.manifest(repository, { kind: "digest", digest });
  if (head === undefined) return undefined;
  const clearance = await readJson(guard.store, clearedKey(guard, repository, digest));
  if (clearance?.value["whole"] === true) return head;
  const manifest = await readManifest(guard, repository, head);
  const isPart = clearance !== undefined || (await isAboutCleared(guard, repository, manifest));
  if (isPart) return await cleared(guard, repository, head);
  const refusal = await decide(guard, repository, head, async () => statedBy(manifest));
  if (refusal !== undefined) throw denied(refusal.reason);
  return head;
}

/** Signatures and the like are judged by what they are about; a chart that claims to be about another one is a chart. */
async function isAboutCleared(
  guard: Guard,
  repository: RepositoryName,
  manifest: Manifest | undefined,
): Promise<boolean> {
  const subject = manifest?.subject?.digest;
  if (manifest === undefined || subject === undefined || chartParts(manifest) !== undefined) return false;
  return await isCleared(guard, repository, subject);
}

const VERSION = "org.opencontainers.image.version";
const CREATED = "org.opencontainers.image.created";

type Stated = { readonly version: string | undefined; readonly published: number | undefined };

function statedBy(manifest: Manifest | undefined): Stated {
  const created = Date.parse(manifest?.annotations?.[CREATED] ?? "");
  return {
    version: manifest?.annotations?.[VERSION],
    published: Number.isNaN(created) ? undefined : created,
  };
}

/** Decides on a manifest by all checks, and clears it with all that it names when they let it pass. */
async function decide(
  guard: Guard,
  repository: RepositoryName,
  head: ManifestHead,
  state: () => Promise<Stated>,
): Promise<Refusal | undefined> {
  const facts = await factsOf(guard, repository, head.digest, state);
  for (const check of guard.checks) {
    const refusal = await check({ repository, head, facts });
    if (refusal !== undefined) return refusal;
  }
  await cleared(guard, repository, head);
  return undefined;
}

function factsKey({ project }: Guard, repository: RepositoryName, digest: Digest): string {
  return upstreamKey(project, "facts", `${flatName(repository)}/${segment(digest)}`);
}

async function factsOf(
  guard: Guard,
  repository: RepositoryName,
  digest: Digest,
  state: () => Promise<Stated>,
): Promise<Facts> {
  const { store, now } = guard;
  const key = factsKey(guard, repository, digest);
  const known = (await readJson(store, key))?.value;
  if (known !== undefined) return parseFacts(known, now());
  const { version, published } = await state();
  const facts: Facts = {
    seen: now(),
    ...(version === undefined ? {} : { version }),
    ...(published === undefined ? {} : { published }),
  };
  const written = await writeJson(store, key, facts, { kind: "absent" });
  if (written.kind !== "stored") return parseFacts((await readJson(store, key))?.value ?? {}, now());
  await relisted(guard, repository);
  return facts;
}

/** What was just written may show a tag, or hide it. */
async function relisted({ policy, store, project }: Guard, repository: RepositoryName): Promise<void> {
  if (policy.cooldown !== undefined) await endEpoch(store, project, repository);
}

function parseFacts({ seen, version, published }: Readonly<Record<string, unknown>>, now: number): Facts {
  return {
    seen: typeof seen === "number" ? seen : now,
    ...(typeof version === "string" ? { version } : {}),
    ...(typeof published === "number" ? { published } : {}),
  };
}

async function cleared(guard: Guard, repository: RepositoryName, head: GivenManifest): Promise<GivenManifest> {
  const manifest = await readManifest(guard, repository, head);
  for (const digest of namedBy(manifest)) {
    await writeJson(guard.store, clearedKey(guard, repository, digest), {}, { kind: "absent" });
  }
  await writeJson(guard.store, clearedKey(guard, repository, head.digest), { whole: true });
  return head;
}

function namedBy(manifest: Manifest | undefined): readonly Digest[] {
  if (manifest === undefined) return [];
  if (manifest.kind === "index") return manifest.manifests.map(({ digest }) => digest);
  const blobs = manifest.config === undefined ? manifest.layers : [manifest.config, ...manifest.layers];
  return blobs.map(({ digest }) => digest);
}

function clearedKey({ project }: Guard, repository: RepositoryName, digest: Digest): string {
  return upstreamKey(project, "cleared", `${flatName(repository)}/${segment(digest)}`);
}

async function isCleared(guard: Guard, repository: RepositoryName, digest: Digest): Promise<boolean> {
  if (!allowsChart(guard.policy, chartOf(guard, repository))) return false;
  return (await guard.store.head(clearedKey(guard, repository, digest))) !== undefined;
}

async function readManifest(
  { source }: Guard,
  repository: RepositoryName,
  head: ManifestHead,
): Promise<Manifest | undefined> {
  const bytes = await source.manifestBytes(repository, head);
  return bytes === undefined ? undefined : parseManifest(bytes, head.mediaType);
}

/** Pages of the upstream's tags that are read to fill one of ours. */
const MAX_PAGES = 100;

async function listedTags(
  guard: Guard,
  repository: RepositoryName,
  { limit, last }: { readonly limit: number; readonly last?: string },
): Promise<GivenTags> {
  assertAllowed(guard, repository, undefined);
  const tags: string[] = [];
  const pulled = await pulledTags(guard, repository);
  let after = last;
  let stale = false;
  for (let turn = 0; turn < MAX_PAGES; turn++) {
    const page = await guard.source.tags(repository, { limit, ...(after === undefined ? {} : { last: after }) });
    tags.push(...(await filtered(page.tags, async (tag) => await isListed(guard, { repository, tag, pulled }))));
    after = page.tags.at(-1);
    stale ||= page.stale === true;
    if (tags.length >= limit || !page.more || after === undefined) {
      return { tags: tags.slice(0, limit), more: page.more || tags.length > limit, stale };
    }
  }
  return { tags, more: true, stale };
}

/** Tags that are looked at side by side. */
const PARALLEL = 16;

async function filtered<T>(items: readonly T[], isKept: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let from = 0; from < items.length; from += PARALLEL) {
    const some = items.slice(from, from + PARALLEL);
    const answers = await Promise.all(some.map(isKept));
    found.push(...some.filter((_, at) => answers[at]));
  }
  return found;
}

/** Tags of a repository that are remembered, for a policy that looks at them. */
const MAX_PULLED = 20_000;

async function pulledTags({ policy, store }: Guard, repository: RepositoryName): Promise<ReadonlySet<string>> {
  if (policy.cooldown === undefined) return new Set();
  return new Set((await listTags(store, repository, { limit: MAX_PULLED })).tags);
}

interface TagWish {
  readonly repository: RepositoryName;
  readonly tag: string;
  /** Tags of which somebody asked what they mean. */
  readonly pulled: ReadonlySet<string>;
}

/** Tags that clients may choose from: not what is known to be refused. */
async function isListed(guard: Guard, wish: TagWish): Promise<boolean> {
  const { policy, now } = guard;
  const { repository, tag } = wish;
  if (!allowsVersion(policy, chartOf(guard, repository), tagToVersion(tag))) return false;
  if (policy.cooldown === undefined || (await cooledAt(guard, wish)) <= now()) return true;
  return await isAdmitted(guard, repository, tag);
}

function admittedKey({ project }: Guard, repository: RepositoryName, tag: string): string {
  return upstreamKey(project, "admitted", `${flatName(repository)}/${tag}`);
}

async function isAdmitted(guard: Guard, repository: RepositoryName, tag: string): Promise<boolean> {
  return (await guard.store.head(admittedKey(guard, repository, tag))) !== undefined;
}

/** When a tag is no longer too new by its date, and by what is known of the digest that it means; 0 where neither says anything. */
async function cooledAt(guard: Guard, { repository, tag, pulled }: TagWish): Promise<number> {
  const { policy, store, now } = guard;
  const parsed = parseTag(tag);
  if (parsed === undefined) return 0;
  const believed = policy.agedFrom === "first-seen" ? undefined : guard.publishedAt;
  const published = await believed?.(repository, parsed);
  const head = pulled.has(tag) ? await readTag(store, repository, parsed) : undefined;
  const facts =
    head === undefined ? undefined : (await readJson(store, factsKey(guard, repository, head.digest)))?.value;
  return Math.max(
    published === undefined ? 0 : coolsAt(policy, { published, seen: NEVER }),
    facts === undefined ? 0 : coolsAt(policy, parseFacts(facts, now())),
  );
}

function digestIn(value: unknown): Digest | undefined {
  return typeof value === "string" ? parseDigest(value) : undefined;
}

function segment(digest: Digest): string {
  return `${digestAlgorithm(digest)}-${digestHex(digest)}`;
}
