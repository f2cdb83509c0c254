import type { ClusterRequest, ClusterTransport } from "../../engine/kube/transport.ts";

interface Meta {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly resourceVersion?: string;
}

interface Json {
  readonly metadata?: Meta;
  readonly [key: string]: unknown;
}

/** A cluster that knows Secrets and nothing else: enough for release records. */
export function createFakeCluster(): ClusterTransport & {
  readonly objects: Map<string, Json>;
  readonly requests: string[];
} {
  const objects = new Map<string, Json>();
  const requests: string[] = [];
  let version = 0;
  const answer = (status: number, body: Json) => ({
    status,
    headers: new Headers({ "content-type": "application/json" }),
    body: new Response(JSON.stringify(body)).body,
  });
  const failure = (code: number, reason: string) =>
    answer(code, { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message: reason });
  const list = (request: ClusterRequest, prefix: string) => {
    const selector = new Map(request.query ?? []).get("labelSelector") ?? "";
    const wanted = selector
      .split(",")
      .filter(Boolean)
      .map((term) => term.split("="));
    const items = [...objects]
      .filter(([path]) => prefix === "/api/v1/secrets" || path.startsWith(`${prefix}/`))
      .map(([, object]) => object)
      .filter((object) => wanted.every(([key = "", value]) => object.metadata?.labels?.[key] === value));
    return answer(200, { kind: "SecretList", apiVersion: "v1", metadata: {}, items });
  };
  return {
    objects,
    requests,
    send: async (request) => {
      requests.push(`${request.method} ${request.path}`);
      const { method, path } = request;
      const known = objects.get(path);
      const sent: Json = request.body === undefined ? {} : JSON.parse(request.body);
      const store = (at: string) => {
        const object = { ...sent, metadata: { ...sent.metadata, resourceVersion: String(++version) } };
        objects.set(at, object);
        return answer(200, object);
      };
      if (method === "GET" && path.endsWith("/secrets")) return list(request, path);
      if (method === "POST") {
        const at = `${path}/${sent.metadata?.name}`;
        return objects.has(at) ? failure(409, "AlreadyExists") : store(at);
      }
      if (known === undefined) return failure(404, "NotFound");
      if (method === "GET") return answer(200, known);
      const seen = sent.metadata?.resourceVersion;
      if (method === "PUT" && seen !== undefined && seen !== known.metadata?.resourceVersion)
        return failure(409, "Conflict");
      return method === "PUT" ? store(path) : failure(405, "MethodNotAllowed");
    },
  };
}
