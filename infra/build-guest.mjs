// Makes infra/cloudflare/guest-source.ts out of guest-entry.ts: the text that a Worker Loader runs stored plugins with. A test makes it
// again and compares, so that it is never older than its sources.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);

/** The text that an isolate is started with. */
export function guestSource() {
  const { buildSync } = createRequire(import.meta.url)("esbuild");
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: ["infra/cloudflare/guest-entry.ts"],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:workers", "./plugin.wasm"],
    logLevel: "warning",
  });
  return outputFiles[0].text;
}

if (process.argv[1] === import.meta.filename) {
  const head =
    "// Made by infra/build-guest.mjs.\n/** The module that runs a stored plugin in an isolate of its own. */\n";
  const text = `${head}export const GUEST_SOURCE: string =\n  ${JSON.stringify(guestSource())};\n`;
  writeFileSync(join(root, "infra", "cloudflare", "guest-source.ts"), text);
}
