import {
  openVerifyingKey,
  SIGNATURE_SUFFIX,
  verifyChart,
  type VerifyingKey,
  verifyFileBundle,
} from "../../engine/attestation/index.ts";
import { parseReference, shownReference } from "../../engine/chart/chart-reference.ts";
import { registrySession } from "../../engine/chart/transfer.ts";
import { digestOf } from "../../engine/oci/digest.ts";
import { isOciReference } from "../../engine/oci/reference.ts";
import { CommandError, print } from "./command.ts";
import type { CommandIo } from "./command.ts";
import { connectionChoice, downloadPlace } from "./download-place.ts";
import type { ParsedFlags } from "./flags.ts";

/** Checks a chart in a registry, or an archive with its bundle beside it, by the public key in the file `key`. */
export async function cosignVerify(what: string, key: string, flags: ParsedFlags, io: CommandIo): Promise<void> {
  const opened = await openVerifyingKey(new TextDecoder().decode(io.files.read(key)));
  if (isOciReference(what)) await verifyPushed(what, opened, flags, io);
  else await verifySigned(what, opened, io);
}

async function verifyPushed(what: string, key: VerifyingKey, flags: ParsedFlags, io: CommandIo): Promise<void> {
  const reference = parseReference(what.slice("oci://".length));
  const { host, repository, tag, digest } = reference;
  if (tag === "" && digest === "") throw new CommandError(`${what}: name a version or a digest`);
  const { network } = downloadPlace(flags, io);
  const shown = shownReference(reference);
  const verified = await verifyChart({
    session: registrySession(network, host, connectionChoice(flags), "pull"),
    repository,
    reference: digest === "" ? tag : digest,
    shown,
    key,
  });
  print(io, `Verified: ${shown}\nDigest: ${verified.digest}\nKey: sha256:${key.hint}\n`);
  for (const { digest: by, predicateType } of verified.statements) print(io, `Signed: ${predicateType} ${by}\n`);
}

async function verifySigned(path: string, key: VerifyingKey, io: CommandIo): Promise<void> {
  const data = io.files.read(path);
  verifyFileBundle(key, { shown: path, data, bundle: io.files.read(path + SIGNATURE_SUFFIX) });
  print(io, `Verified: ${path}\nDigest: ${await digestOf(data)}\nKey: sha256:${key.hint}\n`);
}
