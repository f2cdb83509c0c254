/** Whom a request shall be made as (Kubernetes impersonation headers). */
export interface Identity {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** One HTTP request to a cluster's API. `path` starts with `/`; `query` keeps its order. */
export interface ClusterRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  readonly as?: Identity;
  /** Milliseconds since 1970: what has not left by then must not leave any more, however late a process looks at its clock. */
  readonly leaveBefore?: number;
}

/** The web's `Headers`, or as much of them as is read. Names are in lower case; several values of one are joined by commas. */
export interface AnswerHeaders extends Iterable<readonly [name: string, value: string]> {
  readonly get: (name: string) => string | null;
}

/** The answer, whatever its status: a transport never throws for a status code. */
export interface ClusterResponse {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: ReadableStream<Uint8Array> | null;
}

/**
 * The port to one cluster. Throws a `KubeError` of code `unreachable` when no answer came (DNS, TLS, connection, credentials, too late),
 * and what `signal` says when it was aborted. Retries, paging and budgets are the caller's.
 */
export interface ClusterTransport {
  readonly send: (request: ClusterRequest) => Promise<ClusterResponse>;
}
