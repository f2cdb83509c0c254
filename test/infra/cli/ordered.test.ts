import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Ended } from "../../support/helm.ts";
import { type CommandCluster, openCommandCluster } from "../../support/local-cluster.ts";
import { runRelease } from "../../support/run-release.ts";
import { writeCase } from "../../support/tool-cases.ts";
import { runTemplate } from "../../support/vectors.ts";

const map = (name: string, group: string, after = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations:\n    helm.sh/resource-group: ${group}\n${after}`;
const after = (names: string): string => `    helm.sh/depends-on/resource-groups: '${names}'\n`;
const crd = (plural: string): string =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: ${plural}.example.com\nspec:\n  group: example.com\n  names: {kind: Thing, plural: ${plural}}\n  scope: Namespaced\n  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n`;
const chart = (name: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
  ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text])),
});

const work = mkdtempSync(join(tmpdir(), "slipway-ordered-"));
beforeAll(() => {
  writeCase(work, {
    ...chart("web", { "templates/a.yaml": map("app", "app", after('["db"]')), "templates/b.yaml": map("db", "db") }),
    ...chart("ring", {
      "templates/a.yaml": map("a", "a", after("[b]")),
      "templates/b.yaml": map("b", "b", after("[a]")),
    }),
    ...chart("plain", { "templates/a.yaml": map("a", "a") }),
    ...chart("crds", { "crds/t.yaml": crd("things"), "templates/a.yaml": map("a", "a") }),
  });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

let cluster: CommandCluster;
beforeEach(() => void (cluster = openCommandCluster()));
afterEach(() => cluster.close());

function run(...argv: readonly string[]): Promise<Ended> {
  return runRelease(argv, { cwd: work, env: { HOME: work }, over: cluster.over });
}

const batches = ({ stderr }: Ended): readonly string[] => stderr.split("\n").filter((line) => line.includes("batch "));

describe("template", () => {
  it("prints groups in order, with lines around each, when it is asked for", async () => {
    const { code, stdout, stderr } = await runTemplate(["r", "web", "--wait=ordered"], work);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      "## START resource-group: web db\n---\n# Source: web/templates/b.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: db\n  annotations:\n    helm.sh/resource-group: db\n\n## END resource-group: web db\n## START resource-group: web app\n---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations:\n    helm.sh/resource-group: app\n  name: app\n\n## END resource-group: web app\n",
    );
  });

  it.each([[[]], [["--wait"]], [["--wait=legacy"]]])("prints what helm prints with %j", async (flags) => {
    const { stdout } = await runTemplate(["r", "web", ...flags], work);
    expect(stdout).not.toContain("##");
    expect(stdout).toContain(`    helm.sh/depends-on/resource-groups: '["db"]'\n`);
    expect(stdout.indexOf("name: app")).toBeLessThan(stdout.indexOf("name: db"));
  });

  it("names a cycle", async () => {
    expect(await runTemplate(["r", "ring", "--wait=ordered"], work)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "Error: resource groups of ring wait for each other: a → b → a; take one of these dependencies out\n",
    });
  });

  it("warns of what has no place in the order", async () => {
    const { stderr } = await runTemplate(["r", "plain", "--wait=ordered"], work);
    expect(stderr).toBe(
      'level=WARN msg="resource group \\"a\\" of plain depends on nothing, and nothing depends on it: it comes last"\n',
    );
  });
});

describe("the release commands", () => {
  it("go through a release's life in order", async () => {
    const ordered = ["--wait=ordered", "--readiness-timeout", "30s", "--progress"];
    const installed = await run("install", "a", "web", ...ordered);
    expect(installed).toMatchObject({ code: 0 });
    expect(batches(installed).map((line) => line.replace(/^.*batch/, "batch"))).toEqual([
      'batch 1 of 2 begins: resource group "db" of web',
      'batch 1 of 2 is ready: resource group "db" of web',
      'batch 2 of 2 begins: resource group "app" of web',
      'batch 2 of 2 is ready: resource group "app" of web',
    ]);
    expect(batches(await run("upgrade", "a", "web", ...ordered)).length).toBe(4);
    expect(batches(await run("rollback", "a", "1", ...ordered)).length).toBe(4);
    expect((await run("get", "manifest", "a")).stdout).not.toContain("depends-on");
    const gone = await run("uninstall", "a", "--wait=ordered", "--progress");
    expect(batches(gone)[0]).toContain('batch 1 of 2 begins: resource group "app" of web');
    expect(gone).toMatchObject({ code: 0, stdout: 'release "a" uninstalled\n' });
  });

  it("show the order in a plan", async () => {
    const plan = await run("plan", "a", "web", "--wait=ordered", "-o", "json");
    expect(JSON.parse(plan.stdout).steps).toContain('begin batch 2 of 2: resource group "app" of web');
    const text = await run("plan", "a", "web", "--wait=ordered");
    expect(text.stdout).toContain('Order:\n  1. resource group "db" of web\n  2. resource group "app" of web\n');
    expect((await run("plan", "a", "web")).stdout).not.toContain("Order:");
  });

  it("refuse a cycle in front of everything", async () => {
    const refused = await run("install", "a", "ring", "--wait=ordered");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("resource groups of ring wait for each other: a → b → a");
    expect((await run("list", "-q")).stdout).toBe("");
  });

  it("write CRDs in an upgrade when they are told to", async () => {
    await run("install", "a", "crds", "--skip-crds");
    const shown = (await run("plan", "a", "crds", "--crds", "create")).stdout;
    expect(shown).toContain("+ CustomResourceDefinition things.example.com created");
    expect((await run("plan", "a", "crds")).stdout).not.toContain("things.example.com");
    const done = await run("upgrade", "a", "crds", "--crds=create-replace", "--progress");
    expect(done.code).toBe(0);
    expect(done.stderr).toContain("things.example.com");
    expect(await run("upgrade", "a", "crds", "--crds=all")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('invalid CRD policy "all": must be skip, create, or create-replace'),
    });
  });
});
