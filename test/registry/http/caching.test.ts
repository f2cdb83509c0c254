import { describe, expect, it } from "vitest";
import type { RegistryAccess } from "../../../registry/http/access.ts";
import type { Project } from "../../../registry/projects/project.ts";
import { openRegistry, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";

const projects: readonly Project[] = [
  { kind: "hosted", name: "charts" },
  { kind: "hosted", name: "open" },
];
const MEMBER = { authorization: "Bearer member" };

/** Anybody may pull from `open`; members may do everything. */
const access: RegistryAccess = {
  decide: ({ request, wishes }) => {
    const isMember = request.headers.get("authorization") === MEMBER.authorization;
    const isOpen = wishes.every(
      ({ project, actions }) => project === "open" && actions.every((action) => action === "pull"),
    );
    return isMember || isOpen ? { kind: "allow", actor: "a" } : { kind: "challenge", scheme: "bearer" };
  },
};

const FOREVER = "max-age=31536000, immutable";

interface Case {
  readonly what: string;
  readonly path: (project: string, digest: string) => string;
  readonly kept: string;
}
const layer = sha256(utf8("layer"));
const cases: readonly Case[] = [
  { what: "a blob", path: (project) => `/v2/${project}/web/blobs/${layer}`, kept: FOREVER },
  { what: "a manifest by digest", path: (project, digest) => `/v2/${project}/web/manifests/${digest}`, kept: FOREVER },
  { what: "a manifest by tag", path: (project) => `/v2/${project}/web/manifests/1.0.0`, kept: "no-cache" },
  { what: "an index", path: (project) => `/helm/${project}/index.yaml`, kept: "no-cache" },
  { what: "an archive by name", path: (project) => `/helm/${project}/chart-1.0.0.tgz`, kept: "no-cache" },
];

async function filled(): Promise<{ readonly registry: TestRegistry; readonly digest: string }> {
  const everybody = openRegistry({ projects });
  let digest = "";
  for (const project of ["charts", "open"]) {
    digest = await everybody.pushImage(`${project}/web`, "1.0.0", "layer");
    await everybody.pushChart(project, { name: "chart", version: "1.0.0" });
  }
  return { registry: openRegistry({ projects, access, store: everybody.store }), digest };
}

describe("what caches may keep", () => {
  it.each(cases.flatMap((each) => ["GET", "HEAD"].map((method) => ({ ...each, method }))))(
    "of $what, by $method: for all where anybody may pull, else for the caller",
    async ({ path, kept, method }) => {
      const { registry, digest } = await filled();
      for (const [project, headers, scope] of [
        ["open", {}, "public"],
        ["open", MEMBER, "public"],
        ["charts", MEMBER, "private"],
      ] as const) {
        const answer = await registry.ask(method, path(project, digest), { headers });
        expect([answer.status, answer.headers.get("cache-control")], project).toEqual([200, `${scope}, ${kept}`]);
        const etag = answer.headers.get("etag") ?? "";
        const again = await registry.ask(method, path(project, digest), {
          headers: { ...headers, "if-none-match": etag },
        });
        expect([again.status, again.headers.get("etag"), await again.text()], project).toEqual([304, etag, ""]);
        expect(again.headers.get("cache-control"), project).toBe(`${scope}, ${kept}`);
      }
    },
  );

  it("of a part is what may be kept of the whole", async () => {
    const { registry } = await filled();
    const part = await registry.ask("GET", `/v2/open/web/blobs/${layer}`, { headers: { range: "bytes=1-2" } });
    expect([part.status, part.headers.get("cache-control")]).toEqual([206, `public, ${FOREVER}`]);
  });

  it("of a project in which something must be signed is the caller's alone", async () => {
    const { registry: plain } = await filled();
    const signatures = [{ projects: ["other"], require: [] }];
    const registry = openRegistry({ projects, access, store: plain.store, signatures });
    const answer = await registry.ask("GET", `/v2/open/web/blobs/${layer}`);
    expect(answer.headers.get("cache-control")).toBe(`private, ${FOREVER}`);
  });

  it.each(["/v2/open/web/tags/list", `/v2/open/web/referrers/${layer}`])("of the list %s is nothing", async (path) => {
    const { registry } = await filled();
    expect((await registry.ask("GET", path)).headers.get("cache-control")).toBe("private, no-cache");
  });

  it("of what is not here is nothing, whatever the caller says to have", async () => {
    const { registry } = await filled();
    for (const known of ["*", `"${sha256(utf8("other"))}"`]) {
      for (const path of [`blobs/${sha256(utf8("other"))}`, `manifests/${sha256(utf8("other"))}`, "manifests/9"]) {
        const answer = await registry.ask("GET", `/v2/open/web/${path}`, { headers: { "if-none-match": known } });
        expect([answer.status, answer.headers.get("cache-control")], path).toEqual([404, null]);
      }
    }
  });
});
