import { parse } from "yaml";

import { KubeError } from "../../engine/kube/error.ts";

/** Members of a cluster that carry all they mean in themselves. */
const CLUSTER_MEMBERS = [
  "server",
  "certificate-authority-data",
  "insecure-skip-tls-verify",
  "tls-server-name",
  "proxy-url",
] as const;
const USER_MEMBERS = ["token", "username", "password", "client-certificate-data", "client-key-data", "as"] as const;
/** Members that would run a command or read a file here, and what they do. */
const LOCAL_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["exec", "runs a command (exec)"],
  ["auth-provider", "uses an auth-provider"],
  ["certificate-authority", "names a file (certificate-authority)"],
  ["client-certificate", "names a file (client-certificate)"],
  ["client-key", "names a file (client-key)"],
  ["tokenFile", "names a file (tokenFile)"],
  ["token-file", "names a file (token-file)"],
]);
/** A kubeconfig with hundreds of clusters has this much. */
const MAX_TEXT = 1024 * 1024;
/** Aliases can make a small text large. */
const MAX_ALIASES = 100;

/**
 * Rebuilds a kubeconfig that somebody handed in, as JSON: the chosen context with its cluster and user, and of those only what
 * neither runs a command nor reads a file. Refuses where one of the two would need that.
 */
export function storedKubeconfig(text: string, chosen: string | undefined): string {
  const config = parseText(text);
  const name = chosen ?? textOf(config, "current-context");
  const context = namedEntry(config, "contexts", "context", name);
  if (context === undefined) throw new KubeError("bad-kubeconfig", `context ${JSON.stringify(name)} does not exist`);
  const [cluster, user] = [textOf(context, "cluster"), textOf(context, "user")];
  const namespace = textOf(context, "namespace");
  const clusterBody = namedEntry(config, "clusters", "cluster", cluster);
  const clusters = clusterBody === undefined ? [] : [{ name: cluster, cluster: only(clusterBody, CLUSTER_MEMBERS) }];
  const userBody = namedEntry(config, "users", "user", user) ?? new Map();
  return JSON.stringify({
    clusters,
    users: [{ name: user, user: only(userBody, USER_MEMBERS) }],
    contexts: [{ name, context: { cluster, user, ...(namespace === "" ? {} : { namespace }) } }],
    "current-context": name,
  });
}

type Members = ReadonlyMap<unknown, unknown>;

function parseText(text: string): Members {
  if (text.length > MAX_TEXT)
    throw new KubeError("bad-kubeconfig", `the kubeconfig is longer than ${MAX_TEXT} characters`);
  let value: unknown;
  try {
    value = parse(text, { mapAsMap: true, maxAliasCount: MAX_ALIASES, prettyErrors: false });
  } catch {
    throw new KubeError("bad-kubeconfig", "the kubeconfig is no YAML");
  }
  if (value instanceof Map) return value;
  throw new KubeError("bad-kubeconfig", "the kubeconfig is no mapping");
}

function namedEntry(config: Members, list: string, member: string, name: string): Members | undefined {
  const entries: unknown = config.get(list);
  if (!Array.isArray(entries)) return undefined;
  for (const entry of entries) {
    if (!(entry instanceof Map) || entry.get("name") !== name) continue;
    const body: unknown = entry.get(member);
    return body instanceof Map ? body : new Map();
  }
  return undefined;
}

function only(body: Members, members: readonly string[]): Record<string, string | boolean> {
  for (const [member, what] of LOCAL_MEMBERS) {
    if (!isSet(body.get(member))) continue;
    throw new KubeError("bad-kubeconfig", `the kubeconfig ${what}, which is allowed only in the operator's own`);
  }
  const out: Record<string, string | boolean> = {};
  for (const member of members) {
    const value = body.get(member);
    if (typeof value === "string" || typeof value === "boolean") out[member] = value;
  }
  return out;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function textOf(of: Members, member: string): string {
  const value = of.get(member);
  return typeof value === "string" ? value : "";
}
