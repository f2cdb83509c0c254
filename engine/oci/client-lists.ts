import { type Ask, isFound, unavailable } from "./client-answer.ts";
import { parseJson, readText } from "./client-auth.ts";
import { asObject, type Descriptor, parseDescriptor } from "./descriptor.ts";
import { type Digest, digestAlgorithm, digestHex } from "./digest.ts";
import type { EgressResponse } from "./egress.ts";
import { MAX_MANIFEST_BYTES } from "./manifest.ts";
import { bareMediaType, OCI_INDEX } from "./media-type.ts";

/** Pages of tags/list: a registry that always links on is stopped. */
const MAX_PAGES = 200;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

interface TagsWish {
  readonly repository: string;
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

/** All tags, page by page, at most `limit`; undefined for 404. */
export async function fetchTags(
  origin: string,
  call: Ask,
  { repository, limit, signal }: TagsWish,
): Promise<readonly string[] | undefined> {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${repository}/tags/list`;
  for (let page = 0; path !== undefined && page < MAX_PAGES && tags.length < limit; page++) {
    const response = await call({ method: "GET", path, repository, signal });
    if (!(await isFound(response))) return undefined;
    const answer = asObject(parseJson(await readText(response, MAX_PAGE_BYTES)));
    const list = answer?.["tags"];
    if (answer === undefined || (list !== null && list !== undefined && !Array.isArray(list)))
      throw unavailable("the upstream's list of tags is no list");
    for (const tag of list ?? []) if (typeof tag === "string") tags.push(tag);
    path = nextPath(origin, path, response.headers.get("link"));
  }
  return tags.slice(0, limit);
}

/** The target of `Link: <…>; rel="next"` on the same origin. */
function nextPath(origin: string, from: string, link: string | null): string | undefined {
  const target = link === null ? undefined : /^\s*<([^>]{1,4096})>/.exec(link)?.[1];
  if (target === undefined || !URL.canParse(target, origin + from)) return undefined;
  const url = new URL(target, origin + from);
  return url.origin === origin ? url.pathname + url.search : undefined;
}

/** Pages of one list of referrers. */
const MAX_REFERRER_PAGES = 50;
/** What may refer to one manifest: more is an upstream gone wrong, and a list that is cut would hide signatures. */
const MAX_REFERRERS = 5000;
const MAX_REFERRER_BYTES = 8 * 1024 * 1024;

/** Which manifest's list is meant. */
export interface ReferrersWish {
  readonly repository: string;
  readonly subject: Digest;
  readonly signal: AbortSignal | undefined;
}

/** What refers to a manifest. Throws OciError `UNAVAILABLE` for a list that is none, or too long. */
export async function fetchReferrers(origin: string, call: Ask, wish: ReferrersWish): Promise<readonly Descriptor[]> {
  const { repository, subject, signal } = wish;
  const found: Descriptor[] = [];
  let left = MAX_REFERRER_BYTES;
  let path: string | undefined = `/v2/${repository}/referrers/${subject}`;
  for (let page = 0; path !== undefined; page++) {
    const response = await call({ method: "GET", path, repository, accept: OCI_INDEX, signal });
    if (page === 0 && !isList(response)) {
      await response.body?.cancel();
      return await taggedReferrers(call, wish);
    }
    if (!(await isFound(response))) throw unavailable("the registry's list of referrers ends before its last page");
    const text = await readText(response, MAX_MANIFEST_BYTES);
    found.push(...descriptorsIn(text));
    left -= text.length;
    path = nextPath(origin, path, response.headers.get("link"));
    const isEndless = page + 1 >= MAX_REFERRER_PAGES && path !== undefined;
    if (left < 0 || found.length > MAX_REFERRERS || isEndless)
      throw unavailable(`the registry lists more than ${MAX_REFERRERS} referrers, or too long ones`);
  }
  return found;
}

/** Answers of registries without this endpoint: go-containerregistry takes the same, and oras an answer of another type too. */
export const WITHOUT_LIST: ReadonlySet<number> = new Set([400, 404, 406]);

function isList({ status, headers }: EgressResponse): boolean {
  if (status === 200) return bareMediaType(headers.get("content-type") ?? "") === OCI_INDEX;
  return !WITHOUT_LIST.has(status);
}

/** By the tag that clients keep where there is no list (distribution-spec, "Unavailable Referrers API"). */
export async function taggedReferrers(
  call: Ask,
  { repository, subject, signal }: ReferrersWish,
): Promise<readonly Descriptor[]> {
  const path = `/v2/${repository}/manifests/${referrersTag(subject)}`;
  const response = await call({ method: "GET", path, repository, accept: OCI_INDEX, signal });
  if (!(await isFound(response))) return [];
  return descriptorsIn(await readText(response, MAX_MANIFEST_BYTES));
}

/** The tag that stands in for a manifest's list of referrers. */
export function referrersTag(subject: Digest): string {
  return `${digestAlgorithm(subject)}-${digestHex(subject).slice(0, 64)}`;
}

function descriptorsIn(text: string): readonly Descriptor[] {
  const list = asObject(parseJson(text))?.["manifests"];
  if (!Array.isArray(list)) throw unavailable("the registry's list of referrers is no index");
  return list.map(parseDescriptor).filter((item) => item !== undefined);
}
