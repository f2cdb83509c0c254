import type { Flag } from "./flags.ts";
import { TRANSFER_FLAGS } from "./template-flags.ts";

/** How the commands for plugins name one, in their usage lines. */
export const NAMED = "NAME|FOLDER|FILE.wasm|oci://HOST/PROJECT/NAME:TAG";

/** How they reach a registry. */
export const PLUGIN_TRANSFER_FLAGS: readonly Flag[] = TRANSFER_FLAGS.map((flag) => ({
  ...flag,
  about: "as pull takes it: for a plugin in a registry",
}));
