import { chartParts } from "../../engine/oci/chart-artifact.ts";
import type { Descriptor } from "../../engine/oci/descriptor.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { parseRepositoryName, parseTag, versionToTag } from "../../engine/oci/repository-name.ts";
import { unknownName } from "../projects/absence.ts";
import type { LocatedRepository } from "../projects/projects.ts";
import { readableOnly } from "../projects/readable.ts";
import type { ReadScope } from "./access.ts";
import { authorizeAny } from "./authorize.ts";
import { matches } from "./blob-routes.ts";
import { cacheControl, privately } from "./caching.ts";
import { handleChartUpload } from "./chart-upload.ts";
import { writeIndex } from "./chart-index.ts";
import type { HttpDeps } from "./context.ts";
import { createContext, failure, type PathContext, withAllow } from "./distribution.ts";
import type { IndexCache, OpenIndex, WriteIndex } from "./index-cache.ts";
import type { Answer, HeaderRecord, RegistryRequest } from "./exchange.ts";
import { empty } from "./respond.ts";
import { assertPullable } from "./signed.ts";
import { warned, warningsOf } from "./warning.ts";

/** Answers `/helm/PROJECT/index.yaml`, `index.json`, `NAME-VERSION.tgz[.prov]`, and ChartMuseum's uploads. Never throws. */
export async function handleChartRepository(
  deps: HttpDeps,
  cache: IndexCache,
  request: RegistryRequest,
): Promise<Answer> {
  const context = createContext(deps, request);
  const [, , project = "", ...rest] = context.path.split("/");
  const file = decodeFile(rest.join("/"));
  const upload = UPLOADS.get(file);
  if (upload !== undefined) return withAllow(await answerUpload(context, project, upload), "POST");
  return withAllow(await answerRead(context, cache, { project, file }), "GET, HEAD");
}

const UPLOADS: ReadonlyMap<string, "charts" | "prov"> = new Map([
  ["api/charts", "charts"],
  ["api/prov", "prov"],
]);

async function answerUpload(context: PathContext, project: string, kind: "charts" | "prov"): Promise<Answer> {
  try {
    return await handleChartUpload(context, project, kind);
  } catch (error) {
    return failure(context.deps, error);
  }
}

async function answerRead(
  context: PathContext,
  cache: IndexCache,
  { project, file }: Omit<FileRead, "reads">,
): Promise<Answer> {
  const { deps } = context;
  try {
    if (context.method !== "GET" && context.method !== "HEAD") throw new OciError("UNSUPPORTED");
    const reads = await authorizeAny(context, { project, actions: ["pull"] }, CLASSIC);
    const known = deps.projects.find(project);
    if (known === undefined) throw new OciError("NAME_UNKNOWN");
    const read = { project, file, reads };
    const answer =
      file === "index.yaml" || file === "index.json"
        ? await answerIndex(context, cache, read)
        : await answerFile(context, read);
    return { ...answer, headers: { ...answer.headers, "cache-control": await mayBeKept(context, read) } };
  } catch (error) {
    return failure(deps, error);
  }
}

/** Classic clients know Basic only. */
const CLASSIC = { scheme: "basic" } as const;

/** A file of a project, for who may read the repositories in `reads`; undefined: all. */
interface FileRead {
  readonly project: string;
  readonly file: string;
  readonly reads: ReadScope | undefined;
}

function decodeFile(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What only some may read is for nobody else's cache. */
async function mayBeKept(context: PathContext, { project, reads }: FileRead): Promise<string> {
  const wish = { project, repository: project, actions: ["pull"] } as const;
  return reads === undefined ? await cacheControl(context, wish, "name") : privately("name");
}

/** An index that is replaced between two looks is looked for again. */
const MAX_TRIES = 3;

async function answerIndex(context: PathContext, cache: IndexCache, read: FileRead): Promise<Answer> {
  const { deps } = context;
  const { project, file, reads } = read;
  const charts =
    reads === undefined ? deps.charts : readableOnly(deps.charts, (name) => reads.includes(`${project}/${name}`));
  const source = { charts, project };
  const write: WriteIndex = (before, keep) => writeIndex(source, before, keep);
  for (let i = 0; i < MAX_TRIES; i++) {
    const { index, stale } = await cache.open(project, write, reads?.key);
    const answer = await indexAnswer(context, index, file);
    if (answer !== undefined) return warned(answer, warningsOf({ stale }));
    cache.forget(project);
  }
  throw new OciError("UNAVAILABLE", { message: "the index changes faster than it is read", retryAfter: 1 });
}

/** Undefined: the index is not there any more. */
async function indexAnswer(context: PathContext, index: OpenIndex, file: string): Promise<Answer | undefined> {
  const { deps, request } = context;
  const headers: HeaderRecord = {
    "content-type": file === "index.json" ? "application/json" : "application/yaml",
    vary: "accept-encoding, authorization",
  };
  if (index.kind === "stream") return { status: 200, headers, body: index.stream };
  headers["etag"] = `"${index.hash}"`;
  if (matches(request, index.hash)) return empty(304, headers);
  const gzip = deps.compress && request.headers.get("accept-encoding")?.includes("gzip") === true;
  if (gzip) headers["content-encoding"] = "gzip";
  const isHead = context.method === "HEAD";
  const bytes = index.kind === "ready" ? (gzip ? await index.gzip() : index.bytes) : undefined;
  const stored = index.kind === "stored" ? (gzip ? index.gzip : index.plain) : undefined;
  headers["content-length"] = String(bytes?.length ?? stored?.size);
  if (isHead) return empty(200, headers);
  const body = bytes ?? (await stored?.open());
  return body === undefined ? undefined : { status: 200, headers, body };
}

interface FileName {
  readonly name: string;
  readonly version: string;
}

/** Places where `NAME-VERSION` may be cut; a chart name with more dashes before digits than this is nobody's. */
const MAX_CUTS = 8;

/** The ways to read `NAME-VERSION.tgz`, the longest version first: names may hold `-1`, versions may too. */
function splitFile(file: string): readonly FileName[] {
  const base = file.endsWith(".tgz") ? file.slice(0, -4) : file.endsWith(".tgz.prov") ? file.slice(0, -9) : "";
  const found: FileName[] = [];
  for (let at = base.indexOf("-"); at >= 0 && found.length < MAX_CUTS; at = base.indexOf("-", at + 1)) {
    if (/^v?[0-9]/.test(base.slice(at + 1, at + 3))) {
      found.push({ name: base.slice(0, at), version: base.slice(at + 1) });
    }
  }
  return found;
}

async function answerFile(context: PathContext, { project, file, reads }: FileRead): Promise<Answer> {
  const names = splitFile(file);
  const readable = names.filter(({ name }) => reads?.includes(`${project}/${name}`) !== false);
  if (names.length > 0 && readable.length === 0) throw new OciError("DENIED");
  for (const { name, version } of readable) {
    const repository = parseRepositoryName(`${project}/${name}`);
    const tag = parseTag(versionToTag(version));
    if (repository === undefined || tag === undefined) continue;
    const at = await context.deps.projects.locate(repository).catch(unknownName);
    const head = await at?.source.manifest(at.repository, { kind: "tag", tag });
    const bytes = head === undefined ? undefined : await at?.source.manifestBytes(at.repository, head);
    if (at === undefined || head === undefined || bytes === undefined) continue;
    const parts = chartParts(parseManifest(bytes, head.mediaType));
    await assertPullable(context, repository, at, head);
    const layer = file.endsWith(".prov") ? parts?.provenance : parts?.archive;
    if (layer === undefined) continue;
    return warned(await answerLayer(context, at, layer, file), warningsOf(head));
  }
  throw new OciError("MANIFEST_UNKNOWN", { message: "no such chart" });
}

async function answerLayer(
  context: PathContext,
  at: LocatedRepository,
  layer: Descriptor,
  file: string,
): Promise<Answer> {
  const { request } = context;
  const headers: HeaderRecord = {
    "content-type": file.endsWith(".prov") ? "text/plain; charset=utf-8" : "application/gzip",
    etag: `"${layer.digest}"`,
  };
  if (matches(request, layer.digest)) return empty(304, headers);
  if (context.method === "HEAD") return empty(200, { ...headers, "content-length": String(layer.size) });
  const blob = await at.source.blob(at.repository, layer.digest, undefined);
  if (blob === undefined) throw new OciError("BLOB_UNKNOWN");
  headers["content-length"] = String(blob.size);
  return { status: 200, headers, body: blob.body };
}
