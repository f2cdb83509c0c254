import { verificationText } from "../../engine/chart/provenance.ts";
import { print } from "./command.ts";
import type { Command } from "./command.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";
import { verifyFile } from "./verify-file.ts";

/** `slipway verify`. */
export const verifyCommand: Command = {
  use: "verify PATH",
  arguments: { least: 1, most: 1 },
  flags: [...GLOBAL_FLAGS, { name: "keyring", kind: "string" }],
  run: async (flags, io) => print(io, verificationText(await verifyFile(flags.args[0] ?? "", flags, io))),
};
