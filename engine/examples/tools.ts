import { lintChart, loadChart, packageChart } from "slipway/engine";

const source = {
  "Chart.yaml": "apiVersion: v2\nname: settings\nversion: 0.1.0\n",
  "values.yaml": "colour: green\n",
  "templates/config.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Settings\ndata:\n  colour: {{ .Values.colour }}\n",
};

const seed = new Uint8Array(32);
const { messages } = await lintChart({ source, now: 0, seed });
for (const { severity, path, text } of messages) console.log(`[${severity}] ${path}: ${text}`);

const { chart } = await loadChart(source);
const archive = packageChart({ chart, version: "0.2.0", sourceDateEpoch: 1_700_000_000, now: 0 });
const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(archive.data)));
console.log(archive.name, Array.from(digest.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(""));

const again = await loadChart(archive.data);
console.log(again.chart.metadata.version, again.chart.files.map(({ name }) => name).join(" "));
