// A post-renderer program: standard input through WASM post-renderers under Extism's own host, one after the other.
//   extism-filter.ts [MODULE CONFIG]…   with CONFIG as a JSON object of texts
import { readFileSync, writeSync } from "node:fs";
import { openModule, postRender } from "../support/first-party-plugin.ts";

const chain = process.argv.slice(2);
let manifests = readFileSync(0, "utf8");
for (let i = 0; i + 1 < chain.length; i += 2) {
  const config: Readonly<Record<string, string>> = JSON.parse(chain[i + 1] ?? "{}");
  manifests = await postRender(openModule(new Uint8Array(readFileSync(chain[i] ?? ""))), manifests, config);
  if (manifests.startsWith("error: ")) throw new Error(manifests);
}
writeSync(1, manifests);
