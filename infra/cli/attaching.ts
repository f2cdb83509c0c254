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
import { type Digest, digestOf } from "../../engine/oci/digest.ts";
import type { Descriptor } from "../../engine/oci/descriptor.ts";
import type { PushTarget } from "../../engine/oci/push.ts";
import { render } from "../../engine/render/index.ts";
import { PROVENANCE_FLAGS, SBOM_FLAGS } from "./attestation-flags.ts";
import { CommandError, print, warner } from "./command.ts";
import type { CommandIo } from "./command.ts";
import { readEpoch } from "./epoch.ts";
import type { Flag, ParsedFlags } from "./flags.ts";
import { readValues } from "./value-flags.ts";

/** What shall be attached to a chart, ready: the key is open and the chart is rendered, so that nothing of it fails after a chart went out. */
export interface Attaching {
  readonly chart: Omit<AttestedChart, "pushed">;
  readonly wish: AttachmentWish;
  readonly now: number;
}

/** Reads what the flags want attached. Throws what the engine throws, and {@link CommandError}. */
export async function readAttaching(
  { chart, data }: { readonly chart: Chart; readonly data: Uint8Array },
  flags: ParsedFlags,
  io: CommandIo,
): Promise<Attaching> {
  const { metadata, lock } = chart;
  const dependencies = lock?.dependencies ?? metadata.dependencies ?? [];
  const archive = await digestOf(data);
  return {
    chart: { metadata, dependencies, archive },
    wish: await readWish(chart, flags, io),
    now: attachmentTime(io),
  };
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
  const digests: readonly (Digest | undefined)[] = await attach(place, manifest, attachments);
  for (const [index, { kind }] of attachments.entries()) print(io, `Attached: ${kind} ${digests[index] ?? ""}\n`);
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

async function readWish(chart: Chart, flags: ParsedFlags, io: CommandIo): Promise<AttachmentWish> {
  refuseAlone(flags, SBOM_FLAGS, "sbom");
  refuseAlone(flags, PROVENANCE_FLAGS, "slsa-provenance");
  const key = await signingKey(flags, io);
  const format = flags.last("sbom") ?? "";
  return {
    key,
    sbom: isFormat(format) ? { format, images: await renderedImages(chart, flags, io) } : undefined,
    provenance: flags.isOn("slsa-provenance")
      ? { builder: flags.last("slsa-builder-id"), source: flags.last("slsa-source") }
      : undefined,
  };
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
