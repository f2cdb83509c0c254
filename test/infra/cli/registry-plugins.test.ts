import { generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openVerifyingKey } from "../../../engine/attestation/index.ts";
import { buildPlugin } from "../../../infra/build-plugins.ts";
import type { RegistryAccess } from "../../../registry/http/access.ts";
import type { Ended } from "../../support/helm.ts";
import { type CommandCluster, openCommandCluster } from "../../support/local-cluster.ts";
import { digestOf } from "../../support/plugin.ts";
import { type PushedPlugin, pushPlugin } from "../../support/push-plugin.ts";
import { descriptor, openRegistry, type TestRegistry, utf8 } from "../../support/registry.ts";
import { serveFetch, serveRegistry, type TestServer } from "../../support/registry-server.ts";
import { runRelease } from "../../support/run-release.ts";
import { runTemplateTool, runTool } from "../../support/run-tool.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const work = mkdtempSync(join(tmpdir(), "slipway-registry-plugins-"));
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** Whoever asks may do everything but see what is unsigned. */
const READER: RegistryAccess = {
  decide: ({ wishes }) =>
    wishes.some(({ actions }) => actions.includes("unsigned")) ? { kind: "deny" } : { kind: "allow", actor: "reader" },
};

let registry: TestRegistry;
let server: TestServer;
let labels: Uint8Array;
let artifact: string;

async function push(repository: string, pushed: PushedPlugin): Promise<string> {
  return await pushPlugin(async (path, init) => await fetch(server.origin + path, init), repository, "v1", pushed);
}

beforeAll(async () => {
  const publicKey = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
  registry = openRegistry({
    access: READER,
    projects: [
      { kind: "hosted", name: "tools" },
      { kind: "hosted", name: "strict" },
    ],
    signatures: [
      { projects: ["strict"], require: [{ kind: "cosign-key", keys: [await openVerifyingKey(publicKey)] }] },
    ],
  });
  server = await serveRegistry(registry);
  labels = await buildPlugin("labels");
  const yaml = (name: string): string => readFileSync(join(root, "infra", "plugins", name, "plugin.yaml")).toString();
  artifact = await push("tools/labels", { kind: "archive", yaml: yaml("labels"), bytes: labels });
  await push("strict/labels", { kind: "archive", yaml: yaml("labels"), bytes: labels });
  for (const name of ["patches", "template", "policy-baseline"])
    await push(`tools/${name}`, { kind: "archive", yaml: yaml(name), bytes: await buildPlugin(name) });
  mkdirSync(join(work, "pod", "templates"), { recursive: true });
  writeFileSync(join(work, "pod", "Chart.yaml"), "apiVersion: v2\nname: pod\nversion: 0.1.0\n");
  writeFileSync(
    join(work, "pod", "templates", "all.yaml"),
    `apiVersion: v1\nkind: Pod\nmetadata: { name: {{ .Values.title | default "plain" }} }\nspec: { hostNetwork: true, containers: [{ name: a, image: a }] }\n`,
  );
}, 60_000);

afterAll(async () => {
  await server.close();
  rmSync(work, { recursive: true, force: true });
});

let cluster: CommandCluster;
beforeEach(() => void (cluster = openCommandCluster()));
afterEach(() => cluster.close());

const place = { cwd: work, env: { HOME: work, HELM_PLUGINS: join(work, "plugins") } };
const at = (reference: string, host = server.host): string => `oci://${host}/${reference}`;

async function run(command: string, ...argv: readonly string[]): Promise<Ended> {
  if (command === "template") return await runTemplateTool(["a", "pod", ...argv], place);
  return await runRelease([command, "a", "pod", ...argv], { ...place, over: cluster.over });
}

/** Grants with a configuration that shows, for the plugin `labels`. */
function granting(...digests: readonly (string | undefined)[]): readonly string[] {
  const entries = digests.map((digest, index) => ({
    plugin: "labels",
    config: { labels: `team: t${index}` },
    ...(digest === undefined ? {} : { digest }),
  }));
  writeFileSync(join(work, "grants.yaml"), JSON.stringify(entries));
  return ["--plain-http", "--plugin-grants", "grants.yaml"];
}

const OTHER = `sha256:${"0".repeat(64)}`;

describe("a post-renderer out of a registry", () => {
  it.each(["template", "install", "upgrade"])("runs in %s, by tag and by digest", async (command) => {
    if (command === "upgrade") expect((await run("install")).code).toBe(0);
    for (const reference of ["tools/labels:v1", `tools/labels@${artifact}`, `tools/labels:v9@${artifact}`]) {
      const flags = ["--post-renderer", at(reference), ...granting(OTHER, artifact)];
      const { code, stdout, stderr } = await run(command, ...flags);
      expect([code, stderr]).toEqual([0, ""]);
      const ours = command === "template" ? stdout : await manifest();
      expect(ours).toContain('team: "t1"');
      if (command === "install") await runRelease(["uninstall", "a"], { ...place, over: cluster.over });
    }
  });

  const manifest = async (): Promise<string> =>
    (await runRelease(["get", "manifest", "a"], { ...place, over: cluster.over })).stdout;

  it("runs in a chain, beside others out of a registry and installed ones", async () => {
    const patches = JSON.stringify([{ target: { kind: "Pod" }, patch: "metadata: {labels: {tier: red}}" }]);
    mkdirSync(join(work, "plugins", "labels"), { recursive: true });
    writeFileSync(
      join(work, "plugins", "labels", "plugin.yaml"),
      readFileSync(join(root, "infra", "plugins", "labels", "plugin.yaml")),
    );
    writeFileSync(join(work, "plugins", "labels", "plugin.wasm"), labels);
    const grants = [
      { plugin: "labels", config: { labels: "team: blue" } },
      { plugin: "labels", digest: artifact, config: { labels: "{tier: green, zone: east}" } },
      { plugin: "patches", config: { patches } },
    ];
    writeFileSync(join(work, "chain.yaml"), JSON.stringify(grants));
    const digest = (await registry.plugins.resolve({ project: "tools", name: "patches", tag: "v1" })).toString();
    const chain = `labels,${at("tools/labels:v1")},${at(`tools/patches@${digest}`)}`;
    const flags = ["--post-renderers", chain, "--plain-http", "--plugin-grants", "chain.yaml"];
    const { code, stdout, stderr } = await run("template", ...flags);
    expect([code, stderr]).toEqual([0, ""]);
    expect(["team", "zone", "tier"].map((name) => new RegExp(`${name}: "?(\\w+)`).exec(stdout)?.[1])).toEqual([
      "blue",
      "east",
      "red",
    ]);
    rmSync(join(work, "plugins"), { recursive: true });
  });

  const calledBy = (reference: string, command = "template"): Promise<Ended> =>
    run(command, "--post-renderer", at(reference), "--plain-http", "--plugin-grants", "grants.yaml");

  it.each([
    ["its artifact", () => artifact],
    ["its module", () => digestOf(labels)],
  ])("has what the entry with the digest of %s grants", async (_, digest) => {
    granting(undefined, digest());
    expect((await calledBy("tools/labels:v1")).stdout).toContain('team: "t1"');
  });

  it("has what an entry without a digest grants where it is named by its own", async () => {
    granting(undefined);
    expect((await calledBy(`tools/labels@${artifact}`)).stdout).toContain('team: "t0"');
  });

  it.each([
    [
      "for other digests alone",
      [OTHER],
      () => `it is granted to ${OTHER} alone, and this is ${digestOf(labels)} of the`,
    ],
    [
      "without a digest, by tag",
      [undefined],
      () => `may be another plugin tomorrow: add digest: ${artifact} to the grant`,
    ],
  ])("is refused under grants %s", async (_, digests, problem) => {
    granting(...digests);
    for (const command of ["template", "install"]) {
      const { code, stdout, stderr } = await calledBy("tools/labels:v1", command);
      expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(problem())]);
    }
    const tested = ["plugin", "test", at("tools/labels:v1"), "--plain-http", "--plugin-grants", "grants.yaml"];
    const { code, stderr } = await runTool([...tested, "--input", "pod/Chart.yaml"], place);
    expect([code, stderr]).toEqual([1, expect.stringContaining(problem())]);
  });

  it.each([
    ["without a version", "tools/labels", "name a tag or a digest"],
    ["whose tag is not there", "tools/labels:v9", "tools/labels:v9 is not there"],
    ["whose digest is not there", `tools/labels@${OTHER}`, "is not there"],
    ["whose digest is none", "tools/labels@sha256:12", "sha256:12 is no digest"],
    ["of another type", "tools/policy-baseline:v1", "is a policy/v1 plugin, and no postrenderer/v1"],
  ])("is refused in the words of its flag: one %s", async (_, reference, problem) => {
    granting();
    for (const command of ["template", "install", "upgrade"]) {
      const { code, stdout, stderr } = await calledBy(reference, command);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(`Error: invalid argument "${at(reference)}" for "--post-renderer" flag: `);
      expect(stderr).toContain(problem);
    }
  });

  it.each([
    ["layer", "/blobs/", "tools/labels:v1"],
    ["manifest, by digest", "/manifests/", undefined],
  ])("is refused where its bytes have another digest: %s", async (_, part, reference) => {
    granting(artifact);
    const forging = await serveFetch(async (request) => {
      const { pathname } = new URL(request.url);
      const answer = await registry.fetch(request);
      if (!pathname.includes(part)) return answer;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return new Response(bytes, { status: answer.status, headers: answer.headers });
    });
    const address = at(reference ?? `tools/labels@${artifact}`, forging.host);
    const flags = ["--post-renderer", address, "--plain-http", "--plugin-grants", "grants.yaml"];
    const { code, stdout, stderr } = await run("template", ...flags);
    await forging.close();
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining("mismatched digest")]);
  });
});

describe("a registry that requires signatures", () => {
  it("gives a post-renderer that is signed, and refuses it before", async () => {
    granting(artifact);
    const flags = ["--post-renderer", at("strict/labels:v1"), "--plain-http", "--plugin-grants", "grants.yaml"];
    for (const command of ["template", "install"]) {
      const { code, stdout, stderr } = await run(command, ...flags);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain("nothing is attached that cosign signed");
    }
    await signed("strict/labels", artifact);
    expect((await run("template", ...flags)).stdout).toContain('team: "t0"');
  });

  /** As `cosign sign --key` leaves it at a tag. */
  async function signed(repository: string, digest: string): Promise<void> {
    const type = "cosign container image signature";
    const payload = utf8(JSON.stringify({ critical: { image: { "docker-manifest-digest": digest }, type } }));
    const signature = sign("sha256", payload, keys.privateKey).toString("base64");
    for (const blob of [payload, utf8("{}")]) await registry.pushBlob(repository, blob);
    const annotations = { "dev.cosignproject.cosign/signature": signature };
    const layer = { ...descriptor("application/vnd.dev.cosign.simplesigning.v1+json", payload), annotations };
    const config = descriptor("application/vnd.oci.image.config.v1+json", utf8("{}"));
    const manifest = { schemaVersion: 2, config, layers: [layer] };
    expect((await registry.pushManifest(repository, `${digest.replace(":", "-")}.sig`, manifest)).status).toBe(201);
  }
});

describe("who the flags say that the user is", () => {
  const asked = async (...argv: readonly string[]): Promise<readonly (string | null)[]> => {
    const seen: (string | null)[] = [];
    const closed = await serveFetch(async (request) => {
      if (request.url.includes("tools/labels")) seen.push(request.headers.get("authorization"));
      return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="closed"' } });
    });
    const known = ["--plain-http", "--username", "me", "--password", "canary"];
    const renderer = ["--post-renderer", at("tools/labels:v1", closed.host)];
    const chart = argv.map((arg) => arg.replace("HOST", closed.host));
    const { code } = await runTemplateTool(["a", ...chart, ...renderer, ...known], place);
    await closed.close();
    expect(code).toBe(1);
    return seen;
  };

  it("is told to the registry of a plugin where the chart is out of it, too", async () => {
    const basic = `Basic ${Buffer.from("me:canary").toString("base64")}`;
    expect(await asked("oci://HOST/charts/web", "--version", "1.0.0")).toContain(basic);
  });

  it.each([["pod"], ["oci://HOST.example/charts/web"]])(
    "is not told to another one: the chart is %s",
    async (chart) => {
      const seen = await asked(chart);
      expect(seen.filter((authorization) => authorization !== null)).toEqual([]);
    },
  );
});

describe("other plugins out of a registry", () => {
  it("are template functions and policies, too", async () => {
    granting();
    const policy = ["--policy", at("tools/policy-baseline:v1"), "--plain-http"];
    const { code, stderr } = await run("install", ...policy);
    expect([code, stderr]).toEqual([1, expect.stringContaining("refused by policy; nothing was written")]);
    const template = join(work, "pod", "templates", "named.yaml");
    writeFileSync(template, `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ slug "A B" }} }\n`);
    const functions = ["--functions", at("tools/template:v1"), "--plain-http"];
    expect((await run("template", ...functions)).stdout).toContain("name: a-b");
    rmSync(template);
  });
});
