import { type Descriptor, parseDescriptor } from "../../engine/oci/descriptor.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { lastSegment, referrerPlace, referrersOf } from "./keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { listKeys, readJson } from "./record.ts";

/** Descriptors in one answer: annotations included they stay below the 4 MiB that clients read. */
const PAGE = 200;
/** Bytes of descriptors in one answer. */
const PAGE_BYTES = 3 * 1024 * 1024;

/** One page of what refers to a manifest. `next` goes into `last` for the following page. */
export interface ReferrerPage {
  readonly descriptors: readonly Descriptor[];
  readonly next?: string;
}

/** What of a list is wanted. */
export interface ReferrerOptions {
  /** Only these. */
  readonly artifactType?: string;
  /** The `next` of the page before. */
  readonly last?: string;
}

/** What refers to `subject` in the repository, by digest, only of `artifactType` when given. */
export async function listReferrers(
  store: ObjectStore,
  repository: RepositoryName,
  subject: Digest,
  options: ReferrerOptions = {},
): Promise<ReferrerPage> {
  const prefix = referrersOf(repository, subject);
  const after = options.last === undefined ? {} : { after: prefix + options.last };
  const page = await listKeys(store, prefix, { limit: PAGE, ...after });
  const stored = await Promise.all(page.keys.map((key) => readJson(store, key)));
  const descriptors: Descriptor[] = [];
  let size = 0;
  for (const [index, key] of page.keys.entries()) {
    const record = stored[index];
    const descriptor = parseDescriptor(record?.value);
    if (descriptor === undefined) continue;
    if (options.artifactType !== undefined && descriptor.artifactType !== options.artifactType) continue;
    size += JSON.stringify(descriptor).length;
    if (size > PAGE_BYTES && descriptors.length > 0) {
      const previous = page.keys[index - 1];
      return { descriptors, next: previous === undefined ? "" : lastSegment(previous) };
    }
    descriptors.push(descriptor);
    if (index === page.keys.length - 1 && page.next !== undefined) return { descriptors, next: lastSegment(key) };
  }
  return page.next === undefined ? { descriptors } : { descriptors, next: lastSegment(page.keys.at(-1) ?? "") };
}

/** Referrers that are read at once for those who need all of them. */
export const MAX_LISTED = 1000;

/** What refers to a manifest here, at most {@link MAX_LISTED}. */
export async function listAllReferrers(
  store: ObjectStore,
  repository: RepositoryName,
  subject: Digest,
): Promise<readonly Descriptor[]> {
  return await allPages(async (options) => await listReferrers(store, repository, subject, options));
}

/** The descriptors of all pages, at most {@link MAX_LISTED}. */
export async function allPages(
  read: (options: ReferrerOptions) => Promise<ReferrerPage>,
): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  let last: string | undefined;
  do {
    const page = await read(last === undefined ? {} : { last });
    found.push(...page.descriptors);
    last = page.next;
  } while (last !== undefined && found.length < MAX_LISTED);
  return found.slice(0, MAX_LISTED);
}

/** Several lists as one, in its order: the first one's word about a manifest counts. */
export function uniteReferrers(lists: readonly (readonly Descriptor[])[]): readonly Descriptor[] {
  const byPlace = new Map<string, Descriptor>();
  for (const descriptor of lists.flat()) {
    const place = referrerPlace(descriptor.digest);
    if (!byPlace.has(place)) byPlace.set(place, descriptor);
  }
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, descriptor]) => descriptor);
}

/** One page of a whole list that is in its order. */
export function pageOfReferrers(list: readonly Descriptor[], { artifactType, last }: ReferrerOptions): ReferrerPage {
  const descriptors: Descriptor[] = [];
  let size = 0;
  let before = last;
  for (const descriptor of list) {
    const place = referrerPlace(descriptor.digest);
    if (last !== undefined && place <= last) continue;
    if (artifactType === undefined || descriptor.artifactType === artifactType) {
      size += JSON.stringify(descriptor).length;
      const isFull = descriptors.length >= PAGE || (size > PAGE_BYTES && descriptors.length > 0);
      if (isFull && before !== undefined) return { descriptors, next: before };
      descriptors.push(descriptor);
    }
    before = place;
  }
  return { descriptors };
}

/** Pages of several lists as one page: what one of them has not told yet waits for the next. */
export function uniteReferrerPages(pages: readonly ReferrerPage[], options: ReferrerOptions): ReferrerPage {
  const [told] = pages.flatMap(({ next }) => next ?? []).sort();
  const all = uniteReferrers(pages.map(({ descriptors }) => descriptors));
  const known = told === undefined ? all : all.filter(({ digest }) => referrerPlace(digest) <= told);
  const page = pageOfReferrers(known, options);
  return page.next === undefined && told !== undefined ? { ...page, next: told } : page;
}
