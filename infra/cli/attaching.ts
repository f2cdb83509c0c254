import {
  attach,
  type AttachmentWish,
  type AttestedChart,
  type BillFormat,
  imagesOf,
  makeAttachedFiles,
  makeAttachments,
  openSigningKey,
  type SigningKey,
} from "../../engine/attestation/index.ts";
import {
  checkDependencies,
  checkInstallable,
  defaultCapabilities,
  parseKubeVersion,
} from "../../engine/chart/index.ts";
import type { Chart } from "../../engine/chart/index.ts";
import { digestOf } from "../../engine/oci/digest.ts";
import type { Descriptor } from "../../engine/oci/descriptor.ts";
import type { PushTarget } from "../../engine/oci/push.ts";
import { render } from "../../engine/render/index.ts";
import { PROVENANCE_FLAGS, SBOM_FLAGS } from "./attestation-flags.ts";
import { CommandError, print, warner } from "./command.ts";
import type { CommandIo } from "./command.ts";
import { readEpoch } from "./epoch.ts";
import type { Flag, ParsedFlags } from "./flags.ts";
import { readValues } from "./value-flags.ts";

/** What the flags want attached, to whatever chart: the key is open. */
export interface AttachRequest {
  readonly key: SigningKey | undefined;
  readonly format: BillFormat | undefined;
  readonly provenance: AttachmentWish["provenance"];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Reads the flags and opens the key, before anything is written or sent. Throws what the engine throws, and {@link CommandError}. */
export async function readAttachRequest(flags: ParsedFlags, io: CommandIo): Promise<AttachRequest> {
  refuseAlone(flags, SBOM_FLAGS, "sbom");
  refuseAlone(flags, PROVENANCE_FLAGS, "slsa-provenance");
  const format = flags.last("sbom") ?? "";
  return {
    key: await signingKey(flags, io),
    format: isFormat(format) ? format : undefined,
    provenance: flags.isOn("slsa-provenance")
      ? { builder: flags.last("slsa-builder-id"), source: flags.last("slsa-source") }
      : undefined,
    now: attachmentTime(io),
  };
}

/** What shall be attached to a chart, ready: its images are known. */
export interface Attaching {
  readonly chart: Omit<AttestedChart, "pushed">;
  readonly wish: AttachmentWish;
  readonly now: number;
}

/** Renders a chart where an SBOM is wanted. Throws what the engine throws. */
export async function readAttaching(
  { key, format, provenance, now }: AttachRequest,
  { chart, data }: { readonly chart: Chart; readonly data: Uint8Array },
  flags: ParsedFlags,
  io: CommandIo,
): Promise<Attaching> {
  const { metadata, lock } = chart;
  const dependencies = lock?.dependencies ?? metadata.dependencies ?? [];
  const sbom = format === undefined ? undefined : { format, images: await renderedImages(chart, flags, io) };
  const archive = await digestOf(data);
  return { chart: { metadata, dependencies, archive }, wish: { key, sbom, provenance }, now };
}

/** Where a chart was pushed to. */
export interface PushedPlace extends PushTarget {
  /** `HOST/REPOSITORY`. */
  readonly shown: string;
  readonly tag: string;
  readonly manifest: Descriptor;
}

/** Attaches to a chart in a registry, and prints what. */
export async function attachPushed({ chart, wish, now }: Attaching, place: PushedPlace, io: CommandIo): Promise<void> {
  const { shown, tag, manifest } = place;
  const pushed = { repository: shown, tag, digest: manifest.digest };
  const attachments = makeAttachments({ ...chart, pushed }, wish, now);
  for (const { attachment, descriptor } of await attach(place, manifest, attachments)) {
    print(io, `Attached: ${attachment.kind} ${descriptor.digest}\n`);
  }
}

/** Writes beside an archive, and prints where. */
export function attachBeside(
  { chart, wish, now }: Attaching,
  { path, data }: { readonly path: string; readonly data: Uint8Array },
  io: CommandIo,
): void {
  for (const file of makeAttachedFiles(chart, data, wish, now)) {
    io.files.writeBytes(path + file.suffix, file.data);
    print(io, `Attached: ${path}${file.suffix}\n`);
  }
}

/** The time in what is attached: that of `SOURCE_DATE_EPOCH`, else now; milliseconds since 1970. */
function attachmentTime(io: CommandIo): number {
  const epoch = readEpoch(io);
  return epoch === undefined ? io.now() : epoch * 1000;
}

function isFormat(value: string): value is BillFormat {
  return value === "spdx" || value === "cyclonedx";
}

function refuseAlone(flags: ParsedFlags, needy: readonly Flag[], needed: string): void {
  const alone = flags.isSet(needed) ? undefined : needy.find(({ name }) => flags.isSet(name));
  if (alone !== undefined) throw new CommandError(`--${alone.name} needs --${needed}`);
}

async function signingKey(flags: ParsedFlags, io: CommandIo): Promise<SigningKey | undefined> {
  const path = flags.last("cosign-key") ?? "";
  if (path === "") return undefined;
  const pem = new TextDecoder().decode(io.files.read(path));
  return await openSigningKey({ pem, password: io.environment("COSIGN_PASSWORD") ?? "" });
}

async function renderedImages(chart: Chart, flags: ParsedFlags, io: CommandIo): Promise<readonly string[]> {
  checkInstallable(chart);
  checkDependencies(chart);
  const kubeVersion = flags.last("kube-version") ?? "";
  const rendered = await render({
    chart,
    values: readValues(flags, io.files),
    release: { name: "release-name", namespace: flags.last("namespace") ?? "default", revision: 1, isUpgrade: false },
    capabilities: defaultCapabilities({
      ...(kubeVersion === "" ? {} : { kubeVersion: parseKubeVersion(kubeVersion) }),
      apiVersions: flags.all("api-versions"),
    }),
    lookup: "off",
    dns: false,
    skipSchemaValidation: flags.isOn("skip-schema-validation"),
    seed: io.seed,
    now: io.now(),
    resolve: io.resolve,
    onWarning: warner(io),
  });
  return imagesOf([
    ...rendered.manifests.map(({ content }) => content),
    ...rendered.hooks.map((hook) => hook.manifest),
  ]);
}
