import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../engine/errors.ts";
import { listAt, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";
import type { SmokeTarget } from "../smoke/smoke.ts";
import { openNodeTarget } from "../smoke/targets.ts";
import { type Api, createApi, releasePath } from "../support/api.ts";
import { createHelm, kubectl, required } from "../support/helm.ts";
import { type ChartText, packChart, pushArchive } from "../support/push-chart.ts";

const CHART: ChartText = {
  "Chart.yaml": "apiVersion: v2\nname: dry\nversion: 1.2.3\n",
  "values.yaml": "color: red\npassword: changeme\n",
  "templates/all.yaml":
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\nstringData:\n  password: {{ .Values.password }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  color: {{ .Values.color }}\n  revision: {{ .Release.Revision | quote }}\n  found: {{ (lookup "v1" "Namespace" "" "default").kind | quote }}\n',
  "templates/hook.yaml":
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade\n    helm.sh/hook-weight: "3"\n    helm.sh/hook-delete-policy: before-hook-creation\ndata: {color: {{ .Values.color }}}\n',
  "templates/NOTES.txt": "\nIt is {{ .Values.color }}.\n",
};

const helm = createHelm();
const unique = Date.now().toString(36);
let target: SmokeTarget;
let api: Api;
let folder: string;

beforeAll(async () => {
  target = await openNodeTarget(readFileSync(required("KUBECONFIG"), "utf8"));
  api = createApi({ url: target.url, fetch: target.fetch, token: target.token });
  const send = (path: string, init: RequestInit): Promise<Response> =>
    target.fetch(target.url + path, {
      ...init,
      headers: { authorization: `Bearer ${target.token}`, ...(init.headers as Record<string, string>) },
    });
  await pushArchive(send, "charts/dry", await packChart("dry", CHART));
  folder = mkdtempSync(join(tmpdir(), "slipway-dry-"));
  for (const [path, text] of Object.entries(CHART)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(async () => {
  await target.close();
});

async function space(name: string): Promise<string> {
  const namespace = `dry-${unique}-${name}`;
  await kubectl("create", "namespace", namespace);
  return namespace;
}

/** What an operation's dry run tells, by the endpoint. */
async function ours(namespace: string, action: string, body: JsonObject): Promise<JsonObject> {
  const path = `${releasePath({ cluster: "default", namespace, name: "web" })}/${action}`;
  const answer = await api.settled(await api.post(path, body, { prefer: "wait=60" }));
  expect(answer.status).toBe(200);
  return objectAt(answer.body, "release") ?? {};
}

interface Told {
  readonly manifest: string | undefined;
  readonly notes: string;
  readonly config: unknown;
  readonly hooks: readonly unknown[];
  readonly revision: unknown;
  readonly status: string | undefined;
  readonly description: string | undefined;
}

function helmTold(json: string): Told {
  const release: JsonObject = JSON.parse(json);
  return {
    manifest: stringAt(release, "manifest"),
    notes: stringAt(release, "info", "notes") ?? "",
    config: memberAt(release, "config") ?? {},
    hooks: listAt(release, "hooks").map((hook) => [
      stringAt(hook, "path"),
      stringAt(hook, "manifest"),
      listAt(hook, "events"),
      memberAt(hook, "weight") ?? 0,
      listAt(hook, "delete_policies"),
    ]),
    revision: memberAt(release, "version"),
    status: stringAt(release, "info", "status"),
    description: stringAt(release, "info", "description"),
  };
}

function oursTold(release: JsonObject): Told {
  return {
    manifest: stringAt(release, "manifest"),
    notes: stringAt(release, "notes") ?? "",
    config: memberAt(release, "config"),
    hooks: listAt(release, "hooks").map((hook) => [
      stringAt(hook, "path"),
      stringAt(hook, "manifest"),
      listAt(hook, "events"),
      memberAt(hook, "weight"),
      listAt(hook, "deletePolicies"),
    ]),
    revision: memberAt(release, "revision"),
    status: stringAt(release, "status"),
    description: stringAt(release, "description"),
  };
}

describe("a dry run over HTTP tells what helm's does", () => {
  test.each([
    ["client", [], { dryRun: "client" }],
    ["true", [], { dryRun: true }],
    ["server", [], { dryRun: "server" }],
    ["server", ["--hide-secret", "--set", "color=blue"], { dryRun: "server", hideSecret: true, set: ["color=blue"] }],
    ["client", ["--no-hooks", "--description", "x"], { dryRun: "client", noHooks: true, description: "x" }],
  ])("of an install: %s %j", async (kind, flags, body) => {
    const namespace = await space(`i${Math.random().toString(36).slice(2, 7)}`);
    const dry = `--dry-run=${kind}`;
    const theirs = helmTold(await helm("install", "web", folder, "-n", namespace, dry, "-o", "json", ...flags));
    const answered = oursTold(await ours(namespace, "install", { chart: "charts/dry", version: "1.2.3", ...body }));
    expect(answered).toEqual(theirs);
    expect(await kubectl("get", "secrets,configmaps", "-n", namespace, "-o", "name")).toBe(
      "configmap/kube-root-ca.crt\n",
    );
  });

  test("of an upgrade, of one that installs, of a rollback and of an uninstall", async () => {
    const namespace = await space("u");
    const chart = { chart: "charts/dry", version: "1.2.3" };
    const installs = ["upgrade", "--install", "web", folder, "-n", namespace, "--dry-run=server", "-o", "json"];
    const fresh = oursTold(await ours(namespace, "upgrade", { ...chart, install: true, dryRun: "server" }));
    expect(fresh).toEqual(helmTold(await helm(...installs)));
    await helm("install", "web", folder, "-n", namespace, "--set", "color=green");
    const words = ["--dry-run=server", "--reuse-values", "--set", "password=other", "-o", "json"];
    const theirs = helmTold(await helm("upgrade", "web", folder, "-n", namespace, ...words));
    const body = { ...chart, dryRun: "server", reuseValues: true, set: ["password=other"] };
    expect(oursTold(await ours(namespace, "upgrade", body))).toEqual(theirs);
    await helm("upgrade", "web", folder, "-n", namespace, "--set", "color=blue");
    const [first, second] = await Promise.all(
      ["1", "2"].map((revision) => helm("get", "manifest", "web", "-n", namespace, "--revision", revision)),
    );
    const back = await ours(namespace, "rollback", { revision: 1, dryRun: true });
    expect([`${stringAt(back, "manifest")}\n`, memberAt(back, "revision")]).toEqual([first, 3]);
    const gone = await ours(namespace, "uninstall", { dryRun: true });
    expect([`${stringAt(gone, "manifest")}\n`, stringAt(gone, "notes")]).toEqual([second, "\nIt is blue.\n"]);
    expect(JSON.parse(await helm("history", "web", "-n", namespace, "-o", "json"))).toHaveLength(2);
  });
});
