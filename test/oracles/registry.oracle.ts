import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeTar } from "../../engine/archive/index.ts";
import type { EgressPolicy } from "../../engine/oci/egress.ts";
import { createFilesystemStore } from "../../infra/node/filesystem-store.ts";
import { OPEN_ACCESS, type RegistryAccess } from "../../registry/http/access.ts";
import type { Project } from "../../registry/projects/project.ts";
import { createRegistry, type Registry } from "../../registry/registry.ts";
import { DEFAULT_FRESHNESS } from "../../registry/upstream/upstream.ts";
import { chartToOci } from "../../registry/projects/chart-to-oci.ts";
import { createFetchEgress } from "../support/fetch-egress.ts";
import { type Ended, runProgram } from "../support/helm.ts";
import { freePort } from "../support/program.ts";
import { random, serveFetch, serveRegistry, type TestServer } from "../support/registry-server.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-registry-"));
const folder = (name: string): string => {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
};
const env = { PATH: process.env["PATH"], HOME: folder("home"), TZ: "UTC" };
const program = (name: string): string => process.env[name] ?? name.toLowerCase();

/** Runs a client; a failure shows what it printed. */
async function client(name: "HELM" | "ORAS" | "CRANE", ...args: readonly string[]): Promise<string> {
  const end = await tried(name, ...args);
  if (end.code !== 0) throw new Error(`${name} ${args.join(" ")} ended with ${end.code}:\n${end.stderr}${end.stdout}`);
  return end.stdout + end.stderr;
}

const tried = async (name: string, ...args: readonly string[]): Promise<Ended> =>
  await runProgram(program(name), args, { env, cwd: root });

const clock = {
  offset: 0,
  now: () => Date.now() + clock.offset,
  sleep: async (milliseconds: number): Promise<void> => await delay(milliseconds),
};
const policy = (host: string): EgressPolicy => ({ name: "test", hosts: [host], elsewhere: "listed", plainHttp: true });

interface Running {
  readonly registry: Registry;
  readonly server: TestServer;
  readonly defects: unknown[];
}

async function start(
  name: string,
  projects: readonly Project[],
  options: { readonly access?: RegistryAccess; readonly port?: number } = {},
): Promise<Running> {
  const defects: unknown[] = [];
  const registry = createRegistry({
    store: createFilesystemStore(folder(name)),
    projects,
    access: options.access ?? OPEN_ACCESS,
    egress: createFetchEgress(),
    clock,
    random,
    report: (error) => void defects.push(error),
  });
  return { registry, server: await serveRegistry(registry, options.port), defects };
}

/** Packages a chart with the real helm; gives the archive's path. */
async function packageChart(name: string, version: string): Promise<string> {
  const source = folder(`source/${name}-${version}/${name}`);
  mkdirSync(join(source, "templates"), { recursive: true });
  writeFileSync(
    join(source, "Chart.yaml"),
    `apiVersion: v2\nname: ${name}\nversion: ${version}\ndescription: a <test>\n`,
  );
  writeFileSync(join(source, "values.yaml"), `version: ${version}\n`);
  writeFileSync(join(source, "templates/a.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  await client("HELM", "package", source, "-d", folder("packages"));
  return join(root, "packages", `${name}-${version}.tgz`);
}

const digestIn = (text: string): string => /Digest: (sha256:[0-9a-f]{64})/.exec(text)?.[1] ?? text;
const sameFile = (a: string, b: string): void => expect(readFileSync(a).equals(readFileSync(b))).toBe(true);

let main: Running;
beforeAll(async () => {
  const hosted = ["charts", "conformance", "a", "b"].map((name) => ({ kind: "hosted" as const, name }));
  main = await start("main", hosted);
});
afterAll(async () => {
  await main.server.close();
  rmSync(root, { recursive: true, force: true });
});

describe("the conformance program", () => {
  it.each([["1.0"], ["dev"]])(
    "finds no failure and skips nothing in version %s where images are never sparse",
    async (version) => {
      const results = folder(`results-${version}`);
      const end = await runProgram(program("CONFORMANCE"), [], {
        cwd: results,
        env: {
          ...env,
          OCI_REGISTRY: main.server.host,
          OCI_TLS: "disabled",
          OCI_VERSION: version,
          OCI_REPO1: `conformance/${version}-one`,
          OCI_REPO2: `conformance/${version}-two`,
          OCI_RESULTS_DIR: results,
        },
      });
      const count = (word: string): number =>
        Number(new RegExp(`^\\s*${word}\\.+:\\s*([0-9]+)$`, "m").exec(end.stdout)?.[1] ?? Number.NaN);
      expect({
        code: end.code,
        fail: end.stdout.match(/: *FAIL/g),
        skip: version === "1.0" ? 0 : count("Skip"),
      }).toEqual({
        code: 0,
        fail: null,
        skip: 0,
      });
      expect(count("Pass")).toBeGreaterThan(700);
      expect(main.defects).toEqual([]);
    },
  );
});

describe("helm", () => {
  it("pushes and pulls by tag, digest, range and nothing", async () => {
    const oci = `oci://${main.server.host}/charts`;
    const old = await packageChart("web", "1.0.0");
    const archive = await packageChart("web", "1.2.0+build.1");
    await client("HELM", "push", old, oci, "--plain-http");
    const digest = digestIn(await client("HELM", "push", archive, oci, "--plain-http"));
    expect(digestIn(await client("HELM", "push", archive, oci, "--plain-http"))).toBe(digest);
    const pulls: readonly (readonly [string, readonly string[], string])[] = [
      ["tag", [`${oci}/web`, "--version", "1.2.0+build.1"], archive],
      ["range", [`${oci}/web`, "--version", "~1.0"], old],
      ["newest", [`${oci}/web`], archive],
      ["digest", [`${oci}/web@${digest}`], archive],
    ];
    for (const [name, args, expected] of pulls) {
      const target = folder(`pulled-${name}`);
      await client("HELM", "pull", ...args, "-d", target, "--plain-http");
      const file = name === "digest" ? `web@${digest.replace(":", "-")}.tgz` : expected.split("/").at(-1);
      sameFile(join(target, file ?? ""), expected);
    }
    expect(await client("HELM", "template", "x", `${oci}/web`, "--plain-http")).toContain("kind: ConfigMap");
    const missing = await tried("HELM", "pull", `${oci}/web`, "--version", "9.9.9", "--plain-http");
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("not found")]);
  });

  it("finds pushed charts as a classic repository", async () => {
    await client("HELM", "repo", "add", "ours", `${main.server.origin}/helm/charts`);
    expect(await client("HELM", "search", "repo", "ours/", "--versions")).toMatch(/ours\/web\s+1\.2\.0\+build\.1/);
    const target = folder("classic");
    await client("HELM", "pull", "ours/web", "--version", "1.0.0", "-d", target);
    sameFile(join(target, "web-1.0.0.tgz"), join(root, "packages/web-1.0.0.tgz"));
    await client("HELM", "pull", "ours/web", "-d", target);
    sameFile(join(target, "web-1.2.0+build.1.tgz"), join(root, "packages/web-1.2.0+build.1.tgz"));
    await client("HELM", "pull", "--repo", `${main.server.origin}/helm/charts`, "web", "-d", target);
    await packageChart("fresh", "0.1.0");
    await client(
      "HELM",
      "push",
      join(root, "packages/fresh-0.1.0.tgz"),
      `oci://${main.server.host}/charts`,
      "--plain-http",
    );
    await client("HELM", "repo", "update");
    expect(await client("HELM", "search", "repo", "ours/fresh")).toContain("0.1.0");
  });

  it("finds nested charts under their path, and every direct one under its own name", async () => {
    const oci = `oci://${main.server.host}/charts`;
    const push = async (version: string, to: string): Promise<string> => {
      const archive = await packageChart("shared", version);
      await client("HELM", "push", archive, to, "--plain-http");
      return archive;
    };
    const direct = await push("1.0.0", oci);
    const nested = await push("2.0.0", `${oci}/team`);
    await client("HELM", "repo", "add", "ours", `${main.server.origin}/helm/charts`, "--force-update");
    const shown = await client("HELM", "search", "repo", "ours/");
    expect(shown).toMatch(/ours\/shared\s+1\.0\.0/);
    expect(shown).toMatch(/ours\/team\/shared\s+2\.0\.0/);
    const target = folder("nested");
    await client("HELM", "pull", "ours/shared", "-d", target);
    await client("HELM", "pull", "ours/team/shared", "-d", target);
    sameFile(join(target, "shared-1.0.0.tgz"), direct);
    sameFile(join(target, "shared-2.0.0.tgz"), nested);
    await client("HELM", "push", await packageChart("lone", "1.0.0"), `${oci}/team`, "--plain-http");
    await client("HELM", "repo", "update", "ours");
    const parent = folder("parent");
    const dependencies = [
      { name: "shared", version: "1.x.x", repository: `${main.server.origin}/helm/charts` },
      { name: "lone", version: "1.x.x", repository: `${main.server.origin}/helm/charts` },
    ];
    const yaml = { apiVersion: "v2", name: "parent", version: "1.0.0", dependencies };
    writeFileSync(join(parent, "Chart.yaml"), JSON.stringify(yaml));
    await client("HELM", "dependency", "update", parent);
    for (const name of ["shared", "lone"]) expect(existsSync(join(parent, `charts/${name}-1.0.0.tgz`))).toBe(true);
  });

  it("makes the very artifact that we make of the same archive", async () => {
    const archive = await packageChart("same", "1.0.0");
    writeFileSync(`${archive}.prov`, "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nx\n");
    const converted = await chartToOci(readFileSync(archive), readFileSync(`${archive}.prov`));
    const created = /"created":"([^"]+)"|image\.created":"([^"]+)"/.exec(new TextDecoder().decode(converted.manifest));
    const time = new Date(created?.[2] ?? created?.[1] ?? 0);
    utimesSync(archive, time, time);
    const pushed = await client("HELM", "push", archive, `oci://${main.server.host}/charts`, "--plain-http");
    expect(digestIn(pushed)).toBe(converted.digest);
    const target = folder("prov");
    await client("HELM", "pull", `oci://${main.server.host}/charts/same`, "--prov", "-d", target, "--plain-http");
    expect(existsSync(join(target, "same-1.0.0.tgz.prov"))).toBe(true);
  });

  it("signs in by Basic and by Bearer, for push and pull", async () => {
    const token = "t0ken";
    const access: RegistryAccess = {
      decide: ({ request, wishes }) => {
        const header = request.headers.get("authorization") ?? "";
        if (header === `Bearer ${token}` || header === `Basic ${btoa("u:p")}`) return { kind: "allow", actor: "u" };
        return { kind: "challenge", scheme: wishes[0]?.repository.startsWith("b/") === true ? "basic" : "bearer" };
      },
      token: async (request) => {
        const basic = request.headers.get("authorization") === `Basic ${btoa("u:p")}`;
        const form = request.method === "POST" ? new URLSearchParams(await request.text()) : undefined;
        if (!basic && form?.get("password") !== "p") return new Response("", { status: 401 });
        return Response.json({ token, access_token: token, expires_in: 300 });
      },
    };
    const closed = await start(
      "closed",
      ["a", "b"].map((name) => ({ kind: "hosted" as const, name })),
      { access },
    );
    try {
      const { host } = closed.server;
      expect((await tried("HELM", "registry", "login", host, "-u", "u", "-p", "wrong", "--plain-http")).code).not.toBe(
        0,
      );
      await client("HELM", "registry", "login", host, "-u", "u", "-p", "p", "--plain-http");
      for (const project of ["a", "b"]) {
        await client("HELM", "push", join(root, "packages/web-1.0.0.tgz"), `oci://${host}/${project}`, "--plain-http");
        const target = folder(`closed-${project}`);
        await client("HELM", "pull", `oci://${host}/${project}/web`, "-d", target, "--plain-http");
        sameFile(join(target, "web-1.0.0.tgz"), join(root, "packages/web-1.0.0.tgz"));
      }
      const anonymous = await tried("HELM", "repo", "add", "closed", `${closed.server.origin}/helm/a`);
      expect(anonymous.code).not.toBe(0);
      await client(
        "HELM",
        "repo",
        "add",
        "closed",
        `${closed.server.origin}/helm/a`,
        "--username",
        "u",
        "--password",
        "p",
      );
      await client("HELM", "pull", "closed/web", "-d", folder("closed-classic"));
    } finally {
      await closed.server.close();
    }
  });
});

describe("oras", () => {
  it("pushes, attaches, discovers, copies, lists, pulls and deletes", async () => {
    const { host } = main.server;
    const work = folder("oras");
    writeFileSync(join(work, "a.txt"), "hello");
    writeFileSync(join(work, "sbom.json"), "{}");
    const oras = async (...args: readonly string[]): Promise<string> => {
      const end = await runProgram(program("ORAS"), args, { env, cwd: work });
      if (end.code !== 0) throw new Error(`oras ${args.join(" ")}:\n${end.stderr}${end.stdout}`);
      return end.stdout;
    };
    await oras("push", "--plain-http", `${host}/a/art:v1,v2`, "a.txt:text/plain");
    await oras("attach", "--plain-http", "--artifact-type", "example/sbom", `${host}/a/art:v1`, "sbom.json");
    const tree = await oras("discover", "--plain-http", "--format", "json", `${host}/a/art:v1`);
    expect(tree).toContain("example/sbom");
    expect(await oras("discover", "--plain-http", "--artifact-type", "other/x", `${host}/a/art:v1`)).not.toContain(
      "sbom",
    );
    await oras("cp", "-r", "--from-plain-http", "--to-plain-http", `${host}/a/art:v1`, `${host}/b/copy:v1`);
    expect(await oras("discover", "--plain-http", `${host}/b/copy:v1`)).toContain("example/sbom");
    expect((await oras("repo", "tags", "--plain-http", `${host}/a/art`)).trim().split("\n")).toEqual(["v1", "v2"]);
    expect(await oras("repo", "ls", "--plain-http", host)).toContain("a/art");
    await oras("pull", "--plain-http", "-o", folder("oras-out"), `${host}/b/copy:v1`);
    expect(readFileSync(join(root, "oras-out/a.txt"), "utf8")).toBe("hello");
    await oras("tag", "--plain-http", `${host}/a/art:v1`, "v3");
    await oras("manifest", "delete", "--plain-http", "--force", `${host}/b/copy:v1`);
    expect(
      (await runProgram(program("ORAS"), ["resolve", "--plain-http", `${host}/b/copy:v1`], { env })).code,
    ).not.toBe(0);
    expect(await oras("resolve", "--plain-http", `${host}/a/art:v3`)).toContain("sha256:");
  });
});

describe("crane", () => {
  it("appends, copies, tags, lists, validates and deletes", async () => {
    const { host } = main.server;
    const layer = join(root, "packages/web-1.0.0.tgz");
    const insecure = "--insecure";
    await client("CRANE", "append", insecure, "-f", layer, "-t", `${host}/a/image:1`, "--oci-empty-base");
    await client("CRANE", "validate", insecure, "--remote", `${host}/a/image:1`);
    await client("CRANE", "copy", insecure, `${host}/a/image:1`, `${host}/b/image:1`);
    await client("CRANE", "tag", insecure, `${host}/b/image:1`, "2");
    expect((await client("CRANE", "ls", insecure, `${host}/b/image`)).trim().split("\n")).toEqual(["1", "2"]);
    const digest = (await client("CRANE", "digest", insecure, `${host}/a/image:1`)).trim();
    expect((await client("CRANE", "digest", insecure, `${host}/b/image:2`)).trim()).toBe(digest);
    await client("CRANE", "pull", insecure, `${host}/b/image:1`, join(root, "image.tar"));
    await client("CRANE", "push", insecure, join(root, "image.tar"), `${host}/b/again:1`);
    expect(await client("CRANE", "catalog", insecure, host)).toContain("b/again");
    await client("CRANE", "delete", insecure, `${host}/b/image:2`);
    expect((await client("CRANE", "ls", insecure, `${host}/b/image`)).trim()).toBe("1");
  });
});

describe("upstreams shown as ours", () => {
  const freshness = { ...DEFAULT_FRESHNESS, ttl: 60_000, deadline: 5000 };

  it("serve a classic repository as OCI and as index.yaml, also when it is gone", async () => {
    const charts = folder("classic-upstream");
    for (const version of ["1.0.0", "1.1.0"]) {
      writeFileSync(join(charts, `up-${version}.tgz`), readFileSync(await packageChart("up", version)));
    }
    await client("HELM", "repo", "index", charts);
    const files = await serveFetch(async (request) => {
      const file = join(charts, new URL(request.url).pathname);
      return existsSync(file) ? new Response(readFileSync(file)) : new Response("", { status: 404 });
    });
    const upstream = { kind: "classic" as const, url: files.origin, policy: policy(files.host), freshness };
    const proxy = await start("classic-proxy", [
      { kind: "proxy", name: "up", upstream },
      { kind: "group", name: "all", members: [{ project: "up" }] },
    ]);
    try {
      const oci = `oci://${proxy.server.host}/up/up`;
      const target = folder("classic-proxy-out");
      const digest = digestIn(await client("HELM", "pull", oci, "--version", "1.x", "-d", target, "--plain-http"));
      sameFile(join(target, "up-1.1.0.tgz"), join(charts, "up-1.1.0.tgz"));
      expect(digest).toBe((await chartToOci(readFileSync(join(charts, "up-1.1.0.tgz")), undefined)).digest);
      await client("HELM", "repo", "add", "proxied", `${proxy.server.origin}/helm/all`);
      expect(await client("HELM", "search", "repo", "proxied/", "--versions")).toContain("1.0.0");
      await files.close();
      clock.offset += 3_600_000;
      const later = folder("classic-proxy-later");
      await client("HELM", "pull", `${oci}@${digest}`, "-d", later, "--plain-http");
      await client("HELM", "pull", oci, "--version", "1.1.0", "-d", later, "--plain-http");
      sameFile(join(later, "up-1.1.0.tgz"), join(target, "up-1.1.0.tgz"));
      await client("HELM", "repo", "update", "proxied");
      await client("HELM", "pull", "proxied/up", "--version", "1.1.0", "-d", folder("classic-proxy-index"));
      expect((await tried("HELM", "pull", oci, "--version", "1.0.0", "-d", later, "--plain-http")).code).not.toBe(0);
      expect(proxy.defects).toEqual([]);
    } finally {
      await proxy.server.close();
    }
  });

  it("serve another registry, also when it is gone", async () => {
    const port = await freePort();
    const origin = await start("oci-origin", [{ kind: "hosted", name: "lib" }], { port });
    const upstream = {
      kind: "oci" as const,
      url: origin.server.origin,
      prefix: "lib/",
      policy: policy(origin.server.host),
      freshness,
    };
    const proxy = await start("oci-proxy", [{ kind: "proxy", name: "mirror", upstream }]);
    try {
      const archive = join(root, "packages/web-1.0.0.tgz");
      const pushed = digestIn(await client("HELM", "push", archive, `oci://${origin.server.host}/lib`, "--plain-http"));
      const large = join(root, "large.bin");
      writeFileSync(large, writeTar([{ name: "large", data: random(5 * 1024 * 1024), mtime: 0 }]));
      await client(
        "CRANE",
        "append",
        "--insecure",
        "-f",
        large,
        "-t",
        `${origin.server.host}/lib/image:1`,
        "--oci-empty-base",
      );
      const { host } = proxy.server;
      const target = folder("oci-proxy-out");
      expect(digestIn(await client("HELM", "pull", `oci://${host}/mirror/web`, "-d", target, "--plain-http"))).toBe(
        pushed,
      );
      sameFile(join(target, "web-1.0.0.tgz"), archive);
      await client("CRANE", "validate", "--insecure", "--remote", `${host}/mirror/image:1`);
      const digest = (await client("CRANE", "digest", "--insecure", `${origin.server.host}/lib/image:1`)).trim();
      await origin.server.close();
      clock.offset += 3_600_000;
      await client("CRANE", "validate", "--insecure", "--remote", `${host}/mirror/image:1`);
      await client("CRANE", "validate", "--insecure", "--remote", `${host}/mirror/image@${digest}`);
      await client("HELM", "pull", `oci://${host}/mirror/web@${pushed}`, "-d", target, "--plain-http");
      await client("HELM", "pull", `oci://${host}/mirror/web`, "-d", folder("oci-proxy-later"), "--plain-http");
      expect(proxy.defects).toEqual([]);
    } finally {
      await proxy.server.close();
    }
  });
});
