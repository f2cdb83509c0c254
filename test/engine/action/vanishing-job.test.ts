import { describe, expect, it } from "vitest";
import { openLocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { chartOf, install, openBench } from "../../support/operation.ts";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

function job(fate: string): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: brief
  labels: {slipway.local/fate: ${fate}}
  annotations: {helm.sh/hook: pre-install}
spec:
  ttlSecondsAfterFinished: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: x}]
`;
}

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n";

describe("a hook's Job that deletes itself when it is over", () => {
  const rows: readonly {
    readonly name: string;
    readonly fate: string;
    readonly kind: string;
  }[] = [
    { name: "has succeeded although nobody finds it any more", fate: "run", kind: "succeeded" },
    { name: "has failed although nobody finds it any more", fate: "fail", kind: "failed" },
  ];
  for (const { name, fate, kind } of rows) {
    it(name, async () => {
      const cluster = openLocalCluster({ now: Date.now, randomBytes, readyAfter: 20 });
      const bench = openBench(cluster.transport);
      bench.charts.set("brief", await chartOf("web", { "templates/hook.yaml": job(fate), "templates/map.yaml": MAP }));
      const { outcome } = await bench.run(install("web", "brief"));
      expect(outcome.kind).toBe(kind);
      const left = await cluster.transport.send({
        method: "GET",
        path: "/apis/batch/v1/namespaces/default/jobs/brief",
      });
      expect(left.status).toBe(404);
      cluster.close();
    });
  }
});
