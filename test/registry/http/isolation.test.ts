import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { RegistryAccess } from "../../../registry/http/access.ts";
import type { Project } from "../../../registry/projects/project.ts";
import { imageOf, MANIFEST, openRegistry, packChart, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";
import { answerFiles, classicUpstream, fakeEgress, ociUpstream } from "../../support/upstream.ts";

const projects: readonly Project[] = [
  { kind: "hosted", name: "secret" },
  { kind: "hosted", name: "open" },
  { kind: "group", name: "all", members: [{ project: "secret" }, { project: "open" }] },
  { kind: "proxy", name: "pulled", upstream: classicUpstream() },
  { kind: "proxy", name: "mirror", upstream: ociUpstream() },
];

/** Mallory may do everything in `open`, and nothing anywhere else. Everybody else may do everything. */
const access: RegistryAccess = {
  decide: ({ request, wishes, any }) => {
    if (request.headers.get("authorization") !== "mallory") return { kind: "allow", actor: "owner" };
    const mine = wishes.every((wish) => wish.project === "open") && (any === undefined || any.project === "open");
    return mine ? { kind: "allow", actor: "mallory" } : { kind: "deny" };
  },
};

const layer = utf8("a secret layer");
const config = utf8('{"secret":true}');
const manifest = imageOf(config, layer);
const digest = sha256(utf8(JSON.stringify(manifest)));
const archive = await packChart({ name: "web", version: "1.0.0" });

async function open() {
  const egress = fakeEgress(
    answerFiles({
      "/repo/index.yaml": "apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [web.tgz]\n",
      "/repo/web.tgz": archive,
    }),
  );
  const registry = openRegistry({ store: createMemoryStore(), projects, access, egress });
  for (const blob of [config, layer]) await registry.pushBlob("secret/app", blob);
  expect((await registry.pushManifest("secret/app", "1.0.0", manifest)).status).toBe(201);
  const chart = await registry.pushChart("secret", { name: "hidden", version: "1.0.0" });
  await (await registry.ask("GET", "/v2/pulled/web/manifests/1.0.0")).arrayBuffer();
  const as = async (method: string, path: string, body?: Uint8Array, type = "application/octet-stream") =>
    await registry.ask(method, path, {
      headers: {
        authorization: "mallory",
        "content-type": type,
        ...(body === undefined ? {} : { "content-length": String(body.length) }),
      },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
  return { registry, as, chart, egress };
}

/** Status, body and the headers that tell something; the owner's content must be in none. */
async function shown(response: Response): Promise<string> {
  const headers = [...response.headers].filter(([name]) => name !== "content-length").join("\n");
  return `${response.status}\n${headers}\n${await response.text()}`;
}

async function snapshot(registry: TestRegistry): Promise<readonly string[]> {
  return (await registry.store.list("")).items.map(({ key, etag }) => `${key} ${etag}`);
}

describe("a client without rights on a repository", () => {
  const reads: readonly (readonly [string, string, string])[] = [
    ["a manifest by tag", "GET", "/v2/secret/app/manifests/1.0.0"],
    ["a manifest by digest", "GET", `/v2/secret/app/manifests/${digest}`],
    ["a manifest's head", "HEAD", `/v2/secret/app/manifests/${digest}`],
    ["a blob", "GET", `/v2/secret/app/blobs/${sha256(layer)}`],
    ["a blob's head", "HEAD", `/v2/secret/app/blobs/${sha256(layer)}`],
    ["tags", "GET", "/v2/secret/app/tags/list"],
    ["referrers", "GET", `/v2/secret/app/referrers/${digest}`],
    ["the catalog", "GET", "/v2/_catalog"],
    ["a classic index", "GET", "/helm/secret/index.yaml"],
    ["a classic archive", "GET", "/helm/secret/hidden-1.0.0.tgz"],
    ["a manifest by a group", "GET", "/v2/all/app/manifests/1.0.0"],
    ["a blob by a group", "GET", `/v2/all/app/blobs/${sha256(layer)}`],
    ["a group's index", "GET", "/helm/all/index.yaml"],
    ["what a proxy has cached", "GET", "/v2/pulled/web/manifests/1.0.0"],
    ["what a proxy would fetch", "GET", "/v2/mirror/web/manifests/1.0.0"],
    ["what another one's archive is, in a cache", "GET", "/helm/pulled/web-1.0.0.tgz"],
  ];
  for (const [what, method, path] of reads) {
    it(`cannot read ${what}`, async () => {
      const { as, egress } = await open();
      egress.take();
      const response = await as(method, path);
      expect(response.status).toBe(403);
      expect(await shown(response)).not.toMatch(/secret layer|sha256:|hidden/);
      expect(egress.take()).toEqual([]);
    });
  }

  it("cannot read by digest what another repository holds", async () => {
    const { as, chart } = await open();
    for (const path of [`blobs/${sha256(layer)}`, `blobs/${digest}`, `manifests/${digest}`, `manifests/${chart}`]) {
      for (const method of ["GET", "HEAD"]) expect((await as(method, `/v2/open/mine/${path}`)).status).toBe(404);
    }
  });

  it("is answered the same for what is there and for what is nowhere: no probing", async () => {
    const { as } = await open();
    const [there, nowhere] = [sha256(layer), sha256(utf8("nowhere"))];
    const paths = (of: string): readonly (readonly [string, string])[] => [
      ["GET", `/v2/secret/app/blobs/${of}`],
      ["GET", `/v2/open/mine/blobs/${of}`],
      ["GET", `/v2/open/mine/manifests/${of}`],
      ["GET", `/v2/open/mine/referrers/${of}`],
      ["DELETE", `/v2/open/mine/blobs/${of}`],
      ["DELETE", `/v2/open/mine/manifests/${of}`],
    ];
    const answers = async (of: string) =>
      await Promise.all(
        paths(of).map(async ([method, path]) => (await shown(await as(method, path))).replaceAll(of, "DIGEST")),
      );
    expect(await answers(there)).toEqual(await answers(nowhere));
  });

  for (const from of ["&from=secret/app", "&from=all/app", "&from=open/mine", ""]) {
    it(`cannot mount a blob${from === "" ? " from anywhere" : ` with ${from.slice(1)}`}, nor learn whether it is there`, async () => {
      const { as } = await open();
      const mount = async (of: string) => await as("POST", `/v2/open/mine/blobs/uploads/?mount=${of}${from}`);
      const [there, nowhere] = [await mount(sha256(layer)), await mount(sha256(utf8("nowhere")))];
      expect([there.status, nowhere.status]).toEqual([202, 202]);
      expect([...there.headers.keys()]).toEqual([...nowhere.headers.keys()]);
      expect((await as("GET", `/v2/open/mine/blobs/${sha256(layer)}`)).status).toBe(404);
    });
  }

  it("cannot name another repository's blobs in a manifest, nor get them by the digest alone", async () => {
    const { as } = await open();
    const bytes = utf8(JSON.stringify(manifest));
    expect((await as("PUT", "/v2/open/mine/manifests/1.0.0", bytes, MANIFEST)).status).toBe(404);
    const empty = new Uint8Array(0);
    expect((await as("POST", `/v2/open/mine/blobs/uploads/?digest=${sha256(layer)}`, empty)).status).toBe(400);
    const location = (await as("POST", "/v2/open/mine/blobs/uploads/")).headers.get("location") ?? "";
    expect((await as("PUT", `${location}?digest=${sha256(layer)}`, empty)).status).toBe(400);
    expect((await as("GET", `/v2/open/mine/blobs/${sha256(layer)}`)).status).toBe(404);
  });

  it("cannot go on with, look at, end or cancel another one's upload, by its id or a forged one", async () => {
    const { registry, as } = await open();
    const location = (await registry.ask("POST", "/v2/secret/app/blobs/uploads/")).headers.get("location") ?? "";
    await registry.ask("PATCH", location, { body: utf8("half of it") });
    const before = await snapshot(registry);
    const id = location.slice(location.lastIndexOf("/") + 1);
    const forged = [
      id,
      `${id.slice(0, 28)}${"0".repeat(16)}`,
      "f".repeat(44),
      "..%2fstates",
      encodeURIComponent(`../${id}`),
    ];
    for (const each of forged) {
      for (const [method, body] of [["GET"], ["PATCH", utf8("more")], ["PUT", utf8("")], ["DELETE"]] as const) {
        const query = method === "PUT" ? `?digest=${sha256(utf8("half of it"))}` : "";
        const own = await as(method, `/v2/open/mine/blobs/uploads/${each}${query}`, body);
        expect([each, method, own.status]).toEqual([each, method, 404]);
        expect((await as(method, `/v2/secret/app/blobs/uploads/${each}${query}`, body)).status).toBe(403);
      }
    }
    expect(await snapshot(registry)).toEqual(before);
  });

  it("cannot overwrite or delete what is there", async () => {
    const { registry, as } = await open();
    const before = await snapshot(registry);
    const other = utf8(JSON.stringify(imageOf(utf8("{}"), utf8("other"))));
    for (const repository of ["secret/app", "all/app", "pulled/web", "mirror/web"]) {
      expect((await as("PUT", `/v2/${repository}/manifests/1.0.0`, other, MANIFEST)).status).toBe(403);
      expect((await as("POST", `/v2/${repository}/blobs/uploads/`)).status).toBe(403);
      expect((await as("POST", `/v2/${repository}/blobs/uploads/?digest=${sha256(other)}`, other)).status).toBe(403);
      expect((await as("DELETE", `/v2/${repository}/manifests/1.0.0`)).status).toBe(403);
      expect((await as("DELETE", `/v2/${repository}/manifests/${digest}`)).status).toBe(403);
      expect((await as("DELETE", `/v2/${repository}/blobs/${sha256(layer)}`)).status).toBe(403);
    }
    expect(await snapshot(registry)).toEqual(before);
  });

  it("cannot put other bytes under a digest that the owner uses, and its own deletions leave the owner's content", async () => {
    const { registry, as } = await open();
    const wrong = utf8("poison layer..");
    expect((await as("POST", `/v2/open/mine/blobs/uploads/?digest=${sha256(layer)}`, wrong)).status).toBe(400);
    expect((await as("POST", `/v2/open/mine/blobs/uploads/?digest=${sha256(layer)}`, layer)).status).toBe(201);
    expect((await as("DELETE", `/v2/open/mine/blobs/${sha256(layer)}`)).status).toBe(202);
    const found = await registry.ask("GET", `/v2/secret/app/blobs/${sha256(layer)}`);
    expect([found.status, sha256(new Uint8Array(await found.arrayBuffer()))]).toEqual([200, sha256(layer)]);
  });
});
