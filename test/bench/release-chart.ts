import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the chart of releases is rendered with: `n` objects; `v` is in all of them, `one` in the first alone. */
export interface ReleaseValues {
  readonly n: number;
  readonly v: string;
  readonly one: string;
  readonly kind: "ConfigMap" | "Deployment";
}

/** The files of a chart of `n` objects of a kind, 300 to 500 bytes each. */
export const RELEASE_CHART: Readonly<Record<string, string>> = {
  "Chart.yaml": "apiVersion: v2\nname: bench\nversion: 0.1.0\n",
  "values.yaml": "n: 1\nv: a\none: a\nkind: ConfigMap\n",
  "templates/maps.yaml": `{{- if eq .Values.kind "ConfigMap" }}
{{- range $i := until (int .Values.n) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ $i }}
  labels: {app: {{ $.Release.Name }}}
data:
  v: {{ $.Values.v | quote }}
  i: {{ $i | quote }}
{{- if eq $i 0 }}
  one: {{ $.Values.one | quote }}
{{- end }}
  text: {{ repeat 200 "x" | quote }}
{{- end }}
{{- end }}
`,
  "templates/deployments.yaml": `{{- if eq .Values.kind "Deployment" }}
{{- range $i := until (int .Values.n) }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $.Release.Name }}-{{ $i }}
spec:
  selector: {matchLabels: {app: {{ $.Release.Name }}-{{ $i }}}}
  template:
    metadata:
      labels: {app: {{ $.Release.Name }}-{{ $i }}}
      annotations: {v: {{ $.Values.v | quote }}{{ if eq $i 0 }}, one: {{ $.Values.one | quote }}{{ end }}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: main, image: "example.com/web:1"}]
{{- end }}
{{- end }}
`,
};

/** Writes the chart below `folder` and gives its own folder. */
export function writeReleaseChart(folder: string): string {
  const chart = join(folder, "bench");
  mkdirSync(join(chart, "templates"), { recursive: true });
  for (const [path, text] of Object.entries(RELEASE_CHART)) writeFileSync(join(chart, path), text);
  return chart;
}

/** One action of a release's life; the name is the figure's. */
export type ReleaseStep = "install" | "upgrade-none" | "upgrade-one" | "upgrade-all" | "uninstall";

/** The life of a release, in order. */
export const RELEASE_STEPS: readonly ReleaseStep[] = [
  "install",
  "upgrade-none",
  "upgrade-one",
  "upgrade-all",
  "uninstall",
];

/** The values of a step. */
export function valuesOfStep(step: ReleaseStep, n: number, kind: ReleaseValues["kind"]): ReleaseValues {
  const isAll = step === "upgrade-all";
  return { n, kind, v: isAll ? "b" : "a", one: isAll || step === "upgrade-one" ? "b" : "a" };
}
