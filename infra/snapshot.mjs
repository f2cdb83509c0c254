// Makes the start-up snapshot of `slipway template` and the release commands. It lies inside the package of the Node that made it, so that it
// goes when that goes, and it carries the times and sizes of what it was made of: when that changed it steps aside (infra/cli/snapshot-main.ts).
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const BUILD_MS = 60_000;
/** What `bin/slipway` starts the snapshot with: a Node that does not take a flag makes no snapshot. */
const FLAGS = [
  "--min-semi-space-size=16",
  "--invocation-count-for-maglev=8000",
  "--invocation-count-for-turbofan=60000",
];

/**
 * Makes the snapshot, whole or not at all: of the script that a published package brings in the folder `built`, or of the sources. Without a
 * pinned Node, without esbuild (sources) or where nothing may be written nothing happens: the command runs as well without it.
 */
export function makeSnapshot({ root, built }) {
  let work;
  try {
    const home = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const binary = join(home, "bin", "node");
    if (!existsSync(binary)) return;
    work = mkdtempSync(join(home, ".snapshot-"));
    const { script, sources, chart } = built === undefined ? fromSources(root, work) : fromBuild(built);
    const description = join(work, "template.json");
    writeFileSync(description, JSON.stringify({ sources, charts: [chart] }));
    const blob = join(work, "template.blob");
    const made = spawnSync(binary, [...FLAGS, "--snapshot-blob", blob, "--build-snapshot", script, description], {
      stdio: "ignore",
      timeout: BUILD_MS,
    });
    if (made.status === 0) renameSync(blob, join(home, "template.blob"));
  } catch {
    // Only speed is lost.
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

/** How esbuild makes one script of everything that these commands need. */
export function scriptOptions(root) {
  return {
    entryPoints: [join(root, "infra", "cli", "snapshot-main.ts")],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    keepNames: false,
    platform: "node",
    format: "cjs",
    target: "node24",
    // One character beyond Latin-1, as a licence may have, would make the whole text take twice the memory and the time to read it.
    legalComments: "external",
    logLevel: "silent",
    external: ["@kubernetes/client-node"],
  };
}

function fromBuild(built) {
  const script = join(built, "template.cjs");
  return { script, sources: stamps([script]), chart: join(built, "warm-up-chart") };
}

/** The sources are listed first, so that an edit in between is noticed. */
function fromSources(root, work) {
  const esbuild = createRequire(import.meta.url)("esbuild");
  const script = join(work, "template.cjs");
  const options = { ...scriptOptions(root), outfile: script };
  const { metafile } = esbuild.buildSync({ ...options, metafile: true, write: false });
  const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
  const paths = [...own, "node_modules/.slipway-lock", "infra/snapshot.mjs"].map((path) => resolve(root, path));
  const sources = stamps(paths);
  esbuild.buildSync(options);
  return { script, sources, chart: join(root, "infra", "cli", "warm-up-chart") };
}

function stamps(paths) {
  return paths.filter((path) => existsSync(path)).map((path) => [path, statSync(path).mtimeMs, statSync(path).size]);
}
