import { parseUrl } from "../go/url.ts";
import { readBytes } from "../oci/client-auth.ts";
import type { ClientCredentials } from "../oci/client-auth.ts";
import { basicHeader } from "../oci/client-auth.ts";
import type { Egress, EgressPolicy } from "../oci/egress.ts";
import { sendFollowing } from "../oci/follow.ts";
import { openSession } from "../oci/registry-session.ts";
import type { RegistrySession } from "../oci/registry-session.ts";
import { statusText } from "../oci/status-text.ts";
import { TransferError } from "../oci/transfer-error.ts";
import type { RepositoryEntry } from "./repositories.ts";

/** How a connection speaks TLS: names of PEM files, empty for none. */
export interface TlsChoice {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  readonly insecure: boolean;
}

/** The network that charts come and go by. */
export interface Network {
  readonly egress: (tls: TlsChoice) => Egress;
  /** Schemes beside http that the egress serves. */
  readonly schemes?: readonly string[];
  /** What the user is known by at a registry, where a flag says nothing. */
  readonly credentials: (host: string) => Promise<ClientCredentials | undefined>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What the flags of a command say about connections. */
export interface ConnectionChoice extends TlsChoice {
  readonly username: string;
  readonly password: string;
  readonly plainHttp: boolean;
  readonly passCredentials: boolean;
}

/** The same for a repository that has its own. */
export function choiceOf(repository: RepositoryEntry): ConnectionChoice {
  const { username, password, certificate, key, authority, insecure, passCredentials } = repository;
  return { username, password, certificate, key, authority, insecure, passCredentials, plainHttp: false };
}

/** An index of the largest repositories has some 50 MB. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/**
 * Gets a file over http or https. Credentials go along only where scheme and host are those of `base`, the repository's URL. Throws
 * {@link TransferError} with Helm's text, and what the network throws.
 */
export async function httpGet(
  network: Network,
  url: string,
  choice: ConnectionChoice,
  base: string = url,
): Promise<Uint8Array> {
  const { username, password } = choice;
  const isOwn = choice.passCredentials || sameHost(url, base);
  const isSigned = isOwn && username !== "" && password !== "";
  const response = await sendFollowing(network.egress(choice), {
    method: "GET",
    url,
    headers: { "user-agent": "Helm/v4.3.1", accept: "application/gzip,application/octet-stream,*/*" },
    policy: openPolicy(url),
    ...(isSigned ? { authorization: basicHeader({ username, password }) } : {}),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new TransferError("refused", `failed to fetch ${url} : ${response.status} ${statusText(response.status)}`);
  }
  return await readBytes(response, MAX_ANSWER_BYTES);
}

function sameHost(a: string, b: string): boolean {
  const left = parseUrl(a);
  const right = parseUrl(b);
  return left.scheme === right.scheme && left.host === right.host;
}

/** The user names every host, so any host will do. */
function openPolicy(url: string): EgressPolicy {
  return { name: "helm", hosts: [new URL(url).host], elsewhere: "public", plainHttp: true, privateAddresses: true };
}

/** Opens a session with the registry at `host`. `actions` are what tokens are asked for. */
export function registrySession(
  network: Network,
  host: string,
  choice: ConnectionChoice,
  actions: "pull" | "pull,push",
): RegistrySession {
  const origin = `${choice.plainHttp ? "http" : "https"}://${host}`;
  const { username, password } = choice;
  const isGiven = username !== "" && password !== "";
  return openSession({
    egress: network.egress(choice),
    policy: openPolicy(origin),
    origin,
    actions,
    credentials: isGiven ? () => Promise.resolve({ username, password }) : () => network.credentials(host),
    now: network.now,
  });
}
