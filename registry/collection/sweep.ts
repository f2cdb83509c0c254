import { blobKey, BLOBS, blobPlace, digestAt, LINKS, linkPlace, linksAfter, projectOfLink } from "../content/keys.ts";
import type { ListPage, ObjectHead } from "../content/object-store.ts";
import { readJson } from "../content/record.ts";
import { DONE, judge, type PhaseStep, type Run, unreadableMark } from "./run.ts";

/** Blobs and links in one listing. */
const PAGE = 500;
/** Calls to judge one object: its mark, and the mark's and the object's end. S3 and R2 need several requests for the latter. */
const JUDGE_CALLS = 8;

/** One blob with links to it. `blob` is absent where only links are there. */
interface Group {
  readonly place: string;
  readonly blob?: ObjectHead;
  readonly links: readonly ObjectHead[];
  /** False: there may be more links, before these or behind them. The blob stays then. */
  readonly isWhole: boolean;
  /** True where the blob was counted with earlier links. */
  readonly isCounted: boolean;
}

/**
 * Links that no manifest of their repository names, and blobs that have no link and are no manifest. Both listings are in the order of
 * digests and are read side by side. The cursor is `ALGORITHM/HH/HEX`, or `ALGORITHM/HH/HEX@REPOSITORY` in the middle of a blob's links.
 */
export const sweepContent: PhaseStep = async (run, cursor) => {
  let at = cursor;
  while (run.budget.allows(3 + JUDGE_CALLS)) {
    const pages = await readPages(run, at);
    for (const group of await groupsOf(run, pages, at)) {
      const end = await sweepGroup(run, group);
      at = end.cursor ?? at;
      if (!end.done) return { done: false, cursor: at };
    }
    if (pages.blobs.next === undefined && pages.links.next === undefined) return DONE;
  }
  return { done: false, cursor: at };
};

interface Pages {
  readonly blobs: ListPage;
  readonly links: ListPage;
}

async function readPages({ store }: Run, cursor: string): Promise<Pages> {
  if (cursor === "") {
    return { blobs: await store.list(BLOBS, { limit: PAGE }), links: await store.list(LINKS, { limit: PAGE }) };
  }
  const [place = ""] = cursor.split("@");
  const blobs = await store.list(BLOBS, { limit: PAGE, after: BLOBS + place });
  const after = cursor === place ? linksAfter(place) : LINKS + cursor;
  return { blobs, links: await store.list(LINKS, { limit: PAGE, after }) };
}

/** The groups up to where both pages reach, in order. */
async function groupsOf({ store }: Run, { blobs, links }: Pages, cursor: string): Promise<readonly Group[]> {
  const [open = "", repository] = cursor.split("@");
  const lastBlob = blobs.next === undefined ? undefined : blobPlace(blobs.items.at(-1)?.key ?? BLOBS);
  const lastLink = links.next === undefined ? undefined : linkPlace(links.items.at(-1)?.key ?? LINKS).blob;
  const isReached = (place: string): boolean =>
    (lastBlob === undefined || place <= lastBlob) && (lastLink === undefined || place <= lastLink);
  const heads = new Map(blobs.items.map((item) => [blobPlace(item.key), item]));
  const linked = Map.groupBy(links.items, (item) => linkPlace(item.key).blob);
  const places = [...new Set([...heads.keys(), ...linked.keys()])].filter(isReached).sort();
  return await Promise.all(
    places.map(async (place) => {
      const isResumed = repository !== undefined && place === open;
      const blob = isResumed ? await store.head(blobKey(digestAt(place))) : heads.get(place);
      const isWhole = !isResumed && place !== lastLink;
      const group = { place, links: linked.get(place) ?? [], isWhole, isCounted: isResumed };
      return blob === undefined ? group : { ...group, blob };
    }),
  );
}

/** Where the sweep stands behind a group, or within it when the budget ended. */
interface GroupEnd {
  readonly done: boolean;
  readonly cursor?: string;
}

async function sweepGroup(run: Run, { place, blob, links, isWhole, isCounted }: Group): Promise<GroupEnd> {
  const size = blob?.size ?? 0;
  let isUsed = !isWhole;
  let isHeld = false;
  let cursor: string | undefined;
  for (const link of links) {
    if (!run.budget.allows(2 * JUDGE_CALLS)) return endWithin(run, { blob, isCounted, cursor });
    const fate = await sweepLink(run, link);
    isUsed ||= fate === "kept";
    isHeld ||= fate === "condemned";
    if (fate !== "taken") await holdLink(run, link, size);
    cursor = `${place}@${linkPlace(link.key).repository}`;
  }
  if (blob !== undefined && !run.budget.allows(JUDGE_CALLS)) return endWithin(run, { blob, isCounted, cursor });
  if (blob !== undefined && !isCounted) await sweepBlob(run, blob, { isUsed, isHeld });
  return isWhole || cursor === undefined ? { done: true, cursor: place } : { done: true, cursor };
}

/** The budget ends before a group does: its blob waits for a collection in which they are seen together. */
function endWithin(
  run: Run,
  of: { readonly blob: ObjectHead | undefined; readonly isCounted: boolean; readonly cursor: string | undefined },
): GroupEnd {
  if (of.cursor === undefined) return { done: false };
  if (of.blob !== undefined && !of.isCounted) count(run, "used", of.blob.size);
  return { done: false, cursor: of.cursor };
}

async function sweepBlob(
  run: Run,
  blob: ObjectHead,
  { isUsed, isHeld }: { readonly isUsed: boolean; readonly isHeld: boolean },
): Promise<void> {
  const { key, size } = blob;
  if (isUsed || run.marks.has(key) || blob.modified > run.before) return count(run, "used", size);
  // A condemned link still lets somebody read: the blob goes after it.
  const take = async (): Promise<boolean> => await run.store.delete(key, blob.etag);
  const fate = await judge(run, key, take, { mayTake: !isHeld });
  count(run, fate === "kept" ? "used" : fate, size);
}

async function sweepLink(run: Run, link: ObjectHead): Promise<"kept" | "condemned" | "taken"> {
  const { repository } = linkPlace(link.key);
  const isUsed = run.marks.has(link.key) || run.marks.has(unreadableMark(repository)) || link.modified > run.before;
  const fate = isUsed ? "kept" : await judge(run, link.key, async () => await run.store.delete(link.key, link.etag));
  run.count(fate === "kept" ? "linksUsed" : fate === "taken" ? "linksTaken" : "linksCondemned");
  return fate;
}

async function holdLink(run: Run, link: ObjectHead, size: number): Promise<void> {
  const project = projectOfLink(linkPlace(link.key).repository) ?? (await readProject(run, link.key));
  if (project !== undefined) run.hold(project, size);
}

async function readProject(run: Run, key: string): Promise<string | undefined> {
  const name = (await readJson(run.store, key))?.value["repository"];
  return typeof name === "string" ? name.split("/")[0] : undefined;
}

function count(run: Run, fate: "used" | "condemned" | "taken", size: number): void {
  run.count(fate === "used" ? "blobsUsed" : fate === "taken" ? "blobsTaken" : "blobsCondemned");
  run.count(fate === "used" ? "bytesUsed" : fate === "taken" ? "bytesTaken" : "bytesCondemned", size);
}
