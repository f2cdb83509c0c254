import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { required, runProgram } from "../support/helm.ts";
import {
  openNode,
  openNodeWithTokens,
  openS3,
  openWorker,
  openWorkerWithTokens,
  type Place,
} from "./conformance/places.ts";
import { PROJECT, TOKEN } from "./conformance/project.ts";
import { readTotals, type Totals } from "./conformance/totals.ts";

/** Kept after the run, with what the program wrote: one folder a run, and the table of totals. */
const results = join(import.meta.dirname, "..", "..", ".cache", "results", "conformance");

/** What the program leaves out by its own configuration: features of the dev version, which it does not ask a 1.1 registry for. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  "1.1": [
    "Blob upload cancel: Disabled",
    "Manifest put with tag params: Disabled",
    "Tag Param: Disabled",
    "Tag Param sha512: Disabled",
  ],
  dev: [],
};
/** Fewer checks than this, and the program did not run through. */
const LEAST = 900;
/** All runs share the machine, and the first of a place waits for its start. */
const LONGEST_MS = 180_000;

const table: string[] = [];
const row = ([place = "", login = "", ...others]: readonly string[]): string =>
  place.padEnd(17) + login.padEnd(8) + others.map((text) => text.padStart(9)).join("");

type Login = "none" | "bearer";
const logins: readonly Login[] = ["none", "bearer"];
/** Opened by the first run that needs it; closed after all. */
const opened = new Map<string, Promise<Place>>();
let s3: Awaited<ReturnType<typeof openS3>>;
const places = {
  "node-filesystem": { none: async () => await openNode(), bearer: async () => await openNodeWithTokens() },
  "node-s3": { none: async () => await openNode(s3.storage), bearer: async () => await openNodeWithTokens(s3.storage) },
  "workerd-r2": { none: openWorker, bearer: openWorkerWithTokens },
} as const satisfies Record<string, Readonly<Record<Login, () => Promise<Place>>>>;
type PlaceName = keyof typeof places;
const names: readonly PlaceName[] = ["workerd-r2", "node-s3", "node-filesystem"];

function placeFor(name: PlaceName, login: Login): Promise<Place> {
  const key = `${name} ${login}`;
  const place = opened.get(key) ?? places[name][login]();
  opened.set(key, place);
  return place;
}

beforeAll(async () => {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  s3 = await openS3();
});
afterAll(async () => {
  for (const place of await Promise.allSettled(opened.values())) {
    if (place.status === "fulfilled") await place.value.close();
  }
  s3.close();
  const head = row(["place", "login", "version", "pass", "fail", "error", "skip", "disabled"]);
  const text = [head, ...table.toSorted()].join("\n");
  writeFileSync(join(results, "totals.txt"), `${text}\n`);
  console.log(text);
});

const runs = names.flatMap((name) =>
  logins.flatMap((login) => ["1.1", "dev"].map((version) => [name, login, version] as const)),
);

describe("the conformance program", () => {
  it.concurrent.each(runs)(
    "fails nothing and skips nothing: %s, login %s, version %s",
    async (name, login, version) => {
      const place = await placeFor(name, login);
      const { code, totals } = await check(place, { run: `${name}-${login}-${version}`, version, login });
      const { pass, fail, error, skip, disabled } = totals;
      table.push(row([name, login, version, ...[pass, fail, error, skip, disabled].map(String)]));
      expect({ code, fail, error, skip, others: totals.others }).toEqual({
        code: 0,
        fail: 0,
        error: 0,
        skip: 0,
        others: LEFT_OUT[version],
      });
      expect(pass).toBeGreaterThan(LEAST);
      expect(place.defects()).toBe("");
    },
    LONGEST_MS,
  );
});

interface Run {
  readonly run: string;
  readonly version: string;
  readonly login: Login;
}

async function check(
  { host }: Place,
  { run, version, login }: Run,
): Promise<{ readonly code: number; readonly totals: Totals }> {
  const folder = join(results, run);
  mkdirSync(folder, { recursive: true });
  const end = await runProgram(required("CONFORMANCE"), [], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      OCI_REGISTRY: host,
      OCI_TLS: "disabled",
      OCI_VERSION: version,
      OCI_DATA_SPARSE: "true",
      OCI_REPO1: `${PROJECT}/${run}/one`,
      OCI_REPO2: `${PROJECT}/${run}/two`,
      OCI_RESULTS_DIR: folder,
      ...(login === "none" ? {} : { OCI_USERNAME: "conformance", OCI_PASSWORD: TOKEN }),
    },
  });
  writeFileSync(join(folder, "output.txt"), end.stdout + end.stderr);
  return { code: end.code, totals: readTotals(end.stdout, readFileSync(join(folder, "results.yaml"), "utf8")) };
}
