import type { Dependency, Metadata } from "../chart/chart.ts";
import { asObject } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { type BillFormat, writeBill } from "./bill.ts";
import { BUNDLE, signFile, signStatement } from "./bundle.ts";
import type { SigningKey } from "./cosign-key.ts";
import { IN_TOTO } from "./dsse.ts";
import { OWN_BUILDER, provenancePredicate } from "./provenance.ts";
import {
  COSIGN_SIGN,
  CYCLONEDX_BOM,
  SLSA_PROVENANCE,
  SPDX_DOCUMENT,
  type Subject,
  writeStatement,
} from "./statement.ts";

/** The chart that documents are made about. */
export interface AttestedChart {
  readonly metadata: Pick<Metadata, "name" | "version">;
  readonly dependencies: readonly Dependency[];
  readonly archive: Digest;
  /** Where its manifest lies; absent for a chart that is a file. */
  readonly pushed?: { readonly repository: string; readonly tag: string; readonly digest: Digest };
}

/** What shall be attached. */
export interface AttachmentWish {
  /** Signs the chart, and what is said of it. */
  readonly key?: SigningKey | undefined;
  readonly sbom?: { readonly format: BillFormat; readonly images: readonly string[] } | undefined;
  readonly provenance?: { readonly builder?: string | undefined; readonly source?: string | undefined } | undefined;
}

/** Which document an attachment is. */
export type AttachmentKind = "signature" | "sbom" | "sbom-attestation" | "provenance";

/** A document on its way to a chart. */
export interface Attachment {
  readonly kind: AttachmentKind;
  readonly artifactType: string;
  readonly data: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

const BILLS = {
  spdx: { mediaType: "application/spdx+json", predicateType: SPDX_DOCUMENT },
  cyclonedx: { mediaType: "application/vnd.cyclonedx+json", predicateType: CYCLONEDX_BOM },
} as const;

/**
 * The documents of a wish, in the order of {@link AttachmentKind}: with a key the signature and signed statements, without one the bare
 * documents; the SBOM itself in both cases, for tools that read no bundles. `now` in milliseconds since 1970 is the time in all of them.
 */
export function makeAttachments(chart: AttestedChart, wish: AttachmentWish, now: number): readonly Attachment[] {
  const created = `${new Date(now).toISOString().slice(0, "2000-01-01T00:00:00".length)}Z`;
  const making: Making = { chart, key: wish.key, created };
  return [...signatures(making), ...sboms(making, wish.sbom), ...provenances(making, wish.provenance)];
}

interface Making {
  readonly chart: AttestedChart;
  readonly key: SigningKey | undefined;
  readonly created: string;
}

function signatures({ chart, key, created }: Making): readonly Attachment[] {
  if (key === undefined || chart.pushed === undefined) return [];
  const statement = writeStatement([{ digest: chart.pushed.digest }], COSIGN_SIGN, {});
  return [signed("signature", { key, created, statement, predicateType: COSIGN_SIGN })];
}

function sboms({ chart, key, created }: Making, wish: AttachmentWish["sbom"]): readonly Attachment[] {
  if (wish === undefined) return [];
  const { name, version } = chart.metadata;
  const { archive, pushed } = chart;
  const billed = { name, version, archive, ...(pushed === undefined ? {} : { place: pushed }) };
  const data = writeBill(wish.format, { chart: billed, images: wish.images, created });
  const { mediaType, predicateType } = BILLS[wish.format];
  const document = plain("sbom", { artifactType: mediaType, data, created });
  const predicate = asObject(JSON.parse(new TextDecoder().decode(data))) ?? {};
  if (key === undefined) return [document];
  const statement = writeStatement(subjectsOf(chart), predicateType, predicate);
  return [document, signed("sbom-attestation", { key, created, statement, predicateType })];
}

function provenances({ chart, key, created }: Making, wish: AttachmentWish["provenance"]): readonly Attachment[] {
  if (wish === undefined) return [];
  const { builder = OWN_BUILDER, source } = wish;
  const { metadata, dependencies } = chart;
  const predicate = provenancePredicate({ chart: metadata, dependencies, builder, source, finished: created });
  const statement = writeStatement(subjectsOf(chart), SLSA_PROVENANCE, predicate);
  if (key === undefined) return [plain("provenance", { artifactType: IN_TOTO, data: statement, created })];
  return [signed("provenance", { key, created, statement, predicateType: SLSA_PROVENANCE })];
}

/** The manifest, where there is one, and the archive. */
function subjectsOf({ metadata, archive, pushed }: AttestedChart): readonly Subject[] {
  const file = { name: `${metadata.name}-${metadata.version}.tgz`, digest: archive };
  return pushed === undefined ? [file] : [{ name: pushed.repository, digest: pushed.digest }, file];
}

const CREATED = "org.opencontainers.image.created";

function plain(
  kind: AttachmentKind,
  { created, ...rest }: { readonly artifactType: string; readonly data: Uint8Array; readonly created: string },
): Attachment {
  return { kind, ...rest, annotations: { [CREATED]: created } };
}

interface Signing {
  readonly key: SigningKey;
  readonly created: string;
  readonly statement: Uint8Array;
  readonly predicateType: string;
}

/** cosign finds the kind of a bundle by these annotations (`cosign tree`). */
function signed(kind: AttachmentKind, { key, created, statement, predicateType }: Signing): Attachment {
  return {
    kind,
    artifactType: BUNDLE,
    data: signStatement(key, statement),
    annotations: {
      [CREATED]: created,
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": predicateType,
    },
  };
}

/** A file beside an archive. `suffix` follows the archive's name. */
export interface AttachedFile {
  readonly suffix: string;
  readonly data: Uint8Array;
}

/** The documents of a chart that is a file: the signature is one over the archive's bytes (`cosign verify-blob`). */
export function makeAttachedFiles(
  chart: AttestedChart,
  data: Uint8Array,
  wish: AttachmentWish,
  now: number,
): readonly AttachedFile[] {
  const signature = wish.key === undefined ? [] : [{ suffix: SIGNATURE_SUFFIX, data: signFile(wish.key, data) }];
  const documents = makeAttachments(chart, wish, now).map((attachment) => ({
    suffix: suffixOf(attachment, wish),
    data: attachment.data,
  }));
  return [...signature, ...documents];
}

/** Where the signature of an archive lies. */
export const SIGNATURE_SUFFIX = ".sigstore.json";

function suffixOf({ kind, artifactType }: Attachment, { sbom }: AttachmentWish): string {
  const isSigned = artifactType === BUNDLE;
  const bill = sbom?.format === "cyclonedx" ? ".cdx" : ".spdx";
  const name = kind === "provenance" ? ".provenance" : bill;
  return `${name}${isSigned ? SIGNATURE_SUFFIX : ".json"}`;
}
