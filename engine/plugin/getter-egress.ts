import { decodeBase64 } from "../go/base64.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { EgressError } from "../oci/egress-error.ts";
import type { Egress, EgressRequest, EgressResponse } from "../oci/egress.ts";
import type { GetterOptions } from "./messages.ts";
import { PluginError } from "./plugin-error.ts";

/** What fetches the URLs of some schemes. */
export interface Getter {
  readonly protocols: readonly string[];
  /** Throws a `PluginError`. */
  readonly get: (href: string, options: GetterOptions, signal?: AbortSignal) => Promise<Uint8Array>;
}

/** Helm's own, in nanoseconds. */
const TIMEOUT = 120_000_000_000;

/**
 * An egress by which URLs of the getters' schemes are fetched by them, all others as before. A getter can tell of no status: where it tells an
 * error about a provenance file there is none; anything else that fails is an `EgressError`.
 */
export function withGetters(egress: Egress, getters: readonly Getter[]): Egress {
  if (getters.length === 0) return egress;
  return {
    send: async (request) => {
      const scheme = schemeOf(request.url);
      const getter = getters.find(({ protocols }) => protocols.includes(scheme));
      return getter === undefined ? await egress.send(request) : await fetchBy(getter, request);
    },
  };
}

/** What the first getter of a URL's scheme fetches; undefined where none serves it. Throws a `PluginError`. */
export async function fetchByScheme(
  getters: readonly Getter[],
  url: string,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const scheme = schemeOf(url);
  const getter = getters.find(({ protocols }) => protocols.includes(scheme));
  return await getter?.get(url, optionsOf({ url }), signal);
}

/** The scheme of a URL, in lower case; empty where there is none. */
export function schemeOf(url: string): string {
  return /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1]?.toLowerCase() ?? "";
}

async function fetchBy(getter: Getter, request: EgressRequest): Promise<EgressResponse> {
  const { method, url, signal } = request;
  if (method !== "GET") throw new EgressError("refused", `a getter plugin only reads: ${method} ${schemeOf(url)}`);
  try {
    const data = await getter.get(url, optionsOf(request), signal);
    const headers = new Headers({ "content-length": String(data.length) });
    return { status: 200, headers, body: new Response(new Uint8Array(data)).body };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    if (error.code === "guest-error" && isProvenance(url)) return { status: 404, headers: new Headers(), body: null };
    throw new EgressError("unreachable", error.message, { cause: error });
  }
}

function isProvenance(url: string): boolean {
  return (url.split(/[?#]/)[0] ?? "").endsWith(".prov");
}

function optionsOf({ url, headers = {} }: Pick<EgressRequest, "url" | "headers">): GetterOptions {
  const [username = "", password = ""] = credentialsOf(headers["authorization"] ?? "");
  return {
    URL: url,
    AcceptHeader: headers["accept"] ?? "",
    Username: username,
    Password: password,
    PassCredentialsAll: false,
    UserAgent: headers["user-agent"] ?? "",
    Version: "",
    Timeout: TIMEOUT,
  };
}

function credentialsOf(header: string): readonly string[] {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/.exec(header)?.[1];
  if (encoded === undefined) return [];
  const text = fromUtf8(decodeBase64(new TextEncoder().encode(encoded)));
  const colon = text.indexOf(":");
  return [text.slice(0, colon), text.slice(colon + 1)];
}
