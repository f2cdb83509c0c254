import * as z from "zod";

const json = z.record(z.string(), z.unknown());

/** A running or finished operation. */
export const operationSchema: z.ZodType = z.object({
  id: z.string(),
  action: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  status: z.enum(["running", "waiting", "succeeded", "failed", "cancelled"]),
  phase: z.string(),
  principal: z.string(),
  created: z.string(),
  updated: z.string(),
  request: json,
  decisions: z
    .array(
      z.object({
        object: json,
        field: z.string(),
        manager: z.string(),
        decision: z.enum(["fail", "force", "yield"]),
        reason: z.string(),
        message: z.string(),
      }),
    )
    .describe("What was decided about fields that others own")
    .optional(),
  release: json
    .describe(
      "What became of the release; of a dry run also its `manifest`, `hooks`, `notes` and `config`, as `helm … --dry-run -o json` tells them: Secrets masked without secrets:read",
    )
    .optional(),
  error: z.object({ code: z.string(), message: z.string(), detail: json }).optional(),
  undo: z.string().optional(),
  links: z.object({ self: z.string(), events: z.string(), release: z.string() }),
});

/** An operation in a list. */
export const operationItem: z.ZodType = z.object({
  id: z.string(),
  action: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  status: z.string(),
  principal: z.string(),
  created: z.string(),
});
