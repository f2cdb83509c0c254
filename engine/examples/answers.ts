import { EngineError, loadChart, renderChart, RenderError } from "slipway/engine";
import type { Resolver } from "slipway/engine";

const { chart } = await loadChart({
  "Chart.yaml": "apiVersion: v2\nname: keep\nversion: 0.1.0\n",
  "templates/secret.yaml": `{{- $old := lookup "v1" "Secret" .Release.Namespace "keep" -}}
apiVersion: v1
kind: Secret
metadata:
  name: keep
data:
  password: {{ $old.data.password | required "the password is gone" }}
`,
});

const resolver: Resolver = {
  lookup: async ({ kind, namespace, name }) => {
    if (namespace === "closed") return { ok: false, error: `secrets "${name}" is forbidden` };
    return { ok: true, value: namespace === "prod" ? { kind, data: { password: "b2xk" } } : {} };
  },
};

for (const namespace of ["prod", "empty", "closed"]) {
  try {
    const release = await renderChart({ chart, name: "web", namespace, resolver, now: 0, seed: new Uint8Array(32) });
    console.log(namespace, release.manifests.map(({ kind, name }) => `${kind}/${name}`).join(", "));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const files = error instanceof RenderError ? error.failures.map(({ path }) => path) : [];
    console.log(namespace, error.code, files.join(", "), error.message);
  }
}
