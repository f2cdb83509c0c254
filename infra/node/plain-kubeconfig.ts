import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { decodeYamlJson } from "../../engine/encoding/yaml-decode.ts";
import { YamlError } from "../../engine/encoding/yaml-error.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { KubeError } from "../../engine/kube/error.ts";
import { isJsonObject, listAt, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";
import type { Credentials, LoadedKubeconfig, TlsOptions } from "./kubeconfig.ts";

/** What a command line says over a kubeconfig; empty texts say nothing. */
export interface KubeconfigOverrides {
  readonly context?: string;
  readonly server?: string;
  readonly token?: string;
  readonly authority?: string;
  readonly serverName?: string;
  readonly insecure?: boolean;
  readonly user?: string;
  readonly groups?: readonly string[];
}

/** Where the files are: one that must be there, or some of which any may be missing. */
export type KubeconfigFiles = { readonly path: string } | { readonly paths: readonly string[] };

/** client-go's own, where there is no kubeconfig. */
const NO_CONFIG = "http://localhost:8080";
/** A kubeconfig with hundreds of clusters has a fraction of this. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads kubeconfigs without the client library, whose loading takes longer than most commands. `undefined` where it is needed: an exec
 * plugin, an auth-provider. Throws `KubeError` `bad-kubeconfig` in client-go's words.
 */
export function readPlainKubeconfig(files: KubeconfigFiles, over: KubeconfigOverrides): LoadedKubeconfig | undefined {
  const configs = "path" in files ? [readConfig(files.path, true)] : files.paths.map((path) => readConfig(path, false));
  const found = configs.filter((config) => config !== undefined);
  const name = over.context ?? firstText(found, "current-context");
  const context = entryOf(found, "contexts", "context", name);
  if (context === undefined && name !== "") throw bad(`context ${JSON.stringify(name)} does not exist`);
  const cluster = entryOf(found, "clusters", "cluster", stringAt(context?.body, "cluster") ?? "");
  const user = entryOf(found, "users", "user", stringAt(context?.body, "user") ?? "");
  const runs = isSet(user?.body["exec"]) || isSet(user?.body["auth-provider"]);
  if (runs && over.token === undefined) return undefined;
  checkImpersonation(user, over);
  const server = over.server ?? textAt(cluster?.body, "server") ?? NO_CONFIG;
  const url = URL.parse(server.includes("://") ? server : `https://${server}`);
  if (url === null) throw bad(`parse ${JSON.stringify(server)}: invalid URL`);
  const proxyUrl = textAt(cluster?.body, "proxy-url");
  if (proxyUrl?.startsWith("socks") === true) throw bad("socks proxies are not supported");
  return {
    server: url.href.replace(/\/$/, ""),
    namespace: textAt(context?.body, "namespace") ?? "default",
    proxyUrl,
    credentials: kept(() => credentialsOf(cluster, user, over)),
  };
}

/** Files of certificates and tokens are exchanged while we run; a request of the same moment needs no look at them. */
const CREDENTIALS_MS = 1000;

function kept(read: () => Credentials): () => Promise<Credentials> {
  let last: { readonly credentials: Credentials; readonly until: number } | undefined;
  return async () => {
    const now = performance.now();
    if (last === undefined || last.until <= now) last = { credentials: read(), until: now + CREDENTIALS_MS };
    return last.credentials;
  };
}

interface Config {
  readonly path: string;
  readonly body: JsonObject;
}

/** A part of a config, and the folder that its file names start from. */
interface Entry {
  readonly folder: string;
  readonly body: JsonObject;
}

function readConfig(path: string, needed: boolean): Config | undefined {
  const bytes = readBytes(path, needed);
  if (bytes === undefined) return undefined;
  if (bytes.length > MAX_BYTES) throw bad(`error loading config file "${path}": it has more than ${MAX_BYTES} bytes`);
  try {
    const body = decodeYamlJson(new TextDecoder().decode(bytes));
    return { path, body: isJsonObject(body) ? body : {} };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const text = error.message.replace(/^error converting YAML to JSON: /, "");
    throw bad(`error loading config file "${path}": ${text}`);
  }
}

function readBytes(path: string, needed: boolean): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" && !needed) return undefined;
    if (code === "ENOENT") throw bad(`stat ${path}: no such file or directory`);
    if (code === "EISDIR") throw bad(`error loading config file "${path}": read ${path}: is a directory`);
    if (code === "EACCES") throw bad(`error loading config file "${path}": open ${path}: permission denied`);
    throw error;
  }
}

function firstText(configs: readonly Config[], member: string): string {
  return configs.map(({ body }) => textAt(body, member)).find((text) => text !== undefined) ?? "";
}

/** Of several files the first that has an entry of the name counts. */
function entryOf(configs: readonly Config[], list: string, member: string, name: string): Entry | undefined {
  for (const { path, body } of configs) {
    const entry = listAt(body, list).find((one) => stringAt(one, "name") === name);
    if (entry !== undefined) return { folder: dirname(path), body: objectAt(entry, member) ?? {} };
  }
  return undefined;
}

function credentialsOf(cluster: Entry | undefined, user: Entry | undefined, over: KubeconfigOverrides): Credentials {
  const token = over.token ?? fileText(user, "tokenFile")?.trim() ?? textAt(user?.body, "token");
  const name = textAt(user?.body, "username");
  const password = textAt(user?.body, "password") ?? "";
  const basic = name === undefined ? undefined : `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
  const authorization = token === undefined ? basic : `Bearer ${token}`;
  return {
    headers: { ...(authorization === undefined ? {} : { authorization }), ...impersonation(user, over) },
    tls: tlsOf(cluster, user, over),
  };
}

function checkImpersonation(user: Entry | undefined, over: KubeconfigOverrides): void {
  const { "impersonate-user": as, ...more } = impersonation(user, over);
  if (as !== undefined || Object.keys(more).length === 0) return;
  throw bad("invalid configuration: requesting uid, groups or user-extra for  without impersonating a user");
}

function impersonation(user: Entry | undefined, over: KubeconfigOverrides): Record<string, string | string[]> {
  const as = over.user ?? textAt(user?.body, "as");
  const groups = over.groups ?? listAt(user?.body, "as-groups").filter((group) => typeof group === "string");
  const uid = textAt(user?.body, "as-uid");
  return {
    ...(as === undefined ? {} : { "impersonate-user": as }),
    ...(groups.length === 0 ? {} : { "impersonate-group": [...groups] }),
    ...(uid === undefined ? {} : { "impersonate-uid": uid }),
  };
}

function tlsOf(cluster: Entry | undefined, user: Entry | undefined, over: KubeconfigOverrides): TlsOptions {
  const ca = over.authority === undefined ? dataOrFile(cluster, "certificate-authority") : readText(over.authority);
  const cert = dataOrFile(user, "client-certificate");
  const key = dataOrFile(user, "client-key");
  const insecure = over.insecure ?? memberAt(cluster?.body, "insecure-skip-tls-verify") === true;
  const servername = over.serverName ?? textAt(cluster?.body, "tls-server-name");
  return {
    ...(ca === undefined || insecure ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** The member with `-data` counts before the file. */
function dataOrFile(entry: Entry | undefined, member: string): string | undefined {
  const data = textAt(entry?.body, `${member}-data`);
  return data === undefined ? fileText(entry, member) : Buffer.from(data, "base64").toString("utf8");
}

function fileText(entry: Entry | undefined, member: string): string | undefined {
  const path = textAt(entry?.body, member);
  return path === undefined || entry === undefined ? undefined : readText(resolve(entry.folder, path));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (missing) throw bad(`open ${path}: no such file or directory`);
    throw error;
  }
}

/** A text that says something. */
function textAt(body: JsonObject | undefined, member: string): string | undefined {
  const text = stringAt(body, member);
  return text === "" ? undefined : text;
}

function isSet(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}

function bad(text: string): KubeError {
  return new KubeError("bad-kubeconfig", text);
}
