import type { ClientCredentials } from "../../engine/oci/client-auth.ts";
import type { CommandIo } from "./command.ts";

const DOCKER_HUB = "https://index.docker.io/v1/";

/**
 * What `helm registry login` or `docker login` stored for a host, in this order. Credential helpers are programs of the desktop and are not
 * called.
 */
export function registryCredentials(
  host: string,
  helmConfig: string,
  io: Pick<CommandIo, "files" | "environment">,
): ClientCredentials | undefined {
  const docker = io.environment("DOCKER_CONFIG") ?? `${io.environment("HOME") ?? ""}/.docker`;
  const key = host === "docker.io" || host === "registry-1.docker.io" ? DOCKER_HUB : host;
  return readAuth(helmConfig, key, io) ?? readAuth(`${docker}/config.json`, key, io);
}

function readAuth(path: string, key: string, { files }: Pick<CommandIo, "files">): ClientCredentials | undefined {
  if (files.stat(path)?.kind !== "file") return undefined;
  const auth = member(member(member(parse(files.read(path)), "auths"), key), "auth");
  if (typeof auth !== "string") return undefined;
  const text = decode(auth);
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  const found: unknown = Reflect.get(value, name);
  return found;
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}
