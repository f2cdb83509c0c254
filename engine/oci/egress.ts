/**
 * What one configured use of the network may reach. The adapter checks every request, and on Node the resolved address too:
 * private, loopback, link-local and metadata ranges are refused unless `privateAddresses`.
 */
export interface EgressPolicy {
  /** Who asks, for messages and metrics, e.g. `upstream bitnami`. */
  readonly name: string;
  /** `host` or `host:port` as written in configuration; anything else is refused unless `redirects` says otherwise. */
  readonly hosts: readonly string[];
  /** Hosts that an answer (redirect, absolute chart URL, token realm) may lead to: the listed ones only, or any public https host. */
  readonly elsewhere: "listed" | "public";
  /** Plain http to the listed hosts. */
  readonly plainHttp?: boolean;
  /** The listed hosts may be in the operator's own network; what an answer leads to elsewhere may not. */
  readonly privateAddresses?: boolean;
}

/** One request. `url` is absolute. A redirect is not followed: the answer is the redirect. */
export interface EgressRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | ReadableStream<Uint8Array>;
  readonly policy: EgressPolicy;
  /** The URL came out of an answer, not out of configuration. */
  readonly led?: boolean;
  readonly signal?: AbortSignal;
}

/** The answer, whatever its status. The body is neither decompressed beyond what its headers then say, nor read ahead. */
export interface EgressResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** The only way out besides clusters. Throws an {@link EgressError} when the policy refuses or nothing answered. */
export interface Egress {
  readonly send: (request: EgressRequest) => Promise<EgressResponse>;
}
