import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadFiles } from "../../engine/chart/index.ts";
import type { ChartFile } from "../../engine/chart/index.ts";
import { GoMap } from "../../engine/go/value.ts";
import { render } from "../../engine/render/index.ts";
import type { RenderInput } from "../../engine/render/index.ts";
import { median, report } from "./figure.ts";
import type { HelmBench } from "./helmbench.ts";
import { inputOf, repeat } from "./render-case.ts";

const ROUNDS = 7;
const LOOKUPS = 100;
const MANY = 5000;
const FEW = 500;

/** 5,000 ConfigMaps from one template: time per object beside Helm's, and beside our own at a tenth of them. */
export async function benchObjects(peer: HelmBench, folder: string): Promise<void> {
  const each = new Map<number, number>();
  for (const count of [FEW, MANY]) {
    const chart = writeChart(join(folder, `objects-${count}`), "maps.yaml", objectsTemplate(count));
    const input = await inputFrom(chart);
    await repeat(input, ROUNDS);
    await peer.ask({ chart, values: "", kubeVersion: "" });
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(...((await peer.ask({ renders: 1 })).ms ?? []));
      ours.push(...(await repeat(input, 1)).ms);
    }
    const micros = (times: readonly number[]): number => (median(times) / count) * 1000;
    each.set(count, micros(ours));
    report({ name: `objects/${count}`, ours: micros(ours), peer: "helm-sdk", theirs: micros(theirs), unit: "µs each" });
  }
  const [ours, theirs] = [each.get(MANY) ?? 0, each.get(FEW) ?? 0];
  report({ name: `objects/${MANY}/linear`, ours, peer: `objects/${FEW}`, theirs, unit: "µs each" });
}

/** 100 different lookups in one range: passes beside one request after the other, time beside the same chart without a cluster. */
export async function benchLookup(folder: string): Promise<void> {
  const chart = writeChart(join(folder, "lookup"), "maps.yaml", lookupTemplate());
  const off = await inputFrom(chart);
  let rounds = 0;
  const live: RenderInput = {
    ...off,
    lookup: "live",
    resolve: async (requests) => {
      rounds++;
      return requests.map((request) => ({ ok: true, value: { metadata: { name: request.key } } }));
    },
  };
  await render(live);
  const passes = rounds + 1;
  report({ name: `lookup/${LOOKUPS}/passes`, ours: passes, peer: "one-by-one", theirs: LOOKUPS, unit: "passes" });
  await repeat(live, ROUNDS * 3);
  await repeat(off, ROUNDS * 3);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS * 3; round++) {
    theirs.push(...(await repeat(off, 1)).ms);
    ours.push(...(await repeat(live, 1)).ms);
  }
  report({ name: `lookup/${LOOKUPS}`, ours: median(ours), peer: "lookup-off", theirs: median(theirs), unit: "ms" });
}

async function inputFrom(chart: string): Promise<RenderInput> {
  const files: ChartFile[] = ["Chart.yaml", "values.yaml"].map((name) => read(chart, name));
  for (const name of readdirSync(join(chart, "templates"))) files.push(read(chart, `templates/${name}`));
  return inputOf(await loadFiles(files), new GoMap(), "");
}

function read(chart: string, name: string): ChartFile {
  return { name, data: new Uint8Array(readFileSync(join(chart, name))) };
}

function writeChart(chart: string, name: string, template: string): string {
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: bench\nversion: 0.1.0\n");
  writeFileSync(join(chart, "values.yaml"), "v: a\nlabels: {app: bench, tier: web}\n");
  writeFileSync(join(chart, "templates", name), template);
  return chart;
}

function objectsTemplate(count: number): string {
  return `{{- range $i := until ${count} }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ printf "%s-%d" $.Release.Name $i }}
  labels:
    {{- toYaml $.Values.labels | nindent 4 }}
data:
  v: {{ $.Values.v | quote }}
  i: {{ $i | quote }}
{{- end }}
`;
}

function lookupTemplate(): string {
  return `{{- range $i := until ${LOOKUPS} }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: copy-{{ $i }}
data:
  {{- with lookup "v1" "ConfigMap" $.Release.Namespace (printf "source-%d" $i) }}
  of: {{ .metadata.name | quote }}
  {{- end }}
{{- end }}
`;
}
