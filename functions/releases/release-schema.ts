import * as z from "zod";

const summary = {
  name: z.string(),
  namespace: z.string(),
  revision: z.number().int(),
  status: z.string().describe("Helm's word"),
  chart: z.string().describe("NAME-VERSION"),
  appVersion: z.string(),
  updated: z.string().optional(),
  description: z.string(),
  rollbackRevision: z.number().int().optional(),
};

/** A revision in a list. */
export const releaseItem: z.ZodType = z.object(summary);

/** The newest revision, and what runs on it. */
export const releaseStatus: z.ZodType = z.object({
  ...summary,
  cluster: z.string(),
  target: z.string().describe("What the cluster is called in results"),
  firstDeployed: z.string().optional(),
  notes: z.string(),
  operation: z.string().describe("The running operation").optional(),
});

/** A hook of a revision. */
export const hookItem: z.ZodType = z.object({
  name: z.string(),
  kind: z.string(),
  path: z.string(),
  manifest: z.string(),
  events: z.array(z.string()),
  weight: z.number().int(),
  deletePolicies: z.array(z.string()),
  outputLogPolicies: z.array(z.string()),
  lastRun: z.object({ startedAt: z.string().optional(), completedAt: z.string().optional(), phase: z.string() }),
});

/** What `helm get metadata` shows. */
export const releaseMetadata: z.ZodType = z.object({
  name: z.string(),
  chart: z.string(),
  version: z.string(),
  appVersion: z.string(),
  annotations: z.record(z.string(), z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  dependencies: z.array(z.record(z.string(), z.unknown())).optional(),
  namespace: z.string(),
  revision: z.number().int(),
  status: z.string(),
  deployedAt: z.string(),
  applyMethod: z.string().optional(),
});
