import type { JsonObject, JsonValue } from "../../engine/errors.ts";

/** An answer of the HTTP surface. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

/** Calls of one Slipway, with a token where one is given. */
export interface Api {
  readonly get: (path: string) => Promise<ApiAnswer>;
  readonly post: (path: string, body: JsonObject, headers?: Readonly<Record<string, string>>) => Promise<ApiAnswer>;
  /** What an operation's first answer became when it ended; other answers are given back. */
  readonly settled: (first: ApiAnswer) => Promise<ApiAnswer>;
  /** Changes a release and waits for the end; any end but success throws with the whole answer. */
  readonly deploy: (release: ReleaseAddress, action: string, body: JsonObject) => Promise<JsonObject>;
  /** The events of an operation, read to the end of its stream. */
  readonly events: (operation: string) => Promise<readonly StreamEvent[]>;
}

export interface ReleaseAddress {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

export interface StreamEvent {
  readonly event: string;
  readonly data: JsonValue;
}

/** How long a test waits for an operation by `Prefer: wait`, in seconds. */
const WAIT_SECONDS = 180;
const POLL_MS = 500;

/** The API behind any fetch: a server's, or a Worker's. */
export function createApi(options: {
  readonly url: string;
  readonly fetch?: typeof fetch;
  readonly token?: string;
}): Api {
  const send = options.fetch ?? fetch;
  const authorization = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const call = async (path: string, init: RequestInit): Promise<ApiAnswer> => {
    const response = await send(options.url + path, {
      ...init,
      headers: { ...authorization, ...(init.headers as Record<string, string>) },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === "" ? {} : JSON.parse(text)) as JsonObject,
    };
  };
  const post: Api["post"] = (path, body, headers = {}) =>
    call(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  /** The server waits a minute at most; what is not over by then is asked for again. */
  const settled: Api["settled"] = async (first) => {
    const end = Date.now() + WAIT_SECONDS * 1000;
    let answer = first;
    while (answer.body["status"] === "running" && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      answer = await call(`/v1/operations/${String(first.body["id"])}`, { method: "GET" });
    }
    return answer;
  };
  return {
    get: (path) => call(path, { method: "GET" }),
    post,
    settled,
    deploy: async (release, action, body) => {
      const answer = await settled(
        await post(`${releasePath(release)}/${action}`, body, { prefer: `wait=${WAIT_SECONDS}` }),
      );
      if (answer.body["status"] !== "succeeded")
        throw new Error(`${action} of ${release.name}: ${answer.status} ${JSON.stringify(answer.body, null, 1)}`);
      return answer.body;
    },
    events: async (operation) => {
      const response = await send(`${options.url}/v1/operations/${operation}/events`, {
        headers: { ...authorization, accept: "text/event-stream" },
      });
      return parseEvents(await response.text());
    },
  };
}

/** The path of a release. */
export function releasePath({ cluster, namespace, name }: ReleaseAddress): string {
  return `/v1/clusters/${cluster}/namespaces/${namespace}/releases/${name}`;
}

function parseEvents(text: string): readonly StreamEvent[] {
  return text.split("\n\n").flatMap((block) => {
    const field = (name: string): string | undefined =>
      block
        .split("\n")
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const data = field("data");
    return data === undefined ? [] : [{ event: field("event") ?? "message", data: JSON.parse(data) as JsonValue }];
  });
}
