import { beforeAll, describe, expect, it } from "vitest";
import type { Grant } from "../../../functions/access/grant.ts";
import { openVerifyingKey } from "../../../engine/attestation/index.ts";
import { attachmentRoutes } from "../../../functions/charts/attachment-routes.ts";
import type { ChartItem } from "../../../functions/charts/chart-catalog.ts";
import { partRoutes } from "../../../functions/charts/part-routes.ts";
import { createCatalog } from "../../../functions/charts/registry-catalog.ts";
import { chartRoutes } from "../../../functions/charts/routes.ts";
import { problemOf } from "../../../functions/http/engine-problem.ts";
import { EgressError } from "../../../engine/oci/egress-error.ts";
import { parseRepositoryMetadata } from "../../../registry/projects/repository-metadata.ts";
import { PASSWORD, PRIVATE_KEY, PUBLIC_KEY } from "../../engine/attestation/cosign-table.ts";
import { packChart, pushArchive } from "../../support/push-chart.ts";
import { answerFiles, classicUpstream, fakeEgress } from "../../support/upstream.ts";
import {
  descriptor,
  openRegistry,
  sha256,
  type TestRegistry,
  type TestRegistryOptions,
  utf8,
} from "../../support/registry.ts";

const PROJECTS: TestRegistryOptions["projects"] = [
  { kind: "hosted", name: "charts" },
  { kind: "hosted", name: "team" },
  { kind: "group", name: "all", members: [{ project: "charts" }] },
];

async function push(
  registry: TestRegistry,
  project: string,
  name: string,
  version: string,
  more = "",
): Promise<string> {
  const text = `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}`;
  const send = async (path: string, { method = "GET", body, headers }: RequestInit): Promise<Response> =>
    await registry.ask(method, path, {
      ...(body === undefined || body === null ? {} : { body }),
      headers: Object.fromEntries(new Headers(headers)),
    });
  const archive = await packChart(name, { "Chart.yaml": text, "values.yaml": "a: 1\n" });
  return (await pushArchive(send, `${project}/${name}`, archive)).digest;
}

async function pushMetadata(registry: TestRegistry, repository: string, text: string, change: object = {}) {
  await registry.pushBlob(repository, utf8(text));
  await registry.pushBlob(repository, utf8("{}"));
  const manifest = {
    schemaVersion: 2,
    config: descriptor("application/vnd.cncf.artifacthub.config.v1+yaml", utf8("{}")),
    layers: [descriptor("application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml", utf8(text))],
    ...change,
  };
  expect((await registry.pushManifest(repository, "artifacthub.io", manifest)).status).toBe(201);
}

/** Calls a route as the application does, and gives the answer, or the problem's code. */
async function call(
  registry: TestRegistry,
  id: string,
  {
    query = "",
    params = {},
    body = {},
    grants = [{ allow: ["charts:read", "charts:write"] }],
  }: { query?: string; params?: Record<string, string>; body?: object; grants?: readonly Grant[] },
) {
  const { charts, attachments } = registry;
  const catalog = createCatalog({ charts, attachments, isOwnHost: (host) => host === "registry.test" });
  const deps = {
    catalog,
    projects: ["charts", "team", "all"],
    clock: { now: () => 0, sleep: async () => undefined },
    randomBytes: (length: number) => new Uint8Array(length),
    resolve: async () => [],
    functions: { pin: async () => [], run: () => Promise.reject(new Error("no plugins here")) },
    log: { write: () => undefined },
  };
  const routes = [...chartRoutes(deps), ...partRoutes(deps), ...attachmentRoutes(deps)];
  try {
    const response = await routes
      .find((route) => route.id === id)
      ?.run({
        request: new Request(`http://registry.test/?${query}`, { headers: { "content-type": "application/json" } }),
        params,
        principal: { kind: "token", name: "t", grants },
        requestId: "r",
        bytes: utf8(JSON.stringify(body)),
        nonce: "",
      });
    return await response?.json();
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (problem === undefined) throw thrown;
    return problem.code;
  }
}

describe("GET /v1/charts", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = openRegistry({ projects: PROJECTS });
    const web = "description: Serves Pages\nkeywords: [nginx, http]\nappVersion: 1.27.3\n";
    const ada = "maintainers: [{name: Ada Lovelace, email: ada@example.com}, {email: ops@example.com}]\n";
    await push(registry, "charts", "web", "1.0.0", web + ada);
    await push(registry, "charts", "web", "2.0.0", web + ada);
    await push(registry, "charts", "web", "3.0.0-rc.1", web);
    await push(registry, "charts", "old", "0.1.0", "deprecated: true\nkeywords: [http]\n");
    await push(registry, "team", "early", "0.1.0-alpha", "description: not yet\n");
  });

  const found = async (query: string): Promise<readonly string[]> => {
    const answer = await call(registry, "listCharts", { query });
    if (typeof answer === "string") return [answer];
    return answer.items.map(
      (item: { project: string; name: string; version: string }) => `${item.project}/${item.name} ${item.version}`,
    );
  };

  it.each<[string, string, readonly string[]]>([
    [
      "everything",
      "",
      ["all/old 0.1.0", "all/web 2.0.0", "charts/old 0.1.0", "charts/web 2.0.0", "team/early 0.1.0-alpha"],
    ],
    ["a part of a name", "q=ear", ["team/early 0.1.0-alpha"]],
    ["a word of the description, in any case", "q=serves", ["all/web 2.0.0", "charts/web 2.0.0"]],
    ["a keyword", "q=http", ["all/old 0.1.0", "all/web 2.0.0", "charts/old 0.1.0", "charts/web 2.0.0"]],
    ["words that are all found", "q=http+lovelace", ["all/web 2.0.0", "charts/web 2.0.0"]],
    ["a maintainer without a name, by the address", "q=ops@example", ["all/web 2.0.0", "charts/web 2.0.0"]],
    ["the application's version", "q=1.27", ["all/web 2.0.0", "charts/web 2.0.0"]],
    ["nothing", "q=zzz", []],
    ["a constraint", "version=^1", ["all/web 1.0.0", "charts/web 1.0.0"]],
    [
      "a constraint and a word",
      "version=%3E%3D0.1&q=http&devel=false",
      ["all/old 0.1.0", "all/web 2.0.0", "charts/old 0.1.0", "charts/web 2.0.0"],
    ],
    ["pre-releases too", "q=pages&devel=true", ["all/web 3.0.0-rc.1", "charts/web 3.0.0-rc.1"]],
    ["deprecated ones", "deprecated=true", ["all/old 0.1.0", "charts/old 0.1.0"]],
    ["others", "deprecated=false&q=http", ["all/web 2.0.0", "charts/web 2.0.0"]],
    ["no constraint", "version=not+one", ["invalid-request"]],
    ["no flag", "deprecated=perhaps", ["invalid-request"]],
  ])("finds %s", async (_, query, wanted) => {
    expect(await found(query)).toEqual(wanted);
  });

  it.each<[Grant, string, readonly string[]]>([
    [{ allow: ["charts:read"], repositories: ["w*"] }, "", ["all/web 2.0.0", "charts/web 2.0.0"]],
    [{ allow: ["charts:read"], projects: ["charts"], repositories: ["w*", "none"] }, "", ["charts/web 2.0.0"]],
    [{ allow: ["charts:read"], repositories: ["early"] }, "", ["team/early 0.1.0-alpha"]],
    [{ allow: ["charts:write"], repositories: ["web"] }, "", []],
    [{ allow: ["charts:read"], repositories: ["w*"] }, "limit=1", ["all/web 2.0.0", "charts/web 2.0.0"]],
    [{ allow: ["charts:read"], projects: ["charts"], repositories: ["*l*"] }, "limit=1&q=none", []],
  ])("shows to %j what it may read alone, by pages that name nothing else: %s", async (grant, query, wanted) => {
    const seen: string[] = [];
    for (let after: string | undefined = ""; after !== undefined;) {
      const page = await call(registry, "listCharts", { query: `${query}&after=${after}`, grants: [grant] });
      seen.push(...page.items.map((item: ChartItem) => `${item.project}/${item.name} ${item.version}`));
      after = page.next;
      if (after !== undefined) expect(wanted.map((item) => item.split(" ")[0])).toContain(after);
    }
    expect(seen).toEqual(wanted);
  });

  it("shows what a chart is known by", async () => {
    const { items } = await call(registry, "listCharts", { query: "q=pages" });
    expect(items[1]).toEqual({
      project: "charts",
      name: "web",
      version: "2.0.0",
      appVersion: "1.27.3",
      description: "Serves Pages",
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      keywords: ["nginx", "http"],
      maintainers: ["Ada Lovelace", "ops@example.com"],
    });
  });
});

describe("GET /v1/charts with an upstream that fails", () => {
  const down = { send: () => Promise.reject(new EgressError("unreachable", "no answer")) };
  const proxy = (name: string) => ({ kind: "proxy", name, upstream: classicUpstream() }) as const;

  it("shows the other projects, and names the one that could not be asked", async () => {
    const registry = openRegistry({ projects: [{ kind: "hosted", name: "team" }, proxy("charts")], egress: down });
    await push(registry, "team", "web", "1.0.0");
    for (const query of ["", "q=web", "limit=5"]) {
      const answer = await call(registry, "listCharts", { query });
      expect([answer.items.length, answer.unavailable]).toEqual([1, ["charts"]]);
    }
    expect(await call(registry, "listCharts", { query: "limit=1" })).toMatchObject({ next: "team/web" });
    expect(await call(registry, "listCharts", { query: "after=team/a" })).not.toHaveProperty("unavailable");
  });

  it("fails when nothing answered", async () => {
    const registry = openRegistry({ projects: ["charts", "team", "all"].map(proxy), egress: down });
    expect(await call(registry, "listCharts", {})).toBe("upstream-unavailable");
  });
});

const METADATA = `repositoryID: 8bd3ac4e-1f4c-4d6e-bf2a-1c1f9a9b0a11
owners:
  - name: Ada
    email: ada@example.com
ignore:
  - name: web
    version: beta
`;

describe("Artifact Hub's repository metadata", () => {
  it("hides what it ignores, and tells who publishes, also through a group", async () => {
    const registry = openRegistry({ projects: PROJECTS });
    await push(registry, "charts", "web", "1.0.0");
    await push(registry, "charts", "web", "2.0.0-beta.1");
    await pushMetadata(registry, "charts/web", METADATA);
    for (const project of ["charts", "all"]) {
      const answer = await call(registry, "listChartVersions", { params: { project, chart: "web" } });
      expect(answer.items.map((item: { version: string }) => item.version)).toEqual(["1.0.0"]);
      expect(answer.repositoryId).toBe("8bd3ac4e-1f4c-4d6e-bf2a-1c1f9a9b0a11");
      expect(answer.owners).toEqual([{ name: "Ada", email: "ada@example.com" }]);
    }
    expect((await call(registry, "listCharts", { query: "q=web&devel=true" })).items).toHaveLength(2);
    await pushMetadata(registry, "charts/web", METADATA.replace("    version: beta\n", ""));
    expect((await call(registry, "listCharts", { query: "q=web" })).items).toEqual([]);
    const params = { project: "charts", chart: "web" };
    expect(await call(registry, "listChartVersions", { params })).toBe("chart-not-found");
    expect((await registry.ask("GET", "/v2/charts/web/manifests/1.0.0")).status).toBe(200);
    expect(registry.defects).toEqual([]);
  });

  it.each([
    ["of another type", METADATA, { config: descriptor("application/vnd.oci.image.config.v1+json", utf8("{}")) }],
    ["that is no YAML", "a: [", {}],
    ["that is no map", "[1]", {}],
    ["whose entries are none", "owners: 1\nignore: [1, {name: 2}, {name: web, version: '('}]\n", {}],
  ])("is as if it were not there: one %s", async (_, text, change) => {
    const registry = openRegistry({ projects: PROJECTS });
    await push(registry, "charts", "web", "1.0.0");
    await pushMetadata(registry, "charts/web", text, change);
    const answer = await call(registry, "listChartVersions", { params: { project: "charts", chart: "web" } });
    expect(answer.items).toHaveLength(1);
    expect(registry.defects).toEqual([]);
  });

  it.each([
    ["web", "1.0.0-beta", true],
    ["web", "1.0.0", false],
    ["api", "1.0.0-beta", false],
  ])("ignores %s %s: %s", (chart, version, ignored) => {
    expect(parseRepositoryMetadata(METADATA)?.ignores(chart, version)).toBe(ignored);
  });
});

describe("one version", () => {
  const at = Date.parse("2026-03-04T05:06:07Z");
  const world = async (provenance?: string) => {
    const archive = await packChart("web", { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n" });
    const index = "entries:\n  web:\n  - {name: web, version: 1.0.0, urls: ['http://up.test/files/web.tgz?token=x']}\n";
    const files = {
      "/repo/index.yaml": `apiVersion: v1\n${index}`,
      "/files/web.tgz": archive,
      ...(provenance === undefined ? {} : { "/files/web.tgz.prov": provenance }),
    };
    const registry = openRegistry({
      projects: [
        { kind: "proxy", name: "charts", upstream: classicUpstream() },
        { kind: "hosted", name: "team" },
        { kind: "group", name: "all", members: [{ project: "team" }, { project: "charts" }], merge: ["web"] },
      ],
      egress: fakeEgress(answerFiles(files)),
      now: () => at,
    });
    return { registry, archive };
  };
  const read = async (registry: TestRegistry, project: string) =>
    await call(registry, "readChartVersion", { params: { project, chart: "web", version: "1.0.0" } });

  it.each([undefined, "-----BEGIN PGP SIGNED MESSAGE-----\n"])(
    "of an upstream chart repository tells where it came from, with provenance %s",
    async (provenance) => {
      const { registry, archive } = await world(provenance);
      const origin = {
        url: "http://up.test/files/web.tgz",
        fetched: "2026-03-04T05:06:07.000Z",
        archive: sha256(archive),
        ...(provenance === undefined ? {} : { provenance: sha256(utf8(provenance)) }),
      };
      expect((await read(registry, "charts")).origin).toEqual(origin);
      expect((await read(registry, "all")).origin).toEqual(origin);
    },
  );

  it("that was pushed here tells none, in a merge neither", async () => {
    const { registry } = await world();
    await read(registry, "charts");
    await push(registry, "team", "web", "1.0.0", "description: ours\n");
    for (const project of ["team", "all"]) expect(await read(registry, project)).not.toHaveProperty("origin");
  });
});

describe("what is attached to a version", () => {
  it("is listed with it, and a chart that is not yet signed as required can be signed and looked at", async () => {
    const key = await openVerifyingKey(PUBLIC_KEY);
    const signatures = [{ projects: ["charts"], require: [{ kind: "cosign-key", keys: [key] } as const] }];
    const registry = openRegistry({
      projects: PROJECTS,
      signatures,
      access: {
        decide: ({ wishes }) =>
          wishes.some(({ actions }) => actions.includes("unsigned"))
            ? { kind: "deny" }
            : { kind: "allow", actor: "reader" },
      },
    });
    await push(registry, "charts", "web", "1.0.0");
    const params = { project: "charts", chart: "web", version: "1.0.0" };
    expect(await call(registry, "readChartVersion", { params })).toBe("signature-required");
    expect(await call(registry, "readChartValues", { params })).toBe("signature-required");
    expect(await call(registry, "listChartAttachments", { params })).toEqual({ items: [] });
    const body = { cosignKey: PRIVATE_KEY, cosignPassword: PASSWORD, sbom: "spdx" };
    await call(registry, "attachToChart", { params, body });
    const { attachments } = await call(registry, "readChartVersion", { params });
    expect(attachments.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual(["sbom", "sbom", "signature"]);
  });
});
