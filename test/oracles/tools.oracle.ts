import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, required } from "../support/helm.ts";
import { type SlipwayServer, startServer } from "../support/slipway-server.ts";
import { toolCases, writeCase } from "../support/tool-cases.ts";
import { createDeflater } from "../../engine/archive/index.ts";
import { deflateInput } from "../support/deflate-inputs.ts";
import { createRandom } from "./fuzz/random.ts";
import { bothSides, contents, same, settle } from "../support/tool-sides.ts";
import { serveFetch, type TestServer } from "../support/registry-server.ts";
import { writeKeys } from "../support/pgp-keys.ts";

const ANSWERS = new URL("../data/tool-answers.json", import.meta.url);
const shared = new URL("../../../shared/corpus/charts", import.meta.url).pathname;
const helm = required("HELM");
const work = mkdtempSync(join(tmpdir(), "slipway-tools-"));
/** Charts of the corpus, spread over all of its repositories. */
const CHARTS = 48;
/** Random inputs for the deflater. */
const DEFLATED = process.env["SLIPWAY_ORACLES_ALL"] === "1" ? 3000 : 200;

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("odd charts", () => {
  const answers: Record<string, readonly Ended[]> = {};

  it.each(toolCases.map((one) => [one.name, one] as const))("%s", async (name, { files, runs }) => {
    const sides = bothSides(work, `odd-${toolCases.findIndex((one) => one.name === name)}`);
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
function allCharts(): readonly string[] {
  const repositories = readdirSync(shared).sort();
  const rounds = repositories.flatMap((repository) =>
    readdirSync(join(shared, repository))
      .filter((name) => name.endsWith(".tgz"))
      .sort()
      .map((name, round) => ({ round, path: join(shared, repository, name) })),
  );
  return rounds.sort((a, b) => a.round - b.round).map(({ path }) => path);
}

function corpusCharts(): readonly string[] {
  return allCharts().slice(0, CHARTS);
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

/** What `package` is given besides the chart, and what `show` is asked for, in turns. */
const PACKAGE_FLAGS: readonly (readonly string[])[] = [
  ["--app-version", "9"],
  ["--version", "9.9.9-rc.1+b"],
  [],
  ["--version", "v1.2.3", "--app-version", "1.0"],
];
const SHOWN = ["values", "chart", "readme", "crds"] as const;

describe("charts of the corpus", () => {
  const ring = join(work, "corpus-keys");
  const signing = [
    "--sign",
    "--key",
    "Test",
    "--keyring",
    join(ring, "secret.gpg"),
    "--passphrase-file",
    join(ring, "pass"),
  ];

  beforeAll(() => writeKeys(ring));

  it.each(corpusCharts().map((path, index) => [basename(path), path, index] as const))(
    "%s",
    async (name, archive, index) => {
      const sides = bothSides(work, `corpus-${name}`);
      for (const { folder } of sides) execFileSync("tar", ["xzf", archive, "-C", folder]);
      const [chart = ""] = readdirSync(sides[0].folder);
      await same(sides, ["lint", "--with-subcharts", chart]);
      await same(sides, ["lint", "--strict", "--with-subcharts", "--quiet", chart]);
      await same(sides, ["lint", archive]);
      await same(sides, ["show", "all", archive]);
      await same(sides, ["show", SHOWN[index % SHOWN.length] ?? "all", chart]);
      await same(sides, ["dependency", "list", chart]);
      const flags = PACKAGE_FLAGS[index % PACKAGE_FLAGS.length] ?? [];
      await same(sides, ["package", chart, "-d", "out", ...flags, ...signing]);
      const made = sides.map(({ folder }) => readFolder(join(folder, "out")));
      const packages = made.map((files) => files.filter(([file]) => file.endsWith(".tgz")));
      expect(packages[0]?.length).toBe(1);
      if (isOrderly(archive)) expect(packages[1]).toEqual(packages[0]);
      else expect(packages[1]?.map(([, data]) => members(data))).toEqual(packages[0]?.map(([, data]) => members(data)));
      for (const [maker, files] of made.entries()) {
        for (const { folder } of sides) writeFolder(join(folder, `made-${maker}`), files);
        const end = await same(sides, [
          "verify",
          join(`made-${maker}`, files[0]?.[0] ?? ""),
          "--keyring",
          join(ring, "public.gpg"),
        ]);
        expect(end.code).toBe(0);
      }
      await same(sides, ["create", "new", "--starter", join(sides[0].folder, chart)]);
      expect(contents(join(sides[1].folder, "new"))).toEqual(contents(join(sides[0].folder, "new")));
    },
  );
});

/** A folder's files in the order of their names. */
function readFolder(folder: string): readonly (readonly [string, Buffer])[] {
  return readdirSync(folder)
    .sort()
    .map((file) => [file, readFileSync(join(folder, file))] as const);
}

function writeFolder(folder: string, files: readonly (readonly [string, Buffer])[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [file, data] of files) writeFileSync(join(folder, file), data);
}

describe("the deflater", () => {
  /** Go's answers, in order. */
  function deflatedByGo(inputs: readonly Uint8Array[]): readonly Buffer[] {
    const frames = inputs.flatMap((data) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(data.length);
      return [size, data];
    });
    const output = execFileSync(required("DEFLATE"), { input: Buffer.concat(frames), maxBuffer: 2 ** 30 });
    let at = 0;
    return inputs.map(() => {
      const start = at + 4;
      at = start + output.readUInt32BE(at);
      return output.subarray(start, at);
    });
  }

  function deflatedByUs(data: Uint8Array, step: number): Buffer {
    const deflater = createDeflater();
    for (let at = 0; at < data.length; at += step) deflater.write(data.subarray(at, at + step));
    return Buffer.from(deflater.finish());
  }

  it("gives Go's bytes for random inputs in random pieces", () => {
    const seed = 20_260_721;
    const random = createRandom(seed);
    const inputs = Array.from({ length: DEFLATED }, () => deflateInput(random));
    for (const [index, wanted] of deflatedByGo(inputs).entries()) {
      const data = inputs[index] ?? new Uint8Array(0);
      const step = random.pick([1 + random.below(5000), data.length + 1]);
      expect(deflatedByUs(data, step).equals(wanted), `input ${index} of seed ${seed}`).toBe(true);
    }
  });

  it("gives Go's bytes for every chart of the corpus", () => {
    for (const path of allCharts()) {
      const tar = gunzipSync(readFileSync(path));
      expect(deflatedByUs(tar, tar.length).equals(deflatedByGo([tar])[0] ?? tar), path).toBe(true);
    }
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
  const archives = corpusCharts();

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
    await server.dispose();
    await repository.close();
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
    const sides = bothSides(work, "transfer");
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
    const sides = bothSides(work, "dependencies");
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

  /** Whence a chart comes to the one that wants it: what OCI cannot name or no order is sure of comes from the classic repository. */
  function sourceOf(index: number, archive: string): string {
    const [folder = ""] = execFileSync("tar", ["tzf", archive], { encoding: "utf8" }).split("/");
    if (index % 3 === 1 && folder === folder.toLowerCase()) return `oci://${server.host}/charts`;
    return index % 3 === 2 && isOrderly(archive) ? `file://../source/${folder}` : repository.origin;
  }

  it.each(archives.map((path, index) => [basename(path), path, index] as const))(
    "%s is wanted by another chart",
    async (file, archive, index) => {
      const sides = bothSides(work, `wanted-${file}`);
      const { name, version } = known(index);
      const source = sourceOf(index, archive);
      for (const { folder } of sides) {
        const want = `dependencies:\n- {name: ${name}, version: '${version}', repository: '${source}'}\n`;
        writeCase(folder, { "c/Chart.yaml": dependency("c", "0.1.0", want), "c/templates/x.yaml": "a: b\n" });
        mkdirSync(join(folder, "source"));
        execFileSync("tar", ["xzf", archive, "-C", join(folder, "source")]);
        settle(join(folder, "c"));
      }
      const flags = source.startsWith("oci") ? ["--plain-http"] : [];
      if (source.startsWith("oci")) await same(sides, ["push", archive, source, ...flags]);
      await same(sides, ["dependency", "list", "c"]);
      const end = await same(sides, ["dependency", "update", "c", ...flags]);
      expect(end.code).toBe(0);
      await same(sides, ["dependency", "build", "c", "--skip-refresh", ...flags]);
      expect(contents(join(sides[1].folder, "c"))).toEqual(contents(join(sides[0].folder, "c")));
      if (index % 8 > 0 || !isOrderly(archive)) return;
      // Without it the lock in the package holds the time of its making.
      const env = { SOURCE_DATE_EPOCH: "1700000000" };
      await same(sides, ["package", "c", "--dependency-update", "--version", "2.0.0", "-d", "out", ...flags], env);
      expect(readFolder(join(sides[1].folder, "out"))).toEqual(readFolder(join(sides[0].folder, "out")));
    },
  );

  it("helm takes no notice of the digests of dependencies that we wrote, and sha256sum checks them", async () => {
    const sides = bothSides(work, "digests");
    const [theirs, ours] = sides;
    const { name } = known(0);
    const want = `dependencies:\n- {name: ${name}, version: '>0.0.0-0', repository: '${repository.origin}'}\n`;
    for (const { home } of sides) {
      mkdirSync(join(home, ".config/helm"), { recursive: true });
      const config = `repositories: [{name: own, url: '${repository.origin}'}]\n`;
      writeFileSync(join(home, ".config/helm/repositories.yaml"), config);
    }
    writeCase(ours.folder, { "c/Chart.yaml": dependency("c", "0.1.0", want), "c/templates/x.yaml": "a: b\n" });
    expect((await ours.run(["dependency", "update", "c", "--digests"])).code).toBe(0);
    expect(existsSync(join(ours.folder, "c/Chart.lock.sha256"))).toBe(true);
    const checked = execFileSync("sha256sum", ["-c", "Chart.lock.sha256"], { cwd: join(ours.folder, "c") });
    expect(checked.toString()).toMatch(/^charts\/.*\.tgz: OK\n$/);
    cpSync(join(ours.folder, "c"), join(theirs.folder, "c"), { recursive: true });
    for (const { folder } of sides) settle(folder);
    const runs = [
      ["dependency", "list", "c"],
      ["lint", "c"],
      ["show", "chart", "c"],
      ["package", "c", "-d", "out"],
      ["dependency", "build", "c"],
      ["dependency", "update", "c"],
    ];
    for (const argv of runs) expect((await same(sides, argv)).code, argv.join(" ")).toBe(0);
    expect(contents(ours.folder)).toEqual(contents(theirs.folder));
  });

  it("configured repositories are used by their names", async () => {
    const sides = bothSides(work, "configured");
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
    const sides = bothSides(work, "signed");
    const keys = join(work, "signed-keys");
    await writeKeys(keys);
    for (const { folder } of sides) {
      writeCase(folder, { "c/Chart.yaml": dependency("c", "1.0.0", ""), wrong: "no\n" });
      settle(folder);
      cpSync(keys, folder, { recursive: true });
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
    const sides = bothSides(work, "create");
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
