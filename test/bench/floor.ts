import type { JsonObject } from "../../engine/errors.ts";
import { gather } from "../../engine/action/gather.ts";
import type { ClusterRequest, ClusterTransport } from "../../engine/kube/transport.ts";

/** Requests that are learned from a run and sent again, for another namespace. */
export interface Floor {
  readonly learn: (requests: readonly ClusterRequest[], from: string, to: string) => void;
  /** Sends them: records and reads one after the other, objects between them as many at once as the engine does. */
  readonly replay: () => Promise<void>;
}

const RECORD = "sh.helm.release.v1.";

/** A bare client of a cluster. With `writes` it sends no reads. */
export function createFloor(transport: ClusterTransport, sends: "writes" | "all" = "writes"): Floor {
  let groups: readonly (readonly ClusterRequest[])[] = [];
  return {
    learn: (requests, from, to) => {
      const learned = requests.filter(({ method }) => sends === "all" || method !== "GET");
      groups = grouped(learned.map((one) => moved(one, from, to)));
    },
    replay: async () => {
      for (const group of groups) await gather(group, (one) => send(transport, one));
    },
  };
}

/** Records and reads alone, objects between two of them together. */
function grouped(requests: readonly ClusterRequest[]): readonly (readonly ClusterRequest[])[] {
  const groups: ClusterRequest[][] = [];
  let open: ClusterRequest[] | undefined;
  for (const one of requests) {
    const isAlone = one.method === "GET" || `${one.path}${one.body?.slice(0, 400) ?? ""}`.includes(RECORD);
    if (!isAlone && open !== undefined) open.push(one);
    else groups.push((open = [one]));
    if (isAlone) open = undefined;
  }
  return groups;
}

function moved(
  { path, query = [], body, signal: _signal, ...rest }: ClusterRequest,
  from: string,
  to: string,
): ClusterRequest {
  const asked = query.map(([name, value]) => [name, value.replaceAll(from, to)] as const);
  const same = { ...rest, path: path.replaceAll(from, to), query: asked };
  return body === undefined ? same : { ...same, body: unversioned(body.replaceAll(from, to)) };
}

/** A version is another object's here. */
function unversioned(body: string): string {
  const parsed = JSON.parse(body) as JsonObject & {
    readonly metadata?: JsonObject;
    readonly preconditions?: JsonObject;
  };
  const { resourceVersion: _version, uid: _uid, ...metadata } = parsed.metadata ?? {};
  const { preconditions: _conditions, ...rest } = parsed;
  return JSON.stringify(parsed.metadata === undefined ? rest : { ...rest, metadata });
}

async function send(transport: ClusterTransport, one: ClusterRequest): Promise<void> {
  const answer = await transport.send(one);
  const text = await new Response(answer.body).text();
  const isAbsent = one.method === "GET" && answer.status === 404;
  if (answer.status >= 300 && !isAbsent) throw new Error(`${one.method} ${one.path}: ${answer.status} ${text}`);
}
