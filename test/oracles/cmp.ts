// node test/oracles/cmp.ts DIR [--seed S]: cases of a corpus folder through `bin/slipway template` as a process of its own, in the folder of
// the case and with its arguments; `cmp` compares what it prints with the record. Ends with `N passed, N failed`.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { readCases, type CorpusCase } from "../support/corpus-case.ts";
import { createRandom } from "./fuzz/random.ts";

const FIXED_SEED = 20_260_721;
const SAMPLE = 50;
const program = join(import.meta.dirname, "..", "..", "bin", "slipway");
const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node test/oracles/cmp.ts DIR [--seed S]");
const directory = resolve(folder);
const seedAt = process.argv.indexOf("--seed");
const seed = seedAt < 0 ? FIXED_SEED : Number(process.argv[seedAt + 1]);

const isFixed = (one: CorpusCase): boolean => !one.nondeterministic && !one.stderr_nondeterministic;
const cases = readCases(directory).filter(isFixed);
const chosen = process.env["SLIPWAY_ORACLES_ALL"] === "1" ? cases : sample(cases);
console.log(`seed ${seed}, ${chosen.length} of ${cases.length} cases`);
const work = mkdtempSync(join(tmpdir(), "slipway-cmp-"));
const waiting = [...chosen];
let passed = 0;
let failed = 0;
try {
  await Promise.all(Array.from({ length: availableParallelism() }, (_, lane) => runLane(String(lane))));
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** So many cases, none twice. */
function sample(from: readonly CorpusCase[]): readonly CorpusCase[] {
  const random = createRandom(seed);
  const left = [...from];
  return Array.from({ length: Math.min(SAMPLE, left.length) }, () => left.splice(random.below(left.length), 1)).flat();
}

async function runLane(lane: string): Promise<void> {
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    const problem = await problemOf(one, lane);
    if (problem === undefined) passed++;
    else {
      failed++;
      console.log(`FAIL ${one.id}: ${problem}`);
    }
  }
}

async function problemOf(wanted: CorpusCase, lane: string): Promise<string | undefined> {
  const file = (name: string): string => join(work, `${lane}-${name}`);
  writeFileSync(file("golden"), wanted.golden === null ? "" : gunzipSync(readFileSync(join(directory, wanted.golden))));
  const code = await render(wanted.args, file("stdout"), file("stderr"));
  const stderr = readFileSync(file("stderr"), "utf8");
  if (code !== wanted.exit) return `exit ${code} instead of ${wanted.exit}: ${stderr.slice(0, 500)}`;
  if (stderr !== wanted.stderr) return `stderr ${JSON.stringify(stderr)} instead of ${JSON.stringify(wanted.stderr)}`;
  const compared = spawnSync("cmp", [file("golden"), file("stdout")], { encoding: "utf8" });
  if (compared.error !== undefined) throw new Error(`cmp could not be started: ${compared.error.message}`);
  return compared.status === 0 ? undefined : `${compared.stdout}${compared.stderr}`.trim();
}

/** Helm's records were made in UTC without any setting of Helm. */
function render(args: readonly string[], stdout: string, stderr: string): Promise<number> {
  const env: NodeJS.ProcessEnv = { PATH: process.env["PATH"], HOME: work, TZ: "UTC" };
  const streams = [openSync(stdout, "w"), openSync(stderr, "w")];
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: directory, env, stdio: ["ignore", ...streams] });
    for (const stream of streams) closeSync(stream);
    child.once("error", fail);
    child.once("close", (code) => done(code ?? 1));
  });
}
