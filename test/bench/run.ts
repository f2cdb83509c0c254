// npm run -s bench -- NAME: prints one JSON line per figure. Peers run in turn with ours, in the same run.
import { benchPlugin } from "./plugin.ts";
import { benchRegistry } from "./registry.ts";
import { benchRelease } from "./release.ts";
import { benchRender } from "./render.ts";
import { benchWorker } from "./worker.ts";

const benches: Readonly<Record<string, () => Promise<void>>> = {
  plugin: benchPlugin,
  registry: benchRegistry,
  release: benchRelease,
  render: benchRender,
  worker: benchWorker,
};

const name = process.argv[2] ?? "";
const bench = benches[name];
if (bench === undefined) {
  console.error(`bench: no bench named ${JSON.stringify(name)}; there are ${Object.keys(benches).join(", ")}`);
  process.exitCode = 2;
} else {
  await bench();
}
