import type { ChartSources } from "../../support/operation.ts";

/** A ConfigMap. */
export const map = (name = "one", data = "{color: red}"): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata: ${data}\n`;

/** A ConfigMap with annotations. */
export const noted = (name: string, annotations: string, data = "{color: red}"): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations: {${annotations}}\ndata: ${data}\n`;

/** What the API server refuses. */
export const BAD = map("bad", "{a: 1}");

/** A Deployment. Of `fate` see the oracle cluster's stages. */
export const deployment = (app = "web", fate = "run", extra = ""): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: {{ .Values.replicas | default 1 }}\n  selector: {matchLabels: {app: ${app}}}\n  template:\n    metadata: {labels: {app: ${app}, oracle/fate: ${fate}}}\n    spec:\n      containers:\n      - name: c\n        image: {{ .Values.image | default "nginx" }}\n${extra}`;

export const SERVICE =
  "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports: [{port: {{ .Values.port | default 80 }}}]\n";

/** A Job. `fate`: `end`, `fail` or `never`. */
export const job = (name: string, fate = "end", annotations: Readonly<Record<string, string>> = {}): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${name}\n  annotations: ${JSON.stringify(annotations)}\nspec:\n  backoffLimit: 0\n  template:\n    metadata: {labels: {oracle/fate: ${fate}}}\n    spec: {restartPolicy: Never, containers: [{name: c, image: x}]}\n`;

/** A Job that is a hook. */
export const hook = (
  name: string,
  events: string,
  how: { readonly fate?: string; readonly weight?: string; readonly policy?: string; readonly logs?: string } = {},
): string =>
  job(name, how.fate ?? "end", {
    "helm.sh/hook": events,
    ...(how.weight === undefined ? {} : { "helm.sh/hook-weight": how.weight }),
    ...(how.policy === undefined ? {} : { "helm.sh/hook-delete-policy": how.policy }),
    ...(how.logs === undefined ? {} : { "helm.sh/hook-output-log-policy": how.logs }),
  });

/** A ConfigMap that is a hook. */
export const mapHook = (name: string, events: string, more = "", data = "{a: b}"): string =>
  noted(name, `helm.sh/hook: "${events}"${more === "" ? "" : `, ${more}`}`, data);

/** The definition of things, of the namespace's own group. */
export const CRD =
  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.@NS@.example.com\nspec:\n  group: @NS@.example.com\n  scope: Namespaced\n  names: {kind: Thing, plural: things, singular: thing}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n";
export const THING =
  'apiVersion: @NS@.example.com/v1\nkind: Thing\nmetadata:\n  name: one\nspec: {color: {{ .Values.color | default "red" }}, same: 1}\n';

/** A chart of templates by file. */
export const chart = (templates: Readonly<Record<string, string>>, more: ChartSources = {}): ChartSources => ({
  ...Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}.yaml`, text])),
  ...more,
});

const COLORED = map("one", '{color: {{ .Values.color | default "red" | quote }}}');
export const VALUES = "color: red\nreplicas: 1\n";
/** One ConfigMap and one Service, of values. */
export const WEB = chart({ a: COLORED, b: SERVICE }, { "values.yaml": VALUES });
/** WEB with another object, and another Service. */
export const NEXT = chart(
  { a: COLORED, b: SERVICE.replace("default 80", "default 81"), c: map("two") },
  {
    "values.yaml": "color: blue\nreplicas: 1\nnew: true\n",
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.2.0\n",
  },
);
/** What renders, and what the server then refuses in part. */
export const BROKEN = chart({ a: COLORED, b: BAD, c: map("two") }, { "values.yaml": VALUES });
/** What cannot be rendered. */
export const UNRENDERED = chart({ a: '{{ fail "no way" }}' });
/** A kind that nobody knows. */
export const UNKNOWN = chart({ a: "apiVersion: example.com/v1\nkind: Foo\nmetadata:\n  name: x\n", b: map() });
/** A workload that never gets ready. */
export const NEVER = chart({ a: map(), d: deployment("web", "never") }, { "values.yaml": VALUES });
/** A workload that runs. */
export const RUNNING = chart({ a: COLORED, d: deployment() }, { "values.yaml": VALUES });
/** A chart whose values have a schema. */
export const SCHEMED = chart(
  { a: COLORED },
  { "values.yaml": VALUES, "values.schema.json": '{"properties": {"color": {"type": "string", "maxLength": 5}}}' },
);
