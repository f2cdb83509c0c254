// Builds the plugins of infra/plugins: `npm run plugins [-- DIRECTORY]` writes NAME/plugin.yaml and NAME/plugin.wasm, as Helm and `slipway`
// take them. What was built once is kept by the hash of its sources.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

const root = dirname(import.meta.dirname);
const folder = join(import.meta.dirname, "plugins");
const kept = join(root, ".cache", "plugins");
const OPTIONS = ["--runtime", "stub", "--optimizeLevel", "3", "--shrinkLevel", "1", "--noAssert"];
const STOP = "infra/plugins/kit/host/stop";

/** Plugins in AssemblyScript that stand in infra/plugins. */
export function pluginNames(): readonly string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, "plugin.ts")));
}

/** The module of a plugin of infra/plugins. */
export async function buildPlugin(name: string): Promise<Uint8Array> {
  const file = join(kept, `${name}-${sourcesHash(name)}.wasm`);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  const wasm = await compile(relative(root, join(folder, name, "plugin.ts")));
  mkdirSync(kept, { recursive: true });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, wasm);
  renameSync(part, file);
  return wasm;
}

/** Of everything that goes into a module: its sources, the kit's, the compiler's version and options. */
function sourcesHash(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  const hash = createHash("sha256").update(JSON.stringify(OPTIONS));
  hash.update(readFileSync(resolve("assemblyscript/package.json")));
  for (const part of ["kit", name]) {
    for (const file of readdirSync(join(folder, part)).sort()) {
      if (file.endsWith(".ts")) hash.update(`${file}\0`).update(readFileSync(join(folder, part, file)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** Compiles a file, by its path from the project's root; a module of a test may end with `.as`, which TypeScript does not read. */
export async function compile(entry: string): Promise<Uint8Array> {
  const { main } = await import("assemblyscript/asc");
  let wasm: Uint8Array | undefined;
  let complaints = "";
  const { error } = await main([entry, "--outFile", "plugin.wasm", "--use", `abort=${STOP}`, ...OPTIONS], {
    readFile: readSource,
    writeFile: (_file, contents) => {
      if (typeof contents !== "string") wasm = contents;
    },
    listFiles: () => null,
    stderr: { write: (text) => void (complaints += String(text)) },
  });
  if (error !== null || wasm === undefined) throw new Error(`asc: ${entry}: ${complaints}`, { cause: error });
  return wasm;
}

function readSource(file: string): string | null {
  const path = join(root, file);
  const found = [path, path.replace(/\.ts$/, ".as")].find((one) => existsSync(one));
  return found === undefined ? null : readFileSync(found, "utf8");
}

if (import.meta.main) {
  const target = process.argv[2] ?? join(root, "dist", "plugins");
  for (const name of pluginNames()) {
    const wasm = await buildPlugin(name);
    const into = join(target, name);
    mkdirSync(into, { recursive: true });
    copyFileSync(join(folder, name, "plugin.yaml"), join(into, "plugin.yaml"));
    writeFileSync(join(into, "plugin.wasm"), wasm);
    process.stdout.write(`${name}: ${wasm.length} bytes\n`);
  }
}
