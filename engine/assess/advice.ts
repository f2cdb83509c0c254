import type { FindingCode, Severity } from "./finding.ts";

/** What a finding means, and what to do about it. */
export interface Advice {
  readonly severity: Severity;
  readonly message: string;
  readonly todo: readonly string[];
}

/** Findings whose words do not depend on what was found. */
export const ADVICE: Readonly<Record<Exclude<FindingCode, "managed-by-gitops" | "unreadable">, Advice>> = {
  pending: {
    severity: "blocker",
    message: "an operation stands open",
    todo: [
      "wait for the program that works on it",
      "when there is none any more: POST …/unlock, or helm rollback, then assess again",
    ],
  },
  failed: {
    severity: "attention",
    message: "the last operation failed",
    todo: ["slipway history tells why; upgrade or roll back before moving"],
  },
  "helm3-record": {
    severity: "note",
    message: "Helm 3 wrote the newest revision",
    todo: [
      "nothing needs to be migrated: Slipway and Helm 4 read the record and continue it client-side",
      "upgrade with --server-side=true when the findings of this release are settled: fields of helm become applied ones by that",
    ],
  },
  "client-side-apply": {
    severity: "note",
    message: "the release is written with client-side patches",
    todo: ["upgrade with --server-side=true when the findings of this release are settled"],
  },
  "last-applied": {
    severity: "note",
    message: "somebody applied objects with kubectl, client-side",
    todo: [
      "find who runs kubectl apply on them and stop it: it removes fields that the release adds",
      "then kubectl annotate KIND NAME kubectl.kubernetes.io/last-applied-configuration-",
    ],
  },
  "client-side-fields": {
    severity: "note",
    message: "helm owns fields by client-side writes",
    todo: ["nothing: the first server-side upgrade makes them applied ones"],
  },
  conflict: {
    severity: "blocker",
    message: "a server-side upgrade would meet fields of other managers",
    todo: [
      'to leave a field to its manager: a conflict rule with the decision "yield"',
      'to take it over: --force-conflicts, or a conflict rule with the decision "force"',
      "or give the chart the value that is there; slipway plan shows both values",
    ],
  },
  refused: {
    severity: "blocker",
    message: "the server would not take objects of the manifest",
    todo: ["slipway plan shows the server's message; change the chart or its values accordingly"],
  },
  autoscaled: {
    severity: "note",
    message: "autoscalers own the replicas",
    todo: ["nothing: Slipway leaves replicas to them; best take replicas out of the chart's values"],
  },
  "post-renderer": {
    severity: "attention",
    message: "the manifest went through a post-renderer",
    todo: ["an upgrade without it undoes its changes: put them into the chart, or pass the post-renderer again"],
  },
  "api-removed": {
    severity: "blocker",
    message: "the manifest has kinds that the server no longer serves",
    todo: [
      "an upgrade cannot read the recorded manifest: rewrite its apiVersions first, as the helm plugin mapkubeapis does",
      "and take a version of the chart that has the kinds' present versions",
    ],
  },
  "api-deprecated": {
    severity: "attention",
    message: "the manifest has kinds that Kubernetes is going to drop",
    todo: ["upgrade to a version of the chart with the new apiVersions before the cluster is upgraded"],
  },
  missing: {
    severity: "note",
    message: "objects of the release are not in the cluster",
    todo: ["an upgrade makes them again; take them out of the chart when that is not wanted"],
  },
};
