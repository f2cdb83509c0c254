import { isKubeError } from "../kube/error.ts";
import { recordName } from "../release/name.ts";
import { listHeadPage, MAX_FLEET_PAGES, type RecordHead, type RecordSession } from "../release/storage.ts";
import { ReleaseError } from "../release/errors.ts";
import type { ReleaseSummary } from "../release/summary.ts";
import { gather } from "./gather.ts";
import {
  chooseHeads,
  type ListQuery,
  listsAll,
  type ReadDeps,
  sessionOf,
  type SummaryCache,
  summaryOf,
} from "./read.ts";

/** What a page is asked for; filters as of a list. */
export interface ReleasePageQuery extends Pick<ListQuery, "namespace" | "states" | "labels" | "matches" | "visible"> {
  readonly limit: number;
  readonly from?: ReleaseCursor;
}

/** Where the next page begins. The token is the cluster's, and names releases that the asker may not see. */
export interface ReleaseCursor {
  /** Of the page of metadata that holds the first record which was not looked at to its end; absent: the first page. */
  readonly token?: string;
  readonly after: Place;
}

/** The last release that was given, and its revision. */
interface Place {
  readonly end: string;
  readonly version: number;
}

/** A page of releases. `next` is absent on the last one. */
export interface ReleasePage {
  readonly items: readonly ReleaseSummary[];
  readonly next?: ReleaseCursor;
}

/**
 * The newest revision of each release, page by page, ordered as the cluster orders their records: by namespace, then by name. Only as many
 * pages of metadata are read as it takes; the cluster's own token leads on, and where it is too old the list begins anew and passes over
 * what was given. Records are read of what is given alone.
 */
export async function listReleasePage(
  deps: ReadDeps & { readonly summaries?: SummaryCache },
  query: ReleasePageQuery,
): Promise<ReleasePage> {
  const session = sessionOf(deps);
  const { found, open } = await collect(session, query);
  const given = found.slice(0, query.limit);
  const summaries = await gather(given, ({ head }) => summaryOf(session, head, deps.summaries));
  const items = summaries.flatMap((summary) => summary ?? []);
  const last = given.at(-1);
  if (last === undefined || found.length <= query.limit) return { items };
  const [first] = [...found.slice(query.limit), ...open].toSorted((a, b) => a.page.index - b.page.index);
  const token = first?.page.token;
  const after = { end: last.end, version: last.head.version };
  return { items, next: { after, ...(token === undefined ? {} : { token }) } };
}

/** A page of metadata, by the token that it is asked for with. */
interface PageOfHeads {
  readonly index: number;
  readonly token: string | undefined;
}

/** A release whose records may not all have come yet. */
interface Group {
  readonly end: string;
  /** Where its first record stands. */
  readonly page: PageOfHeads;
  readonly heads: RecordHead[];
}

interface Found {
  readonly head: RecordHead;
  readonly end: string;
  readonly page: PageOfHeads;
}

/** One more than the limit tells that there is a next page. */
async function collect(
  session: RecordSession,
  query: ReleasePageQuery,
): Promise<{ readonly found: readonly Found[]; readonly open: readonly Group[] }> {
  const groups = new Map<string, Group>();
  const found: Found[] = [];
  let page: PageOfHeads = { index: 0, token: query.from?.token };
  while (page.index < MAX_FLEET_PAGES) {
    const { heads, next, token } = await headsOf(session, query, page);
    page = { ...page, token };
    const at = page;
    for (const head of heads) addHead(groups, head, { query, page: at });
    const reached = next === undefined ? undefined : reachedBy(heads);
    const complete = [...groups.values()].filter(({ end }) => next === undefined || (reached ?? "") > end);
    for (const group of complete.sort((a, b) => (a.end < b.end ? -1 : 1))) {
      groups.delete(group.end);
      const chosen = chooseHeads(group.heads, query).toSorted((a, b) => a.version - b.version);
      found.push(...chosen.map((head) => ({ head, end: group.end, page: group.page })));
    }
    if (next === undefined || found.length > query.limit) return { found, open: [...groups.values()] };
    page = { index: page.index + 1, token: next };
  }
  throw new ReleaseError("cluster", `more than ${MAX_FLEET_PAGES} pages of release records`, {
    limit: MAX_FLEET_PAGES,
  });
}

/** A token that is too old begins the list anew. */
async function headsOf(
  session: RecordSession,
  { namespace }: ReleasePageQuery,
  { index, token }: PageOfHeads,
): Promise<Awaited<ReturnType<typeof listHeadPage>> & Pick<PageOfHeads, "token">> {
  const key = { namespace, name: "" };
  try {
    return { ...(await listHeadPage(session, key, token)), token };
  } catch (error) {
    const isTooOld = error instanceof ReleaseError && isKubeError(error.cause, "gone");
    if (!isTooOld || index > 0 || token === undefined) throw error;
    return { ...(await listHeadPage(session, key, undefined)), token: undefined };
  }
}

function addHead(
  groups: Map<string, Group>,
  head: RecordHead,
  { query, page }: { readonly query: ReleasePageQuery; readonly page: PageOfHeads },
): void {
  const end = endOf(head);
  if (query.from !== undefined && isGiven({ end, version: head.version }, query.from.after, query)) return;
  const group = groups.get(end);
  if (group === undefined) groups.set(end, { end, page, heads: [head] });
  else group.heads.push(head);
}

function isGiven(place: Place, after: Place, query: ReleasePageQuery): boolean {
  if (place.end !== after.end) return place.end < after.end;
  return !listsAll(query) || place.version <= after.version;
}

/** Behind all records of a release, in the cluster's order of them: a version begins with a digit. */
function endOf({ namespace, name }: RecordHead): string {
  return `${namespace}/${recordName(name, 0).slice(0, -1)}:`;
}

function reachedBy(heads: readonly RecordHead[]): string | undefined {
  const last = heads.at(-1);
  return last === undefined ? undefined : `${last.namespace}/${recordName(last.name, last.version)}`;
}
