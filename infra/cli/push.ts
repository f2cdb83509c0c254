import { parseReference, transferText } from "../../engine/chart/chart-reference.ts";
import type { Chart } from "../../engine/chart/index.ts";
import { registrySession } from "../../engine/chart/transfer.ts";
import { cleanPath } from "../../engine/go/path.ts";
import { quote } from "../../engine/go/quote.ts";
import { parseUrl } from "../../engine/go/url.ts";
import { GoFailure } from "../../engine/go/value.ts";
import { pushChart } from "../../engine/oci/chart-push.ts";
import type { PushTarget } from "../../engine/oci/push.ts";
import type { Attaching } from "./attaching.ts";
import { ATTESTATION_FLAGS, wantsAttachments } from "./attestation-flags.ts";
import { CommandError, print } from "./command.ts";
import type { Command, CommandIo } from "./command.ts";
import { connectionChoice, downloadPlace } from "./download-place.ts";
import type { ParsedFlags } from "./flags.ts";
import { loadAnyChart } from "./load-chart.ts";
import { GLOBAL_FLAGS, TRANSFER_FLAGS } from "./template-flags.ts";
import { localTimestamp } from "./timestamp.ts";

/** `slipway push`. */
export const pushCommand: Command = {
  use: "push [chart] [remote]",
  arguments: { least: 2 },
  flags: [...GLOBAL_FLAGS, ...TRANSFER_FLAGS, ...ATTESTATION_FLAGS],
  run,
};

async function run(flags: ParsedFlags, io: CommandIo): Promise<void> {
  const [file = "", remote = ""] = flags.args;
  checkRemote(remote);
  const { files } = io;
  const stat = files.stat(file);
  if (stat === undefined) throw new CommandError(`${file}: no such file`);
  if (stat.kind === "directory") throw new CommandError("cannot push directory, must provide chart archive (.tgz)");
  const chart = await loadAnyChart(file, io);
  const { metadata } = chart;
  const path = cleanPath(`${remote.slice("oci://".length)}/${metadata.name}`);
  const { host, repository, tag } = parseReference(`${path}:${metadata.version}`);
  const archive = files.read(file);
  const attaching = wantsAttachments(flags) ? await readAttaching({ chart, data: archive }, flags, io) : undefined;
  const { network } = downloadPlace(flags, io);
  const provenance = `${file}.prov`;
  const target: PushTarget = {
    session: registrySession(network, host, connectionChoice(flags), "pull,push"),
    repository,
  };
  const manifest = await pushChart({
    ...target,
    tag,
    metadata,
    archive,
    provenance: files.stat(provenance) === undefined ? undefined : files.read(provenance),
    created: localTimestamp(Math.floor(Date.parse(stat.modTime) / 1000) * 1000),
  });
  print(io, transferText("Pushed", `${host}/${repository}:${tag}`, manifest.digest));
  if (attaching === undefined) return;
  const { attachPushed } = await import("./attaching.ts");
  await attachPushed(attaching, { ...target, shown: `${host}/${repository}`, tag, manifest }, io);
}

async function readAttaching(
  given: { readonly chart: Chart; readonly data: Uint8Array },
  flags: ParsedFlags,
  io: CommandIo,
): Promise<Attaching> {
  const reading = await import("./attaching.ts");
  return await reading.readAttaching(await reading.readAttachRequest(flags, io), given, flags, io);
}

function checkRemote(remote: string): void {
  let scheme: string;
  try {
    ({ scheme } = parseUrl(remote));
  } catch (cause) {
    if (!(cause instanceof GoFailure)) throw cause;
    throw new CommandError(`invalid chart URL format: ${remote}`);
  }
  if (scheme === "") throw new CommandError('scheme prefix missing from remote (e.g. "oci://")');
  if (scheme !== "oci") throw new CommandError(`scheme ${quote(scheme)} not supported`);
}
