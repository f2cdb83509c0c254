// Makes the start-up snapshot of `slipway template` and the release commands. It lies inside the package of the Node that made it, so that it goes when that goes,
// and it carries the times and sizes of its sources: with other sources it steps aside (infra/cli/snapshot-main.ts).
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const BUILD_MS = 60_000;
/** What `bin/slipway` starts the snapshot with: a Node that does not take a flag makes no snapshot. */
const FLAGS = [
  "--min-semi-space-size=16",
  "--invocation-count-for-maglev=8000",
  "--invocation-count-for-turbofan=60000",
];

/**
 * Makes the snapshot, whole or not at all. Without esbuild (a published package), without a pinned Node or where nothing may be written
 * nothing happens: the sources run as well.
 */
export function makeSnapshot(root) {
  const home = join(root, "node_modules", "node");
  const binary = join(home, "bin", "node");
  if (!existsSync(binary)) return;
  let work;
  try {
    work = mkdtempSync(join(home, ".snapshot-"));
    const esbuild = createRequire(import.meta.url)("esbuild");
    const blob = join(work, "template.blob");
    const made = spawnSync(
      binary,
      [...FLAGS, "--snapshot-blob", blob, "--build-snapshot", bundle(esbuild, root, work)],
      {
        stdio: "ignore",
        timeout: BUILD_MS,
      },
    );
    if (made.status === 0) renameSync(blob, join(home, "template.blob"));
  } catch {
    // Only speed is lost.
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

/** One script of everything that `template` needs. The sources are listed first, so that an edit in between is noticed. */
function bundle(esbuild, root, work) {
  const outfile = join(work, "template.cjs");
  const common = {
    entryPoints: [join(root, "infra", "cli", "snapshot-main.ts")],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    keepNames: false,
    platform: "node",
    format: "cjs",
    target: "node24",
    logLevel: "silent",
    external: ["@kubernetes/client-node"],
  };
  const { metafile } = esbuild.buildSync({ ...common, metafile: true, write: false, outfile });
  const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
  const paths = [...own, "node_modules/.slipway-lock", "infra/snapshot.mjs"].map((path) => resolve(root, path));
  const sources = paths
    .filter((path) => existsSync(path))
    .map((path) => [path, statSync(path).mtimeMs, statSync(path).size]);
  const define = {
    SNAPSHOT_SOURCES: JSON.stringify(sources),
    SNAPSHOT_CHARTS: JSON.stringify([join(root, "infra", "cli", "warm-up-chart")]),
  };
  esbuild.buildSync({ ...common, define, outfile });
  return outfile;
}
