import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, required, runProgram } from "../support/helm.ts";
import { runTool } from "../support/run-tool.ts";
import { type SlipwayServer, startServer } from "../support/slipway-server.ts";
import { toolCases, writeCase } from "../support/tool-cases.ts";
import { serveFetch, type TestServer } from "../support/registry-server.ts";

const ANSWERS = new URL("../data/tool-answers.json", import.meta.url);
const shared = new URL("../../../shared/corpus/charts", import.meta.url).pathname;
const helm = required("HELM");
const work = mkdtempSync(join(tmpdir(), "slipway-tools-"));
/** Every file's time: packages hold it. */
const TIME = new Date("2024-02-03T04:05:06.700Z");
/** Charts of the corpus, spread over all of its repositories. */
const CHARTS = 48;

afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Side {
  readonly folder: string;
  readonly home: string;
  readonly run: (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
}

/** A folder and a home for each program, so that neither sees what the other wrote. */
function bothSides(name: string): readonly [Side, Side] {
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
function settle(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    utimesSync(join(folder, name), TIME, TIME);
}

/** Every file below a folder by its digest. */
function contents(folder: string): Readonly<Record<string, string>> {
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

async function same(
  sides: readonly [Side, Side],
  argv: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Ended> {
  const [theirs, ours] = [await sides[0].run(argv, env), await sides[1].run(argv, env)];
  expect(ours, argv.join(" ")).toEqual(theirs);
  return theirs;
}

describe("odd charts", () => {
  const answers: Record<string, readonly Ended[]> = {};

  it.each(toolCases.map((one) => [one.name, one] as const))("%s", async (name, { files, runs }) => {
    const sides = bothSides(`odd-${toolCases.findIndex((one) => one.name === name)}`);
    for (const { folder } of sides) {
      writeCase(folder, files);
      settle(folder);
    }
    const ends: Ended[] = [];
    for (const argv of runs) ends.push(await same(sides, argv));
    expect(contents(sides[1].folder)).toEqual(contents(sides[0].folder));
    answers[name] = ends;
  });

  afterAll(() => {
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(ANSWERS, `${JSON.stringify(answers, null, 1)}\n`);
  });
});

/** One chart of each repository first, then more, always the same ones. */
function corpusCharts(): readonly string[] {
  const repositories = readdirSync(shared).sort();
  const rounds = repositories.flatMap((repository) =>
    readdirSync(join(shared, repository))
      .filter((name) => name.endsWith(".tgz"))
      .sort()
      .map((name, round) => ({ round, path: join(shared, repository, name) })),
  );
  return rounds
    .sort((a, b) => a.round - b.round)
    .map(({ path }) => path)
    .slice(0, CHARTS);
}

/** Sub-charts stand in a random order in Helm's archives where there are two of one chart: those are compared file by file. */
function isOrderly(archive: string): boolean {
  const names = new Map<string, Set<string>>();
  for (const name of execFileSync("tar", ["tzf", archive], { encoding: "utf8" }).split("\n")) {
    for (const [, parent = "", child = ""] of name.matchAll(/(?=^(.*?)charts\/([^/]+)\/)/g)) {
      names.set(parent, (names.get(parent) ?? new Set()).add(child));
    }
    const parts = name.split("/charts/");
    for (let i = 1; i < parts.length; i++) {
      const parent = parts.slice(0, i).join("/charts/");
      names.set(parent, (names.get(parent) ?? new Set()).add(parts[i]?.split("/")[0] ?? ""));
    }
  }
  return [...names.values()].every((children) => children.size < 2);
}

describe("charts of the corpus", () => {
  it.each(corpusCharts().map((path) => [basename(path), path] as const))("%s", async (name, archive) => {
    const sides = bothSides(`corpus-${name}`);
    for (const { folder } of sides) execFileSync("tar", ["xzf", archive, "-C", folder]);
    const [chart = ""] = readdirSync(sides[0].folder);
    await same(sides, ["lint", "--with-subcharts", chart]);
    await same(sides, ["lint", "--strict", "--quiet", chart]);
    await same(sides, ["lint", archive]);
    await same(sides, ["show", "all", archive]);
    await same(sides, ["show", "values", chart]);
    await same(sides, ["dependency", "list", chart]);
    await same(sides, ["package", chart, "-d", "out", "--app-version", "9"]);
    const packages = sides.map(({ folder }) =>
      readdirSync(join(folder, "out")).map((file) => readFileSync(join(folder, "out", file))),
    );
    if (isOrderly(archive)) expect(packages[1]).toEqual(packages[0]);
    else expect(packages[1]?.map(members)).toEqual(packages[0]?.map(members));
  });
});

/** The members of a package in order of name, contents and all. */
function members(archive: Buffer): readonly string[] {
  const tar = gunzipSync(archive);
  const out: string[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = Number.parseInt(tar.subarray(at + 124, at + 135).toString(), 8);
    const end = at + 512 + Math.ceil(size / 512) * 512;
    out.push(createHash("sha256").update(tar.subarray(at, end)).digest("hex"));
    at = end;
  }
  return out.sort();
}

const dependency = (name: string, version: string, more: string): string =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}`;

describe("what comes over a network", () => {
  let server: SlipwayServer;
  let repository: TestServer;
  const archives = corpusCharts().slice(0, 3);

  beforeAll(async () => {
    server = await startServer();
    const folder = join(work, "repository");
    mkdirSync(folder);
    for (const archive of archives) cpSync(archive, join(folder, basename(archive)));
    execFileSync(helm, ["repo", "index", folder]);
    repository = await serveFetch((request) => {
      const path = join(folder, new URL(request.url).pathname);
      return Promise.resolve(
        existsSync(path) && path !== `${folder}/`
          ? new Response(readFileSync(path))
          : new Response("", { status: 404 }),
      );
    });
  }, 120_000);

  afterAll(async () => {
    await repository.close();
    await server.dispose();
  });

  /** Name and version of a chart, as its file name has them. */
  function known(index: number): { readonly name: string; readonly version: string; readonly file: string } {
    const file = basename(archives[index] ?? "");
    const [, name = "", version = ""] = /^(.*?)-(v?\d+\.\d.*)\.tgz$/.exec(file) ?? [];
    return { name, version, file };
  }

  function charts(): Readonly<Record<string, string>> {
    const [one, two] = [known(0), known(1)];
    const url = repository.origin;
    const oci = `oci://${server.host}/charts`;
    const wanting = (...lines: readonly string[]): string =>
      dependency("c", "0.1.0", `dependencies:\n${lines.join("\n")}\n`);
    return {
      "dep1/Chart.yaml": dependency("dep1", "1.2.3", ""),
      "dep2/Chart.yaml": dependency("dep2", "2.0.0", ""),
      "files/Chart.yaml": wanting(
        "- {name: dep1, version: '>=1.0.0 <2', repository: 'file://../dep1'}",
        "- {name: dep2, version: '^2', repository: 'file://../dep2', condition: other.enabled, tags: [a], import-values: [x, {child: a, parent: b}], alias: other}",
      ),
      "http/Chart.yaml": wanting(`- {name: ${one.name}, version: '>0.0.0-0', repository: '${url}'}`),
      "https/Chart.yaml": wanting(`- {name: ${one.name}, version: '>0.0.0-0', repository: '${url}/nowhere'}`),
      "two/Chart.yaml": wanting(
        `- {name: ${one.name}, version: '>0.0.0-0', repository: '${url}'}`,
        `- {name: ${one.name}, version: '>0.0.0-0', repository: '${url}', alias: second}`,
      ),
      "oci/Chart.yaml": wanting(`- {name: ${two.name}, version: '${two.version}', repository: '${oci}'}`),
      "range/Chart.yaml": wanting(`- {name: ${two.name}, version: '>0.0.0-0', repository: '${oci}'}`),
      "none/Chart.yaml": wanting(`- {name: ${one.name}, version: '99999.x', repository: '${url}'}`),
      "named/Chart.yaml": wanting(
        "- {name: x, version: 1.x, repository: '@foo'}",
        "- {name: y, version: 1.x, repository: stable}",
      ),
      "missing/Chart.yaml": wanting("- {name: dep9, version: 1.x, repository: 'file://../dep9'}"),
      "local/Chart.yaml": wanting("- {name: sub, version: 1.x}"),
      "local/charts/sub/Chart.yaml": dependency("sub", "1.5.0", ""),
      "unfit/Chart.yaml": wanting("- {name: sub, version: 2.x}"),
      "unfit/charts/sub/Chart.yaml": dependency("sub", "1.5.0", ""),
      "stale/Chart.yaml": wanting("- {name: dep1, version: '*', repository: 'file://../dep1'}"),
      "stale/charts/junk.txt": "junk",
    };
  }

  it("charts are pushed and pulled with the same words and bytes", async () => {
    const sides = bothSides("transfer");
    const { name, version, file } = known(0);
    const second = known(1);
    const oci = `oci://${server.host}/charts`;
    for (const { folder } of sides) {
      cpSync(archives[0] ?? "", join(folder, file));
      cpSync(archives[1] ?? "", join(folder, second.file));
      settle(folder);
      mkdirSync(join(folder, "d"));
    }
    const flags = ["--plain-http"];
    const into = ["-d", "d"];
    const runs: readonly (readonly string[])[] = [
      ["push", file, oci, ...flags],
      ["push", second.file, oci, ...flags],
      ["push", file, `oci://${server.host}/nowhere`, ...flags],
      ["push", file, "oci://127.0.0.1:1/x", ...flags],
      ["push", "nope.tgz", oci],
      ["push", "d", oci],
      ["push", file, repository.origin],
      ["pull", `${oci}/${name}`, "--version", version, ...into, ...flags],
      ["pull", `${oci}/${name}`, "--version", "9.9.9", ...flags],
      ["pull", `${oci}/${name}`, "--version", ">9999", ...flags],
      ["pull", `${oci}/none`, ...flags],
      ["pull", `${oci}/none`, "--version", "1.0.0", ...flags],
      ["pull", `${oci}/${name}:${version}`, "--version", "1.2.3", ...flags],
      ["pull", `${oci}/${name}`, "--version", version, "--verify", ...into, ...flags],
      ["pull", `${oci}/${name}`, "--version", version, "--prov", ...into, ...flags],
      ["pull", "oci://127.0.0.1:1/x/y", ...flags],
      ["pull", `${repository.origin}/${file}`, ...into],
      ["pull", `${repository.origin}/nope.tgz`],
      ["pull", name, "--repo", repository.origin, "--devel", ...into],
      ["pull", name, "--repo", repository.origin, "--version", "99999.0.0"],
      ["pull", "none", "--repo", repository.origin],
      ["pull", name, "--repo", `${repository.origin}/none`],
      ["pull", name, "--repo", "http://127.0.0.1:1"],
      ["pull", name, "--repo", "ftp://127.0.0.1"],
      ["pull", name, "--repo", repository.origin, "--devel", "--untar", ...into],
      ["pull", name, "--repo", repository.origin, "--devel", "--untar", ...into],
      ["show", "chart", `${oci}/${name}`, "--version", version, ...flags],
      ["show", "values", name, "--repo", repository.origin, "--devel"],
    ];
    for (const argv of runs) await same(sides, argv);
    expect(contents(sides[1].folder)).toEqual(contents(sides[0].folder));
  });

  it("dependencies are listed, updated and built with the same words, locks and bytes", async () => {
    const sides = bothSides("dependencies");
    for (const { folder } of sides) {
      writeCase(folder, charts());
      settle(folder);
    }
    const names = ["files", "http", "https", "two", "none", "named", "missing", "local", "unfit", "stale", "dep1"];
    for (const name of names) {
      await same(sides, ["dependency", "list", name]);
      await same(sides, ["dependency", "update", name]);
      await same(sides, ["dependency", "list", name]);
      await same(sides, ["dependency", "build", name, "--skip-refresh"]);
    }
    for (const name of ["oci", "range"]) {
      await same(sides, ["dependency", "update", name, "--plain-http"]);
      await same(sides, ["dependency", "build", name, "--plain-http"]);
    }
    await same(sides, ["package", "stale", "-u"], { SOURCE_DATE_EPOCH: "1700000000" });
    await same(sides, ["package", "stale"], { SOURCE_DATE_EPOCH: "x" });
    expect(contents(sides[1].folder)).toEqual(contents(sides[0].folder));
  });

  it("configured repositories are used by their names", async () => {
    const sides = bothSides("configured");
    const { name } = known(0);
    for (const { folder, home } of sides) {
      writeCase(folder, {
        "c/Chart.yaml": dependency(
          "c",
          "0.1.0",
          `dependencies:\n- {name: ${name}, version: '>0.0.0-0', repository: '@own'}\n`,
        ),
      });
      mkdirSync(join(home, ".config/helm"), { recursive: true });
      writeFileSync(
        join(home, ".config/helm/repositories.yaml"),
        `repositories: [{name: own, url: '${repository.origin}'}]\n`,
      );
    }
    await same(sides, ["dependency", "update", "c", "--skip-refresh"]);
    await same(sides, ["dependency", "update", "c"]);
    await same(sides, ["dependency", "build", "c"]);
    await same(sides, ["pull", `own/${name}`, "--devel"]);
    await same(sides, ["pull", "own/none"]);
    await same(sides, ["show", "chart", `own/${name}`, "--devel"]);
    expect(contents(sides[1].folder)).toEqual(contents(sides[0].folder));
  });
});

describe("what is signed", () => {
  it("by one program is verified by the other", async () => {
    const sides = bothSides("signed");
    const openpgp = await import("openpgp");
    const { privateKey, publicKey } = await openpgp.generateKey({
      type: "rsa",
      rsaBits: 2048,
      userIDs: [{ name: "Test Key", email: "test@example.com" }],
      passphrase: "secret",
      format: "object",
    });
    for (const { folder } of sides) {
      writeCase(folder, { "c/Chart.yaml": dependency("c", "1.0.0", ""), pass: "secret\n", wrong: "no\n" });
      settle(folder);
      writeFileSync(join(folder, "secret.gpg"), privateKey.write());
      writeFileSync(join(folder, "public.gpg"), publicKey.write());
      writeFileSync(join(folder, "public.asc"), publicKey.armor());
    }
    const sign = ["package", "c", "--sign", "--keyring", "secret.gpg", "--passphrase-file"];
    await same(sides, [...sign, "wrong", "--key", "Test"]);
    await same(sides, [...sign, "nope", "--key", "Test"]);
    await same(sides, [...sign, "pass", "--key", "Nobody"]);
    await same(sides, [...sign, "pass", "--key", "Test"]);
    const [theirs, ours] = sides.map(({ folder }) => readFileSync(join(folder, "c-1.0.0.tgz.prov"), "utf8"));
    const body = (text = ""): string => text.slice(0, text.indexOf("-----BEGIN PGP SIGNATURE"));
    expect(body(ours)).toBe(body(theirs));
    for (const [index, text] of [ours, theirs].entries()) {
      writeFileSync(join(sides[index]?.folder ?? "", "c-1.0.0.tgz.prov"), text ?? "");
    }
    for (const ring of ["public.gpg", "public.asc", "secret.gpg", "pass", "nope"]) {
      await same(sides, ["verify", "c-1.0.0.tgz", "--keyring", ring]);
    }
    for (const { folder } of sides) {
      const path = join(folder, "c-1.0.0.tgz.prov");
      writeFileSync(path, readFileSync(path, "utf8").replace("version: 1.0.0", "version: 1.0.1"));
    }
    await same(sides, ["verify", "c-1.0.0.tgz", "--keyring", "public.gpg"]);
  });
});

describe("create", () => {
  it("writes the same files", async () => {
    const sides = bothSides("create");
    for (const { folder } of sides)
      writeCase(folder, {
        "starter/Chart.yaml": dependency("starter", "1.0.0", ""),
        "starter/values.yaml": "a: <CHARTNAME>\n",
        "starter/templates/x.yaml": "{{ <CHARTNAME> }}\n",
      });
    for (const { folder } of sides) settle(folder);
    await same(sides, ["create", "web"]);
    await same(sides, ["create", "web"]);
    await same(sides, ["create", "none/such"]);
    await same(sides, ["create", "other", "--starter", join(sides[0].folder, "starter")]);
    await same(sides, ["create", "third", "--chart-api-version", "v3"], { HELM_EXPERIMENTAL_CHART_V3: "1" });
    await same(sides, ["lint", "web", "other"]);
    expect(contents(sides[1].folder)).toEqual(contents(sides[0].folder));
  });
});
