import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringAt } from "../../engine/object/json.ts";
import { openLocalCluster } from "../../infra/local-cluster/cluster.ts";
import { listenCluster } from "../../infra/local-cluster/listen.ts";
import { createApi, releasePath } from "../support/api.ts";
import { packChart, pushArchive } from "../support/push-chart.ts";
import { type SlipwayServer, startServer } from "../support/slipway-server.ts";

const TOKEN = "shared-folder-token";
const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const config = {
  projects: [{ kind: "hosted", name: "charts" }],
  clusters: [{ name: "default", kind: "kubeconfig", kubeconfig: "env:SHARED_KUBECONFIG" }],
  tokens: [{ name: "all", token: "env:SHARED_TOKEN", grants: [{ allow: ["*"], clusterScoped: ["*"] }] }],
};

/** A chart whose hook keeps its operation busy for as long as a simulated job takes. */
const filesOf = (version: string) => ({
  "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n`,
  "templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n",
  "templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-check
  annotations: {helm.sh/hook: pre-install}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: example.com/check:1}]
`,
});

describe("two servers over one data folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-shared-"));
  const cluster = openLocalCluster({ now: Date.now, randomBytes, readyAfter: 1500 });
  const closing: (() => unknown)[] = [() => cluster.close()];
  let servers: readonly SlipwayServer[] = [];
  const address = (name: string) => ({ cluster: "default", namespace: "default", name });
  const server = (index: number): SlipwayServer => {
    const one = servers[index];
    if (one === undefined) throw new Error(`server ${index} did not start`);
    return one;
  };
  const api = (index: number) => createApi({ url: server(index).url, token: TOKEN });
  const send =
    (index: number) =>
    (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(server(index).url + path, {
        ...init,
        headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string>) },
      });

  beforeAll(async () => {
    const listening = await listenCluster(cluster.transport);
    closing.push(() => listening.close());
    const file = join(folder, "slipway.yaml");
    writeFileSync(file, JSON.stringify(config));
    const start = () =>
      startServer({
        args: ["--config", file],
        data: join(folder, "data"),
        env: { SHARED_TOKEN: TOKEN, SHARED_KUBECONFIG: listening.kubeconfig },
      });
    servers = await Promise.all([start(), start()]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(servers.map((one) => one.stop()));
    for (const close of closing) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("take pushes side by side, also of the same chart, and each gives what the other took", async () => {
    const pushes = Array.from({ length: 12 }, (_, i) => ({ by: i % 2, version: `1.${Math.floor(i / 3)}.0` }));
    const digests = await Promise.all(
      pushes.map(async ({ by, version }) => {
        const archive = await packChart("web", filesOf(version));
        return { by, ...(await pushArchive(send(by), "charts/web", archive)) };
      }),
    );
    for (const { by, digest, version } of digests) {
      const answer = await send(1 - by)(`/v2/charts/web/manifests/${version}`);
      await answer.body?.cancel();
      expect([answer.status, answer.headers.get("docker-content-digest")]).toEqual([200, digest]);
    }
    for (const by of [0, 1]) {
      const tags: unknown = await (await send(by)("/v2/charts/web/tags/list")).json();
      expect(tags).toEqual({ name: "charts/web", tags: ["1.0.0", "1.1.0", "1.2.0", "1.3.0"] });
      expect(await (await send(by)("/helm/charts/index.yaml")).text()).toContain("web-1.3.0.tgz");
    }
  });

  it("run operations side by side, tell each other's events, and let one at a time work on a release", async () => {
    const install = (by: number, name: string) =>
      api(by).post(`${releasePath(address(name))}/install`, { chart: "charts/web", version: "1.0.0" });
    const own = await Promise.all([install(0, "left"), install(1, "right")]);
    const same = await Promise.all([install(0, "both"), install(1, "both")]);
    expect(own.map(({ status }) => status)).toEqual([202, 202]);
    for (const status of [202, 409]) expect(same.filter((one) => one.status === status)).toHaveLength(1);
    const started = [...own, ...same].filter(({ status }) => status === 202);
    for (const { body } of started) {
      for (const by of [0, 1]) {
        const events = await api(by).events(stringAt(body, "id") ?? "");
        expect(JSON.stringify(events.at(-1))).toContain("succeeded");
      }
    }
  });

  it("go on when one of them is killed", async () => {
    const first = await api(0).post(`${releasePath(address("orphan"))}/install`, {
      chart: "charts/web",
      version: "1.1.0",
    });
    expect(first.status).toBe(202);
    await server(0).stop("SIGKILL");
    const taken = await api(1).post(`${releasePath(address("orphan"))}/install`, {
      chart: "charts/web",
      version: "1.1.0",
    });
    expect([taken.status, taken.body["code"]]).toEqual([409, "operation-running"]);
    expect((await send(1)("/v2/charts/web/tags/list")).status).toBe(200);
  });
});
