import { beforeAll, describe, expect, it } from "vitest";
import type { AssessmentPage, Finding, ReleaseAssessment } from "../../engine/assess/finding.ts";
import { createApp } from "../../functions/app.ts";
import { assessmentPage } from "../../functions/console/assessment-page.ts";
import { html } from "../../functions/console/html.ts";
import { openReadyCluster } from "../support/local-cluster.ts";
import { chartOf, install, openBench } from "../support/operation.ts";
import { ADMIN_TOKEN, CANARY, createTestApp, READER_TOKEN, TEAM_TOKEN } from "./harness.ts";

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata: {color: red}\n";
const SECRET = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\nstringData: {password: ${CANARY}}\n`;
const PATH = "/v1/clusters/local/assessment";

let ask: (path: string, token?: string) => Promise<Response>;
let requests: { readonly method: string; readonly dry: boolean }[];

beforeAll(async () => {
  const local = openReadyCluster();
  const bench = openBench(local.transport);
  bench.charts.set("web", await chartOf("web", { "templates/map.yaml": MAP, "templates/secret.yaml": SECRET }));
  for (const [name, namespace] of [
    ["web", "default"],
    ["api", "team"],
    ["db", "team"],
  ] as const) {
    const { outcome } = await bench.run(install(name, "web", { namespace, createNamespace: namespace === "team" }));
    expect(outcome.kind).toBe("succeeded");
  }
  for (const [path, body] of [
    ["/api/v1/namespaces/default/configmaps/web", { data: { color: "green" } }],
    ["/api/v1/namespaces/default/secrets/web", { stringData: { password: `other-${CANARY}` } }],
    ["/api/v1/namespaces/team/configmaps/api", { metadata: { labels: { "argocd.argoproj.io/instance": "shop" } } }],
  ] as const) {
    const answer = await local.transport.send({
      method: "PATCH",
      path,
      query: [["fieldManager", "somebody"]],
      headers: { accept: "application/json", "content-type": "application/merge-patch+json" },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
  }
  requests = [];
  const test = await createTestApp();
  const transport: typeof local.transport = {
    send: (request) => {
      const dry = request.query?.some(([name, value]) => name === "dryRun" && value === "All") === true;
      requests.push({ method: request.method, dry });
      return local.transport.send(request);
    },
  };
  const clusters = {
    names: () => ["local"],
    find: (name: string) => (name === "local" ? { name, transport } : undefined),
  };
  const app = createApp({ ...test.deps, clusters });
  ask = async (path, token = ADMIN_TOKEN) =>
    await app.fetch(
      new Request(`http://localhost:8080${path}`, {
        headers: { host: "localhost:8080", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) },
      }),
    );
});

/** `namespace/name verdict codes` of each release of an answer. */
async function outline(path: string, token?: string): Promise<readonly string[]> {
  const answer = await ask(path, token);
  expect(answer.status).toBe(200);
  const page: AssessmentPage = await answer.json();
  return page.items.map(
    (one) => `${one.namespace}/${one.name} ${one.verdict} ${one.findings.map((f) => f.code).join(",")}`,
  );
}

const ALL = ["default/web blocked conflict", "team/api blocked managed-by-gitops", "team/db ready "];

describe("the assessment", () => {
  it("tells what moving each release would meet, and writes nothing", async () => {
    requests.length = 0;
    expect(await outline(PATH)).toEqual(ALL);
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.filter((one) => one.method !== "GET" && !(one.method === "PATCH" && one.dry))).toEqual([]);
  });

  it("goes page by page within the requests that the runtime has", async () => {
    const items: string[] = [];
    let after = "";
    for (let pages = 0; pages < 10; pages++) {
      requests.length = 0;
      const answer = await ask(`${PATH}?limit=1${after === "" ? "" : `&after=${encodeURIComponent(after)}`}`);
      const page: AssessmentPage = await answer.json();
      expect(requests.length).toBeLessThanOrEqual(40);
      expect(page.items).toHaveLength(1);
      items.push(...page.items.map((one) => `${one.namespace}/${one.name}`));
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(items).toEqual(["default/web", "team/api", "team/db"]);
  });

  it.each([
    ["?namespace=team", ALL.slice(1)],
    ["?release=db", ALL.slice(2)],
    ["?namespace=default&release=db", []],
  ])("takes %s", async (query, expected) => {
    expect(await outline(`${PATH}${query}`)).toEqual(expected);
  });

  it("shows what the caller may see, and the same as a page", async () => {
    expect(await outline(PATH, READER_TOKEN)).toEqual(ALL);
    expect(await outline(PATH, TEAM_TOKEN)).toEqual(ALL.slice(1));
    const text = await (await ask("/console/assessment", TEAM_TOKEN)).text();
    expect(text).toContain("team/api");
    expect(text).not.toContain("default/web");
  });

  it.each([
    [PATH, "", 401, "unauthorized"],
    ["/console/assessment", "", 401, "unauthorized"],
    [`${PATH}?namespace=default`, TEAM_TOKEN, 403, "forbidden"],
    ["/v1/clusters/other/assessment", ADMIN_TOKEN, 404, "cluster-not-found"],
    ["/console/assessment?cluster=other", ADMIN_TOKEN, 404, "cluster-not-found"],
    [`${PATH}?after=x`, ADMIN_TOKEN, 400, "invalid-request"],
    [`${PATH}?limit=0`, ADMIN_TOKEN, 400, "invalid-request"],
  ])("refuses %s with token %s", async (path, token, status, code) => {
    const answer = await ask(path, token);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it("holds no value of a Secret, in either form", async () => {
    for (const path of [PATH, "/console/assessment"]) {
      const text = await (await ask(path)).text();
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(btoa(CANARY));
    }
  });
});

const HOSTILE = `<script>alert(1)</script>"'&`;

function hostile(): ReleaseAssessment {
  const at = { apiVersion: HOSTILE, kind: HOSTILE, namespace: HOSTILE, name: HOSTILE };
  const objects = [{ ...at, field: HOSTILE, manager: HOSTILE, detail: HOSTILE }];
  const finding: Finding = { code: "conflict", severity: "blocker", message: HOSTILE, objects, todo: [HOSTILE] };
  const named = {
    name: HOSTILE,
    namespace: HOSTILE,
    revision: 1,
    status: HOSTILE,
    chart: HOSTILE,
    appVersion: HOSTILE,
  };
  const written = { generation: "helm4", applyMethod: "server-side", verdict: "blocked" } as const;
  return { ...named, ...written, description: HOSTILE, objects: { from: 0, to: 1, total: 2 }, findings: [finding] };
}

describe("the page", () => {
  it("has no script, no style and no address but its own, under a policy that would stop them", async () => {
    const answer = await ask("/console/assessment");
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    const text = await answer.text();
    expect(text).not.toMatch(/<script|<style|style=|\son[a-z]+=|https?:\/\//i);
    const style = await ask("/console/style.css", "");
    expect([style.status, style.headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"]);
  });

  it("escapes whatever comes from a cluster or a query", () => {
    const text = assessmentPage({
      cluster: HOSTILE,
      title: HOSTILE,
      clusters: [HOSTILE, `${HOSTILE}2`],
      namespace: HOSTILE,
      release: HOSTILE,
      page: { items: [hostile()], unread: [{ what: HOSTILE, why: HOSTILE }], next: HOSTILE },
    });
    expect(text).not.toContain("<script");
    expect(text).not.toContain(`"'&`);
    expect(text.split("&lt;script&gt;").length).toBeGreaterThan(15);
  });

  it("is made of templates that escape texts, and leave HTML of their own", () => {
    expect(html`<a title="${`"'`}">${html`<b>${"<&>"}</b>`}${[html`1`, html`2`]}${3}${undefined}</a>`.html).toBe(
      '<a title="&quot;&#39;"><b>&lt;&amp;&gt;</b>123</a>',
    );
  });
});
