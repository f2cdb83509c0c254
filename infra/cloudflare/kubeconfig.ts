import type { JsonValue } from "../../engine/errors.ts";
import { decodeYamlJson } from "../../engine/encoding/index.ts";
import { KubeError } from "../../engine/kube/error.ts";
import { listAt, memberAt, objectAt, stringAt } from "../../engine/object/json.ts";

/** What a Worker can use of a kubeconfig. */
export interface WorkerKubeconfig {
  /** `https://HOST[:PORT][/PREFIX]`, without a slash at the end. */
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads one context. A Worker trusts public certificate authorities only, and presents no client certificate: a kubeconfig that needs
 * more is refused with what to do instead. Throws `KubeError` of code `bad-kubeconfig`.
 */
export function readKubeconfig(text: string, context: string | undefined): WorkerKubeconfig {
  const config = decodeYamlJson(text);
  const name = context ?? stringAt(config, "current-context") ?? "";
  const chosen = objectAt(named(config, "contexts", name), "context");
  if (chosen === undefined) throw refused(`there is no context ${JSON.stringify(name)}`);
  const cluster = objectAt(named(config, "clusters", stringAt(chosen, "cluster") ?? ""), "cluster");
  const user = objectAt(named(config, "users", stringAt(chosen, "user") ?? ""), "user");
  const server = stringAt(cluster, "server");
  if (server === undefined) throw refused(`context ${name} names no server`);
  if (memberAt(cluster, "insecure-skip-tls-verify") === true) throw refused("certificates are always verified here");
  return { server: server.replace(/\/+$/, ""), headers: credentials(user) };
}

function named(config: JsonValue, list: string, name: string): JsonValue | undefined {
  return listAt(config, list).find((entry) => stringAt(entry, "name") === name);
}

function credentials(user: JsonValue | undefined): Readonly<Record<string, string>> {
  const token = stringAt(user, "token");
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (memberAt(user, "exec") !== undefined) throw refused("exec plugins cannot run in a Worker; use a token");
  if (memberAt(user, "client-certificate-data") !== undefined || memberAt(user, "client-certificate") !== undefined) {
    throw refused("client certificates cannot be presented by a Worker; use a token");
  }
  const username = stringAt(user, "username");
  if (username === undefined) return {};
  return { authorization: `Basic ${btoa(`${username}:${stringAt(user, "password") ?? ""}`)}` };
}

function refused(reason: string): KubeError {
  return new KubeError("bad-kubeconfig", `kubeconfig: ${reason}`);
}
