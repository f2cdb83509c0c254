import type { ActionDeps } from "../../../engine/action/action.ts";
import { getHistory } from "../../../engine/action/index.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, type ChartSources, type Driven, openBench } from "../../support/operation.ts";

/** A chart of many ConfigMaps. */
export const MANY: ChartSources = {
  "values.yaml": "first: a\ncount: 200\n",
  "templates/all.yaml":
    "{{- range $i := until (int .Values.count) }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m{{ $i }}\ndata:\n  v: {{ if eq $i 0 }}{{ $.Values.first }}{{ else }}x{{ end }}\n{{- end }}\n",
};
/** A template of one. */
export const ONE =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  v: {{ .Values.v | default "x" | quote }}\n';

/** A bench on a simulated cluster whose answers a test may replace. */
export interface ActionRig {
  readonly bench: Bench;
  /** What the cluster answers instead, by request; `undefined` lets it pass. */
  interfere: (request: ClusterRequest) => number | undefined;
  readonly use: (key: string, sources: ChartSources, version?: string) => Promise<void>;
  /** Runs what must succeed. */
  readonly good: (request: ActionRequest) => Promise<Driven>;
  readonly counted: () => { readonly reads: number; readonly writes: readonly string[] };
  /** Of the release `web`: revision, status and description. */
  readonly history: () => Promise<readonly string[]>;
}

/** A fresh one. */
export function openRig(over: Partial<ActionDeps> = {}): ActionRig {
  const local = openReadyCluster();
  const transport = {
    send: async (request: ClusterRequest) => {
      const status = rig.interfere(request);
      return status === undefined
        ? local.transport.send(request)
        : { status, headers: new Headers(), body: new Blob(["no"]).stream() };
    },
  };
  const bench = openBench(transport, over);
  const rig: ActionRig = {
    bench,
    interfere: () => undefined,
    use: async (key, sources, version) => void bench.charts.set(key, await chartOf("web", sources, version)),
    good: async (request) => {
      const driven = await bench.run(request);
      if (driven.outcome.kind === "failed") throw new Error(JSON.stringify(driven.outcome));
      return driven;
    },
    counted: () => {
      const writes = bench.requests.filter((one) => one.method !== "GET").map((one) => one.method);
      return { reads: bench.requests.length - writes.length, writes };
    },
    history: async () => {
      const all = await getHistory({ cluster: bench.deps.cluster }, { name: "web", namespace: "default" });
      return all.map((one) => `${one.revision} ${one.status}: ${one.description}`);
    },
  };
  return rig;
}
