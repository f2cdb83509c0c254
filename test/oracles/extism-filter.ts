// A post-renderer program: standard input through WASM post-renderers under Extism's own host, one after the other.
//   extism-filter.ts [MODULE CONFIG]…   with CONFIG as a JSON object of texts
import { readFileSync, writeSync } from "node:fs";
import { createPlugin } from "@extism/extism";

const chain = process.argv.slice(2);
let manifests = readFileSync(0, "utf8");
for (let i = 0; i + 1 < chain.length; i += 2) {
  const config: Record<string, string> = JSON.parse(chain[i + 1] ?? "{}");
  const module = await WebAssembly.compile(new Uint8Array(readFileSync(chain[i] ?? "")));
  const plugin = await createPlugin({ wasm: [{ module }] }, { config });
  const answer = await plugin.call("helm_plugin_main", JSON.stringify({ manifests, extraArgs: null }));
  const made: { readonly manifests: string } = JSON.parse(answer?.text() ?? "");
  ({ manifests } = made);
  await plugin.close();
}
writeSync(1, manifests);
