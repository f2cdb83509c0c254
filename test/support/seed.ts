import { spawnSync } from "node:child_process";

/** Of a tree that is no checkout. */
const FIXED_SEED = 20_260_721;

/** Another seed for every commit, the same one for whoever runs that commit again; `SLIPWAY_SEED` chooses one. */
export function freshSeed(): number {
  const chosen = process.env["SLIPWAY_SEED"];
  if (chosen !== undefined) return Number(chosen);
  const head = spawnSync("git", ["rev-parse", "HEAD"], { cwd: import.meta.dirname, encoding: "utf8" });
  return head.status === 0 ? Number.parseInt(head.stdout.slice(0, 8), 16) >>> 1 : FIXED_SEED;
}
