import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { PushEvent } from "../../../registry/http/context.ts";
import {
  descriptor,
  errorCodes,
  imageOf,
  INDEX,
  MANIFEST,
  openRegistry,
  sha256,
  utf8,
} from "../../support/registry.ts";

const repo = "charts/web";
const body = (response: Response) => response.arrayBuffer().then((buffer) => new Uint8Array(buffer));
const sha512 = (bytes: Uint8Array) => `sha512:${createHash("sha512").update(bytes).digest("hex")}`;

describe("a method that there is not", () => {
  it.each([
    ["PATCH", "manifests/1.0.0", "GET, HEAD, PUT, DELETE"],
    ["PUT", `blobs/${sha256(utf8("a"))}`, "GET, HEAD, DELETE"],
    ["GET", "blobs/uploads/", "POST"],
    ["POST", "tags/list", "GET, HEAD"],
    ["DELETE", `referrers/${sha256(utf8("a"))}`, "GET, HEAD"],
    ["POST", "/v2/", "GET, HEAD"],
    ["DELETE", "/v2/_catalog", "GET, HEAD"],
  ])("%s of %s is answered 405 with those there are", async (method, path, allow) => {
    const answer = await openRegistry().ask(method, path.startsWith("/") ? path : `/v2/${repo}/${path}`);
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
    expect(await errorCodes(answer)).toEqual(["UNSUPPORTED"]);
  });

  it.each([
    ["DELETE", "index.yaml", "GET, HEAD"],
    ["POST", "web-1.0.0.tgz", "GET, HEAD"],
    ["GET", "api/charts", "POST"],
    ["PUT", "api/prov", "POST"],
  ])("%s of a chart repository's %s is, too", async (method, path, allow) => {
    const answer = await openRegistry().ask(method, `/helm/charts/${path}`);
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
  });
});

describe("a blob", () => {
  it("is there with length, digest and type after it was pushed", async () => {
    const registry = openRegistry();
    const digest = await registry.pushBlob(repo, utf8("hello"));
    for (const method of ["GET", "HEAD"]) {
      const response = await registry.ask(method, `/v2/${repo}/blobs/${digest}`);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-length": "5",
        "content-type": "application/octet-stream",
        "docker-content-digest": digest,
        "accept-ranges": "bytes",
        etag: `"${digest}"`,
      });
      expect(await response.text()).toBe(method === "GET" ? "hello" : "");
    }
  });

  it("is not there in another repository, nor before the push", async () => {
    const registry = openRegistry();
    const digest = await registry.pushBlob(repo, utf8("hello"));
    for (const path of [`/v2/charts/other/blobs/${digest}`, `/v2/${repo}/blobs/${sha256(utf8("x"))}`]) {
      const response = await registry.ask("GET", path);
      expect([response.status, await errorCodes(response)]).toEqual([404, ["BLOB_UNKNOWN"]]);
    }
  });

  it.each([
    ["of this blob", (digest: string) => `"${digest}"`, 206, "el"],
    ["of another", () => `"${sha256(utf8("x"))}"`, 200, "hello"],
    ["of a date", () => "Wed, 21 Oct 2015 07:28:00 GMT", 200, "hello"],
  ])("gives a part where If-Range is %s, else the whole", async (_, etag, status, text) => {
    const registry = openRegistry();
    const digest = await registry.pushBlob(repo, utf8("hello"));
    const headers = { range: "bytes=1-2", "if-range": etag(digest) };
    const answer = await registry.ask("GET", `/v2/${repo}/blobs/${digest}`, { headers });
    expect([answer.status, await answer.text()]).toEqual([status, text]);
  });

  it("answers If-None-Match with 304", async () => {
    const registry = openRegistry();
    const digest = await registry.pushBlob(repo, utf8("hello"));
    const headers = { "if-none-match": `W/"x", "${digest}"` };
    expect((await registry.ask("GET", `/v2/${repo}/blobs/${digest}`, { headers })).status).toBe(304);
  });

  it.each([
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=2-5", 206, "2345", "bytes 2-5/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-30", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=8-100", 206, "89", "bytes 8-9/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=5-0", 416, "", "bytes */10"],
    ["bytes=-0", 416, "", "bytes */10"],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["bytes=a-b", 200, "0123456789", null],
    ["bytes=-", 200, "0123456789", null],
    ["items=0-1", 200, "0123456789", null],
  ])("answers Range %s with %d", async (range, status, text, contentRange) => {
    const registry = openRegistry();
    const digest = await registry.pushBlob(repo, utf8("0123456789"));
    const response = await registry.ask("GET", `/v2/${repo}/blobs/${digest}`, { headers: { range } });
    expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  it("goes from one repository by DELETE and stays in another", async () => {
    const registry = openRegistry();
    const digest = await registry.pushBlob("charts/a", utf8("x"));
    await registry.pushBlob("charts/b", utf8("x"));
    expect((await registry.ask("DELETE", `/v2/charts/a/blobs/${digest}`)).status).toBe(202);
    expect((await registry.ask("DELETE", `/v2/charts/a/blobs/${digest}`)).status).toBe(404);
    expect((await registry.ask("HEAD", `/v2/charts/a/blobs/${digest}`)).status).toBe(404);
    expect((await registry.ask("HEAD", `/v2/charts/b/blobs/${digest}`)).status).toBe(200);
  });

  it("of sha512 is known by it", async () => {
    const registry = openRegistry();
    const digest = sha512(utf8("hello"));
    const pushed = await registry.ask("POST", `/v2/${repo}/blobs/uploads/?digest=${digest}`, {
      body: "hello",
      headers: { "content-length": "5" },
    });
    expect([pushed.status, pushed.headers.get("docker-content-digest")]).toEqual([201, digest]);
    const read = await registry.ask("GET", `/v2/${repo}/blobs/${digest}`);
    expect([await read.text(), read.headers.get("docker-content-digest")]).toEqual(["hello", digest]);
  });
});

describe("a mount", () => {
  it("from a repository that has the blob gives it without bytes", async () => {
    const registry = openRegistry();
    const digest = await registry.pushBlob("charts/a", utf8("x"));
    for (const query of [`mount=${digest}&from=charts/a`, `mount=${digest}`]) {
      const response = await registry.ask("POST", `/v2/charts/b/blobs/uploads/?${query}`);
      expect([response.status, response.headers.get("location")]).toEqual([201, `/v2/charts/b/blobs/${digest}`]);
      expect((await registry.ask("DELETE", `/v2/charts/b/blobs/${digest}`)).status).toBe(202);
    }
  });

  it("of what is not there, or may not be read, starts an upload", async () => {
    const registry = openRegistry({
      access: {
        decide: ({ wishes }) =>
          wishes.some((wish) => wish.repository === "charts/secret" && wish.actions.includes("pull"))
            ? { kind: "deny" }
            : { kind: "allow", actor: "a" },
      },
    });
    const { store } = registry;
    const open = openRegistry({ store });
    const digest = await open.pushBlob("charts/secret", utf8("secret"));
    const missing = sha256(utf8("never"));
    for (const query of [`mount=${digest}&from=charts/secret`, `mount=${digest}`, `mount=${missing}&from=charts/a`]) {
      const response = await registry.ask("POST", `/v2/charts/b/blobs/uploads/?${query}`);
      expect(response.status).toBe(202);
    }
    expect((await registry.ask("HEAD", `/v2/charts/b/blobs/${digest}`)).status).toBe(404);
  });

  it("cannot be had by claiming a digest without the bytes", async () => {
    const registry = openRegistry();
    const digest = await registry.pushBlob("charts/secret", utf8("secret"));
    const response = await registry.ask("POST", `/v2/charts/mine/blobs/uploads/?digest=${digest}`, {
      body: "guess!",
      headers: { "content-length": "6" },
    });
    expect([response.status, await errorCodes(response)]).toEqual([400, ["DIGEST_INVALID"]]);
    expect((await registry.ask("HEAD", `/v2/charts/mine/blobs/${digest}`)).status).toBe(404);
    expect(await (await registry.ask("GET", `/v2/charts/secret/blobs/${digest}`)).text()).toBe("secret");
  });
});

describe("a manifest", () => {
  it("is there by tag and digest, byte for byte, with its own type whatever Accept says", async () => {
    const registry = openRegistry();
    const digest = await registry.pushImage(repo, "1.0.0", "layer");
    for (const reference of ["1.0.0", digest]) {
      for (const method of ["GET", "HEAD"]) {
        const response = await registry.ask(method, `/v2/${repo}/manifests/${reference}`, {
          headers: { accept: "text/html" },
        });
        expect([response.status, response.headers.get("content-type")]).toEqual([200, MANIFEST]);
        expect(response.headers.get("docker-content-digest")).toBe(digest);
        const bytes = await body(response);
        if (method === "GET") expect(sha256(bytes)).toBe(digest);
        else expect(bytes.length).toBe(0);
      }
    }
  });

  it("keeps unknown fields and blanks as they came", async () => {
    const registry = openRegistry();
    await registry.pushImage(repo, "base", "layer");
    const text = ` ${JSON.stringify({ ...imageOf(utf8("{}"), utf8("layer")), "org.example": [1, 2] }, null, 3)}\n`;
    const put = await registry.ask("PUT", `/v2/${repo}/manifests/odd`, {
      body: text,
      headers: { "content-type": MANIFEST },
    });
    expect(put.status).toBe(201);
    expect(await (await registry.ask("GET", `/v2/${repo}/manifests/odd`)).text()).toBe(text);
  });

  it("is refused when a layer or its config is not in the repository", async () => {
    const registry = openRegistry();
    await registry.pushBlob(repo, utf8("{}"));
    const response = await registry.pushManifest(repo, "x", imageOf(utf8("{}"), utf8("nowhere")));
    expect([response.status, await errorCodes(response)]).toEqual([404, ["MANIFEST_BLOB_UNKNOWN"]]);
    expect((await registry.ask("GET", `/v2/${repo}/manifests/x`)).status).toBe(404);
    expect((await registry.ask("GET", `/v2/${repo}/tags/list`)).status).toBe(404);
  });

  it("may name layers that are not distributable, and an index what is elsewhere", async () => {
    const registry = openRegistry();
    await registry.pushBlob(repo, utf8("{}"));
    const foreign = descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar", utf8("far"));
    expect(
      (await registry.pushManifest(repo, "a", { ...imageOf(utf8("{}"), utf8("")), layers: [foreign] })).status,
    ).toBe(201);
    const sparse = { schemaVersion: 2, mediaType: INDEX, manifests: [descriptor(MANIFEST, utf8("elsewhere"))] };
    expect((await registry.pushManifest(repo, "b", sparse, INDEX)).status).toBe(201);
  });

  it("by digest must have it, and a malformed one is no tag either", async () => {
    const registry = openRegistry();
    await registry.pushImage(repo, "base", "layer");
    const manifest = imageOf(utf8("{}"), utf8("layer"));
    for (const reference of [sha256(utf8("other")), "sha256:totallywrong"]) {
      const response = await registry.pushManifest(repo, reference, manifest);
      expect([response.status, await errorCodes(response)]).toEqual([400, ["DIGEST_INVALID"]]);
    }
  });

  it("gets several tags at once by parameter", async () => {
    const registry = openRegistry();
    const digest = await registry.pushImage(repo, "base", "layer");
    const manifest = imageOf(utf8("{}"), utf8("layer"));
    const put = await registry.pushManifest(repo, `${digest}?tag=a&tag=b`, manifest);
    expect([put.status, put.headers.get("oci-tag")]).toEqual([201, "a, b"]);
    const list = (await (await registry.ask("GET", `/v2/${repo}/tags/list`)).json()) as { tags: string[] };
    expect(list.tags).toEqual(["a", "b", "base"]);
    const many = Array.from({ length: 101 }, (_, i) => `tag=t${i}`).join("&");
    expect((await registry.pushManifest(repo, `${digest}?${many}`, manifest)).status).toBe(414);
  });

  it("of more than 4 MiB is refused", async () => {
    const registry = openRegistry();
    const huge = { ...imageOf(utf8("{}"), utf8("")), annotations: { a: "x".repeat(4 * 1024 * 1024) } };
    const response = await registry.pushManifest(repo, "x", huge);
    expect([response.status, await errorCodes(response)]).toEqual([413, ["SIZE_INVALID"]]);
  });

  it("goes with its tags by digest, alone by tag", async () => {
    const registry = openRegistry();
    const digest = await registry.pushImage(repo, "a", "layer");
    await registry.pushImage(repo, "b", "layer");
    await registry.pushImage(repo, "other", "other layer");
    expect((await registry.ask("DELETE", `/v2/${repo}/manifests/a`)).status).toBe(202);
    expect((await registry.ask("GET", `/v2/${repo}/manifests/a`)).status).toBe(404);
    expect((await registry.ask("GET", `/v2/${repo}/manifests/${digest}`)).status).toBe(200);
    expect((await registry.ask("DELETE", `/v2/${repo}/manifests/${digest}`)).status).toBe(202);
    expect((await registry.ask("GET", `/v2/${repo}/manifests/b`)).status).toBe(404);
    expect((await registry.ask("DELETE", `/v2/${repo}/manifests/${digest}`)).status).toBe(404);
    expect(await (await registry.ask("GET", `/v2/${repo}/tags/list`)).json()).toEqual({ name: repo, tags: ["other"] });
  });

  it("that a tag no longer points at can go without the tag", async () => {
    const registry = openRegistry();
    const old = await registry.pushImage(repo, "latest", "old");
    const current = await registry.pushImage(repo, "latest", "new");
    expect((await registry.ask("DELETE", `/v2/${repo}/manifests/${old}`)).status).toBe(202);
    const response = await registry.ask("HEAD", `/v2/${repo}/manifests/latest`);
    expect([response.status, response.headers.get("docker-content-digest")]).toEqual([200, current]);
  });
});

describe("tags", () => {
  it("come in byte order, page by page with Link", async () => {
    const registry = openRegistry();
    for (const tag of ["b", "a", "B", "_c", "1.10.0", "1.9.0"]) await registry.pushImage(repo, tag, "x");
    const all = ["1.10.0", "1.9.0", "B", "_c", "a", "b"];
    const got: string[] = [];
    let next: string | undefined = `/v2/${repo}/tags/list?n=2`;
    while (next !== undefined) {
      const response = await registry.ask("GET", next);
      const page = (await response.json()) as { tags: string[] };
      expect(page.tags).toHaveLength(2);
      got.push(...page.tags);
      next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(got).toEqual(all);
    const rest = (await (await registry.ask("GET", `/v2/${repo}/tags/list?last=B`)).json()) as { tags: string[] };
    expect(rest.tags).toEqual(["_c", "a", "b"]);
    const none = await registry.ask("GET", `/v2/${repo}/tags/list?n=0`);
    expect([(await none.json()) as unknown, none.headers.get("link")]).toEqual([{ name: repo, tags: [] }, null]);
    expect((await registry.ask("GET", `/v2/${repo}/tags/list?n=-1`)).status).toBe(400);
  });

  it("of an immutable project never point elsewhere", async () => {
    const registry = openRegistry({ projects: [{ kind: "hosted", name: "charts", immutableTags: true }] });
    const digest = await registry.pushImage(repo, "1.0.0", "one");
    await registry.pushImage(repo, "1.0.0", "one");
    await expect(registry.pushImage(repo, "1.0.0", "two")).rejects.toThrow("403");
    const head = await registry.ask("HEAD", `/v2/${repo}/manifests/1.0.0`);
    expect(head.headers.get("docker-content-digest")).toBe(digest);
  });

  it("of a repository that nobody pushed to are an unknown name", async () => {
    const registry = openRegistry();
    const unknown = await registry.ask("GET", `/v2/${repo}/tags/list`);
    expect([unknown.status, await errorCodes(unknown)]).toEqual([404, ["NAME_UNKNOWN"]]);
    await registry.pushImage(repo, "1.0.0", "one");
    await registry.ask("DELETE", `/v2/${repo}/manifests/1.0.0`);
    expect((await registry.ask("GET", `/v2/${repo}/tags/list`)).status).toBe(200);
  });

  it("of an immutable project cannot be deleted to be pushed anew, by name or by digest", async () => {
    const registry = openRegistry({ projects: [{ kind: "hosted", name: "charts", immutableTags: true }] });
    const digest = await registry.pushImage(repo, "1.0.0", "one");
    for (const reference of ["1.0.0", digest]) {
      const refused = await registry.ask("DELETE", `/v2/${repo}/manifests/${reference}`);
      expect([refused.status, await errorCodes(refused)]).toEqual([403, ["DENIED"]]);
    }
    expect((await registry.ask("HEAD", `/v2/${repo}/manifests/1.0.0`)).status).toBe(200);
    expect((await registry.ask("DELETE", `/v2/${repo}/manifests/2.0.0`)).status).toBe(404);
    const untagged = { ...imageOf(utf8("{}"), utf8("one")), annotations: { a: "b" } };
    const other = sha256(utf8(JSON.stringify(untagged)));
    expect((await registry.pushManifest(repo, other, untagged)).status).toBe(201);
    expect((await registry.ask("DELETE", `/v2/${repo}/manifests/${other}`)).status).toBe(202);
  });

  it("are told to the listener once they are visible", async () => {
    const events: PushEvent[] = [];
    const registry = openRegistry({ onPush: async (event) => void events.push(event) });
    const digest = await registry.pushImage("charts/team/web", "1.0.0", "one");
    expect(events).toEqual([
      { project: "charts", name: "team/web", tag: "1.0.0", digest, mediaType: MANIFEST, actor: "anonymous" },
    ]);
  });

  it("are pushed even if the listener fails", async () => {
    const registry = openRegistry({
      onPush: async () => {
        throw new Error("listener");
      },
    });
    await registry.pushImage(repo, "1.0.0", "one");
    await new Promise((resolve) => setImmediate(resolve));
    expect(registry.defects).toHaveLength(1);
  });
});

describe("the catalog", () => {
  it("names the repositories that something was pushed to", async () => {
    const registry = openRegistry();
    for (const name of ["charts/b", "charts/a/x", "charts/a"]) await registry.pushImage(name, "1", "x");
    const first = await registry.ask("GET", "/v2/_catalog?n=2");
    expect(await first.json()).toEqual({ repositories: ["charts/a", "charts/a/x"] });
    const next = /<([^>]+)>/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    const second = await registry.ask("GET", next);
    expect([await second.json(), second.headers.get("link")]).toEqual([{ repositories: ["charts/b"] }, null]);
  });

  // As distribution 3.1.2 answers, but for names of other letters than names have, which it starts again for.
  it.each([
    ["", ["a/x", "b/y", "b/z", "c/z"]],
    ["b", ["b/y", "b/z", "c/z"]],
    ["a/xx", ["b/y", "b/z", "c/z"]],
    ["a/x/", ["b/y", "b/z", "c/z"]],
    ["bb", ["c/z"]],
    ["b/yy", ["b/z", "c/z"]],
    ["@@", ["a/x", "b/y", "b/z", "c/z"]],
    ["ZZ", ["a/x", "b/y", "b/z", "c/z"]],
    ["../..", ["a/x", "b/y", "b/z", "c/z"]],
    ["zz", []],
  ])("goes on behind %j, whether there is such a name or not", async (last, repositories) => {
    const registry = openRegistry({ projects: ["a", "b", "c"].map((name) => ({ kind: "hosted", name })) });
    for (const name of ["c/z", "b/z", "b/y", "a/x"]) await registry.pushImage(name, "1", "x");
    const answer = await registry.ask("GET", `/v2/_catalog?last=${encodeURIComponent(last)}`);
    expect(await answer.json()).toEqual({ repositories });
  });
});

describe("a number of results", () => {
  const three = ["1", "2", "3"];
  // As distribution 3.1.2 answers; olareg 0.2.2 gives all for whatever is no number, and no answer at all for 0 and -1.
  it.each<[string, readonly string[] | "refused"]>([
    ["n=", three],
    ["n=0", []],
    ["n=2", ["1", "2"]],
    ["n=100000", three],
    ["n=x", "refused"],
    ["n=-1", "refused"],
    ["n=1.5", "refused"],
    ["n=0x1", "refused"],
    ["n=99999999999999999999999", "refused"],
    ["last=1z", ["2", "3"]],
    ["last=@@", []],
    ["last=", three],
  ])("%s gives %j", async (query, tags) => {
    const registry = openRegistry();
    for (const tag of three) await registry.pushImage(repo, tag, tag);
    const answer = await registry.ask("GET", `/v2/${repo}/tags/list?${query}`);
    const catalog = await registry.ask("GET", `/v2/_catalog?${query.replace("last=1z", "last=@")}`);
    if (tags === "refused") {
      for (const each of [answer, catalog]) {
        expect([each.status, await errorCodes(each)]).toEqual([400, ["PAGINATION_NUMBER_INVALID"]]);
      }
    } else {
      expect([answer.status, (await answer.json()).tags, catalog.status]).toEqual([200, tags, 200]);
    }
  });
});

describe("referrers", () => {
  it("are listed, filtered, and gone with their manifest; a subject need not exist", async () => {
    const registry = openRegistry();
    const subject = descriptor(MANIFEST, utf8("not here yet")) as { digest: string };
    await registry.pushBlob(repo, utf8("{}"));
    const attach = async (artifactType: string) =>
      await registry.pushManifest(
        repo,
        sha256(utf8(JSON.stringify(manifestOf(artifactType)))),
        manifestOf(artifactType),
      );
    const manifestOf = (artifactType: string) => ({
      ...imageOf(utf8("{}"), utf8("")),
      layers: [],
      subject,
      artifactType,
      annotations: { kind: artifactType },
    });
    const empty = await registry.ask("GET", `/v2/${repo}/referrers/${subject.digest}`);
    expect([empty.status, empty.headers.get("content-type"), await empty.json()]).toEqual([
      200,
      INDEX,
      { schemaVersion: 2, mediaType: INDEX, manifests: [] },
    ]);
    const put = await attach("a/sbom");
    expect([put.status, put.headers.get("oci-subject")]).toEqual([201, subject.digest]);
    await attach("a/signature");
    const list = async (query = "") => {
      const response = await registry.ask("GET", `/v2/${repo}/referrers/${subject.digest}${query}`);
      const index = (await response.json()) as { manifests: { artifactType: string; digest: string }[] };
      return { filters: response.headers.get("oci-filters-applied"), manifests: index.manifests };
    };
    expect((await list()).manifests.map((item) => item.artifactType).sort()).toEqual(["a/sbom", "a/signature"]);
    const filtered = await list("?artifactType=a%2Fsbom");
    expect(filtered).toMatchObject({
      filters: "artifactType",
      manifests: [{ artifactType: "a/sbom", annotations: { kind: "a/sbom" }, mediaType: MANIFEST }],
    });
    await registry.ask("DELETE", `/v2/${repo}/manifests/${filtered.manifests[0]?.digest}`);
    expect((await list()).manifests.map((item) => item.artifactType)).toEqual(["a/signature"]);
    expect((await registry.ask("GET", `/v2/${repo}/referrers/nonsense`)).status).toBe(400);
  });

  it("come in pages that stay below what clients read", async () => {
    const registry = openRegistry();
    const subject = descriptor(MANIFEST, utf8("s")) as { digest: string };
    await registry.pushBlob(repo, utf8("{}"));
    const digests: string[] = [];
    for (let i = 0; i < 4; i++) {
      const manifest = {
        ...imageOf(utf8("{}"), utf8("")),
        layers: [],
        subject,
        annotations: { x: String(i).repeat(1_200_000) },
      };
      digests.push(sha256(utf8(JSON.stringify(manifest))));
      expect((await registry.pushManifest(repo, digests.at(-1) ?? "", manifest)).status).toBe(201);
    }
    const got: string[] = [];
    let next: string | undefined = `/v2/${repo}/referrers/${subject.digest}`;
    while (next !== undefined) {
      const response = await registry.ask("GET", next);
      const text = await response.text();
      expect(text.length).toBeLessThan(4 * 1024 * 1024);
      got.push(...(JSON.parse(text) as { manifests: { digest: string }[] }).manifests.map((item) => item.digest));
      next = /<([^>]+)>/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(got).toEqual(digests.sort());
  });
});

describe("requests that are none", () => {
  it.each([
    ["GET", "/v2/Charts/web/tags/list", 400, "NAME_INVALID"],
    ["GET", "/v2/charts/web/manifests/.bad", 404, "MANIFEST_UNKNOWN"],
    ["GET", "/v2/charts/web/manifests/none", 404, "MANIFEST_UNKNOWN"],
    ["GET", "/v2/charts/web/blobs/sha256:baddigeststring", 400, "DIGEST_INVALID"],
    ["GET", "/v2/unknown/web/tags/list", 404, "NAME_UNKNOWN"],
    ["GET", "/v2/alone/tags/list", 404, "NAME_UNKNOWN"],
    ["POST", "/v2/unknown/web/blobs/uploads/", 404, "NAME_UNKNOWN"],
    ["GET", "/v2/charts/web/nothing", 404, "UNSUPPORTED"],
    ["PATCH", "/v2/charts/web/manifests/x", 405, "UNSUPPORTED"],
    ["PUT", "/v2/charts/web/blobs/uploads/", 405, "UNSUPPORTED"],
    ["POST", "/v2/charts/web/tags/list", 405, "UNSUPPORTED"],
    ["GET", "/v2/charts/web/blobs/uploads/nonsense", 404, "BLOB_UPLOAD_UNKNOWN"],
    ["GET", "/v2/charts/%E0%A4%A/manifests/x", 400, "NAME_INVALID"],
    ["GET", "/v2/charts/../charts/manifests/%E0%A4%A", 404, undefined],
    ["GET", "/v2/token", 404, "UNSUPPORTED"],
  ])("%s %s is answered %d %s", async (method, path, status, code) => {
    const registry = openRegistry();
    const response = await registry.ask(method, path);
    expect(response.status).toBe(status);
    if (code !== undefined) expect(await errorCodes(response)).toEqual([code]);
    expect(registry.defects).toEqual([]);
  });

  it("find a repository whose name looks like a path of the API", async () => {
    const registry = openRegistry();
    const name = "charts/manifests/blobs/uploads/tags";
    const digest = await registry.pushImage(name, "list", "x");
    expect((await registry.ask("HEAD", `/v2/${name}/manifests/list`)).headers.get("docker-content-digest")).toBe(
      digest,
    );
    expect((await registry.ask("GET", `/v2/${name}/manifests/${encodeURIComponent(digest)}`)).status).toBe(200);
  });
});

describe("access", () => {
  it("is asked with the repository and the actions, and a challenge names the missing scope", async () => {
    const asked: unknown[] = [];
    const registry = openRegistry({
      access: {
        decide: ({ wishes }) => {
          asked.push(...wishes);
          return { kind: "challenge", scheme: "bearer" };
        },
        token: async () => Response.json({ token: "t" }),
      },
    });
    const push = await registry.ask("POST", "/v2/charts/web/blobs/uploads/");
    expect([push.status, push.headers.get("www-authenticate"), await errorCodes(push)]).toEqual([
      401,
      'Bearer realm="http://registry.test/v2/token",service="registry.test",scope="repository:charts/web:pull,push"',
      ["UNAUTHORIZED"],
    ]);
    await registry.ask("DELETE", "/v2/charts/web/manifests/x");
    expect(asked).toEqual([
      { project: "charts", repository: "charts/web", actions: ["pull", "push"] },
      { project: "charts", repository: "charts/web", actions: ["delete"] },
    ]);
    const base = await registry.ask("GET", "/v2/");
    expect(base.headers.get("www-authenticate")).toBe(
      'Bearer realm="http://registry.test/v2/token",service="registry.test"',
    );
    expect(await (await registry.ask("GET", "/v2/token")).json()).toEqual({ token: "t" });
    const index = await registry.ask("GET", "/helm/charts/index.yaml");
    expect([index.status, index.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="registry.test"']);
  });

  it.each([
    ["there", "challenge", false, 401],
    ["nowhere", "challenge", false, 401],
    ["there", "challenge", true, 202],
    ["there", "deny", false, 202],
    ["there", "allow", false, 201],
    ["nowhere", "allow", false, 202],
  ] as const)("for a mount of what is %s: %s, in vain %s, is answered %d", async (what, kind, inVain, status) => {
    const store = createMemoryStore();
    await openRegistry({ store }).pushBlob("charts/source", utf8("there"));
    const registry = openRegistry({
      store,
      access: {
        decide: ({ wishes }) => {
          if (kind === "allow" || wishes[0]?.mount !== true) return { kind: "allow", actor: "a" };
          return kind === "deny" ? { kind } : { kind, scheme: "bearer", inVain };
        },
      },
    });
    const mount = `/v2/${repo}/blobs/uploads/?mount=${sha256(utf8(what))}`;
    const answer = await registry.ask("POST", `${mount}&from=charts/source`);
    expect(answer.status).toBe(status);
    const scope = `scope="repository:${repo}:pull,push repository:charts/source:pull"`;
    if (status === 401) expect(answer.headers.get("www-authenticate")).toContain(scope);
    const anonymous = await registry.ask("POST", mount);
    expect(anonymous.status).toBe(status === 201 ? 201 : 202);
  });

  it("comes before anything is looked up: who may not read learns nothing", async () => {
    const store = createMemoryStore();
    const open = openRegistry({ store });
    const digest = await open.pushImage(repo, "1", "x");
    const closed = openRegistry({ store, access: { decide: () => ({ kind: "deny" }) } });
    const answers = await Promise.all(
      [
        `/v2/${repo}/manifests/1`,
        `/v2/${repo}/manifests/none`,
        "/v2/unknown/x/manifests/1",
        `/v2/${repo}/blobs/${digest}`,
      ]
        .flatMap((path) => ["GET", "HEAD", "DELETE", "PUT"].map((method) => [method, path] as const))
        .filter(([method, path]) => method !== "PUT" || path.includes("manifests"))
        .map(async ([method, path]) => (await closed.ask(method, path)).status),
    );
    expect(new Set(answers)).toEqual(new Set([403]));
  });
});
