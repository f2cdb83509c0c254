import { beforeAll, describe, expect, it } from "vitest";
import { ADMIN, type Grant } from "../../../functions/access/grant.ts";
import { createRegistryAccess } from "../../../functions/access/registry-access.ts";
import { createSecretBox } from "../../../functions/http/secret-box.ts";
import { createMemoryRecords } from "../../../infra/memory/memory-records.ts";
import type { Project } from "../../../registry/projects/project.ts";
import {
  descriptor,
  imageOf,
  MANIFEST,
  openRegistry,
  packChart,
  sha256,
  type TestRegistry,
  utf8,
} from "../../support/registry.ts";
import { answerFiles, classicUpstream, fakeEgress, ociUpstream } from "../../support/upstream.ts";

const projects: readonly Project[] = [
  { kind: "hosted", name: "charts" },
  { kind: "hosted", name: "team" },
  { kind: "group", name: "all", members: [{ project: "charts" }, { project: "team" }], merge: ["other"] },
  { kind: "proxy", name: "pulled", upstream: classicUpstream() },
  { kind: "proxy", name: "mirror", upstream: ociUpstream() },
];

/** Callers by what they hold; `web` may do everything with `web…` of every project. */
const CALLERS = {
  owner: [ADMIN],
  web: [{ allow: ["charts:*"], repositories: ["web*"] }],
  exact: [{ allow: ["charts:read"], projects: ["charts"], repositories: ["web"] }],
  dashed: [{ allow: ["charts:read"], projects: ["charts"], repositories: ["web-1"] }],
  split: [
    { allow: ["charts:read"], projects: ["charts"], repositories: ["other", "web"] },
    { allow: ["charts:write"], projects: ["charts"], repositories: ["web"] },
  ],
  nothing: [{ allow: ["charts:read"], repositories: [] }],
  unlisted: [{ allow: ["releases:read"] }],
  wordy: [
    { allow: ["charts:read"], repositories: Array.from({ length: 100 }, (_, i) => `a-long-name-of-a-chart-${i}`) },
  ],
} as const satisfies Record<string, readonly Grant[]>;
type Caller = keyof typeof CALLERS;

const secretOf = (caller: Caller): string => `the-token-of-${caller}`;
const basic = (caller: Caller): string => `Basic ${btoa(`ci:${secretOf(caller)}`)}`;
const layer = utf8("a secret layer");
const config = utf8('{"secret":true}');
const manifest = imageOf(config, layer);
const digest = sha256(utf8(JSON.stringify(manifest)));
const [own, secret] = [
  await packChart({ name: "web", version: "1.0.0" }),
  await packChart({ name: "other", version: "1.0.0" }),
];
const chartManifest = (text: Uint8Array, archive: Uint8Array): object => ({
  schemaVersion: 2,
  mediaType: MANIFEST,
  config: descriptor("application/vnd.cncf.helm.config.v1+json", text),
  layers: [descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive)],
});
const entry = (name: string): string => `  ${name}:\n  - name: ${name}\n    version: 1.0.0\n    urls: [${name}.tgz]\n`;

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Ask {
  readonly body?: Uint8Array | string;
  readonly type?: string;
}

type Asked = (method: string, path: string, ask?: Ask) => Promise<Answered>;

async function open() {
  const egress = fakeEgress(
    answerFiles({
      "/repo/index.yaml": `apiVersion: v1\nentries:\n${entry("other")}${entry("web")}`,
      "/repo/web.tgz": own,
      "/repo/other.tgz": secret,
    }),
  );
  const randomBytes = (size: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(size));
  const access = createRegistryAccess({
    records: createMemoryRecords({ now: Date.now }),
    tokens: Object.entries(CALLERS).map(([name, grants]) => ({ name, grants, secret: `the-token-of-${name}` })),
    anonymousGrants: [],
    embedded: false,
    box: await createSecretBox(new Uint8Array(32).fill(3), { randomBytes }),
    clock: { now: Date.now, sleep: async () => undefined },
  });
  const registry = openRegistry({ projects, access, egress });
  const asking =
    (authorization: string): Asked =>
    async (method, path, { body, type = "application/octet-stream" } = {}) => {
      const length = body === undefined ? {} : { "content-length": String(utf8Of(body).length) };
      const response = await registry.ask(method, path, {
        headers: { ...(authorization === "" ? {} : { authorization }), "content-type": type, ...length },
        ...(body === undefined ? {} : { body: utf8Of(body) }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
  const owner = asking(basic("owner"));
  const push = async (repository: string, tag: string, image: object, blobs: readonly Uint8Array[]): Promise<void> => {
    for (const body of blobs) {
      expect(await owner("POST", `/v2/${repository}/blobs/uploads/?digest=${sha256(body)}`, { body })).toMatchObject({
        status: 201,
      });
    }
    const body = JSON.stringify(image);
    const pushed = await owner("PUT", `/v2/${repository}/manifests/${tag}`, { body, type: MANIFEST });
    expect(pushed.status).toBe(201);
  };
  const session = async (caller: Caller, ...scopes: readonly string[]): Promise<Asked> => {
    const query = scopes.map((scope) => `&scope=${encodeURIComponent(scope)}`).join("");
    const answer = await asking(basic(caller))("GET", `/v2/token?service=x${query}`);
    expect(answer.status).toBe(200);
    return asking(`Bearer ${String(JSON.parse(answer.text).token)}`);
  };
  const upload = async (project: string, archive: Uint8Array): Promise<void> =>
    expect((await owner("POST", `/helm/${project}/api/charts`, { body: archive })).text).toBe('{"saved":true}');
  return { registry, egress, as: (caller: Caller) => asking(basic(caller)), asking, session, push, upload };
}

const utf8Of = (body: Uint8Array | string): Uint8Array<ArrayBuffer> =>
  typeof body === "string" ? utf8(body) : new Uint8Array(body);

type Scene = Awaited<ReturnType<typeof open>>;

/** `web`, `web-1`, `other` and `other-1` are charts; `other/app` is an image; proxies have pulled `web` and `other`. */
async function filled(): Promise<Scene> {
  const scene = await open();
  for (const name of ["web", "web-1", "other", "other-1"]) {
    await scene.upload("charts", await packChart({ name, version: "1.0.0" }));
  }
  await scene.upload("team", await packChart({ name: "other", version: "2.0.0" }));
  await scene.push("charts/other/app", "1.0.0", manifest, [config, layer]);
  for (const name of ["web", "other"]) {
    expect((await scene.as("owner")("GET", `/v2/pulled/${name}/manifests/1.0.0`)).status).toBe(200);
  }
  return scene;
}

async function snapshot(registry: TestRegistry): Promise<readonly string[]> {
  return (await registry.store.list("")).items.map(({ key, etag }) => `${key} ${etag}`);
}

/** Only the words: an answer to somebody else's repository is one of these, whatever is there. */
const shown = ({ status, headers, text }: Answered): string =>
  `${status}\n${[...headers].map(([name, value]) => `${name}: ${value}`).join("\n")}\n${text}`;

const SCOPES = ["other", "other/app", "web", "web-1"].map((name) => `repository:charts/${name}:pull,push,delete`);

describe("a caller held to web*", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await filled();
  });

  const reads: readonly (readonly [string, string])[] = [
    ["a manifest by tag", "/v2/charts/other/manifests/1.0.0"],
    ["a manifest by digest", `/v2/charts/other/app/manifests/${digest}`],
    ["a blob", `/v2/charts/other/app/blobs/${sha256(layer)}`],
    ["tags", "/v2/charts/other/tags/list"],
    ["referrers", `/v2/charts/other/app/referrers/${digest}`],
    ["a group's manifest", "/v2/all/other/manifests/1.0.0"],
    ["a group's blob", `/v2/all/other/app/blobs/${sha256(layer)}`],
    ["a merged group's tags", "/v2/all/other/tags/list"],
    ["what a proxy has cached", "/v2/pulled/other/manifests/1.0.0"],
    ["what a proxy would fetch", "/v2/mirror/other/manifests/1.0.0"],
    ["what a proxy would fetch for its registry's own name", "/v2/other/manifests/1.0.0?ns=up.test"],
    ["an archive", "/helm/charts/other-1.0.0.tgz"],
    ["an archive whose name holds a version", "/helm/charts/other-1-1.0.0.tgz"],
    ["a nested archive", "/helm/charts/other/app-1.0.0.tgz"],
    ["a provenance", "/helm/charts/other-1.0.0.tgz.prov"],
    ["a group's archive", "/helm/all/other-1.0.0.tgz"],
    ["a proxy's archive", "/helm/pulled/other-1.0.0.tgz"],
  ];
  it.each(reads)("cannot read %s of other, by an API token or a registry token", async (_what, path) => {
    const registryToken = await scene.session("web", ...SCOPES, "repository:all/other:pull");
    scene.egress.take();
    for (const method of ["GET", "HEAD"]) {
      const answers = [await scene.as("web")(method, path), await registryToken(method, path)];
      expect([403, 401]).toContain(answers[1]?.status);
      expect(answers[0]?.status).toBe(403);
      for (const answer of answers) expect(shown(answer)).not.toMatch(/secret|sha256|other-1|1\.0\.0.*tgz/);
    }
    expect(scene.egress.take()).toEqual([]);
  });

  it.each([
    "/v2/charts/web/manifests/1.0.0",
    "/v2/all/web/tags/list",
    "/v2/pulled/web/manifests/1.0.0",
    "/helm/charts/web-1.0.0.tgz",
    "/helm/charts/web-1-1.0.0.tgz",
    "/helm/all/web-1-1.0.0.tgz",
    "/helm/pulled/web-1.0.0.tgz",
  ])("reads what is its own: %s", async (path) => {
    expect((await scene.as("web")("GET", path)).status).toBe(200);
  });

  it("is answered the same for what other has and for what is nowhere", async () => {
    const [there, nowhere] = [sha256(layer), sha256(utf8("nowhere"))];
    const paths = (of: string, tag: string): readonly (readonly [string, string])[] => [
      ["GET", `/v2/charts/other/app/blobs/${of}`],
      ["GET", `/v2/charts/web/blobs/${of}`],
      ["GET", `/v2/charts/web/manifests/${of}`],
      ["GET", `/v2/charts/web/referrers/${of}`],
      ["POST", `/v2/charts/web/blobs/uploads/?mount=${of}&from=charts/other/app`],
      ["POST", `/v2/charts/web/blobs/uploads/?mount=${of}&from=all/other`],
      ["POST", `/v2/charts/web/blobs/uploads/?mount=${of}`],
      ["GET", `/v2/charts/other/manifests/${tag}`],
      ["GET", `/helm/charts/other-${tag}.tgz`],
      ["GET", `/helm/charts/${tag === "1.0.0" ? "other" : "nowhere"}-1.0.0.tgz`],
      ["DELETE", `/v2/charts/other/manifests/${tag}`],
      ["DELETE", `/v2/charts/web/blobs/${of}`],
    ];
    const answers = async (of: string, tag: string) =>
      await Promise.all(
        paths(of, tag).map(async ([method, path]) =>
          shown(await scene.as("web")(method, path))
            .replaceAll(of, "DIGEST")
            .replaceAll(UPLOAD_ID, "UPLOAD"),
        ),
      );
    expect(await answers(there, "1.0.0")).toEqual(await answers(nowhere, "9.9.9"));
  });

  it("sees its own repositories alone in the catalog, page by page, and no page's end names another", async () => {
    const mine = ["charts/web", "charts/web-1", "pulled/web"];
    const tokens = [scene.as("web"), await scene.session("web", "registry:catalog:*")];
    for (const ask of tokens) {
      const answer = await ask("GET", "/v2/_catalog");
      expect([JSON.parse(answer.text), answer.headers.get("link")]).toEqual([{ repositories: mine }, null]);
      const pages: string[] = [];
      for (let path: string | undefined = "/v2/_catalog?n=1"; path !== undefined;) {
        const page = await ask("GET", path);
        expect(shown(page)).not.toContain("other");
        pages.push(...JSON.parse(page.text).repositories);
        path = /<([^>]+)>/.exec(page.headers.get("link") ?? "")?.[1];
      }
      expect(pages).toEqual(mine);
    }
    expect(JSON.parse((await scene.as("owner")("GET", "/v2/_catalog")).text).repositories).toHaveLength(8);
  });

  it("sees its own charts alone in every index, also where the whole one was read before and after", async () => {
    const entries = async (caller: Caller, project: string): Promise<readonly string[]> => {
      const answer = await scene.as(caller)("GET", `/helm/${project}/index.yaml`);
      expect(answer.status).toBe(200);
      return Object.keys(JSON.parse(answer.text).entries).toSorted();
    };
    for (let turn = 0; turn < 2; turn++) {
      for (const project of ["charts", "all"]) {
        expect(await entries("owner", project)).toEqual(["other", "other-1", "web", "web-1"]);
        expect(await entries("web", project)).toEqual(["web", "web-1"]);
      }
      expect(await entries("exact", "charts")).toEqual(["web"]);
      expect(await entries("web", "pulled")).toEqual(["web"]);
    }
    expect((await scene.as("exact")("GET", "/helm/all/index.yaml")).status).toBe(403);
  });

  it("finds new charts of its own in an index that was kept", async () => {
    const { as, upload } = await filled();
    const names = async () => Object.keys(JSON.parse((await as("web")("GET", "/helm/charts/index.json")).text).entries);
    expect(await names()).toEqual(["web", "web-1"]);
    await upload("charts", await packChart({ name: "web-2", version: "1.0.0" }));
    await upload("charts", await packChart({ name: "other-2", version: "1.0.0" }));
    expect(await names()).toEqual(["web", "web-1", "web-2"]);
  });

  it("cannot write, overwrite, delete or cancel anything of other", async () => {
    const { registry, as, session } = scene;
    const location = (await as("owner")("POST", "/v2/charts/other/blobs/uploads/")).headers.get("location") ?? "";
    await as("owner")("PATCH", location, { body: "half of it" });
    const before = await snapshot(registry);
    const image = JSON.stringify(imageOf(utf8("{}"), utf8("mine")));
    const tries: readonly (readonly [string, string, Ask?])[] = [
      ["PUT", "/v2/charts/other/manifests/1.0.0", { body: image, type: MANIFEST }],
      ["PUT", `/v2/charts/other/manifests/${sha256(utf8(image))}?tag=1.0.0`, { body: image, type: MANIFEST }],
      ["POST", "/v2/charts/other/blobs/uploads/"],
      ["POST", `/v2/charts/other/blobs/uploads/?digest=${sha256(own)}`, { body: own }],
      ["POST", `/v2/charts/other/blobs/uploads/?mount=${sha256(own)}&from=charts/web`],
      ["GET", location],
      ["PATCH", location, { body: "more" }],
      ["PUT", `${location}?digest=${sha256(utf8("half of it"))}`, { body: "" }],
      ["DELETE", location],
      ["DELETE", "/v2/charts/other/manifests/1.0.0"],
      ["DELETE", `/v2/charts/other/app/manifests/${digest}`],
      ["DELETE", `/v2/charts/other/app/blobs/${sha256(layer)}`],
      ["POST", "/helm/charts/api/charts", { body: secret }],
      ["POST", "/helm/charts/api/charts?force", { body: secret }],
    ];
    const registryToken = await session("web", ...SCOPES);
    for (const [method, path, ask] of tries) {
      expect([path, (await as("web")(method, path, ask)).status]).toEqual([path, 403]);
      if (path.startsWith("/v2/")) expect([path, (await registryToken(method, path, ask)).status]).toEqual([path, 401]);
    }
    const elsewhere = location.replace("/other/", "/web/");
    for (const method of ["GET", "PATCH", "DELETE"]) expect((await as("web")(method, elsewhere)).status).toBe(404);
    expect(await snapshot(registry)).toEqual(before);
  });

  it("is answered the same for a provenance of a chart that other has and of one that is nowhere", async () => {
    const answers = ["1.0.0", "9.9.9"].map(async (version) => {
      const body = `-----BEGIN PGP SIGNED MESSAGE-----\n\nname: other\nversion: ${version}\n`;
      return shown(await scene.as("web")("POST", "/helm/charts/api/prov", { body }));
    });
    expect(await answers[0]).toBe(await answers[1]);
    expect((await answers[0])?.startsWith("403")).toBe(true);
  });

  it.each([
    ["charts/web-0", "charts/zebra", "zebra"],
    ["charts/web/zebra", "charts/zebra", "zebra"],
    ["charts/web/db", "charts/zone/db", "zone/db"],
    ["charts/web/db", "charts/zone/db", "db"],
  ])("takes no other chart's place in an index: %s with the name of %s under %s", async (mine, other, key) => {
    const { as } = await filled();
    const name = other.slice(other.lastIndexOf("/") + 1);
    const push = async (caller: Caller, repository: string, version: string): Promise<void> => {
      const [text, archive] = [utf8(JSON.stringify({ name, version, apiVersion: "v2" })), utf8(`${caller}'s`)];
      for (const body of [text, archive]) {
        await as(caller)("POST", `/v2/${repository}/blobs/uploads/?digest=${sha256(body)}`, { body });
      }
      const body = JSON.stringify(chartManifest(text, archive));
      const pushed = await as(caller)("PUT", `/v2/${repository}/manifests/${version}`, { body, type: MANIFEST });
      expect(pushed.status).toBe(201);
    };
    await push("owner", other, "1.0.0");
    await push("web", mine, "9.9.9");
    const { entries } = JSON.parse((await as("owner")("GET", "/helm/charts/index.yaml")).text);
    const versions = (entries[key] ?? []).map(({ version }: { version: string }) => version);
    expect(versions).not.toContain("9.9.9");
    if (key !== "db") expect(versions).toEqual(["1.0.0"]);
  });

  it("pushes, mounts and deletes within web*", async () => {
    const { registry, as, session } = await filled();
    const web = as("web");
    expect((await web("POST", "/helm/charts/api/charts?force", { body: own })).status).toBe(201);
    const mount = `/v2/charts/web-2/blobs/uploads/?mount=${sha256(own)}`;
    expect((await web("POST", `${mount}&from=charts/web`)).status).toBe(201);
    expect((await web("POST", mount)).status).toBe(201);
    expect((await web("DELETE", "/v2/charts/web-1/manifests/1.0.0")).status).toBe(202);
    const one = await session("web", "repository:charts/web-3:pull,push");
    const asked = await one("POST", `${mount.replace("web-2", "web-3")}&from=charts/web`);
    expect([asked.status, asked.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringContaining('scope="repository:charts/web-3:pull,push repository:charts/web:pull"'),
    ]);
    const both = await session("web", "repository:charts/web-3:pull,push", "repository:charts/web:pull");
    expect((await both("POST", `${mount.replace("web-2", "web-3")}&from=charts/web`)).status).toBe(201);
    const vain = await session("web", "repository:charts/web-3:pull,push", "repository:charts/other/app:pull");
    const other = `/v2/charts/web-3/blobs/uploads/?mount=${sha256(layer)}`;
    expect((await vain("POST", `${other}&from=charts/other/app`)).status).toBe(202);
    expect((await vain("POST", other)).status).toBe(202);
    expect((await vain("GET", `/v2/charts/web-3/blobs/${sha256(layer)}`)).status).toBe(404);
    expect(registry.defects).toEqual([]);
  });
});

const UPLOAD_ID = /[0-9a-f]{44}/g;

describe("a caller held to one name", () => {
  it.each<[Caller, string, number]>([
    ["exact", "web-1.0.0.tgz", 200],
    ["exact", "web-1-1.0.0.tgz", 404],
    ["dashed", "web-1-1.0.0.tgz", 200],
    ["dashed", "web-1.0.0.tgz", 403],
    ["exact", "web", 404],
    ["nothing", "web-1.0.0.tgz", 403],
    ["nothing", "index.yaml", 403],
    ["unlisted", "index.yaml", 403],
  ])("%s is answered for NAME-VERSION of %s: %d", async (caller, file, status) => {
    const { as } = await filled();
    expect((await as(caller)("GET", `/helm/charts/${file}`)).status).toBe(status);
  });

  it("may pull what another grant names, and push what its own does", async () => {
    const { as } = await filled();
    const ask = as("split");
    expect((await ask("GET", "/v2/charts/other/manifests/1.0.0")).status).toBe(200);
    expect((await ask("POST", "/v2/charts/other/blobs/uploads/")).status).toBe(403);
    expect((await ask("POST", "/v2/charts/web/blobs/uploads/")).status).toBe(202);
    expect((await ask("DELETE", "/v2/charts/web/manifests/1.0.0")).status).toBe(403);
    expect((await ask("GET", "/v2/team/web/tags/list")).status).toBe(403);
  });
});

describe("the catalog", () => {
  it.each<[Caller, number]>([
    ["owner", 200],
    ["web", 200],
    ["nothing", 403],
    ["unlisted", 403],
    ["wordy", 403],
  ])("is given to %s by a registry token that was asked for with its scope: %d", async (caller, status) => {
    const { session } = await open();
    expect((await (await session(caller, "registry:catalog:*"))("GET", "/v2/_catalog")).status).toBe(status);
  });

  it("is given by the API token itself where its patterns are too many for a registry token", async () => {
    const { as } = await open();
    expect((await as("wordy")("GET", "/v2/_catalog")).status).toBe(200);
  });

  it("is challenged with its scope for nobody, and for a token that was asked for with another one", async () => {
    const { asking, session } = await open();
    for (const ask of [asking(""), await session("owner", "repository:charts/web:pull")]) {
      const answer = await ask("GET", "/v2/_catalog");
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
        401,
        'Bearer realm="http://registry.test/v2/token",service="registry.test",scope="registry:catalog:*"',
      ]);
    }
  });
});

describe("the token service", () => {
  it.each<[string, Ask | undefined, number, string | null]>([
    ["POST", { body: `service=x&password=${"p".repeat(16 * 1024)}` }, 413, "SIZE_INVALID"],
    ["POST", { body: "service=x&password=wrong" }, 401, "UNAUTHORIZED"],
    ["DELETE", undefined, 405, "UNSUPPORTED"],
    ["PUT", { body: "x" }, 405, "UNSUPPORTED"],
  ])("answers %s as the spec has errors", async (method, ask, status, code) => {
    const { as, registry } = await open();
    const type = "application/x-www-form-urlencoded";
    const answer = await as("owner")(method, "/v2/token", ask === undefined ? {} : { ...ask, type });
    expect([answer.status, JSON.parse(answer.text).errors[0].code]).toEqual([status, code]);
    expect(answer.headers.get("allow")).toBe(status === 405 ? "GET, HEAD, POST" : null);
    expect(registry.defects).toEqual([]);
  });
});
