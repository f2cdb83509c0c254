// npm's `prepack`: the `slipway` command, dist/command, because Node runs no TypeScript below node_modules. Packages stay imports, and what
// one command alone needs stays in files that the others do not load. Beside it lie the files that it reads: modules and files are in one
// folder, so that `import.meta.dirname` is this folder in all of them.
import { cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { scriptOptions } from "./snapshot.mjs";

const root = dirname(import.meta.dirname);
const outdir = join(root, "dist", "command");
const { buildSync } = createRequire(import.meta.url)("esbuild");

rmSync(outdir, { recursive: true, force: true });
buildSync({
  absWorkingDir: root,
  entryPoints: [
    { in: "infra/cli/main.ts", out: "main" },
    { in: "infra/node/plugin-worker.ts", out: "plugin-worker" },
  ],
  outdir,
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node24",
  logLevel: "warning",
});
buildSync({ ...scriptOptions(root), outfile: join(outdir, "template.cjs") });
cpSync(join(root, "infra", "node", "sample-chart"), join(outdir, "sample-chart"), { recursive: true });
cpSync(join(root, "infra", "cli", "warm-up-chart"), join(outdir, "warm-up-chart"), { recursive: true });
