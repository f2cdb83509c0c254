import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gzip, writeTar } from "../../engine/archive/index.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { createApi, releasePath, type Api } from "../support/api.ts";
import { packChart, pushArchive, type ChartText } from "../support/push-chart.ts";
import { startServer, type SlipwayServer } from "../support/slipway-server.ts";

const TOKEN = "hostile-administrator-token";
const SECRET = "hostile-webhook-secret";
const sound: ChartText = {
  "Chart.yaml": "apiVersion: v2\nname: sound\nversion: 1.0.0\n",
  "templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n",
};
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

let upstream: Server;
let server: SlipwayServer;
let api: Api;
const folder = mkdtempSync(join(tmpdir(), "slipway-hostile-"));
const charts = new Map<string, { readonly bytes: Uint8Array; readonly claimed: string; readonly cut: boolean }>();

function indexText(): string {
  const entries = [...charts].map(
    ([name, { claimed }]) =>
      `  ${name}:\n  - name: ${name}\n    version: 1.0.0\n    apiVersion: v2\n    digest: ${claimed}\n    urls: [${name}-1.0.0.tgz]\n`,
  );
  return `apiVersion: v1\nentries:\n${entries.join("")}`;
}

beforeAll(async () => {
  for (const [name, claim, cut] of [
    ["wrong", "f".repeat(64), false],
    ["cut", undefined, true],
    ["good", undefined, false],
  ] as const) {
    const bytes = await packChart(name, { ...sound, "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n` });
    charts.set(name, { bytes, claimed: claim ?? sha256(bytes), cut });
  }
  upstream = createServer((request, response) => {
    if (request.url === "/index.yaml") return void response.end(indexText());
    const chart = charts.get(/^\/(\w+)-1\.0\.0\.tgz$/.exec(request.url ?? "")?.[1] ?? "");
    if (chart === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-length": chart.bytes.length });
    if (!chart.cut) return void response.end(chart.bytes);
    response.write(chart.bytes.subarray(0, chart.bytes.length - 20));
    setTimeout(() => response.destroy(), 20);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const address = upstream.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const file = join(folder, "slipway.yaml");
  const deploy = [{ cluster: "local", namespace: "default", release: "hooked", chart: "charts/sound" }];
  const config = {
    clusters: [{ name: "local", kind: "embedded" }],
    upstreams: [
      { name: "classic", kind: "classic", url: `http://127.0.0.1:${port}`, plainHttp: true, privateAddresses: true },
    ],
    projects: [
      { kind: "hosted", name: "charts" },
      { kind: "proxy", name: "proxied", upstream: "classic" },
    ],
    tokens: [{ name: "admin", token: "env:HOSTILE_TOKEN", grants: [{ allow: ["*"], clusterScoped: ["*"] }] }],
    receivers: [
      {
        name: "push",
        kind: "github",
        secret: "env:HOSTILE_SECRET",
        repository: "owner/name",
        branches: ["main"],
        deploy,
      },
    ],
  };
  writeFileSync(file, JSON.stringify(config));
  server = await startServer({ args: ["--config", file], env: { HOSTILE_TOKEN: TOKEN, HOSTILE_SECRET: SECRET } });
  api = createApi({ url: server.url, token: TOKEN });
  await pushFiles("sound", await packChart("sound", sound));
});
afterAll(async () => {
  if (server.process.exitCode !== null) console.error(server.output());
  await server.dispose();
  upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(server.url + path, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string>) },
  });

async function pushFiles(name: string, archive: Uint8Array): Promise<void> {
  await pushArchive(send, `charts/${name}`, archive);
}

/** Pushes an archive that our own reader would refuse, under the metadata of a sound one. */
async function pushRaw(name: string, archive: Uint8Array): Promise<void> {
  const put = async (path: string, method: string, body: Uint8Array, type: string): Promise<void> => {
    const response = await send(path, { method, body: new Uint8Array(body), headers: { "content-type": type } });
    expect([path, response.status, await response.text()]).toEqual([path, 201, expect.anything()]);
  };
  const config = new TextEncoder().encode(JSON.stringify({ name, version: "1.0.0", apiVersion: "v2" }));
  for (const blob of [config, archive])
    await put(
      `/v2/charts/${name}/blobs/uploads/?digest=sha256:${sha256(blob)}`,
      "POST",
      blob,
      "application/octet-stream",
    );
  const described = (mediaType: string, blob: Uint8Array) => ({
    mediaType,
    digest: `sha256:${sha256(blob)}`,
    size: blob.length,
  });
  const manifest = {
    schemaVersion: 2,
    config: described("application/vnd.cncf.helm.config.v1+json", config),
    layers: [described("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive)],
  };
  await put(
    `/v2/charts/${name}/manifests/1.0.0`,
    "PUT",
    new TextEncoder().encode(JSON.stringify(manifest)),
    "application/vnd.oci.image.manifest.v1+json",
  );
}

const release = { cluster: "local", namespace: "default", name: "victim" };

/** Tries an install and gives the problem; whatever it was, no release and no object may be there afterwards. */
async function refused(body: JsonObject): Promise<JsonObject> {
  const answer = await api.post(`${releasePath(release)}/install`, body, { prefer: "wait=60" });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect((await api.get(releasePath(release))).status).toBe(404);
  expect((await api.get("/v1/clusters/local/releases")).body["items"]).toEqual([]);
  return { status: answer.status, code: answer.body["code"] ?? null, detail: answer.body["detail"] ?? "" };
}

describe("what a hostile or broken upstream sends", () => {
  it("is refused when it has another digest than the index says, and nothing is stored", async () => {
    expect(await refused({ chart: "proxied/wrong", version: "1.0.0" })).toMatchObject({
      status: 502,
      code: "upstream-unavailable",
      detail: expect.stringMatching(/digest/),
    });
    expect((await send("/v2/proxied/wrong/manifests/1.0.0")).status).toBeGreaterThanOrEqual(400);
  });

  it("is refused when it breaks off, and nothing is stored", async () => {
    expect(await refused({ chart: "proxied/cut", version: "1.0.0" })).toMatchObject({
      status: 502,
      code: "upstream-unavailable",
    });
    expect((await send("/v2/proxied/cut/manifests/1.0.0")).status).toBeGreaterThanOrEqual(400);
  });

  it("is served when it is sound, also when the upstream is gone", async () => {
    const first = await send("/v2/proxied/good/manifests/1.0.0");
    const digest = first.headers.get("docker-content-digest");
    expect(first.status).toBe(200);
    await first.body?.cancel();
    await new Promise((resolve) => upstream.close(resolve).closeAllConnections());
    const again = await send(`/v2/proxied/good/manifests/${digest}`);
    expect([again.status, again.headers.get("docker-content-digest")]).toEqual([200, digest]);
    const manifest = (await again.json()) as { readonly layers: readonly { readonly digest: string }[] };
    const layer = await send(`/v2/proxied/good/blobs/${manifest.layers[0]?.digest}`);
    expect(sha256(new Uint8Array(await layer.arrayBuffer()))).toBe(charts.get("good")?.claimed);
  });
});

describe("a hostile chart", () => {
  const encoder = new TextEncoder();
  const chartYaml = {
    name: "x/Chart.yaml",
    data: encoder.encode("apiVersion: v2\nname: x\nversion: 1.0.0\n"),
    mtime: 0,
  };

  it("may not escape its root", async () => {
    const evil = { name: "x/../../evil.yaml", data: encoder.encode("a: 1\n"), mtime: 0 };
    await pushRaw("escaping", await gzip(writeTar([chartYaml, evil])));
    expect(await refused({ chart: "charts/escaping", version: "1.0.0" })).toMatchObject({
      status: 422,
      code: "invalid-chart",
    });
  });

  it("may not expand without end", async () => {
    const bomb = { name: "x/templates/bomb.yaml", data: new Uint8Array(110 * 1024 * 1024), mtime: 0 };
    await pushRaw("bomb", await gzip(writeTar([chartYaml, bomb])));
    expect(await refused({ chart: "charts/bomb", version: "1.0.0" })).toMatchObject({
      status: 422,
      code: "invalid-chart",
    });
  });

  const loops: readonly { readonly name: string; readonly template: string; readonly says: RegExp }[] = [
    {
      name: "an include of itself",
      template: '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
      says: /nested reference name: a/,
    },
    {
      name: "a template of itself",
      template: '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
      says: /depth/,
    },
    {
      name: "a text that runs itself",
      template: '{{ $t := "{{ tpl .t . }}" }}{{ tpl $t (dict "t" $t "Template" .Template) }}',
      says: /nested too deeply|budget/,
    },
    {
      name: "ranges in ranges",
      template: "{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}{{ end }}",
      says: /budget/,
    },
    {
      name: "a text that doubles",
      template: '{{ $s := "xxxxxxxxxxxxxxxx" }}{{ range until 64 }}{{ $s = print $s $s }}{{ end }}{{ $s }}',
      says: /exceed|budget/,
    },
    { name: "a repeat without end", template: '{{ repeat 1000000000 "x" }}', says: /output length overflow/ },
  ];
  for (const [index, { name, template, says }] of loops.entries()) {
    it(`may not loop: ${name}`, async () => {
      const chart = `loop${index}`;
      const files = {
        "Chart.yaml": `apiVersion: v2\nname: ${chart}\nversion: 1.0.0\n`,
        "templates/loop.yaml": template,
      };
      await pushFiles(chart, await packChart(chart, files));
      expect(await refused({ chart: `charts/${chart}` })).toMatchObject({
        status: 422,
        code: "render-failed",
        detail: expect.stringMatching(says),
      });
    });
  }
});

describe("a hostile request", () => {
  it("may not bring values that are not YAML", async () => {
    const valuesFiles = [{ name: "values.yaml", content: "a: [1, 2\nb: }" }];
    expect(await refused({ chart: "charts/sound", valuesFiles })).toMatchObject({
      status: 422,
      code: "invalid-values",
    });
  });

  it("needs a token that is known", async () => {
    for (const authorization of ["", "Bearer wrong", `Basic ${btoa("x:wrong")}`]) {
      const response = await fetch(`${server.url}${releasePath(release)}/install`, {
        method: "POST",
        body: JSON.stringify({ chart: "charts/sound" }),
        headers: { "content-type": "application/json", ...(authorization === "" ? {} : { authorization }) },
      });
      expect([response.status, ((await response.json()) as JsonObject)["code"]]).toEqual([401, "unauthorized"]);
    }
  });

  it("needs the signature of a webhook's sender", async () => {
    const body = JSON.stringify({
      ref: "refs/heads/main",
      after: "a".repeat(40),
      repository: { full_name: "owner/name" },
    });
    const signature = `sha256=${createHash("sha256").update(body).digest("hex")}`;
    const headers = {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": "one",
      "x-hub-signature-256": signature,
    };
    const response = await fetch(`${server.url}/hooks/github/push`, { method: "POST", body, headers });
    expect(response.status).toBe(401);
    expect((await api.get(releasePath({ ...release, name: "hooked" }))).status).toBe(404);
  });
});
