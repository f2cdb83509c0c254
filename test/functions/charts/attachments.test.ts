import { describe, expect, it } from "vitest";
import { PASSWORD, PRIVATE_KEY } from "../../engine/attestation/cosign-table.ts";
import { attachmentRoutes } from "../../../functions/charts/attachment-routes.ts";
import { createCatalog } from "../../../functions/charts/registry-catalog.ts";
import { problemOf } from "../../../functions/http/engine-problem.ts";
import { openRegistry, type TestRegistry } from "../../support/registry.ts";
import { pushArchive, packChart } from "../../support/push-chart.ts";

const WRITER = { allow: ["charts:read", "charts:write"] };
const READER = { allow: ["charts:read"] };
const CHART = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "values.yaml": "tag: v1\n",
  "templates/pod.yaml": "kind: Pod\nspec: {containers: [{name: a, image: 'acme/web:{{ .Values.tag }}'}]}\n",
};

async function openTest(): Promise<TestRegistry> {
  const registry = openRegistry({
    projects: [
      { kind: "hosted", name: "charts" },
      { kind: "group", name: "all", members: [{ project: "charts" }] },
    ],
  });
  const send = async (path: string, { method = "GET", body, headers }: RequestInit): Promise<Response> =>
    await registry.ask(method, path, {
      ...(body === undefined || body === null ? {} : { body }),
      headers: Object.fromEntries(new Headers(headers)),
    });
  await pushArchive(send, "charts/web", await packChart("web", CHART));
  return registry;
}

interface Asked {
  readonly project?: string;
  readonly version?: string;
  readonly grant?: object;
}

/** Calls a route as the application does, and gives the status with the answer or the problem's code. */
async function call(registry: TestRegistry, method: "GET" | "POST", body: object, asked: Asked = {}) {
  const { charts, attachments } = registry;
  const routes = attachmentRoutes({
    catalog: createCatalog({ charts, attachments, isOwnHost: (host) => host === "registry.test" }),
    projects: ["charts", "all"],
    clock: { now: () => 0, sleep: async () => undefined },
    randomBytes: (length) => new Uint8Array(length),
    resolve: async () => [],
    functions: { pin: async () => [], run: () => Promise.reject(new Error("no plugins here")) },
    log: { write: () => undefined },
  });
  const { project = "charts", version = "1.0.0", grant = WRITER } = asked;
  const route = routes.find((one) => one.method === method);
  const headers = { "content-type": "application/json" };
  try {
    const response = await route?.run({
      request: new Request("http://registry.test/", { headers }),
      params: { project, chart: "web", version },
      principal: { kind: "token", name: "t", grants: [grant] } as never,
      requestId: "r",
      bytes: new TextEncoder().encode(JSON.stringify(body)),
      nonce: "",
    });
    return { status: response?.status, answer: await response?.json() };
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (problem === undefined) throw thrown;
    return { status: problem.code, answer: problem };
  }
}

const SIGNING = { cosignKey: PRIVATE_KEY, cosignPassword: PASSWORD };

describe("POST …/attachments", () => {
  it("attaches once what is asked for twice, and GET lists it, also through a group", async () => {
    const registry = await openTest();
    const body = { ...SIGNING, sbom: "cyclonedx", slsaProvenance: true, sourceDateEpoch: 1_767_225_600 };
    const first = await call(registry, "POST", body);
    const second = await call(registry, "POST", body);
    expect(first.status).toBe(201);
    expect(second).toEqual(first);
    expect(first.answer.items.map((item: object) => ({ ...item, digest: "" }))).toEqual(
      [
        {
          kind: "signature",
          artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
          predicateType: "https://sigstore.dev/cosign/sign/v1",
        },
        { kind: "sbom", artifactType: "application/vnd.cyclonedx+json" },
        {
          kind: "sbom",
          artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
          predicateType: "https://cyclonedx.org/bom",
        },
        {
          kind: "attestation",
          artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
          predicateType: "https://slsa.dev/provenance/v1",
        },
      ].map((item) => ({ ...item, digest: "", created: "2026-01-01T00:00:00Z" })),
    );
    for (const project of ["charts", "all"]) {
      const listed = await call(registry, "GET", {}, { project, grant: READER });
      expect(listed.answer.items).toHaveLength(4);
    }
    expect(registry.defects).toEqual([]);
  });

  it.each([
    ["nothing to attach", {}, {}, "invalid-request"],
    ["a key that is none", { cosignKey: "x" }, {}, "invalid-request"],
    ["a wrong password", { ...SIGNING, cosignPassword: "wrong" }, {}, "invalid-request"],
    ["an unknown kind of SBOM", { sbom: "swid" }, {}, "invalid-request"],
    ["a source that is no URI", { slsaProvenance: true, slsaSource: "here" }, {}, "invalid-request"],
    ["a member that does not exist", { signature: true }, {}, "invalid-request"],
    ["values that do not parse", { sbom: "spdx", valuesFiles: [{ name: "v", content: "a: [" }] }, {}, "invalid-values"],
    ["a caller who may only read", { sbom: "spdx" }, { grant: READER }, "forbidden"],
    ["a project that takes no pushes", { sbom: "spdx" }, { project: "all" }, "forbidden"],
    ["a version that is not there", { sbom: "spdx" }, { version: "9.9.9" }, "chart-not-found"],
    ["a project that is not there", { sbom: "spdx" }, { project: "nobody" }, "chart-not-found"],
  ])("refuses %s, and nothing is attached", async (_, body, asked, code) => {
    const registry = await openTest();
    const { status, answer } = await call(registry, "POST", body, asked);
    expect(status).toBe(code);
    expect(JSON.stringify(answer)).not.toContain(PRIVATE_KEY.slice(50, 80));
    expect((await call(registry, "GET", {})).answer).toEqual({ items: [] });
  });
});
