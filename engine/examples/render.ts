import { loadChart, mergeValues, renderChart, templateOutput } from "slipway/engine";

const { chart } = await loadChart({
  "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.2.0\n",
  "values.yaml": "replicas: 1\nimage: shop:1\n",
  "templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - image: {{ .Values.image | quote }}
`,
  "templates/NOTES.txt": "{{ .Chart.Name }} {{ .Chart.Version }} is {{ .Release.Name }} in {{ .Release.Namespace }}.",
});

const values = mergeValues({
  files: [{ name: "production.yaml", content: "replicas: 3\n" }],
  set: ["image=shop:2"],
});

const release = await renderChart({
  chart,
  values,
  name: "web",
  namespace: "prod",
  now: Date.now(),
  seed: crypto.getRandomValues(new Uint8Array(32)),
});

console.log(templateOutput(release));
console.log(release.notes);
