import type { JsonValue } from "../../engine/errors.ts";

const pod: JsonValue = {
  metadata: { labels: { app: "x" }, annotations: {} },
  spec: {
    hostNetwork: false,
    nodeSelector: {},
    tolerations: [],
    securityContext: {},
    serviceAccountName: "",
    affinity: null,
    imagePullSecrets: [{ name: "registry" }],
    volumes: [
      { name: "empty", emptyDir: { sizeLimit: "1024Mi" } },
      { name: "config", configMap: { name: "c" } },
      { name: "all", projected: { sources: [{ secret: { name: "s" } }] } },
    ],
    initContainers: [{ name: "first", image: "busybox", command: ["sh", "-c", "true"] }],
    containers: [
      {
        name: "web",
        image: "nginx",
        args: ["a", "b"],
        env: [
          { name: "EMPTY", value: "" },
          { name: "B", value: "x" },
          { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "1" } } },
        ],
        envFrom: [{ configMapRef: { name: "c" } }],
        ports: [{ containerPort: 80 }, { containerPort: 80, protocol: "UDP" }, { containerPort: 81, name: "x" }],
        resources: { limits: { cpu: "1000m", memory: "1024Mi" }, requests: { cpu: 0.5, memory: "0.5Gi" } },
        livenessProbe: { httpGet: { path: "/", port: "x" }, initialDelaySeconds: 0 },
        readinessProbe: { tcpSocket: { port: 80 } },
        volumeMounts: [{ name: "empty", mountPath: "/v" }],
        securityContext: { capabilities: { drop: ["ALL"] }, runAsNonRoot: true },
      },
      { name: "side", image: "busybox" },
    ],
  },
};
const selector: JsonValue = { matchLabels: { app: "x" } };

/** Objects of the kinds that charts hold, with what charts leave empty, null or to defaults. */
export const kinds: readonly (readonly [string, JsonValue])[] = [
  [
    "Deployment",
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "k", creationTimestamp: null, annotations: {}, labels: { a: "b" } },
      spec: { replicas: 1, selector, template: pod },
    },
  ],
  [
    "StatefulSet",
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "k" },
      spec: { serviceName: "k", selector, template: pod, volumeClaimTemplates: [] },
    },
  ],
  [
    "DaemonSet",
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "k" },
      spec: { selector, template: pod, updateStrategy: { type: "RollingUpdate" } },
    },
  ],
  [
    "Service",
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "k" },
      spec: {
        type: "ClusterIP",
        selector: { app: "x" },
        ports: [
          { port: 80, targetPort: "x", name: "http" },
          { port: 81, name: "b", protocol: "UDP" },
        ],
      },
    },
  ],
  [
    "headless Service",
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "headless" },
      spec: { clusterIP: "None", ports: [{ port: 80 }] },
    },
  ],
  [
    "ConfigMap",
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "k", finalizers: ["example.com/keep"] },
      data: { a: "b", empty: "", "x.y": "z" },
    },
  ],
  ["empty ConfigMap", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "empty" }, data: null }],
  ["Secret", { apiVersion: "v1", kind: "Secret", metadata: { name: "k" }, type: "Opaque", data: { a: "Yg==" } }],
  [
    "Secret with stringData",
    { apiVersion: "v1", kind: "Secret", metadata: { name: "text" }, stringData: { a: "grüße", b: "" } },
  ],
  [
    "ServiceAccount",
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "k" },
      automountServiceAccountToken: true,
      imagePullSecrets: [{ name: "r" }],
      secrets: [],
    },
  ],
  [
    "PersistentVolumeClaim",
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "k" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } },
    },
  ],
  [
    "ResourceQuota",
    {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "k" },
      spec: { hard: { pods: "1000", "count/secrets": "1k" } },
    },
  ],
  [
    "Ingress",
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "k", annotations: { a: "b" } },
      spec: {
        ingressClassName: "n",
        rules: [
          {
            host: "a.example",
            http: {
              paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "s", port: { number: 80 } } } }],
            },
          },
        ],
        tls: [{ hosts: ["a.example"], secretName: "x" }],
      },
    },
  ],
  [
    "NetworkPolicy",
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "k" },
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports: [{ port: 80, protocol: "TCP" }] }] },
    },
  ],
  [
    "Role",
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "k" },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    },
  ],
  [
    "RoleBinding",
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "k" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "k" },
      subjects: [{ kind: "ServiceAccount", name: "k", namespace: "default" }],
    },
  ],
  [
    "ClusterRole",
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "slipway:oracle" },
      rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }],
    },
  ],
  [
    "HorizontalPodAutoscaler",
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "k" },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "none" },
        minReplicas: 1,
        maxReplicas: 3,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
        ],
      },
    },
  ],
  [
    "PodDisruptionBudget",
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "k" },
      spec: { minAvailable: 1, selector },
    },
  ],
  [
    "CronJob",
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "k" },
      spec: {
        schedule: "0 0 1 1 *",
        suspend: false,
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "x" }] } } },
        },
      },
    },
  ],
  [
    "CustomResourceDefinition",
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.oracle.example" },
      spec: {
        group: "oracle.example",
        scope: "Namespaced",
        names: { kind: "Widget", listKind: "WidgetList", plural: "widgets", singular: "widget" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
              },
            },
          },
        ],
      },
    },
  ],
  [
    "ValidatingWebhookConfiguration",
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "slipway-oracle" },
      webhooks: [
        {
          name: "a.example.com",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
          failurePolicy: "Ignore",
          clientConfig: { url: "https://127.0.0.1:1/x" },
          rules: [
            { apiGroups: ["oracle.example"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["nothing"] },
          ],
        },
      ],
    },
  ],
  [
    "PriorityClass",
    {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: "slipway-oracle" },
      value: 100,
      globalDefault: false,
      description: "",
    },
  ],
];
