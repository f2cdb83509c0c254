import { describe, expect, it } from "vitest";
import { parseConfig } from "../../functions/config/parse.ts";
import { resolveSecrets } from "../../functions/config/secret.ts";
import { CONFIG } from "./harness.ts";

const DIGEST = `sha256:${"1".repeat(64)}`;

function faultsOf(text: string): readonly (readonly [string, string])[] {
  try {
    parseConfig(text);
  } catch (thrown) {
    const { faults } = thrown as { faults: readonly { pointer: string; detail: string }[] };
    return faults.map(({ pointer, detail }) => [pointer, detail]);
  }
  return [];
}

describe("slipway.yaml", () => {
  it("is read with its defaults", () => {
    expect(parseConfig("")).toEqual({
      clusters: [],
      collection: { every: "6h", grace: "2h" },
      upstreams: [],
      projects: [],
      tokens: [],
      receivers: [],
      chat: {},
      conflicts: "default",
      drift: [],
      signatures: [],
      oidc: [],
      plugins: [],
      functions: [],
      getters: [],
      policies: [],
    });
    const config = parseConfig("clusters: [{name: local, kind: embedded}]\nprojects: [{kind: hosted, name: charts}]\n");
    expect(config.clusters).toEqual([{ name: "local", kind: "embedded", reads: "list" }]);
    expect(parseConfig("clusters: [{name: a, records: configmap}]\n").clusters).toMatchObject([
      { name: "a", records: "configmap" },
    ]);
    expect(config.projects).toEqual([
      { kind: "hosted", name: "charts", anonymousPull: false, immutableTags: false, sparseImages: false },
    ]);
  });

  it("has sizes as numbers or with units, and rules of retention", () => {
    const text = `projects:
- {kind: hosted, name: a, quota: 10Gi, retention: [{repositories: "team/*", keepLast: 10, keepNewer: 720h}]}
- {kind: hosted, name: b, quota: 12345}
- {kind: proxy, name: c, upstream: u, cap: 512Mi}
upstreams: [{name: u, kind: oci, url: "https://u.example"}]
`;
    expect(parseConfig(text).projects).toMatchObject([
      { quota: 10_737_418_240, retention: [{ repositories: "team/*", keepLast: 10, keepNewer: "720h" }] },
      { quota: 12_345 },
      { cap: 536_870_912 },
    ]);
  });

  it("says when the registry is collected", () => {
    expect(parseConfig("{}").collection).toEqual({ every: "6h", grace: "2h" });
    expect(parseConfig("collection: {every: 30m}").collection).toEqual({ every: "30m", grace: "2h" });
    expect(parseConfig("collection: {grace: 24h}").collection).toEqual({ every: "6h", grace: "24h" });
  });

  it("names the bucket that content lies in, and its secret by reference alone", async () => {
    const text = `storage: {kind: s3, bucket: b, region: eu-west-1, prefix: slipway/, endpoint: "https://s3.example",
  credentials: {accessKeyId: id, secretAccessKey: "env:S3"}}`;
    const config = parseConfig(text);
    expect(config.storage).toMatchObject({ kind: "s3", bucket: "b", region: "eu-west-1", prefix: "slipway/" });
    const secrets = await resolveSecrets(config, (reference) => (reference === "env:S3" ? "hidden" : undefined));
    expect(secrets.reveal("env:S3")).toBe("hidden");
    await expect(resolveSecrets(config, () => undefined)).rejects.toThrow(
      "slipway.yaml: /storage/credentials/secretAccessKey: env:S3 is not set or empty",
    );
  });

  it.each([
    ["storage: {kind: s3, bucket: b, region: r, prefix: a}", "/storage/prefix", /must end with \//],
    ["storage: {kind: s3, bucket: b, region: r, prefix: /a/}", "/storage/prefix", /must end with \//],
    ["storage: {kind: s3, region: r}", "/storage/bucket", /./],
    ["storage: {kind: s3, bucket: b, region: r, endpoint: 's3.example'}", "/storage/endpoint", /./],
    [
      "storage: {kind: s3, bucket: b, region: r, credentials: {accessKeyId: a, secretAccessKey: plain-text}}",
      "/storage/credentials/secretAccessKey",
      /never the secret itself/,
    ],
    ["collection: {every: 59s}", "/collection/every", /between 1m and 168h/],
    ["collection: {every: 169h}", "/collection/every", /between 1m and 168h/],
    ["collection: {every: daily}", "/collection/every", /duration/],
    ["collection: {grace: 14m}", "/collection/grace", /15m at least/],
    ["collection: {retention: 1h}", "/collection/retention", /unknown member/],
    ["clusters: [{name: Local}]", "/clusters/0/name", /lower-case/],
    ["clusters: [{name: a}, {name: a}]", "/clusters/1/name", /stands twice/],
    ["clusters: [{name: a, records: sql}]", "/clusters/0/records", /./],
    ["plugins: [{plugin: labels}]", "/plugins/0/plugin", /PROJECT\/NAME/],
    ["plugins: [{plugin: a/b, limits: {pages: 99999}}]", "/plugins/0/limits/pages", /./],
    ["plugins: [{plugin: a/b, digest: latest}]", "/plugins/0/digest", /must be sha256/],
    ['plugins: [{plugin: a/b, digest: "sha256:12"}]', "/plugins/0/digest", /in full/],
    [
      "plugins: [{plugin: a/b}, {plugin: a/c}, {plugin: a/b}]",
      "/plugins/2",
      /entries 0 and 2 .* a\/b without a digest/,
    ],
    [
      `plugins: [{plugin: a/b, digest: "${DIGEST}"}, {plugin: a/b, hosts: [x], digest: "${DIGEST}"}]`,
      "/plugins/1",
      /entries 0 and 1 both grant a\/b with the digest sha256:1{64}: keep one of them/,
    ],
    ["plugins: [{plugin: a/b, files: true}]", "/plugins/0/files", /unknown member/],
    ["clusters: [{name: a, postRenderers: [{config: {a: b}}]}]", "/clusters/0/postRenderers/0/plugin", /./],
    ["clusterz: []", "/clusterz", /unknown member/],
    ["projects: [{kind: proxy, name: p, upstream: none}]", "/projects/0/upstream", /no upstream none/],
    [
      "projects: [{kind: group, name: g, members: [{project: none}]}]",
      "/projects/0/members/0/project",
      /no project none/,
    ],
    ["projects: [{kind: hosted, name: p, quota: lots}]", "/projects/0/quota", /10Gi/],
    ["projects: [{kind: hosted, name: p, quota: -1}]", "/projects/0/quota", /./],
    ["projects: [{kind: hosted, name: p, retention: [{tags: 'x*'}]}]", "/projects/0/retention/0", /keep nothing/],
    ["projects: [{kind: hosted, name: p, retention: [{keepLast: 0}]}]", "/projects/0/retention/0/keepLast", /./],
    ["projects: [{kind: hosted, name: p, cap: 1Gi}]", "/projects/0/cap", /unknown member/],
    ["projects: [{kind: odd, name: p}]", "/projects/0/kind", /./],
    ["tokens: [{name: ci, token: hunter2, grants: [{allow: ['*']}]}]", "/tokens/0/token", /never the secret itself/],
    ["tokens: [{name: ci, token: 'env:A', grants: [{allow: [everything]}]}]", "/tokens/0/grants/0/allow/0", /./],
    ["publicUrl: ftp://x", "/publicUrl", /./],
    ["conflicts: [{decision: perhaps}]", "/conflicts", /./],
    ["clusters: [", "", /line \d+: not valid YAML/],
    ["a: &a [1,1]\nb: &b [*a,*a]\nc: 1\nc: 2", "", /not valid YAML/],
  ])("%s is refused at %s", (text, pointer, detail) => {
    const faults = faultsOf(text);
    expect(faults.map(([at]) => at)).toContain(pointer);
    expect(faults.find(([at]) => at === pointer)?.[1]).toMatch(detail);
  });

  it("is refused when a deployment names what nothing has, or a constraint that is none", () => {
    const deploy = [{ cluster: "none", namespace: "default", release: "web", chart: "none/web", version: ">>1" }];
    const receivers = [{ kind: "registry", name: "r", deploy }];
    expect(faultsOf(JSON.stringify({ ...CONFIG, receivers })).map(([pointer]) => pointer)).toEqual([
      "/receivers/0/deploy/0/cluster",
      "/receivers/0/deploy/0/chart",
      "/receivers/0/deploy/0/version",
    ]);
  });

  it("never quotes a secret that stands where a reference should", () => {
    const faults = JSON.stringify(faultsOf("tokens: [{name: ci, token: hunter2-canary, grants: [{allow: ['*']}]}]"));
    expect(faults).not.toContain("hunter2");
  });
});

describe("the secrets of a configuration", () => {
  it("are resolved whole, and missing or empty ones refuse the start by name", async () => {
    const config = parseConfig(JSON.stringify(CONFIG));
    const known = new Map([["env:ADMIN", "secret-canary\n"]]);
    const failure = await resolveSecrets(config, (reference) => known.get(reference) ?? "").catch(
      (thrown: unknown) => thrown,
    );
    expect(String(failure)).toContain("/tokens/1/token: env:READER is not set or empty");
    expect(String(failure)).not.toContain("canary");
    const secrets = await resolveSecrets(config, (reference) => `${reference}!`);
    expect(secrets.reveal("env:ADMIN")).toBe("env:ADMIN!");
    expect(JSON.stringify(secrets)).toBe("{}");
  });
});
