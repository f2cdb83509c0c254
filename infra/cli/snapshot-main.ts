// The program of the start-up snapshot that `infra/snapshot.mjs` makes of `slipway template` and the release commands: modules are loaded and functions are
// compiled when it is made, a start only goes on from there.
import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { startupSnapshot } from "node:v8";
import { runsPlugins } from "./plugin-arguments.ts";
import { templateMain } from "./template-main.ts";
import { releaseMain } from "./release/main.ts";
import { warmUp } from "./snapshot-warm-up.ts";

/** What `infra/snapshot.mjs` writes into the file that it names when the snapshot is made. */
interface Description {
  /** The files that the snapshot was made of, as they were then. */
  readonly sources: readonly (readonly [path: string, modified: number, size: number])[];
  /** Directories of charts that are rendered once before the snapshot is taken. */
  readonly charts: readonly string[];
}

const { sources, charts }: Description = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));

function isFresh(): boolean {
  return sources.every(([path, modified, size]) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && stat.mtimeMs === modified && stat.size === size;
  });
}

/** `undefined` for what is no such command, and what loads code that is not in the snapshot: to fetch a chart, or the client library. */
async function tryCommand(command: string, rest: readonly string[]): Promise<number | undefined> {
  try {
    return command === "template" ? await templateMain(rest) : await releaseMain([command, ...rest]);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING")
      return undefined;
    throw error;
  }
}

/** Rules for conflicts are read by code that is too large for the snapshot. */
function canRelease(argv: readonly string[]): boolean {
  return !argv.some((arg) => arg.startsWith("--conflicts"));
}

/** Started as `node --snapshot-blob FILE bin/slipway template …`. */
async function main(): Promise<void> {
  const [, program = "", , ...rest] = process.argv;
  const command = process.argv[2] ?? "";
  const fresh = isFresh();
  if (fresh && !runsPlugins(rest) && (command === "template" || canRelease(rest))) {
    const code = await tryCommand(command, rest);
    if (code !== undefined) {
      process.exitCode = code;
      return;
    }
  }
  process.exitCode = await runApart(program, fresh ? process.env : { ...process.env, SLIPWAY_SNAPSHOT: "make" });
}

/** Runs the command line in a process of its own. A terminal sends Ctrl-C to both, others to this process alone. */
function runApart(program: string, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: "inherit", env });
  process.on("SIGTERM", (signal) => child.kill(signal));
  process.on("SIGINT", (signal) => {
    if (!process.stdin.isTTY) child.kill(signal);
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

startupSnapshot.setDeserializeMainFunction(() => void main());

/** A command that fails here would be cold in the snapshot: there is none then. */
async function warmUpAll(): Promise<void> {
  for (const chart of charts) {
    const codes = await warmUp(chart);
    if (codes.some((code) => code !== 0)) throw new Error(`warm-up with ${chart}: exit codes ${codes.join(", ")}`);
  }
}

void warmUpAll();
