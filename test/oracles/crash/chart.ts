import type { ChartText } from "../../support/push-chart.ts";

/** ConfigMaps that every round has. */
const MAPS = 13;

const named = (name: string, annotations: Readonly<Record<string, string>> = {}): string =>
  `metadata:\n  name: ${name}\n${Object.keys(annotations).length === 0 ? "" : "  annotations:\n"}${Object.entries(
    annotations,
  )
    .map(([key, value]) => `    helm.sh/${key}: "${value}"\n`)
    .join("")}`;

const configMap = (name: string, value: string, annotations?: Readonly<Record<string, string>>): string =>
  `apiVersion: v1\nkind: ConfigMap\n${named(name, annotations)}data:\n  v: "${value}"\n`;

const job = (name: string, annotations: Readonly<Record<string, string>>, fate = ""): string =>
  `apiVersion: batch/v1\nkind: Job\n${named(name, annotations)}spec:
  backoffLimit: 0
  template:
    metadata:
      labels: {app: ${name}${fate}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "example.com/${name}:1"}]
`;

const phases = (when: "pre" | "post"): string =>
  ["install", "upgrade", "rollback", "delete"].map((action) => `${when}-${action}`).join(",");

const CRD = (group: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.${group}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
`;

/** A group that only this suite has, for charts whose CRD is there before. */
export const SHARED_GROUP = "things.crash.test";

/**
 * A chart of a CRD, 20 objects and hooks of each phase: Jobs and a ConfigMap, with weights and all delete policies that a success meets.
 * `round` is what upgrades change: from 2 on there is one object more, from 3 on one less. `fate: fail` fails the last hook of an upgrade.
 */
export function crashChart(name: string, group: string): ChartText {
  const maps = Array.from({ length: MAPS }, (_, at) => {
    const value = at % 2 === 0 ? "{{ .Values.round }}" : "same";
    return [`templates/map-${at}.yaml`, configMap(`map-${at}`, value)] as const;
  });
  return {
    "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    "values.yaml": 'round: 1\nfate: ""\n',
    "crds/things.yaml": CRD(group),
    ...Object.fromEntries(maps),
    "templates/leaving.yaml": `{{ if lt (int .Values.round) 3 }}\n${configMap("leaving", "here")}{{ end }}\n`,
    "templates/coming.yaml": `{{ if gt (int .Values.round) 1 }}\n${configMap("coming", "here")}{{ end }}\n`,
    "templates/account.yaml": `apiVersion: v1\nkind: ServiceAccount\n${named("account")}`,
    "templates/secret.yaml": `apiVersion: v1\nkind: Secret\n${named("secret")}stringData:\n  v: "{{ .Values.round }}"\n`,
    "templates/role.yaml": `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n${named("role")}rules: []\n`,
    "templates/service.yaml": `apiVersion: v1\nkind: Service\n${named("service")}spec:\n  selector: {app: web}\n  ports: [{port: 80}]\n`,
    "templates/web.yaml": `apiVersion: apps/v1\nkind: Deployment\n${named("web")}spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web, round: "{{ .Values.round }}"}
    spec:
      containers: [{name: main, image: "example.com/web:1"}]
`,
    "templates/thing.yaml": `apiVersion: ${group}/v1\nkind: Thing\n${named("thing")}spec: {round: "{{ .Values.round }}"}\n`,
    "templates/hooks/prepare.yaml": configMap("prepare", "{{ .Values.round }}", {
      hook: phases("pre"),
      "hook-weight": "-5",
      "hook-delete-policy": "before-hook-creation,hook-succeeded",
    }),
    "templates/hooks/pre.yaml": job("pre", { hook: phases("pre"), "hook-delete-policy": "before-hook-creation" }),
    "templates/hooks/post.yaml": job("post", {
      hook: phases("post"),
      "hook-weight": "5",
      "hook-delete-policy": "hook-succeeded",
    }),
    "templates/hooks/verdict.yaml": job(
      "verdict",
      { hook: "post-upgrade", "hook-weight": "10", "hook-delete-policy": "before-hook-creation,hook-failed" },
      `{{ with .Values.fate }}, oracle/fate: {{ . }}{{ end }}`,
    ),
    "templates/hooks/check-map.yaml": configMap("check-map", "checked", { hook: "test", "hook-weight": "-1" }),
    "templates/hooks/check.yaml": job("check", {
      hook: "test",
      "hook-delete-policy": "before-hook-creation,hook-succeeded",
    }),
  };
}
