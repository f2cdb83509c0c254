import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ClusterTransport } from "../../../engine/kube/transport.ts";
import type { ReleaseStatus } from "../../../engine/release/release.ts";
import { createRecord, deleteRecord, readRecord } from "../../../engine/release/storage.ts";
import type { ReleaseIo } from "../../../infra/cli/release/io.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import type { KubeconfigSource } from "../../../infra/node/kubeconfig.ts";
import type { Ended } from "../../support/helm.ts";
import { releaseCharts } from "../../support/release-cases.ts";
import { runRelease } from "../../support/run-release.ts";
import { writeCase } from "../../support/tool-cases.ts";

const work = mkdtempSync(join(tmpdir(), "slipway-release-"));
beforeAll(() => writeCase(work, releaseCharts));
afterAll(() => rmSync(work, { recursive: true, force: true }));

let over: Partial<ReleaseIo>;
let sources: KubeconfigSource[];
let close: () => void;
let transport: ClusterTransport;

beforeEach(() => {
  const local = openReadyCluster();
  sources = [];
  ({ transport } = local);
  close = local.close;
  over = {
    openCluster: async (source) => {
      sources.push(source);
      return { transport: local.transport, server: "", namespace: "default", close: async () => undefined };
    },
  };
});

afterEach(() => close());

/** A revision as another program left it, made of the first one. */
async function leave(name: string, version: number, status: ReleaseStatus): Promise<void> {
  const session = { transport };
  const stored = await readRecord(session, { name, namespace: "default" }, 1);
  if (stored === undefined) throw new Error(`no record of ${name}`);
  const info = { ...stored.release.info, status };
  await createRecord(session, { release: { ...stored.release, version, info }, labels: {}, now: Date.now() });
}

function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runRelease(argv, { cwd: work, env: { HOME: work, ...env }, over });
}

describe("the release commands", () => {
  it("go from an install to an uninstall in helm's words", async () => {
    const installed = await run(["install", "a", "plain", "--set", "text=hi"]);
    expect(installed).toMatchObject({ code: 0, stderr: "" });
    expect(installed.stdout.replace(/(?<=LAST DEPLOYED: ).*/, "TIME")).toBe(
      "NAME: a\nLAST DEPLOYED: TIME\nNAMESPACE: default\nSTATUS: deployed\nREVISION: 1\nDESCRIPTION: Install complete\nTEST SUITE: None\nNOTES:\nThe text is hi.\nIn default.\n",
    );
    expect(await run(["install", "a", "plain"])).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'level=ERROR msg="release name check failed" error="cannot reuse a name that is still in use"\nError: INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in use\n',
    });
    const upgraded = await run(["upgrade", "a", "plain", "--reuse-values"]);
    expect(upgraded.stdout).toMatch(/^Release "a" has been upgraded\. Happy Helming!\nNAME: a\n/);
    expect((await run(["get", "values", "a", "-o", "json"])).stdout).toBe('{"text":"hi"}\n');
    expect((await run(["rollback", "a"])).stdout).toBe("Rollback was a success! Happy Helming!\n");
    expect((await run(["list", "-q", "-o", "json"])).stdout).toBe('["a"]\n');
    expect((await run(["uninstall", "a"])).stdout).toBe('release "a" uninstalled\n');
    expect(await run(["status", "a"])).toEqual({ code: 1, stdout: "", stderr: "Error: release: not found\n" });
  });

  it("record a chart without its templates where the flag says so", async () => {
    expect(await run(["install", "a", "plain", "--record-chart", "slim"])).toMatchObject({ code: 0, stderr: "" });
    const stored = await readRecord({ transport }, { name: "a", namespace: "default" }, 1);
    expect(stored?.release.chart).toMatchObject({ templates: [], values: expect.anything() });
    expect(await run(["install", "b", "plain", "--record-chart", "thin"])).toMatchObject({ code: 1 });
  });

  it("tell of the release that was cancelled, and of none before it", async () => {
    await run(["install", "a", "plain"]);
    await run(["install", "b", "plain"]);
    const stopping = new AbortController();
    const send: ClusterTransport["send"] = async (request) => {
      if (request.method === "DELETE" && request.path.endsWith("/b")) stopping.abort();
      return await transport.send(request);
    };
    over = {
      ...over,
      stopping: () => stopping.signal,
      openCluster: async () => ({
        transport: { send },
        server: "",
        namespace: "default",
        close: async () => undefined,
      }),
    };
    const ended = await run(["uninstall", "a", "b"]);
    expect(ended.stdout).toBe('release "a" uninstalled\nRelease b has been cancelled.\n');
    expect(ended.code).toBe(1);
  });

  it("ask a cluster that throttles again, when it says", async () => {
    await run(["install", "a", "plain"]);
    const slept: number[] = [];
    let asked = 0;
    const throttled: ClusterTransport = {
      send: async (request) => {
        if (asked++ > 0) return await transport.send(request);
        const body = new Blob(['{"kind":"Status","code":429,"message":"slow down"}']).stream();
        return { status: 429, headers: new Headers({ "retry-after": "3" }), body };
      },
    };
    over = {
      sleep: async (milliseconds) => void slept.push(milliseconds),
      openCluster: async () => ({
        transport: throttled,
        server: "",
        namespace: "default",
        close: async () => undefined,
      }),
    };
    expect(await run(["list", "-q"])).toEqual({ code: 0, stdout: "a\n", stderr: "" });
    expect(slept).toEqual([3000]);
  });

  it("end what a program that is gone left pending, once somebody says so", async () => {
    await run(["install", "a", "plain"]);
    await leave("a", 2, "pending-upgrade");
    const refused = await run(["upgrade", "a", "plain"]);
    expect(refused.stderr).toBe(
      'level=WARN msg="the newest revision is pending: slipway unlock a --namespace default ends it as failed, once nobody works on it"\nError: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n',
    );
    const strict = await run(["upgrade", "a", "plain", "--conflicts", "helm"]);
    expect(strict.stderr).toBe("Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n");
    const other = await run(["unlock", "a", "--revision", "1"]);
    expect(other).toMatchObject({ code: 1, stderr: "Error: revision 2 is the newest, and is pending-upgrade\n" });
    expect(await run(["unlock", "a"])).toEqual({
      code: 0,
      stdout: 'Revision 2 of "a" is recorded as failed: install, upgrade and rollback work again\n',
      stderr: "",
    });
    expect(await run(["unlock", "a"])).toMatchObject({
      code: 1,
      stderr: "Error: revision 2 is the newest, and is failed\n",
    });
    expect((await run(["upgrade", "a", "plain"])).code).toBe(0);
    expect(await run(["unlock", "b"])).toMatchObject({ code: 1, stderr: "Error: release: not found\n" });
  });

  it("say that an upgrade installs only where a person reads", async () => {
    const table = await run(["upgrade", "-i", "a", "plain"]);
    expect(table.stdout).toMatch(/^Release "a" does not exist\. Installing it now\.\nNAME: a\n/);
    const json = await run(["upgrade", "-i", "b", "plain", "-o", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ name: "b", version: 1, info: { status: "deployed" } });
  });

  it.each([
    [{ 9: "uninstalled", 10: "deployed" }, [], "has been upgraded. Happy Helming!"],
    [{ 9: "uninstalled", 10: "deployed" }, ["--conflicts", "helm"], "does not exist. Installing it now."],
    [{ 9: "superseded", 10: "uninstalled" }, [], "does not exist. Installing it now."],
    [{ 9: "superseded", 10: "uninstalled" }, ["--conflicts", "helm"], ""],
  ] as const)(
    "ask the newest of %j whether an upgrade installs, and with %j the last by name",
    async (left, flags, said) => {
      await run(["install", "a", "plain"]);
      for (const [version, status] of Object.entries(left)) await leave("a", Number(version), status);
      await deleteRecord({ transport }, { name: "a", namespace: "default" }, 1);
      const { stdout } = await run(["upgrade", "-i", "a", "plain", ...flags]);
      expect(stdout.split("\n", 1)[0]).toBe(said === "" ? "" : `Release "a" ${said}`);
    },
  );

  it("plan an upgrade, or the install that it is, and say by the exit code whether anything would change", async () => {
    const fresh = await run(["plan", "a", "plain", "--detailed-exitcode"]);
    expect(fresh).toMatchObject({ code: 2, stderr: "" });
    expect(fresh.stdout).toMatch(/^Plan: upgrade \(as install\) default\/a, revision 1\n\n\+ /);
    expect((await run(["status", "a"])).code).toBe(1);
    await run(["install", "a", "plain", "--set", "text=hi"]);
    await run(["install", "b", "web"]);
    const same = await run(["plan", "b", "web", "--detailed-exitcode"]);
    expect(same).toMatchObject({ code: 0, stderr: "" });
    const other = await run(["plan", "a", "plain", "--set", "text=ho"]);
    expect(other).toMatchObject({ code: 0, stderr: "" });
    expect(other.stdout).toContain("hi → ho");
    expect(other.stdout).not.toContain("\u001b[");
    expect((await run(["plan", "a", "plain", "--set", "text=ho", "--color", "always"])).stdout).toContain("\u001b[");
    const json = JSON.parse((await run(["plan", "a", "plain", "--set", "text=ho", "-o", "json"])).stdout);
    expect(json).toMatchObject({ action: "upgrade", applicable: true, counts: { changed: 1 } });
    const yaml = (await run(["plan", "a", "plain", "--set", "text=ho", "-o", "yaml"])).stdout;
    expect(yaml).toContain("action: upgrade\napplicable: true\n");
    expect((await run(["plan", "a", "nowhere"])).code).toBe(1);
  });

  it("plan a rollback and an uninstall, and do neither", async () => {
    await run(["install", "a", "kept"]);
    await run(["install", "b", "plain", "--set", "text=hi"]);
    await run(["upgrade", "b", "plain", "--set", "text=ho"]);
    const back = await run(["plan", "rollback", "b", "1", "--detailed-exitcode"]);
    expect(back).toMatchObject({ code: 2, stderr: "" });
    expect(back.stdout).toMatch(/^Plan: rollback default\/b to revision 1 as revision 3\n\n~ ConfigMap default\/b /);
    expect(back.stdout).toContain("~ .data.text: ho → hi");
    expect(await run(["plan", "uninstall", "a", "--detailed-exitcode"])).toEqual({
      code: 2,
      stderr: "",
      stdout:
        "Plan: uninstall default/a, revision 1\n\n- ConfigMap default/gone deleted\n\n= ConfigMap default/kept kept: its resource policy says keep\n\n0 to create, 0 to change, 1 to delete, 0 unchanged, 1 kept.\n",
    });
    const json = JSON.parse((await run(["plan", "uninstall", "b", "-o", "json"])).stdout);
    expect(json).toMatchObject({ action: "uninstall", applicable: true, counts: { deleted: 1 } });
    expect((await run(["list", "-q"])).stdout).toBe("a\nb\n");
    expect((await run(["history", "b", "-o", "json"])).stdout).not.toContain('"revision":3');
  });

  it.each([
    [
      ["rollback", "a", "x"],
      'Error: could not convert revision to a number: strconv.Atoi: parsing "x": invalid syntax\n',
    ],
    [["rollback", "a"], "Error: release: not found\n"],
    [["uninstall", "a"], "Error: uninstall: Release not loaded: a: release: not found\n"],
    [
      ["uninstall", "a", "b"],
      'Error: "slipway plan uninstall" requires 1 argument\n\nUsage:  slipway plan uninstall RELEASE_NAME [flags]\n',
    ],
  ])("refuse to plan %j", async (argv, stderr) => {
    expect(await run(["plan", ...argv])).toEqual({ code: 1, stdout: "", stderr });
  });

  it("plan releases that have the names of plan's own commands behind two dashes", async () => {
    const planned = await run(["plan", "--", "rollback", "plain"]);
    expect(planned.stdout).toMatch(/^Plan: upgrade \(as install\) default\/rollback, revision 1\n/);
    const absent = await run(["plan", "uninstall", "rollback", "--ignore-not-found"]);
    expect(absent.stdout).toBe("Plan: uninstall default/rollback: there is no such release, and nothing to do.\n");
    expect((await run(["plan", "uninstall", "rollback", "--ignore-not-found", "-o", "json"])).stdout).toBe("null\n");
  });

  it("tell their progress on standard error where asked to", async () => {
    const { stderr, stdout } = await run(["install", "a", "plain", "--progress"]);
    expect(stderr).toContain("created ConfigMap default/a\n");
    expect(stdout).not.toContain("created");
  });

  it.each([
    ["helm", undefined],
    ["rules.yaml", undefined],
    ["wrong.yaml", "Error: INSTALLATION FAILED: --conflicts wrong.yaml: "],
    ["missing.yaml", "Error: INSTALLATION FAILED: open missing.yaml: no such file or directory\n"],
  ])("take a policy for conflicts: %s", async (policy, refusal) => {
    writeFileSync(join(work, "rules.yaml"), "- {fields: [.spec.replicas], decision: yield}\n");
    writeFileSync(join(work, "wrong.yaml"), "- {decision: maybe}\n");
    const { code, stderr } = await run(["install", "a", "plain", "--conflicts", policy]);
    expect(code).toBe(refusal === undefined ? 0 : 1);
    expect(stderr).toContain(refusal ?? "");
  });

  it("open the cluster that flags and environment name", async () => {
    const flags = ["--kube-context", "c", "--kube-token", "t", "--kube-as-user", "u", "--kube-as-group", "g"];
    await run(["list", ...flags], { KUBECONFIG: "/a:/b", HELM_KUBEAPISERVER: "https://x" });
    await run(["list", "--kubeconfig", "/c"], { HELM_KUBEASGROUPS: "x,y" });
    await run(["list"]);
    expect(sources).toEqual([
      {
        trust: "operator",
        paths: ["/a", "/b"],
        overrides: { context: "c", token: "t", user: "u", groups: ["g"], server: "https://x" },
      },
      { trust: "operator", path: "/c", overrides: { groups: ["x", "y"] } },
      { trust: "operator", paths: [`${work}/.kube/config`], overrides: {} },
    ]);
  });

  it("work in the namespace of the flag, of the environment, then of the context", async () => {
    const namespaceOf = async (argv: readonly string[], env = {}): Promise<string> =>
      JSON.parse((await run(["install", "a", "plain", "--dry-run=client", "-o", "json", ...argv], env)).stdout)
        .namespace;
    expect(await namespaceOf(["-n", "one"], { HELM_NAMESPACE: "two" })).toBe("one");
    expect(await namespaceOf([], { HELM_NAMESPACE: "two" })).toBe("two");
    expect(await namespaceOf([])).toBe("default");
  });

  it("print what was just made in the local zone", async () => {
    over = { ...over, timeZone: () => "Asia/Kolkata" };
    const { info } = JSON.parse((await run(["install", "a", "plain", "-o", "json"])).stdout);
    expect(info.last_deployed).toMatch(/\+05:30$/);
  });

  it("leave out Secrets of a dry run, and refuse to otherwise", async () => {
    const hidden = await run(["install", "a", "web", "--dry-run=client", "--hide-secret"]);
    expect(hidden.stdout).toContain(
      "# Source: web/templates/all.yaml\n# HIDDEN: The Secret output has been suppressed\n",
    );
    expect(hidden.stdout).not.toContain("hunter2");
    expect((await run(["install", "a", "web", "--hide-secret"])).stderr).toBe(
      'level=ERROR msg="hiding Kubernetes secrets requires a dry-run mode"\nError: INSTALLATION FAILED: hiding Kubernetes secrets requires a dry-run mode\n',
    );
  });

  it("run tests and print how they went, notes aside", async () => {
    await run(["install", "a", "tests"]);
    const { code, stdout } = await run(["test", "a", "--filter", "name=one"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/TEST SUITE: {5}one\nLast Started: {3}.*\nLast Completed: .*\nPhase: {10}Succeeded\n$/);
    expect(stdout).not.toContain("NOTES");
  });

  it("refuse a driver that they do not have", async () => {
    const { code, stderr } = await run(["list"], { HELM_DRIVER: "sql" });
    expect([code, stderr]).toEqual([1, 'Error: the storage driver "sql" is not supported: use secret or configmap\n']);
  });
});
