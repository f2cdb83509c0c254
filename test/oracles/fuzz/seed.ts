import { spawnSync } from "node:child_process";

/** Another seed for every commit, the same one for whoever runs that commit again. */
export function freshSeed(): number {
  const head = spawnSync("git", ["rev-parse", "HEAD"], { cwd: import.meta.dirname, encoding: "utf8" });
  if (head.status !== 0) throw new Error(`no commit to take a seed from: ${head.stderr}`);
  return Number.parseInt(head.stdout.slice(0, 8), 16) >>> 1;
}
