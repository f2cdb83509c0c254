import type { OciClient } from "../../engine/oci/client.ts";
import { type Descriptor, parseDescriptor } from "../../engine/oci/descriptor.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { upstreamKey } from "../content/keys.ts";
import { statManifest } from "../content/manifests.ts";
import { readJson, writeJson } from "../content/record.ts";
import { listAllReferrers, uniteReferrers } from "../content/referrers.ts";
import { counted, deadline, type ProxyContext } from "./context.ts";
import { type Checked, isFresh, isOutage, mayBeStale, parseChecked } from "./freshness.ts";
import { once } from "./once.ts";
import { flatName, remoteName } from "./remote-name.ts";
import type { OciUpstream } from "./upstream.ts";

type Context = ProxyContext<OciUpstream>;

/** Whose list is meant. */
export interface ReferrersOf {
  readonly repository: RepositoryName;
  readonly subject: Digest;
}

/**
 * What refers to a manifest: what the upstream lists, asked again after its ttl, and what is stored here, which stays whatever the upstream
 * removes. An upstream in error is an error, unless something is known.
 */
export async function readReferrers(
  context: Context,
  client: OciClient,
  of: ReferrersOf,
): Promise<readonly Descriptor[]> {
  const [listed, stored] = await Promise.all([
    readListed(context, client, of).then(
      (found) => ({ found }),
      (error: unknown) => ({ error }),
    ),
    listAllReferrers(context.store, of.repository, of.subject),
  ]);
  if ("found" in listed) return uniteReferrers([stored, listed.found]);
  const isKnown = isOutage(listed.error) && stored.length > 0;
  counted(context, "referrers", isKnown ? "stale" : "failed");
  if (!isKnown) throw listed.error;
  return stored;
}

async function readListed(context: Context, client: OciClient, of: ReferrersOf): Promise<readonly Descriptor[]> {
  const { upstream, now, absences } = context;
  const name = `referrers of ${of.repository}@${of.subject}`;
  const known = await readList(context, of);
  if (isFresh(known, upstream.freshness, now())) return tally(context, "hit", known?.descriptors ?? []);
  if (absences.has(name)) return tally(context, "hit", []);
  try {
    const found = await once(context, context.flights.referrers, {
      key: `referrers/${place(of)}`,
      done: async () => {
        if (absences.has(name)) return { value: [] };
        const list = await readList(context, of);
        return isFresh(list, upstream.freshness, now()) ? { value: list?.descriptors ?? [] } : undefined;
      },
      work: async () => {
        const list = await fetchList(context, client, of);
        // Manifests that nobody pulled are in memory alone: a store would fill with whatever callers think of.
        if (list.length === 0 && known === undefined && !(await isStored(context, of))) absences.add(name);
        else await writeJson(context.store, listKey(context, of), { checked: now(), present: true, descriptors: list });
        return list;
      },
    });
    return tally(context, "miss", found);
  } catch (error) {
    if (known === undefined || !isOutage(error) || !mayBeStale(known, upstream.freshness, now())) throw error;
    return tally(context, "stale", known.descriptors);
  }
}

/** Counts an answer; "there is nothing" is negative, wherever it comes from. */
function tally(
  context: Context,
  outcome: "hit" | "miss" | "stale",
  list: readonly Descriptor[],
): readonly Descriptor[] {
  counted(context, "referrers", list.length === 0 && outcome !== "stale" ? "negative" : outcome);
  return list;
}

async function fetchList(context: Context, client: OciClient, of: ReferrersOf): Promise<readonly Descriptor[]> {
  const name = remoteName(context, of.repository);
  return await context.gate.run(async () => await client.referrers(name, of.subject, deadline(context)));
}

async function isStored({ store }: Context, { repository, subject }: ReferrersOf): Promise<boolean> {
  return (await statManifest(store, repository, subject)) !== undefined;
}

interface KnownList extends Checked {
  readonly descriptors: readonly Descriptor[];
}

function place({ repository, subject }: ReferrersOf): string {
  return `${flatName(repository)}/${subject.replace(":", "-")}`;
}

function listKey(context: Context, of: ReferrersOf): string {
  return upstreamKey(context.project, "referrers", place(of));
}

async function readList(context: Context, of: ReferrersOf): Promise<KnownList | undefined> {
  const record = await readJson(context.store, listKey(context, of));
  const checked = parseChecked(record?.value);
  const list = record?.value["descriptors"];
  if (checked === undefined || !Array.isArray(list)) return undefined;
  return { ...checked, descriptors: list.map(parseDescriptor).filter((item) => item !== undefined) };
}
