import type { Descriptor } from "../../engine/oci/descriptor.ts";
import { type Digest, digestOf, parseDigest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { parseRepositoryName, type RepositoryName } from "../../engine/oci/repository-name.ts";
import { linkBlob, putContent } from "../content/blobs.ts";
import type { Content } from "../content/content.ts";
import { putManifest } from "../content/manifests.ts";
import { allPages, listAllReferrers } from "../content/referrers.ts";
import { isOutage } from "../upstream/freshness.ts";
import type { ChartContent } from "./charts.ts";
import type { Projects } from "./projects.ts";

/** A manifest that refers to a chart, with the blobs that it names. */
export interface NewAttachment {
  readonly manifest: Uint8Array;
  readonly blobs: readonly Uint8Array[];
}

/** What lies beside charts: signatures, SBOMs, provenance, whoever put it there. */
export interface Attachments {
  /** The chart's manifest as a descriptor; undefined when it is not there. Throws OciError `NAME_UNKNOWN`. */
  readonly subject: (chart: ChartContent, signal?: AbortSignal) => Promise<Descriptor | undefined>;
  /** What refers to the chart's manifest, at most a thousand. Of an upstream that does not answer, what is here: a chart can be shown meanwhile. */
  readonly list: (chart: ChartContent, signal?: AbortSignal) => Promise<readonly Descriptor[]>;
  /** Puts attachments beside a chart. Throws OciError `DENIED` for a project that takes no pushes. */
  readonly attach: (chart: ChartContent, attachments: readonly NewAttachment[]) => Promise<void>;
}

/** Attachments over the store that the projects read. */
export function createAttachments(content: Content, projects: Projects): Attachments {
  return {
    subject: async (chart, signal) => {
      const { source, repository } = await projects.locate(nameOf(chart), signal);
      return await source.manifest(repository, { kind: "digest", digest: digestIn(chart) }, signal);
    },
    list: async (chart, signal) => {
      const { source, repository } = await projects.locate(nameOf(chart), signal);
      const subject = digestIn(chart);
      try {
        return await allPages(async (options) => await source.referrers(repository, subject, options, signal));
      } catch (error) {
        if (!isOutage(error)) throw error;
        return await listAllReferrers(content.store, repository, subject);
      }
    },
    attach: async (chart, attachments) => {
      const name = nameOf(chart);
      projects.locateHosted(name);
      for (const attachment of attachments) await storeAttachment(content, name, attachment);
    },
  };
}

async function storeAttachment(
  content: Content,
  name: RepositoryName,
  { manifest: bytes, blobs }: NewAttachment,
): Promise<void> {
  const manifest = parseManifest(bytes, undefined);
  for (const blob of blobs) {
    const digest = await digestOf(blob);
    await putContent(content.store, digest, { kind: "bytes", bytes: blob });
    await linkBlob(content, name, digest, blob.length);
  }
  await putManifest(content, name, { digest: await digestOf(bytes), bytes, manifest });
}

function nameOf({ project, name }: ChartContent): RepositoryName {
  const repository = parseRepositoryName(`${project}/${name}`);
  if (repository === undefined) throw new OciError("NAME_UNKNOWN");
  return repository;
}

function digestIn(chart: ChartContent): Digest {
  const digest = parseDigest(chart.digest);
  if (digest === undefined) throw new OciError("MANIFEST_UNKNOWN");
  return digest;
}
