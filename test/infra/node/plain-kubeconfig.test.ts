import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type KubeconfigOverrides, readPlainKubeconfig } from "../../../infra/node/plain-kubeconfig.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
file("ca.pem", "CA");
const first = file(
  "first",
  `clusters: [{name: c, cluster: {server: "https://one:6443/", certificate-authority: ca.pem, tls-server-name: api.example}}]
users: [{name: u, user: {token: T, as: someone, as-groups: [g]}}, {name: cert, user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}}, {name: exec, user: {exec: {command: x}}}]
contexts: [{name: a, context: {cluster: c, user: u, namespace: ns}}, {name: b, context: {cluster: c, user: cert}}, {name: e, context: {cluster: c, user: exec}}]
current-context: a
`,
);
const second = file(
  "second",
  'clusters: [{name: d, cluster: {server: "http://two", insecure-skip-tls-verify: true}}]\nusers: [{name: u, user: {token: other}}]\ncontexts: [{name: z, context: {cluster: d, user: u}}]\ncurrent-context: z\n',
);

async function shown(over: KubeconfigOverrides, ...paths: readonly string[]) {
  const config = readPlainKubeconfig({ paths }, over);
  if (config === undefined) return undefined;
  const { server, namespace, credentials } = config;
  return { server, namespace, ...(await credentials()) };
}

describe("a kubeconfig without plugins", () => {
  it("is read with its files' own folder, and the first file counts", async () => {
    expect(await shown({}, join(folder, "missing"), first, second)).toEqual({
      server: "https://one:6443",
      namespace: "ns",
      headers: { authorization: "Bearer T", "impersonate-user": "someone", "impersonate-group": ["g"] },
      tls: { ca: "CA", servername: "api.example" },
    });
  });

  it.each<[string, KubeconfigOverrides, object]>([
    [
      "a context",
      { context: "b" },
      { namespace: "default", headers: {}, tls: { ca: "CA", cert: "CERT", key: "KEY", servername: "api.example" } },
    ],
    ["a context of another file", { context: "z" }, { server: "http://two", tls: { rejectUnauthorized: false } }],
    ["a server", { server: "https://three" }, { server: "https://three" }],
    [
      "a token",
      { token: "X" },
      { headers: { authorization: "Bearer X", "impersonate-user": "someone", "impersonate-group": ["g"] } },
    ],
    [
      "an identity",
      { user: "me", groups: ["x", "y"] },
      { headers: { authorization: "Bearer T", "impersonate-user": "me", "impersonate-group": ["x", "y"] } },
    ],
    ["no verification", { insecure: true, serverName: "m" }, { tls: { rejectUnauthorized: false, servername: "m" } }],
    ["a token instead of a plugin", { context: "e", token: "X" }, { headers: { authorization: "Bearer X" } }],
  ])("gives way to %s of the command line", async (_, over, wanted) => {
    expect(await shown(over, first, second)).toMatchObject(wanted);
  });

  it("is client-go's own default where there is no file", async () => {
    expect(await shown({}, join(folder, "missing"))).toMatchObject({
      server: "http://localhost:8080",
      namespace: "default",
    });
  });

  it("is left to the client library where a command must be run", async () => {
    expect(await shown({ context: "e" }, first)).toBeUndefined();
  });

  it.each<[string, () => unknown, string]>([
    [
      "a file that must be there",
      () => readPlainKubeconfig({ path: "/missing" }, {}),
      "stat /missing: no such file or directory",
    ],
    ["a context", () => readPlainKubeconfig({ path: first }, { context: "nope" }), 'context "nope" does not exist'],
  ])("misses %s in client-go's words", (_, read, message) => {
    expect(read).toThrow(message);
  });
});
