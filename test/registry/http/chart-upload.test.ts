import { describe, expect, it } from "vitest";
import type { RegistryAccess } from "../../../registry/http/access.ts";
import type { Project } from "../../../registry/projects/project.ts";
import { chartToOci } from "../../../registry/projects/chart-to-oci.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { openRegistry, packChart, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";
import { classicUpstream } from "../../support/upstream.ts";
import { faultyStore } from "../../support/faulty-store.ts";

const projects: readonly Project[] = [
  { kind: "hosted", name: "charts" },
  { kind: "hosted", name: "fixed", immutableTags: true },
  { kind: "hosted", name: "full", quota: 10 },
  { kind: "proxy", name: "pulled", upstream: classicUpstream() },
  { kind: "group", name: "all", members: [{ project: "charts" }] },
];
const one = await packChart({ name: "web", version: "1.0.0" });
const other = await packChart({ name: "web", version: "1.0.0", values: "a: 2\n" });
const signed = (name: string, version: string): Uint8Array =>
  utf8(`-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nname: ${name}\nversion: ${version}\n\n...\nfiles: {}\n`);

type Part = Uint8Array | string;
const form = (parts: Readonly<Record<string, Part>>): FormData => {
  const data = new FormData();
  for (const [field, part] of Object.entries(parts)) {
    if (typeof part === "string") data.set(field, part);
    else data.set(field, new Blob([new Uint8Array(part)]), `${field}.tgz`);
  }
  return data;
};
const SAVED = '{"saved":true}';
const EXISTS = '{"error":"chart already exists"}';

async function post(registry: TestRegistry, path: string, body: FormData | Uint8Array): Promise<readonly unknown[]> {
  const sent = body instanceof FormData ? body : new Uint8Array(body);
  const response = await registry.ask("POST", `/helm/${path}`, { body: sent });
  expect(registry.defects).toEqual([]);
  return [response.status, await response.text()];
}

const digestOf = async (registry: TestRegistry): Promise<string | null> =>
  (await registry.ask("HEAD", "/v2/charts/web/manifests/1.0.0")).headers.get("docker-content-digest");

describe("an upload as to ChartMuseum", () => {
  it.each([
    ["bare", one],
    ["in a form", form({ chart: one })],
    ["in a form with its provenance", form({ chart: one, prov: signed("web", "1.0.0") })],
  ])("%s is a chart on both faces, the very artifact of a push", async (_how, body) => {
    const registry = openRegistry({ projects });
    expect(await post(registry, "charts/api/charts", body)).toEqual([201, SAVED]);
    const prov = body instanceof FormData && body.has("prov") ? signed("web", "1.0.0") : undefined;
    expect(await digestOf(registry)).toBe((await chartToOci(one, prov)).digest);
    const index = await (await registry.ask("GET", "/helm/charts/index.json")).json();
    expect(index).toMatchObject({
      entries: { web: [{ version: "1.0.0", urls: ["web-1.0.0.tgz"], digest: sha256(one).slice(7) }] },
      serverInfo: { contextPath: "/helm/charts" },
    });
    const archive = await registry.ask("GET", "/helm/charts/web-1.0.0.tgz");
    expect(sha256(new Uint8Array(await archive.arrayBuffer()))).toBe(sha256(one));
    const provenance = await registry.ask("GET", "/helm/charts/web-1.0.0.tgz.prov");
    expect(provenance.status).toBe(prov === undefined ? 404 : 200);
  });

  it.each([
    ["charts/api/charts", other, 409, EXISTS],
    ["charts/api/charts", form({ chart: other }), 409, EXISTS],
    ["charts/api/charts", form({ chart: one }), 409, EXISTS],
    ["charts/api/charts?force", other, 201, SAVED],
    ["charts/api/charts?force", form({ chart: other }), 201, SAVED],
    ["fixed/api/charts?force", form({ chart: other }), 409, EXISTS],
  ])("POST %s over what is there is answered", async (path, body, status, text) => {
    const registry = openRegistry({ projects });
    const [project = ""] = path.split("/");
    expect(await post(registry, `${project}/api/charts`, one)).toEqual([201, SAVED]);
    expect(await post(registry, path, body)).toEqual([status, text]);
    const archive = await registry.ask("GET", `/helm/${project}/web-1.0.0.tgz`);
    const expected = status === 201 ? other : one;
    expect(sha256(new Uint8Array(await archive.arrayBuffer()))).toBe(sha256(expected));
  });

  it.each([
    ["charts/api/charts", form({}), 400, /no package or provenance file found in form fields chart and prov/],
    ["charts/api/charts", form({ chart: "a text field" }), 400, /no package or provenance file found/],
    ["charts/api/charts", form({ other: one }), 400, /no package or provenance file found/],
    ["charts/api/charts", form({ chart: utf8("no chart") }), 400, /"error":"[^"]+"/],
    ["charts/api/charts", utf8("no chart"), 400, /"error":"[^"]+"/],
    ["charts/api/charts", new Uint8Array(0), 400, /"error":"[^"]+"/],
    ["charts/api/charts", form({ prov: signed("web", "9.9.9") }), 400, /web-9.9.9.tgz is not here; upload the chart/],
    ["charts/api/charts", form({ prov: utf8("nothing") }), 400, /the provenance names no chart and version/],
    ["charts/api/prov", signed("../x", "1.0.0"), 400, /x-1.0.0.tgz is improperly formatted/],
    ["pulled/api/charts", form({ chart: one }), 403, /this project takes no pushes/],
    ["all/api/charts", form({ chart: one }), 403, /this project takes no pushes/],
    ["none/api/charts", form({ chart: one }), 404, /not known/],
    ["full/api/charts", form({ chart: one }), 507, /repo has reached storage limit/],
  ])("POST %s of what cannot be is refused", async (path, body, status, text) => {
    const registry = openRegistry({ projects });
    expect(await post(registry, path, body)).toEqual([status, expect.stringMatching(text)]);
    expect((await (await registry.ask("GET", "/v2/_catalog")).json()).repositories).toEqual([]);
  });

  it("takes a provenance for a chart that is there, by both ways", async () => {
    for (const [path, body] of [
      ["charts/api/prov", signed("web", "1.0.0")],
      ["charts/api/charts", form({ prov: signed("web", "1.0.0") })],
    ] as const) {
      const registry = openRegistry({ projects });
      await post(registry, "charts/api/charts", one);
      expect(await post(registry, path, body)).toEqual([201, SAVED]);
      expect(await digestOf(registry)).toBe((await chartToOci(one, signed("web", "1.0.0"))).digest);
    }
  });

  it("refuses a form that is broken or too large, and other methods", async () => {
    const registry = openRegistry({ projects });
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const broken = await registry.ask("POST", "/helm/charts/api/charts", { body: "no form", headers });
    expect([broken.status, await broken.json()]).toEqual([400, { error: "the form cannot be read" }]);
    const large = new Uint8Array(32 * 1024 * 1024 + 1);
    expect(await post(registry, "charts/api/charts", large)).toEqual([413, '{"error":"request too large"}']);
    expect((await registry.ask("GET", "/helm/charts/api/charts")).status).toBe(405);
  });

  it("asks for a push, by Basic, before the body is looked at", async () => {
    const asked: unknown[] = [];
    const access: RegistryAccess = {
      decide: ({ wishes, any }) => {
        asked.push(...wishes, any);
        return { kind: "challenge", scheme: "bearer" };
      },
    };
    const registry = openRegistry({ projects, access });
    const response = await registry.ask("POST", "/helm/charts/api/charts", { body: "anything" });
    expect([response.status, response.headers.get("www-authenticate"), await response.json()]).toEqual([
      401,
      'Basic realm="registry.test"',
      { error: "unauthorized" },
    ]);
    expect(asked).toEqual([{ project: "charts", actions: ["pull", "push"] }]);
  });

  it("is told of as a push", async () => {
    const events: unknown[] = [];
    const registry = openRegistry({ projects, onPush: async (event) => void events.push(event) });
    await post(registry, "charts/api/charts", one);
    expect(events).toMatchObject([{ project: "charts", name: "web", tag: "1.0.0", actor: "anonymous" }]);
  });

  it("leaves a chart whole or none when the store fails at any call, and the same upload succeeds afterwards", async () => {
    for (const when of ["before", "after"] as const) {
      for (let call = 0; ; call++) {
        const inner = createMemoryStore();
        const faulty = faultyStore(inner);
        const broken = openRegistry({ projects, store: faulty.store });
        faulty.failAt(call, when);
        const response = await broken.ask("POST", "/helm/charts/api/charts", { body: form({ chart: one }) });
        expect([201, 503]).toContain(response.status);
        const sound = openRegistry({ projects, store: inner });
        const archive = await sound.ask("GET", "/helm/charts/web-1.0.0.tgz");
        if (archive.status === 200) expect(sha256(new Uint8Array(await archive.arrayBuffer()))).toBe(sha256(one));
        else expect(response.status).toBe(503);
        expect(await post(sound, "charts/api/charts?force", form({ chart: one }))).toEqual([201, SAVED]);
        if (faulty.calls() <= call) break;
      }
    }
  });
});
