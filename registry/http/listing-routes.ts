import { OciError } from "../../engine/oci/error.ts";
import { OCI_INDEX } from "../../engine/oci/media-type.ts";
import { requireDigest } from "../content/blobs.ts";
import { listRepositories } from "../content/repositories.ts";
import { readableNames } from "../projects/readable.ts";
import { authorize, authorizeAny } from "./authorize.ts";
import { queryOf, type RequestContext, requireName, wishFor } from "./context.ts";
import type { Answer, HeaderRecord } from "./exchange.ts";
import { json } from "./respond.ts";
import { warned, warningsOf } from "./warning.ts";

/** Tags in one answer when the caller names no number: helm and oras ask for all at once. */
const MAX_TAGS = 10_000;
/** Repositories in one answer. */
const MAX_CATALOG = 1000;
/** What lists are true of changes. */
const NOT_KEPT = "private, no-cache";

/** `GET /v2/NAME/tags/list?n=&last=`: in byte order. */
export async function handleTags(context: RequestContext, nameText: string): Promise<Answer> {
  assertGet(context);
  const name = requireName(nameText);
  await authorize(context, [wishFor(name, ["pull"])]);
  const { limit, last } = paging(context, MAX_TAGS);
  const { source, repository } = await context.deps.projects.locate(name);
  if (limit === 0) return json(200, { name, tags: [] });
  const page = await source.tags(repository, { limit, ...(last === undefined ? {} : { last }) });
  if (page.tags.length === 0 && !(await source.holds(repository))) throw new OciError("NAME_UNKNOWN");
  const next = page.more ? page.tags.at(-1) : undefined;
  const headers = next === undefined ? {} : link(`/v2/${name}/tags/list?n=${limit}&last=${encodeURIComponent(next)}`);
  return warned(json(200, { name, tags: page.tags }, { "cache-control": NOT_KEPT, ...headers }), warningsOf(page));
}

/** `GET /v2/_catalog?n=&last=`, Docker's extension that `oras repo ls` and `crane catalog` use: what the caller may pull. */
export async function handleCatalog(context: RequestContext): Promise<Answer> {
  assertGet(context);
  const reads = await authorizeAny(context, { actions: ["pull"] });
  const { limit, last } = paging(context, MAX_CATALOG);
  if (limit === 0) return json(200, { repositories: [] });
  const list = async (from: Parameters<typeof listRepositories>[1]) => await listRepositories(context.deps.store, from);
  const wanted = { limit, ...(last === undefined ? {} : { after: last }) };
  const page = reads === undefined ? await list(wanted) : await readableNames(list, reads.includes, wanted);
  const headers = page.next === undefined ? {} : link(`/v2/_catalog?n=${limit}&last=${encodeURIComponent(page.next)}`);
  return json(200, { repositories: page.names }, { "cache-control": NOT_KEPT, ...headers });
}

/** `GET /v2/NAME/referrers/DIGEST?artifactType=`: an index, empty where nothing refers. */
export async function handleReferrers(context: RequestContext, nameText: string, text: string): Promise<Answer> {
  assertGet(context);
  const name = requireName(nameText);
  await authorize(context, [wishFor(name, ["pull"])]);
  const digest = requireDigest(text);
  const query = queryOf(context);
  const artifactType = query.get("artifactType");
  const last = query.get("last");
  const { source, repository } = await context.deps.projects.locate(name);
  const page = await source.referrers(repository, digest, {
    ...(artifactType === null ? {} : { artifactType }),
    ...(last === null ? {} : { last }),
  });
  const headers: HeaderRecord = { "content-type": OCI_INDEX, "cache-control": NOT_KEPT };
  if (artifactType !== null) headers["oci-filters-applied"] = "artifactType";
  if (page.next !== undefined) {
    query.set("last", page.next);
    Object.assign(headers, link(`/v2/${name}/referrers/${digest}?${query.toString()}`));
  }
  return json(200, { schemaVersion: 2, mediaType: OCI_INDEX, manifests: page.descriptors }, headers);
}

function assertGet(context: RequestContext): void {
  if (context.method !== "GET" && context.method !== "HEAD") throw new OciError("UNSUPPORTED");
}

function link(target: string): HeaderRecord {
  return { link: `<${target}>; rel="next"` };
}

function paging(context: RequestContext, most: number): { readonly limit: number; readonly last?: string } {
  if (context.search === "") return { limit: most };
  const query = queryOf(context);
  const last = query.get("last");
  const text = query.get("n");
  return { limit: limitOf(text, most), ...(last === null ? {} : { last }) };
}

/** As distribution: more than there may be is as much as there may be, and what is no number is refused. */
function limitOf(text: string | null, most: number): number {
  if (text === null || text === "") return most;
  const n = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(n)) throw new OciError("PAGINATION_NUMBER_INVALID", { detail: { n: text.slice(0, 20) } });
  return Math.min(n, most);
}
