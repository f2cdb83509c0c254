import { EngineError } from "../../engine/errors.ts";
import { chartParts } from "../../engine/oci/chart-artifact.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import {
  parseRepositoryName,
  parseTag,
  type RepositoryName,
  type Tag,
  versionToTag,
} from "../../engine/oci/repository-name.ts";
import { objectBytes, readBounded } from "../content/body.ts";
import { openBlob } from "../content/blobs.ts";
import { readManifest } from "../content/manifests.ts";
import { StoreError } from "../content/store-error.ts";
import { readTag } from "../content/tags.ts";
import { chartToOci } from "../projects/chart-to-oci.ts";
import type { HostedProject } from "../projects/project.ts";
import { storeChart } from "../upstream/proxied-chart.ts";
import { authorize, authorizeAny, Challenge } from "./authorize.ts";
import { queryOf, type RequestContext, wishFor } from "./context.ts";
import type { Answer, HeaderRecord, RegistryRequest } from "./exchange.ts";
import { pushTag } from "./push.ts";
import { json } from "./respond.ts";
import { quotaWarnings, warned } from "./warning.ts";

/** A request with archive and provenance; charts are rarely above 1 MB. */
const MAX_UPLOAD = 32 * 1024 * 1024;
/** Words of a chart's own fault that are told. */
const MAX_DETAIL = 500;

/** A refusal in ChartMuseum's form, `{"error": …}`. */
class UploadError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a request brings. */
interface Upload {
  readonly archive: Uint8Array | undefined;
  readonly provenance: Uint8Array | undefined;
}

/**
 * `POST /helm/PROJECT/api/charts` and `…/api/prov` as ChartMuseum has them: a form with `chart` and `prov`, or the bare bytes. `?force` moves
 * a version that is there, unless the project's tags are immutable. Gives undefined for a failure that is none of the caller's.
 */
export async function handleChartUpload(
  context: RequestContext,
  projectName: string,
  kind: "charts" | "prov",
): Promise<Answer> {
  try {
    return await upload(context, projectName, kind);
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === undefined) throw error;
    const headers = error instanceof Challenge ? challengeOf(error) : {};
    return json(refused.status, { error: refused.message }, headers);
  }
}

function challengeOf({ answer }: Challenge): HeaderRecord {
  return { "www-authenticate": answer.headers["www-authenticate"] ?? "" };
}

function refusalOf(error: unknown): { readonly status: number; readonly message: string } | undefined {
  if (error instanceof UploadError) return error;
  if (error instanceof StoreError || !(error instanceof OciError)) return undefined;
  if (error instanceof Challenge) return { status: 401, message: "unauthorized" };
  if (error.code === "QUOTA_EXCEEDED") return { status: 507, message: "repo has reached storage limit" };
  return error;
}

async function upload(context: RequestContext, projectName: string, kind: "charts" | "prov"): Promise<Answer> {
  if (context.method !== "POST") throw new OciError("UNSUPPORTED");
  await authorizeAny(context, { project: projectName, actions: ["pull", "push"] }, { scheme: "basic" });
  const anyName = parseRepositoryName(`${projectName}/chart`);
  if (anyName === undefined) throw new OciError("NAME_UNKNOWN");
  const project = context.deps.projects.locateHosted(anyName);
  const brought = await readUpload(context.request, kind);
  const target = await targetOf(context, project, brought);
  const actor = await authorizePush(context, target.name);
  await publish(context, { ...target, actor });
  return warned(json(201, { saved: true }), quotaWarnings(project.name, await context.deps.room.filled(target.name)));
}

async function authorizePush(context: RequestContext, name: RepositoryName): Promise<string> {
  return await authorize(context, [wishFor(name, ["pull", "push"])], { scheme: "basic" });
}

async function readUpload({ body, headers }: RegistryRequest, kind: "charts" | "prov"): Promise<Upload> {
  const bytes = body.stream === null ? new Uint8Array(0) : await readBounded(body.stream, MAX_UPLOAD);
  if (bytes === undefined) throw new UploadError(413, "request too large");
  const type = headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    return kind === "prov" ? { archive: undefined, provenance: bytes } : { archive: bytes, provenance: undefined };
  }
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } })
    .formData()
    .catch(() => undefined);
  if (form === undefined) throw new UploadError(400, "the form cannot be read");
  return { archive: await fileOf(form, "chart"), provenance: await fileOf(form, "prov") };
}

async function fileOf(form: FormData, field: string): Promise<Uint8Array | undefined> {
  const value = form.get(field);
  return value === null || typeof value === "string" ? undefined : new Uint8Array(await value.arrayBuffer());
}

interface Target {
  readonly project: HostedProject;
  readonly name: RepositoryName;
  readonly tag: Tag;
  readonly chart: Awaited<ReturnType<typeof chartToOci>>;
  /** A provenance for a chart that is there replaces the chart's manifest, whatever the request says about force. */
  readonly replaces: boolean;
}

async function targetOf(context: RequestContext, project: HostedProject, brought: Upload): Promise<Target> {
  const { archive, provenance } = brought;
  if (archive !== undefined) return { ...(await convert(project, archive, provenance)), replaces: false };
  if (provenance === undefined) {
    throw new UploadError(400, "no package or provenance file found in form fields chart and prov");
  }
  const { name, tag, file } = namedBy(project, provenance);
  await authorizePush(context, name);
  const stored = await archiveOf(context, name, tag);
  if (stored === undefined) throw new UploadError(400, `${file} is not here; upload the chart before its provenance`);
  const target = await convert(project, stored, provenance);
  if (target.name !== name || target.tag !== tag) throw new UploadError(400, `${file} has another chart's name`);
  return { ...target, replaces: true };
}

async function convert(
  project: HostedProject,
  archive: Uint8Array,
  provenance: Uint8Array | undefined,
): Promise<Omit<Target, "replaces">> {
  const chart = await chartToOci(archive, provenance).catch((error: unknown) => {
    if (error instanceof EngineError) throw new UploadError(400, error.message.slice(0, MAX_DETAIL));
    throw error;
  });
  const { name, version } = chart.metadata;
  return { project, ...placeOf(project, name, version), chart };
}

function placeOf(
  project: HostedProject,
  chart: string,
  version: string,
): { name: RepositoryName; tag: Tag; file: string } {
  const file = `${chart}-${version}.tgz`;
  const name = chart.includes("/") ? undefined : parseRepositoryName(`${project.name}/${chart}`);
  const tag = parseTag(versionToTag(version));
  if (name === undefined || tag === undefined) throw new UploadError(400, `${file} is improperly formatted`);
  return { name, tag, file };
}

/** The chart that a provenance speaks of: the Chart.yaml in it comes before anything else. */
function namedBy(project: HostedProject, provenance: Uint8Array): ReturnType<typeof placeOf> {
  const text = new TextDecoder().decode(provenance);
  const field = (key: string): string | undefined =>
    new RegExp(`^${key}: *["']?([^"'\\r\\n]+?)["']? *\\r?$`, "m").exec(text)?.[1];
  const [name, version] = [field("name"), field("version")];
  if (name === undefined || version === undefined)
    throw new UploadError(400, "the provenance names no chart and version");
  return placeOf(project, name, version);
}

async function archiveOf({ deps }: RequestContext, name: RepositoryName, tag: Tag): Promise<Uint8Array | undefined> {
  const head = await readTag(deps.store, name, tag);
  const bytes = head === undefined ? undefined : await readManifest(deps.store, head.digest);
  const layer = bytes === undefined ? undefined : chartParts(parseManifest(bytes, head?.mediaType))?.archive;
  const object = layer === undefined ? undefined : await openBlob(deps.store, layer.digest);
  return object === undefined ? undefined : await objectBytes(object);
}

async function publish(context: RequestContext, target: Target & { readonly actor: string }): Promise<void> {
  const { deps } = context;
  const { project, name, tag, chart, actor, replaces } = target;
  const mayMove = project.immutableTags !== true && (replaces || queryOf(context).has("force"));
  if (!mayMove && (await readTag(deps.store, name, tag)) !== undefined) throw exists();
  const { item, until } = await storeChart(deps, name, chart);
  await pushTag(deps, { project: { ...project, immutableTags: !mayMove }, name, tag, item, actor, until }).catch(
    (error: unknown) => {
      throw error instanceof OciError && error.code === "DENIED" ? exists() : error;
    },
  );
}

function exists(): UploadError {
  return new UploadError(409, "chart already exists");
}
