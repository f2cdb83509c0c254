import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runVectors } from "./support/vectors.ts";

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node test/vectors.ts DIR [--filter TEXT] [--verbose]");
  process.exit(2);
}
const directory = resolve(folder);
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const filter = option("--filter") ?? "";
const verbose = process.argv.includes("--verbose");

let passed = 0;
let failed = 0;
for (const result of await runVectors({
  list: () => readdirSync(directory),
  read: (name) => readFileSync(join(directory, name)),
  directory,
})) {
  if (!result.id.includes(filter)) continue;
  if (result.wanted === result.seen) {
    passed++;
    continue;
  }
  failed++;
  console.log(`FAIL ${result.id}`);
  if (verbose) console.log(`  wanted ${JSON.stringify(result.wanted)}\n  seen   ${JSON.stringify(result.seen)}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
