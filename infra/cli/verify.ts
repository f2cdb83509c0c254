import { verificationText } from "../../engine/chart/provenance.ts";
import { print } from "./command.ts";
import type { Command } from "./command.ts";
import { GLOBAL_FLAGS, TRANSFER_FLAGS } from "./template-flags.ts";
import { verifyFile } from "./verify-file.ts";

/** `slipway verify`: as Helm does by a PGP keyring, or with `--cosign-key` by a public key. */
export const verifyCommand: Command = {
  use: "verify PATH",
  arguments: { least: 1, most: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    ...TRANSFER_FLAGS.map((flag) => ({ ...flag, about: "as pull takes it: for a chart in a registry" })),
    { name: "keyring", kind: "string" },
    { name: "cosign-key", kind: "string", about: "check by the public key in this file" },
  ],
  run: async (flags, io) => {
    const what = flags.args[0] ?? "";
    const key = flags.last("cosign-key") ?? "";
    if (key === "") print(io, verificationText(await verifyFile(what, flags, io)));
    else await (await import("./cosign-verify.ts")).cosignVerify(what, key, flags, io);
  },
};
