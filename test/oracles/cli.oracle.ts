import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, kubectl, required, runProgram } from "../support/helm.ts";
import { releaseCases, releaseCharts, type ReleaseRun } from "../support/release-cases.ts";
import { runRelease } from "../support/run-release.ts";
import { writeCase } from "../support/tool-cases.ts";
import { histories, leaveHistory } from "./histories.ts";
import { inLanes } from "./lanes.ts";

const helm = required("HELM");
const root = new URL("../..", import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), "slipway-cli-"));
const unique = Date.now().toString(36);
/** Every chart file's time: records hold it. */
const TIME = new Date("2024-02-03T04:05:06Z");

beforeAll(() => {
  writeCase(work, releaseCharts);
  for (const name of readdirSync(work, { recursive: true, encoding: "utf8" })) utimesSync(join(work, name), TIME, TIME);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const SECOND = 1000;
/** No command here takes longer; one that does is told by its words. */
const LIMIT = 45 * SECOND;
/** Releases that one side works on at a time. */
const LANES = 3;

type Program = "helm" | "ours" | "process";

/** One program in a namespace of its own. */
interface Side {
  readonly namespace: string;
  readonly run: (run: ReleaseRun) => Promise<Ended>;
  /** Runs a command and sends it a signal once its Deployment is there. */
  readonly interrupt: (argv: readonly string[], signal: NodeJS.Signals) => Promise<Ended>;
}

async function side(program: Program, index: string): Promise<Side> {
  const namespace = `cli-${unique}-${index}-${program.slice(0, 1)}`;
  const home = join(work, ".homes", namespace);
  mkdirSync(home, { recursive: true });
  await kubectl("create", "namespace", namespace);
  const env = { HOME: home, TZ: "UTC", HELM_NAMESPACE: namespace, KUBECONFIG: required("KUBECONFIG") };
  return {
    namespace,
    interrupt: async (argv, signal) => {
      let child: ChildProcess | undefined;
      const options = { cwd: work, env, onStart: (started: ChildProcess) => (child = started) };
      const end = start(program, argv, options);
      while ((await kubectl("-n", namespace, "get", "deploy", "-o", "name")) === "") await wait(100);
      await wait(SECOND);
      child?.kill(signal);
      return masked(await limited(end, { what: argv.join(" "), namespace }), namespace);
    },
    run: async ({ argv, env: more = {}, before, plus = [], later = false }) => {
      if (later) await wait(SECOND);
      if (before !== undefined) await kubectl("-n", namespace, ...before);
      const options = { cwd: work, env: { ...env, ...more } };
      const line = program === "helm" ? argv : [...argv, ...plus];
      return masked(
        await limited(start(program, line, options), { what: [program, ...line].join(" "), namespace }),
        namespace,
      );
    },
  };
}

/** The end of a command; one that is not over in time fails with what stands in its namespace. */
async function limited(end: Promise<Ended>, of: { readonly what: string; readonly namespace: string }): Promise<Ended> {
  const over = new AbortController();
  const late = wait(LIMIT, undefined, over).then(async () => {
    const pods = await kubectl("-n", of.namespace, "get", "pods,jobs,deployments,events", "-o", "wide");
    throw new Error(`${of.what} is not over after ${LIMIT / SECOND} s; there are:\n${pods}`);
  });
  return await Promise.race([end, late]).finally(() => over.abort());
}

function start(
  program: Program,
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly onStart?: (child: ChildProcess) => void;
  },
): Promise<Ended> {
  if (program === "ours") return runRelease(argv, options);
  const env = { PATH: process.env["PATH"] ?? "", ...options.env };
  if (program === "helm") return runProgram(helm, argv, { ...options, env });
  return runProgram(join(root, "bin", "slipway"), argv, { ...options, env });
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  // client-go at times logs that a watch which helm itself ended was being read.
  [/^[IWE]\d{4} \S+ +\d+ \w+\.go:\d+\] .*context canceled.*\n/gm, ""],
  [/\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\b/g, "TIME"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \+0000 UTC *(?=\t|"|$)/gm, "TIME"],
  [/\bUPDATED *\t/g, "UPDATED\t"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "TIME"],
  [/\b20\d\d *(?=\t)/g, "YEAR"],
  [/"?(uid|resourceVersion|createdAt|modifiedAt)"?(: ?|=)"?[-0-9a-f]+"?/g, "$1"],
  [/(?<= )(?:\d+[ms])+(?= |$)/gm, "AGE"],
  [/ +/g, " "],
  [/-[0-9a-f]{8,10}-[a-z0-9]{5}\b/g, "-POD"],
  [/dial tcp (?:127\.0\.0\.1|\[::1\])/g, "dial tcp LOOPBACK"],
  [/(?<=Version: |generation ?: )\d+/g, "N"],
];

function masked(end: Ended, namespace: string): Ended {
  const mask = (text: string): string =>
    MASKS.reduce((now, [what, to]) => now.replace(what, to), text.replaceAll(namespace, "NS"));
  return { code: end.code, stdout: sortedResources(mask(end.stdout)), stderr: mask(end.stderr) };
}

/** helm prints kinds in the random order of a map. */
function sortedResources(text: string): string {
  const found = /RESOURCES:\n([\s\S]*?)\n\n\n?(?=TEST SUITE|NOTES|$)/.exec(text);
  if (found?.[1] === undefined) return text;
  const kinds = found[1].split(/(?=^==> )/m).map((kind) => kind.trimEnd());
  return text.replace(found[1], kinds.sort().join("\n\n"));
}

function runOf(run: readonly string[] | ReleaseRun): ReleaseRun {
  return "argv" in run ? run : { argv: run };
}

describe.each(releaseCases)("$name", ({ runs }) => {
  it("is told by both in the same words", async () => {
    const index = String(releaseCases.findIndex((one) => one.runs === runs));
    const [theirs, ours] = await Promise.all([side("helm", index), side("ours", index)]);
    const differences: unknown[] = [];
    for (const run of runs.map(runOf)) {
      const [expected, given] = await Promise.all([theirs.run(run), ours.run(run)]);
      if (JSON.stringify(given) !== JSON.stringify(expected))
        differences.push({ argv: run.argv.join(" "), expected, given });
    }
    expect(differences).toEqual([]);
  });
});

describe("upgrade --install", () => {
  it("goes by every history as helm does, under its policy", async () => {
    const sides = await Promise.all(
      (["helm", "ours"] as const).map(async (program) => {
        const { namespace, run } = await side(program, "h");
        await run({ argv: ["install", "a", "plain"] });
        const told: unknown[] = [];
        await inLanes([...histories.entries()], LANES, async ([index, history]) => {
          const name = `r${index}`;
          await leaveHistory(history, { namespace, from: "a", name, file: join(work, `${namespace}-${index}.json`) });
          const plus = ["--conflicts", "helm"];
          const end = await run({ argv: ["upgrade", "--install", name, "plain", "--set", "text=b"], plus });
          const asked = ["-l", `name=${name}`, "-L", "status,version", "--no-headers"];
          const left = await kubectl("-n", namespace, "get", "secrets", ...asked);
          told[index] = { history, end, left: left.replaceAll(/ +/g, " ").replaceAll(/ \d+m?s /g, " ") };
        });
        return told;
      }),
    );
    expect(sides[1]).toEqual(sides[0]);
  });
});

describe.each([
  { argv: ["install", "a", "waits", "--wait"], signal: "SIGINT" },
  { argv: ["install", "a", "waits", "--wait", "--rollback-on-failure"], signal: "SIGTERM" },
  { argv: ["upgrade", "a", "waits", "--install", "--wait"], signal: "SIGTERM" },
  { before: ["install", "a", "plain"], argv: ["upgrade", "a", "waits", "--wait"], signal: "SIGINT" },
  {
    before: ["install", "a", "plain"],
    argv: ["upgrade", "a", "waits", "--wait", "--rollback-on-failure"],
    signal: "SIGINT",
  },
] as const)("$signal while $argv waits", ({ before, argv, signal }) => {
  it("ends both commands in the same way, with nothing left pending", async () => {
    const index = `s${argv.join("").length}${signal.length}${before === undefined ? "" : "b"}`;
    const ends = await Promise.all(
      (["helm", "process"] as const).map(async (program) => {
        const { namespace, run, interrupt } = await side(program, index);
        if (before !== undefined) await run({ argv: before });
        const end = await interrupt(argv, signal);
        const history = await run({ argv: ["history", "a", "-o", "json"] });
        return { end, history, left: (await kubectl("-n", namespace, "get", "deploy", "-o", "name")).trim() };
      }),
    );
    expect(ends[1]).toEqual(ends[0]);
  });
});

describe("bin/slipway", () => {
  it("says as a process what helm says", async () => {
    const [theirs, ours] = await Promise.all([side("helm", "p"), side("process", "p")]);
    const lines = [
      ["install", "a", "plain", "--set", "text=x"],
      ["list"],
      ["status", "a", "-o", "json"],
      ["upgrade", "a", "plain", "--reuse-values"],
      ["get", "values", "a"],
      ["template", "a", "plain"],
      ["uninstall", "a"],
      ["status", "a"],
    ];
    for (const argv of lines)
      expect({ argv, end: await ours.run({ argv }) }).toEqual({ argv, end: await theirs.run({ argv }) });
  });
});
