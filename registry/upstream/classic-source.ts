import { EngineError, type JsonValue } from "../../engine/errors.ts";
import { type Digest, digestHex, parseDigest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseTag, type RepositoryName, type Tag, versionToTag } from "../../engine/oci/repository-name.ts";
import { upstreamKey } from "../content/keys.ts";
import type { ManifestHead } from "../content/manifests.ts";
import { readJson, writeJson } from "../content/record.ts";
import { endEpoch } from "../content/repositories.ts";
import { listTags, readTag, writeTag } from "../content/tags.ts";
import { fetchChart, type FetchedChart } from "./classic-fetch.ts";
import { currentIndex } from "./classic-index.ts";
import { counted, type ProxyContext } from "./context.ts";
import type { UpstreamOutcome } from "./count.ts";
import { isOutage } from "./freshness.ts";
import type { Epoch, Given, GivenManifest, GivenTags } from "./given.ts";
import type { IndexEntry } from "./index-entry.ts";
import { readIndexChart } from "./index-store.ts";
import { once } from "./once.ts";
import { pageOf } from "./oci-source.ts";
import { flatName } from "./remote-name.ts";
import { type ConvertChart, type ConvertedChart, storeChart } from "./proxied-chart.ts";
import type { ClassicUpstream } from "./upstream.ts";

type Context = ProxyContext<ClassicUpstream>;

/** A classic repository's charts as OCI repositories. A chart becomes an artifact when it is pulled first, and stays. */
export interface ClassicProxy {
  readonly manifestByTag: (repository: RepositoryName, tag: Tag) => Promise<GivenManifest | undefined>;
  readonly tags: (
    repository: RepositoryName,
    options: { readonly last?: string; readonly limit: number },
  ) => Promise<GivenTags>;
  /** The chart's entries in the index, whether pulled or not. */
  readonly entries: (repository: RepositoryName) => Promise<GivenEntries>;
  /** Names of all charts in the index. */
  readonly charts: () => Promise<readonly string[]>;
  /** Changes with the index. */
  readonly epoch: () => Promise<Epoch>;
  /** Where the archive came from that a manifest was made of. */
  readonly origin: (
    repository: RepositoryName,
    manifest: { readonly tag: Tag; readonly digest: Digest },
  ) => Promise<Origin | undefined>;
}

interface GivenEntries extends Given {
  readonly list: readonly IndexEntry[];
}

interface Origin {
  readonly url: string;
  readonly fetched: number;
  readonly archive: Digest;
  readonly provenance?: Digest;
}

/** Proxies one chart repository for one project. */
export function createClassicProxy(context: Context, convert: ConvertChart): ClassicProxy {
  const entries = async (repository: RepositoryName): Promise<GivenEntries> => {
    const { generation, stale = false } = await currentIndex(context);
    const chart = chartOf(context, repository);
    const known = context.memory.chart(generation, chart);
    if (known !== undefined) return { list: known, stale };
    const { entries: list, size } = await readIndexChart(context.store, context.project, generation, chart);
    context.memory.keep(generation, chart, list, size);
    return { list, stale };
  };
  return {
    entries,
    charts: async () => (await currentIndex(context)).charts,
    epoch: async () => {
      const { generation, stale = false } = await currentIndex(context);
      return { key: generation, stale };
    },
    origin: async (repository, manifest) => await readOrigin(context, repository, manifest),
    manifestByTag: async (repository, tag) => await resolveTag(context, convert, entries, { repository, tag }),
    tags: async (repository, options) => {
      const local = await listTags(context.store, repository, { limit: MAX_LOCAL_TAGS });
      const { list, stale } = await entries(repository).catch((error: unknown): GivenEntries => {
        if (isOutage(error) && local.tags.length > 0) return { list: [], stale: true };
        throw error;
      });
      const tags = list.map((entry) => versionToTag(entry.version)).filter((tag) => parseTag(tag) !== undefined);
      const all = [...new Set([...tags, ...local.tags])].sort();
      if (all.length === 0) throw new OciError("NAME_UNKNOWN");
      return { ...pageOf(all, options), stale: stale === true };
    },
  };
}

const MAX_LOCAL_TAGS = 20_000;

function chartOf(context: Context, repository: RepositoryName): string {
  return repository.slice(context.project.length + 1);
}

interface TagWish {
  readonly repository: RepositoryName;
  readonly tag: Tag;
}

/** What stays here when the upstream removes a version or fails: whatever was pulled once. */
async function resolveTag(
  context: Context,
  convert: ConvertChart,
  entries: (repository: RepositoryName) => Promise<GivenEntries>,
  wish: TagWish,
): Promise<GivenManifest | undefined> {
  const local = await readTag(context.store, wish.repository, wish.tag);
  const tell = <T>(outcome: UpstreamOutcome, head: T): T => {
    counted(context, "manifest", outcome);
    return head;
  };
  try {
    const { list, stale } = await entries(wish.repository);
    const entry = list.find((item) => versionToTag(item.version) === wish.tag);
    const given = (head: ManifestHead): GivenManifest => ({
      ...head,
      stale: stale === true,
      deprecated: entry?.fields["deprecated"] === true,
    });
    if (entry === undefined) return local === undefined ? tell("negative", undefined) : tell("stale", given(local));
    if (local !== undefined && (await isSameArchive(context, wish, entry))) return tell("hit", given(local));
    const head = await once(context, context.flights.manifest, {
      key: `chart/${flatName(wish.repository)}/${wish.tag}`,
      done: async () => {
        const value = await readTag(context.store, wish.repository, wish.tag);
        return value !== undefined && (await isSameArchive(context, wish, entry)) ? { value } : undefined;
      },
      work: async () => await adopt(context, convert, wish, entry),
    });
    return tell("miss", head === undefined ? undefined : given(head));
  } catch (error) {
    if (local !== undefined && isOutage(error)) return tell("stale", { ...local, stale: true });
    tell("failed", undefined);
    throw error;
  }
}

function originKey(context: Context, { repository, tag }: TagWish): string {
  return upstreamKey(context.project, "origin", `${flatName(repository)}/${tag}`);
}

/** The record is of the archive that the tag means now; an earlier one's manifest has none. */
async function readOrigin(
  context: Context,
  repository: RepositoryName,
  { tag, digest }: { readonly tag: Tag; readonly digest: Digest },
): Promise<Origin | undefined> {
  const value = (await readJson(context.store, originKey(context, { repository, tag })))?.value;
  const { url, fetched } = value ?? {};
  const [archive, provenance] = [digestIn(value?.["archive"]), digestIn(value?.["provenance"])];
  if (value?.["manifest"] !== digest || archive === undefined) return undefined;
  if (typeof url !== "string" || typeof fetched !== "number") return undefined;
  return { url, fetched, archive, ...(provenance === undefined ? {} : { provenance }) };
}

function digestIn(value: JsonValue | undefined): Digest | undefined {
  return typeof value === "string" ? parseDigest(value) : undefined;
}

/** True when the index still means the archive that is stored; an index without digests cannot say otherwise. */
async function isSameArchive(context: Context, wish: TagWish, entry: IndexEntry): Promise<boolean> {
  if (entry.digest === undefined) return true;
  const digest = digestIn((await readJson(context.store, originKey(context, wish)))?.value["archive"]);
  return digest !== undefined && digestHex(digest) === entry.digest;
}

async function adopt(context: Context, convert: ConvertChart, wish: TagWish, entry: IndexEntry): Promise<ManifestHead> {
  const fetched = await fetchChart(context, entry);
  const chart = await convertFetched(convert, fetched);
  const { head } = await storeChart(context, wish.repository, chart);
  await writeJson(context.store, originKey(context, wish), {
    url: fetched.url,
    archive: chart.archive.digest,
    manifest: chart.digest,
    provenance: chart.provenance?.digest ?? null,
    fetched: context.now(),
  });
  await writeTag(context.store, wish.repository, wish.tag, head);
  await endEpoch(context.store, context.project, wish.repository);
  return head;
}

async function convertFetched(convert: ConvertChart, fetched: FetchedChart): Promise<ConvertedChart> {
  try {
    return await convert(fetched.archive, fetched.provenance);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new OciError("UNAVAILABLE", { status: 502, message: "the upstream's archive is no chart", cause });
  }
}
