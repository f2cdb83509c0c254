// npm's `prepack`: the engine as a library, dist/engine, JavaScript and its types. Node runs no TypeScript below node_modules, and a bundler
// should not have to. Packages stay imports; what one function alone needs stays in files that a bundler can leave out.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, posix } from "node:path";

const root = dirname(import.meta.dirname);
const entries = ["index", "library/chart", "library/lint", "library/package", "library/render", "library/values"];
const outdir = join(process.argv[2] ?? join(root, "dist"), "engine");
/** The types of the sources: `tsc -b` writes them here. */
const types = join(root, ".cache", "types", "engine");

rmSync(outdir, { recursive: true, force: true });
createRequire(import.meta.url)("esbuild").buildSync({
  absWorkingDir: root,
  entryPoints: entries.map((entry) => `engine/${entry}.ts`),
  outbase: "engine",
  outdir,
  chunkNames: "library/shared-[hash]",
  bundle: true,
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "neutral",
  target: "es2022",
  logLevel: "warning",
});

const tsc = spawnSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-b", "engine"], {
  cwd: root,
  stdio: "inherit",
});
if (tsc.status !== 0) process.exit(1);
copyTypes("engine/index.d.ts", new Set());

/** Copies a file of types and those that it imports. */
function copyTypes(path, copied) {
  if (copied.has(path)) return;
  copied.add(path);
  const text = readFileSync(join(types, path), "utf8").replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"');
  const target = join(outdir, path.slice("engine/".length));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  for (const [, specifier] of text.matchAll(/from "(\.[^"]*)\.js"/g)) {
    copyTypes(posix.join(posix.dirname(path), `${specifier}.d.ts`), copied);
  }
}
