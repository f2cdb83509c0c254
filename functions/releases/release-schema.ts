import * as z from "zod";

/** Why a release may not be changed. */
export const holdSchema: z.ZodType = z.object({ reason: z.string(), by: z.string(), since: z.string() });

/** Members that name an object. */
export const objectMembers: z.ZodRawShape = {
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
};

/** Members that tell who owns a field, and what an upgrade would do to it. */
export function ownedFieldMembers(decisions: readonly string[]): z.ZodRawShape {
  return {
    field: z.string(),
    owners: z.array(
      z.object({
        manager: z.string(),
        operation: z.string(),
        subresource: z.string(),
        since: z.string().optional(),
      }),
    ),
    decision: z.enum(decisions).describe("What an upgrade with the same chart and values would do"),
    reason: z.string().optional(),
  };
}

const leftField: z.ZodType = z.object({
  ...objectMembers,
  ...ownedFieldMembers(["adopt", "change", "fail", "force", "yield"]),
});

/** Members of every release in an answer. */
export const summaryMembers: z.ZodRawShape = {
  name: z.string(),
  namespace: z.string(),
  revision: z.number().int(),
  status: z.string().describe("Helm's word"),
  chart: z.string().describe("NAME-VERSION"),
  appVersion: z.string(),
  updated: z.string().optional(),
  description: z.string(),
  rollbackRevision: z.number().int().optional(),
  hold: holdSchema.describe("The release is on hold").optional(),
};

/** A revision in a list. */
export const releaseItem: z.ZodType = z.object(summaryMembers);

/** The newest revision, and what runs on it. */
export const releaseStatus: z.ZodType = z.object({
  ...summaryMembers,
  cluster: z.string(),
  target: z.string().describe("What the cluster is called in results"),
  firstDeployed: z.string().optional(),
  notes: z.string(),
  operation: z.string().describe("The running operation").optional(),
  yielded: z
    .array(leftField)
    .describe(
      "Fields that the release sets and others own alone, until they are reclaimed; absent where they could not be read, or with `yielded=false`",
    )
    .optional(),
  yieldedComplete: z
    .literal(false)
    .describe("The release has more objects than were looked at: ownership has all")
    .optional(),
  resources: z
    .array(
      z.object({
        apiVersion: z.string(),
        kind: z.string(),
        namespace: z.string(),
        name: z.string(),
        status: z.string().describe("kstatus' word; NotFound, or Unknown where it could not be read"),
        message: z.string(),
      }),
    )
    .describe("With `resources=true`: the objects, in manifest order")
    .optional(),
  resourcesComplete: z
    .literal(false)
    .describe("With `resources=true`: there are more objects than one answer looks at")
    .optional(),
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
