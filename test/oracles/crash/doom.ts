import { appendFileSync } from "node:fs";
import type { JsonObject } from "../../../engine/errors.ts";
import type { ClusterRequest, ClusterTransport } from "../../../engine/kube/transport.ts";
import type { OperationStore } from "../../../functions/operations/operation-store.ts";
import type { Clusters } from "../../../functions/releases/clusters.ts";

/** What happens to the operation of a namespace: nothing, or at a point its end with its process, or a stop of the process. */
export interface Fate {
  /** A point as the trace names it; absent: the operation is only traced. */
  readonly at?: string;
  readonly by: "kill" | "stop";
}

/** Fates by namespace; what happens in other namespaces is nobody's concern. */
export type Plan = Readonly<Record<string, Fate>>;

/** The seams through which a process meets its fate. */
export interface Doom {
  readonly operations: (inner: OperationStore) => OperationStore;
  readonly clusters: (inner: Clusters) => Clusters;
}

/**
 * Lets every operation of the plan run to its point and hold there, then kills this process: each of them dies in the very place. Points
 * are `before append KIND #N`, `after append KIND #N` (the journal) and `before METHOD OBJECT #N`, `after METHOD OBJECT #N` (the cluster's
 * writes). Every point that is passed goes to the file `trace`.
 */
export function createDoom(plan: Plan, trace: string): Doom {
  const held = new Set<string>();
  const ended = new Set<string>();
  const counts = new Map<string, number>();
  const settle = (): void => {
    if (Object.keys(plan).every((namespace) => held.has(namespace) || ended.has(namespace)))
      process.kill(process.pid, "SIGKILL");
  };
  const pass = async (namespace: string, point: string): Promise<void> => {
    if (held.has(namespace)) await forever();
    appendFileSync(trace, `${namespace}\t${point}\n`);
    const fate = plan[namespace];
    if (fate?.at !== point) return;
    if (fate.by === "stop") return void process.kill(process.pid, "SIGSTOP");
    held.add(namespace);
    settle();
    await forever();
  };
  const around = async <Result>(namespace: string, what: string, work: () => Promise<Result>): Promise<Result> => {
    const key = `${namespace} ${what}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    await pass(namespace, `before ${what} #${count}`);
    const result = await work();
    await pass(namespace, `after ${what} #${count}`);
    return result;
  };
  const transportOf = (inner: ClusterTransport): ClusterTransport => ({
    send: async (request) => {
      const namespace = isWrite(request) ? request.path.split(/[/.]/u).find((part) => part in plan) : undefined;
      if (namespace === undefined) return inner.send(request);
      return around(namespace, writeOf(request, namespace), () => inner.send(request));
    },
  });
  return {
    operations: (inner) => ({
      ...inner,
      append: async (lease, after, entries) => {
        const [, namespace = ""] = lease.release.split("/");
        if (!(namespace in plan)) return inner.append(lease, after, entries);
        const done = await around(namespace, `append ${kindOf(entries)}`, () => inner.append(lease, after, entries));
        if (entries.at(-1)?.["terminal"] === true) {
          ended.add(namespace);
          settle();
        }
        return done;
      },
    }),
    clusters: (inner) => ({
      names: inner.names,
      find: (name) => {
        const cluster = inner.find(name);
        return cluster === undefined ? undefined : { ...cluster, transport: transportOf(cluster.transport) };
      },
    }),
  };
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

function kindOf(entries: readonly JsonObject[]): string {
  return String(entries.at(-1)?.["kind"]);
}

function isWrite({ method, query = [] }: ClusterRequest): boolean {
  return method !== "GET" && !query.some(([name]) => name === "dryRun");
}

/** A write as a trace names it, alike in all namespaces. */
function writeOf({ method, path, body }: ClusterRequest, namespace: string): string {
  const place = path.replaceAll(namespace, "NS").split("/").slice(-2).join("/");
  if (method !== "POST") return `${method} ${place}`;
  const { metadata }: { readonly metadata?: { readonly name?: string } } = JSON.parse(body ?? "{}");
  return `POST ${place.split("/").at(-1)}/${metadata?.name ?? ""}`;
}
