import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildPlugin, pluginNames } from "../../infra/build-plugins.ts";
import { digestOf } from "../support/plugin.ts";
import { report } from "./figure.ts";

const root = join(import.meta.dirname, "..", "..");
/** Design §11: what a Worker may weigh and how long its start may compute. */
const BUDGET_GZIP_KIB = 700;
const BUDGET_ACTIVE_MS = 60;

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The Worker's bundle and its start in workerd, beside their budgets. */
export async function benchWorker(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-worker-"));
  try {
    const plain = bundled(join(folder, "out"));
    report({ name: "bundle/gzip", ours: plain, peer: "budget", theirs: BUDGET_GZIP_KIB, unit: "KiB" });
    await benchPlugins(folder, plain);
    const profile = join(folder, "start.cpuprofile");
    wrangler(["check", "startup", "--outfile", profile]);
    if (!existsSync(profile)) throw new Error("wrangler check startup wrote no profile");
    report({
      name: "start/active",
      ours: activeMilliseconds(profile),
      peer: "budget",
      theirs: BUDGET_ACTIVE_MS,
      unit: "ms",
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What each plugin of ours adds when it is bundled, and the Worker with all of them: they count in its budget. */
async function benchPlugins(folder: string, plain: number): Promise<void> {
  const all = new Map<string, Uint8Array>();
  for (const name of pluginNames().filter((one) => one !== "template")) all.set(name, await buildPlugin(name));
  for (const [name, module] of all) {
    const ours = bundled(join(folder, name), new Map([[name, module]])) - plain;
    report({ name: `bundle/plugin/${name}`, ours, peer: "the Worker without", theirs: plain, unit: "KiB" });
  }
  const ours = bundled(join(folder, "all"), all);
  const least =
    plain + [...all.values()].reduce((sum, module) => sum + gzipSync(module, { level: 9 }).length, 0) / 2048;
  if (ours < least) throw new Error("the Worker was made without its plugins");
  report({ name: "bundle/with-plugins", ours, peer: "budget", theirs: BUDGET_GZIP_KIB, unit: "KiB" });
}

/** KiB of the Worker's bundle, modules of plugins included. */
function bundled(folder: string, plugins: ReadonlyMap<string, Uint8Array> = new Map()): number {
  const instead = plugins.size === 0 ? [] : ["--alias", `./bundled-plugins.ts:${writePlugins(folder, plugins)}`];
  wrangler(["deploy", "--dry-run", "--minify", "--outdir", join(folder, "out"), ...instead]);
  const files = readdirSync(join(folder, "out")).filter((name) => /\.(js|mjs|wasm)$/.test(name));
  const bytes = Buffer.concat(files.map((name) => readFileSync(join(folder, "out", name))));
  return gzipSync(bytes, { level: 9 }).length / 1024;
}

/** What stands in the place of infra/cloudflare/bundled-plugins.ts, as its words say. */
function writePlugins(folder: string, plugins: ReadonlyMap<string, Uint8Array>): string {
  mkdirSync(folder, { recursive: true });
  const lines: string[] = [];
  const entries: string[] = [];
  for (const [name, module] of plugins) {
    writeFileSync(join(folder, `${name}.wasm`), module);
    lines.push(`import m${entries.length} from "./${name}.wasm";\n`);
    entries.push(`["${digestOf(module)}", m${entries.length}]`);
  }
  const file = join(folder, "bundled-plugins.ts");
  writeFileSync(file, `${lines.join("")}export const bundledPlugins = new Map([${entries.join(", ")}]);\n`);
  return file;
}

function wrangler(args: readonly string[]): void {
  const env = {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    NO_COLOR: "1",
    CI: "1",
  };
  const run = spawnSync(process.execPath, [join(root, "node_modules", "wrangler", "bin", "wrangler.js"), ...args], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`wrangler ${args.join(" ")}:\n${run.stdout}${run.stderr}`);
}

/** Time in samples that are neither idle nor the program's own waiting. */
function activeMilliseconds(file: string): number {
  const profile = JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
  const idle = new Set(
    profile.nodes
      .filter((node) => ["(idle)", "(program)", "(root)"].includes(node.callFrame.functionName))
      .map((node) => node.id),
  );
  const micros = profile.samples.reduce(
    (sum, id, index) => sum + (idle.has(id) ? 0 : (profile.timeDeltas[index] ?? 0)),
    0,
  );
  return micros / 1000;
}
