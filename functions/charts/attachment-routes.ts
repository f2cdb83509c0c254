import * as z from "zod";
import {
  attachmentArtifact,
  type AttachmentWish,
  type AttestedChart,
  type BillFormat,
  imagesOf,
  makeAttachments,
  openSigningKey,
} from "../../engine/attestation/index.ts";
import { type Chart, loadArchive } from "../../engine/chart/index.ts";
import type { PinnedChart } from "../../engine/chart/reference.ts";
import type { Descriptor } from "../../engine/oci/descriptor.ts";
import { digestOf } from "../../engine/oci/digest.ts";
import { isOciReference, parseOciReference } from "../../engine/oci/reference.ts";
import { parseTag, versionToTag } from "../../engine/oci/repository-name.ts";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { jsonResponse } from "../http/answer.ts";
import { ProblemError } from "../http/problem.ts";
import { composeValues, valuesMembers, type ValuesBody } from "../http/values.ts";
import { type CapabilityBody, capabilityMembers, renderChart, type RenderDeps } from "./chart-render.ts";
import { attachmentItem, attachmentJson } from "./attachment.ts";
import { PATH, pin, type PartRouteDeps } from "./part-routes.ts";

/** What attachments are read from and made with. */
export interface AttachmentRouteDeps extends PartRouteDeps, RenderDeps {}

interface AttachBody extends ValuesBody, CapabilityBody {
  readonly cosignKey?: string | undefined;
  readonly cosignPassword: string;
  readonly sbom?: BillFormat | undefined;
  readonly slsaProvenance: boolean;
  readonly slsaBuilderId?: string | undefined;
  readonly slsaSource?: string | undefined;
  readonly sourceDateEpoch?: number | undefined;
}

const MAX_KEY = 65_536;
const MAX_URI = 2048;
const MAX_BODY: number = 4 * 1024 * 1024;
/** The last second whose year has four digits. */
const LATEST_SECOND = 253_402_300_799;

const uri = z
  .string()
  .max(MAX_URI)
  .regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, "must be a URI");

const attachBody: z.ZodType<AttachBody> = z.strictObject({
  cosignKey: z
    .string()
    .max(MAX_KEY)
    .describe(
      "A private key in PEM: cosign's encrypted one, or PKCS#8; P-256. It signs for this request and is not kept",
    )
    .optional(),
  cosignPassword: z.string().max(1024).describe("Opens an encrypted cosignKey").default(""),
  sbom: z
    .enum(["spdx", "cyclonedx"])
    .describe("A bill of the images that the chart renders with the values")
    .optional(),
  slsaProvenance: z.boolean().describe("SLSA provenance v1").default(false),
  slsaBuilderId: uri.describe("Who vouches for the build").optional(),
  slsaSource: uri.describe("What the chart was made from; a trailing @COMMIT becomes its digest").optional(),
  sourceDateEpoch: z
    .number()
    .int()
    .min(0)
    .max(LATEST_SECOND)
    .describe("Seconds since 1970 for all that is attached: the same request then gives the same bytes")
    .optional(),
  ...valuesMembers,
  ...capabilityMembers,
});

/** Reading and making what lies beside a chart. */
export function attachmentRoutes(deps: AttachmentRouteDeps): readonly Route[] {
  return [listRoute(deps), attachRoute(deps)];
}

const ROUTE = `${PATH}/attachments`;

function listRoute(deps: AttachmentRouteDeps): Route {
  return defineRoute({
    id: "listChartAttachments",
    method: "GET",
    path: ROUTE,
    tag: "charts",
    access: "open",
    summary: "Signatures, SBOMs and statements that refer to one version of a chart",
    body: NOTHING,
    query: NOTHING,
    answers: { 200: { description: "The referrers of the chart's manifest", schema: listOf(attachmentItem) } },
    problems: ["chart-not-found", "upstream-unavailable"],
    handle: async ({ params, principal, request }) => {
      const chart = await pin(deps, params, principal, request.signal, { unsigned: true });
      const found = await deps.catalog.attachments.list(chart, request.signal);
      return jsonResponse({ items: found.map(attachmentJson) });
    },
  });
}

function attachRoute(deps: AttachmentRouteDeps): Route {
  return defineRoute({
    id: "attachToChart",
    method: "POST",
    path: ROUTE,
    tag: "charts",
    summary: "Signs one version of a chart, and attaches an SBOM and provenance",
    keyed: true,
    bodyLimit: MAX_BODY,
    body: attachBody,
    query: NOTHING,
    answers: { 201: { description: "What was attached", schema: listOf(attachmentItem) } },
    problems: ["chart-not-found", "invalid-chart", "invalid-values", "render-failed", "upstream-unavailable"],
    handle: async ({ params, principal, request, body }) => {
      const { project = "", chart: repository = "" } = params;
      assertAllowed(principal, "charts:write", { project, repository });
      const pinned = await pin(deps, params, principal, request.signal, { unsigned: true });
      const subject = await deps.catalog.attachments.subject(pinned, request.signal);
      const archive = await deps.catalog.openArchive({ ...pinned, unsigned: true }, request.signal);
      if (subject === undefined || archive === undefined) {
        throw new ProblemError("chart-not-found", `the registry has no archive of ${pinned.name}`);
      }
      const chart = await loadArchive(archive);
      const wish = await wishOf(deps, body, chart, request.signal);
      const attested = await attestedChart({ pinned, chart, archive, subject, request, params });
      const made = makeAttachments(attested, wish, timeOf(deps, body));
      if (made.length === 0) throw new ProblemError("invalid-request", "give cosignKey, sbom or slsaProvenance");
      const artifacts = await Promise.all(
        made.map(async (attachment) => await attachmentArtifact(attachment, subject)),
      );
      await deps.catalog.attachments.attach(pinned, artifacts);
      return jsonResponse({ items: artifacts.map(({ descriptor }) => attachmentJson(descriptor)) }, { status: 201 });
    },
  });
}

function timeOf({ clock }: AttachmentRouteDeps, { sourceDateEpoch }: AttachBody): number {
  return sourceDateEpoch === undefined ? clock.now() : sourceDateEpoch * 1000;
}

async function wishOf(
  deps: AttachmentRouteDeps,
  body: AttachBody,
  chart: Chart,
  signal: AbortSignal,
): Promise<AttachmentWish> {
  const { cosignKey: pem, cosignPassword: password, sbom: format } = body;
  return {
    key: pem === undefined ? undefined : await openSigningKey({ pem, password }),
    sbom: format === undefined ? undefined : { format, images: await imagesIn(deps, body, chart, signal) },
    provenance: body.slsaProvenance ? { builder: body.slsaBuilderId, source: body.slsaSource } : undefined,
  };
}

async function imagesIn(
  deps: AttachmentRouteDeps,
  body: AttachBody,
  chart: Chart,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { manifests, hooks } = await renderChart(deps, {
    chart,
    values: composeValues(body),
    body,
    name: "release-name",
    signal,
  });
  return imagesOf([...manifests.map(({ content }) => content), ...hooks.map(({ manifest }) => manifest)]);
}

interface Attesting {
  readonly pinned: PinnedChart;
  readonly chart: Chart;
  readonly archive: Uint8Array;
  readonly subject: Descriptor;
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
}

async function attestedChart({ pinned, chart, archive, subject, ...at }: Attesting): Promise<AttestedChart> {
  const { metadata, lock } = chart;
  const tag = parseTag(versionToTag(pinned.version)) ?? pinned.version;
  return {
    metadata,
    dependencies: lock?.dependencies ?? metadata.dependencies ?? [],
    archive: await digestOf(archive),
    pushed: { repository: repositoryOf(pinned, at), tag, digest: subject.digest },
  };
}

/** `HOST/PROJECT/NAME`, the host as the configuration or else the caller names it. */
function repositoryOf({ reference }: PinnedChart, { request, params }: Pick<Attesting, "request" | "params">): string {
  if (!isOciReference(reference)) {
    return `${new URL(request.url).host}/${params["project"] ?? ""}/${params["chart"] ?? ""}`;
  }
  const { host, repository } = parseOciReference(reference);
  return `${host}/${repository}`;
}
