import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Ended, required, runProgram } from "./helm.ts";
import { runTool } from "./run-tool.ts";

/** Every file's time: packages hold it. */
const TIME = new Date("2024-02-03T04:05:06.700Z");

/** One of the two programs, in a folder and a home of its own. */
export interface Side {
  readonly folder: string;
  readonly home: string;
  readonly run: (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
}

/** Helm and ours below `work`, so that neither sees what the other wrote. */
export function bothSides(work: string, name: string): readonly [Side, Side] {
  const helm = required("HELM");
  const make = (program: string): Side => {
    const folder = join(work, name, program, "w");
    const home = join(work, name, program, "home");
    for (const path of [folder, home]) mkdirSync(path, { recursive: true });
    const env = { HOME: home, TZ: "UTC", PATH: process.env["PATH"] ?? "" };
    return {
      folder,
      home,
      run: async (argv, more = {}) => {
        const options = { cwd: folder, env: { ...env, ...more } };
        const end = program === "helm" ? await runProgram(helm, argv, options) : await runTool(argv, options);
        return masked(end, [
          [join(work, name, program), "WORK"],
          [/helm-lint\d+/g, "helm-lint"],
        ]);
      },
    };
  };
  return [make("helm"), make("ours")];
}

function masked(end: Ended, masks: readonly (readonly [string | RegExp, string])[]): Ended {
  const mask = (text: string): string => masks.reduce((now, [what, to]) => now.replaceAll(what, to), text);
  return { code: end.code, stdout: mask(end.stdout), stderr: mask(end.stderr) };
}

/** Sets the times of everything below a folder. */
export function settle(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    utimesSync(join(folder, name), TIME, TIME);
}

/** Every file below a folder by its digest; a lock by its text. */
export function contents(folder: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const data = entry.isFile() ? readFileSync(path) : Buffer.from("a folder");
    out[path.slice(folder.length + 1)] = entry.name.endsWith(".lock")
      ? data.toString().replace(/generated: .*/, "generated: T")
      : createHash("sha256").update(data).digest("hex");
  }
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Runs both, which must say the same, and gives how they ended. */
export async function same(
  sides: readonly [Side, Side],
  argv: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Ended> {
  const [theirs, ours] = await Promise.all([sides[0].run(argv, env), sides[1].run(argv, env)]);
  expect(ours, argv.join(" ")).toEqual(theirs);
  return theirs;
}
