import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { memberAt, stringAt } from "../../engine/object/json.ts";
import { createApi, releasePath, type Api } from "../support/api.ts";
import { buildAssemblyScript } from "../support/assemblyscript.ts";
import { pushPlugin } from "../support/push-plugin.ts";
import { packChart, pushArchive, type ChartText } from "../support/push-chart.ts";

/** A running Slipway, whatever it runs on. `token` is an administrator's. */
export interface SmokeTarget {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly token: string;
  readonly close: () => Promise<void>;
}

const chart: ChartText = {
  "Chart.yaml": "apiVersion: v2\nname: smoke\nversion: 1.2.3\nappVersion: '9'\n",
  "values.yaml": "replicas: 1\ngreeting: hello\n",
  "templates/map.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  greeting: {{ .Values.greeting | quote }}\n  revision: {{ .Release.Revision | quote }}\n",
  "templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ int .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
    spec:
      containers:
        - name: main
          image: example.com/web:1
`,
  "templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-check
  annotations:
    helm.sh/hook: post-install,post-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: example.com/check:1
`,
  "templates/NOTES.txt": "{{ .Values.greeting }} from {{ .Release.Name }}",
};

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** The main job, end to end: what must work on every runtime. The cluster is called `default`. */
export function describeSmoke(name: string, open: () => Promise<SmokeTarget>): void {
  describe(`the main job on ${name}`, () => {
    let target: SmokeTarget;
    let api: Api;
    const release = { cluster: "default", namespace: `smoke-${Date.now().toString(36)}`, name: "web" };
    const send = (path: string, init: RequestInit = {}): Promise<Response> =>
      target.fetch(target.url + path, {
        ...init,
        headers: { authorization: `Bearer ${target.token}`, ...(init.headers as Record<string, string>) },
      });

    beforeAll(async () => {
      target = await open();
      api = createApi({ url: target.url, fetch: target.fetch, token: target.token });
    }, 120_000);
    afterAll(async () => target.close());

    it("is healthy, describes itself, and knows its cluster", async () => {
      expect((await target.fetch(`${target.url}/healthz`)).status).toBe(200);
      expect(memberAt((await api.get("/openapi.json")).body, "openapi")).toMatch(/^3\./);
      expect(memberAt((await api.get("/v1/clusters")).body, "items", "length")).toBeUndefined();
      expect(JSON.stringify((await api.get("/v1/clusters")).body)).toContain('"name":"default"');
    });

    it("refuses who has no token, and a wrong one", async () => {
      const path = `${target.url}/v1/clusters`;
      const bare = await target.fetch(path);
      const wrong = await target.fetch(path, { headers: { authorization: "Bearer slw_0000000000000000_wrong" } });
      expect([bare.status, wrong.status]).toEqual([401, 401]);
      expect(((await bare.json()) as JsonObject)["code"]).toBe("unauthorized");
      await wrong.body?.cancel();
    });

    it("takes a pushed chart and shows it as OCI and as a classic repository", async () => {
      const { digest } = await pushArchive(send, "charts/smoke", await packChart("smoke", chart));
      const manifest = await send(`/v2/charts/smoke/manifests/${digest}`);
      expect([manifest.status, manifest.headers.get("docker-content-digest")]).toEqual([200, digest]);
      await manifest.body?.cancel();
      expect((await (await send("/v2/charts/smoke/tags/list")).json()) as JsonValue).toEqual({
        name: "charts/smoke",
        tags: ["1.2.3"],
      });
      expect(await (await send("/helm/charts/index.yaml")).text()).toContain("smoke-1.2.3.tgz");
      const listed = await api.get("/v1/charts");
      expect(JSON.stringify(listed.body)).toContain(digest);
    });

    it("installs it, tells every step, and records what Helm would", async () => {
      const done = await api.deploy(release, "install", {
        chart: "charts/smoke",
        version: "^1.0.0",
        createNamespace: true,
        wait: true,
        timeout: "1m",
      });
      expect(memberAt(done, "release", "status")).toBe("deployed");
      const events = await api.events(stringAt(done, "id") ?? "");
      const created = events.filter(
        ({ event, data }) => event === "resource" && memberAt(data, "result") === "created",
      );
      expect(created.map(({ data }) => stringAt(data, "object", "kind") ?? "").toSorted(byText)).toEqual([
        "ConfigMap",
        "Deployment",
        "Namespace",
      ]);
      expect(events.at(-1)?.event).toBe("done");
      const status = await api.get(releasePath(release));
      expect([status.body["revision"], status.body["status"], status.body["notes"]]).toEqual([
        1,
        "deployed",
        "hello from web",
      ]);
    });

    it("upgrades with values, rolls back, and shows the history", async () => {
      await api.deploy(release, "upgrade", {
        chart: "charts/smoke",
        set: ["greeting=good day", "replicas=2"],
        wait: true,
      });
      const values = await api.get(`${releasePath(release)}/values`);
      expect(values.body).toEqual({ greeting: "good day", replicas: 2 });
      await api.deploy(release, "rollback", { revision: 1, wait: true });
      const history = await api.get(`${releasePath(release)}/history`);
      const rows = (history.body["items"] ?? []) as readonly JsonObject[];
      expect(rows.map((row) => [row["revision"], row["status"]])).toEqual([
        [1, "superseded"],
        [2, "superseded"],
        [3, "deployed"],
      ]);
    });

    it("answers a repeated request with the same operation", async () => {
      const key = { "idempotency-key": "smoke-once" };
      const body = { chart: "charts/smoke", set: ["greeting=again"] };
      const first = await api.post(`${releasePath(release)}/upgrade`, body, { ...key, prefer: "wait=60" });
      const second = await api.post(`${releasePath(release)}/upgrade`, body, { ...key, prefer: "wait=60" });
      expect(second.body["id"]).toBe(first.body["id"]);
    });

    it("explains what cannot be rendered, and changes nothing", async () => {
      const refused = await api.post(
        `${releasePath(release)}/upgrade`,
        { chart: "charts/smoke", values: { replicas: "many" }, set: ["a[x]=1"] },
        { prefer: "wait=60" },
      );
      expect([refused.status, refused.body["code"]]).toEqual([422, "invalid-values"]);
      const missing = await api.post(`${releasePath(release)}/upgrade`, { chart: "charts/none" });
      expect([missing.status, missing.body["code"]]).toEqual([404, "chart-not-found"]);
      expect((await api.get(releasePath(release))).body["revision"]).toBe(4);
    });

    it("post-renders with a plugin out of the registry, hooks included, and pins it by digest", async () => {
      const bytes = await buildAssemblyScript("label");
      const yaml = "apiVersion: v1\nname: label\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n";
      await pushPlugin(send, "charts/label", "1.0.0", { kind: "archive", yaml, bytes });
      await pushPlugin(send, "charts/bare", "v1", { kind: "module", bytes });
      const labelled = { ...release, name: "labelled" };
      const postRenderers = [
        { plugin: "charts/label:1.0.0", config: { team: "blue" } },
        { plugin: "charts/bare:v1", config: { team: "red" } },
      ];
      const body = { chart: "charts/smoke", version: "1.2.3", createNamespace: true };
      await api.deploy(labelled, "install", { ...body, postRenderers: postRenderers.slice(0, 1) });
      const path = releasePath(labelled);
      const texts = async () => [
        JSON.stringify((await api.get(`${path}/manifest`)).body),
        JSON.stringify((await api.get(`${path}/hooks`)).body),
      ];
      for (const text of await texts()) expect(text).toContain("team: blue");
      await api.deploy(labelled, "upgrade", {
        ...body,
        postRenderers: postRenderers.slice(1),
        postRenderStrategy: "nohooks",
      });
      const [manifest, hooks] = await texts();
      expect(manifest).toContain("team: red");
      expect(hooks).not.toContain("team:");
      const missing = await api.post(`${path}/upgrade`, { ...body, postRenderers: [{ plugin: "charts/none:v1" }] });
      expect([missing.status, missing.body["detail"]]).toEqual([400, "plugin charts/none:v1 is not in this registry"]);
      await api.deploy(labelled, "uninstall", {});
    });

    it("uninstalls it and leaves nothing", async () => {
      await api.deploy(release, "uninstall", { wait: true });
      expect((await api.get(releasePath(release))).status).toBe(404);
      expect((await api.get(`/v1/clusters/default/releases?namespace=${release.namespace}`)).body["items"]).toEqual([]);
    });
  });
}
