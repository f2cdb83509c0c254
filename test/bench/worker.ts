import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
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
    wrangler(["deploy", "--dry-run", "--minify", "--outdir", join(folder, "out")]);
    const bundle = readdirSync(join(folder, "out")).filter((name) => /\.(js|mjs|wasm)$/.test(name));
    const bytes = Buffer.concat(bundle.map((name) => readFileSync(join(folder, "out", name))));
    report({
      name: "bundle/gzip",
      ours: gzipSync(bytes, { level: 9 }).length / 1024,
      peer: "budget",
      theirs: BUDGET_GZIP_KIB,
      unit: "KiB",
    });
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
