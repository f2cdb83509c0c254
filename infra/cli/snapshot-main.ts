// The program of the start-up snapshot that `infra/snapshot.mjs` makes of `slipway template`: modules are loaded and functions are
// compiled when it is made, a start only goes on from there.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { startupSnapshot } from "node:v8";
import { answerPending } from "../compose/pending.ts";
import { nodeFiles } from "./node-files.ts";
import { templateMain } from "./template-main.ts";
import { templateCommand } from "./template.ts";

/** The files that the snapshot was made of, as they were then; `infra/snapshot.mjs` puts them in. */
declare const SNAPSHOT_SOURCES: readonly (readonly [path: string, modified: number, size: number])[];
/** Directories of charts that are rendered once before the snapshot is taken. */
declare const SNAPSHOT_CHARTS: readonly string[];

function isFresh(): boolean {
  return SNAPSHOT_SOURCES.every(([path, modified, size]) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && stat.mtimeMs === modified && stat.size === size;
  });
}

/** Started as `node --snapshot-blob FILE bin/slipway template …`. */
async function main(): Promise<void> {
  const [, program = "", , ...rest] = process.argv;
  if (isFresh()) {
    process.exitCode = await templateMain(rest);
    return;
  }
  const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, SLIPWAY_SNAPSHOT: "make" },
  });
  process.exitCode = status ?? 1;
}

startupSnapshot.setDeserializeMainFunction(() => void main());

async function warmUp(): Promise<void> {
  for (const chart of SNAPSHOT_CHARTS) {
    await templateCommand(["warm-up", chart], {
      files: nodeFiles("/"),
      stdout: () => {},
      stderr: () => {},
      now: 0,
      seed: new Uint8Array(32),
      resolve: answerPending,
    });
  }
}

void warmUp();
