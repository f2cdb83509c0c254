import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../functions/config/parse.ts";
import { resolveSecrets } from "../../../functions/config/secret.ts";
import { createSecretBox } from "../../../functions/http/secret-box.ts";
import { composeApp } from "../../../infra/compose/app.ts";
import { openLocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { createMemoryOperations } from "../../../infra/memory/memory-operations.ts";
import { createMemoryRecords } from "../../../infra/memory/memory-records.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { createApi } from "../../support/api.ts";
import { HOUR, testClock } from "../../support/collection.ts";
import { packChart, pushArchive } from "../../support/push-chart.ts";
import { answerFiles, fakeEgress } from "../../support/upstream.ts";

const TOKEN = "administrator-token-0000000000000000";
const DAY = 24 * HOUR;
const versions = ["1.0.0", "1.1.0", "1.2.0"];

const chart = async (version: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await packChart("web", {
      "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n`,
      "templates/map.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  version: "${version}"\n`,
    }),
  );

/** A whole Slipway in this process: a hosted project that keeps one version, a proxy that keeps nothing, a cluster. */
async function open() {
  const clock = testClock();
  const config = parseConfig(
    JSON.stringify({
      clusters: [{ name: "local", kind: "embedded" }],
      upstreams: [{ name: "up", kind: "classic", url: "https://up.test/repo", freshness: "1h" }],
      projects: [
        { kind: "hosted", name: "charts", retention: [{ keepLast: 1 }] },
        { kind: "proxy", name: "proxied", upstream: "up", cap: 0 },
      ],
      tokens: [{ name: "admin", token: "env:TOKEN", grants: [{ allow: ["*"], clusterScoped: ["*"] }] }],
    }),
  );
  const files: Record<string, Uint8Array | string> = {};
  for (const version of versions) files[`/repo/web-${version}.tgz`] = await chart(version);
  const entries = versions.map((version) => `  - {name: web, version: ${version}, urls: [web-${version}.tgz]}\n`);
  files["/repo/index.yaml"] = `apiVersion: v1\nentries:\n  web:\n${entries.join("")}`;
  const egress = fakeEgress(answerFiles(files));
  let count = 0;
  const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
  const cluster = openLocalCluster({ now: clock.now, randomBytes, readyAfter: 1 });
  const work: Promise<void>[] = [];
  const objects = createMemoryStore(clock.now);
  const app = composeApp({
    signatures: [],
    version: "0.0.0-test",
    config,
    secrets: await resolveSecrets(config, () => TOKEN),
    embedded: false,
    clusters: {
      names: () => ["local"],
      find: (name) => (name === "local" ? { name, transport: cluster.transport } : undefined),
    },
    objects,
    records: createMemoryRecords(clock),
    operations: createMemoryOperations({ now: clock.now, newToken: () => String(++count) }),
    wakeup: { at: async () => undefined },
    box: await createSecretBox(new Uint8Array(32).fill(7), { randomBytes }),
    clock: { now: clock.now, sleep: async (milliseconds) => await delay(Math.min(milliseconds, 5)) },
    randomBytes,
    log: { write: () => undefined },
    egress,
    defer: (promise) => void work.push(promise),
    subrequests: 1000,
    prefetch: 10,
    collection: { calls: 40, slices: 10_000 },
    compress: false,
    together: true,
    isOwnHost: () => false,
  });
  const fetchApp = async (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
    await app.fetch(new Request(input, init));
  const api = createApi({ url: "http://slipway.test", fetch: fetchApp, token: TOKEN });
  const send = async (path: string, init: RequestInit = {}): Promise<Response> =>
    await fetchApp(`http://slipway.test${path}`, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string>) },
    });
  const tidyTimes = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      clock.pass(DAY);
      await app.tidy();
      await app.collect();
    }
  };
  return { app, api, send, clock, egress, objects, tidyTimes, close: () => cluster.close() };
}

type Slipway = Awaited<ReturnType<typeof open>>;

const release = (name: string) => ({ cluster: "local", namespace: "default", name });

async function digestOf({ send }: Slipway, path: string): Promise<string> {
  const response = await send(path);
  await response.arrayBuffer();
  return response.headers.get("docker-content-digest") ?? "";
}

async function versionsLeft({ send }: Slipway, repository: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const version of versions) {
    if ((await send(`/v2/${repository}/manifests/${version}`)).status === 200) found.push(version);
  }
  return found;
}

describe("collection under the tightest cap, while releases exist", () => {
  it("leaves every kept revision's chart, so that each can be rendered again and rolled back to", async () => {
    const slipway = await open();
    const { api, send, egress, tidyTimes } = slipway;
    for (const version of versions) await pushArchive(send, "charts/web", await chart(version));
    const digests: Record<string, string[]> = { hosted: [], proxied: [] };
    for (const [name, project] of [
      ["hosted", "charts"],
      ["proxied", "proxied"],
    ] as const) {
      for (const [action, version] of [
        ["install", "1.0.0"],
        ["upgrade", "1.1.0"],
      ] as const) {
        await api.deploy(release(name), action, { chart: `${project}/web`, version });
        digests[name]?.push(await digestOf(slipway, `/v2/${project}/web/manifests/${version}`));
      }
    }
    expect(await versionsLeft(slipway, "charts/web")).toEqual(versions);
    egress.down = true;
    await tidyTimes(20);
    expect(await versionsLeft(slipway, "charts/web")).toEqual(versions);
    expect((await send("/v2/proxied/web/manifests/1.2.0")).status).not.toBe(200);
    for (const [name, project] of [
      ["hosted", "charts"],
      ["proxied", "proxied"],
    ] as const) {
      for (const digest of digests[name] ?? []) {
        expect(digest).toMatch(/^sha256:/);
        const rendered = await api.post("/v1/render", { chart: `${project}/web@${digest}` });
        expect([rendered.status, JSON.stringify(rendered.body)]).toEqual([200, expect.stringContaining("ConfigMap")]);
      }
      await api.deploy(release(name), "rollback", { revision: 1 });
      await api.deploy(release(name), "upgrade", { chart: `${project}/web@${digests[name]?.[1] ?? ""}` });
    }
    slipway.close();
  });

  it("lets go of the charts of a release that is gone", async () => {
    const slipway = await open();
    const { api, send, tidyTimes } = slipway;
    for (const version of versions) await pushArchive(send, "charts/web", await chart(version));
    await api.deploy(release("web"), "install", { chart: "charts/web", version: "1.0.0" });
    await tidyTimes(6);
    expect(await versionsLeft(slipway, "charts/web")).toEqual(["1.0.0", "1.2.0"]);
    await api.deploy(release("web"), "uninstall", {});
    await tidyTimes(20);
    expect(await versionsLeft(slipway, "charts/web")).toEqual(["1.2.0"]);
    slipway.close();
  });
});
