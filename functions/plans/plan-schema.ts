import * as z from "zod";

const value = z.unknown();
const named = { apiVersion: z.string(), kind: z.string(), namespace: z.string(), name: z.string() };

/** A field that differs; values are masked. */
export const fieldSchema: z.ZodType = z.object({ path: z.string(), before: value.optional(), after: value.optional() });

/** A plan. Nothing in it is secret. */
export const planSchema: z.ZodType = z.object({
  digest: z.string(),
  cluster: z.string(),
  action: z.string(),
  mode: z.string().describe("What the action turns out to be"),
  release: z.object({
    name: z.string(),
    namespace: z.string(),
    revision: z.number().int(),
    base: z.number().int(),
    target: z.number().int().describe("The revision that a rollback goes back to").optional(),
  }),
  chart: z.object({ name: z.string(), version: z.string() }),
  applicable: z.boolean().describe("False: applying would be refused; `problems` say why"),
  problems: z.array(z.string()),
  steps: z.array(z.string()),
  order: z.array(z.array(z.string())).optional(),
  objects: z.array(
    z.object({
      ...named,
      change: z.enum(["created", "changed", "unchanged", "deleted", "kept"]),
      dryRun: z.enum(["sent", "unneeded", "impossible", "refused"]),
      reason: z.string().describe("Why the server was not asked, or refused; of what is kept, why it stays").optional(),
      fields: z.array(fieldSchema),
      yielded: z.array(z.string()),
      conflicts: z.array(z.record(z.string(), value)),
    }),
  ),
  hooks: z.array(
    z.object({ event: z.string(), kind: z.string(), name: z.string(), weight: z.number().int(), path: z.string() }),
  ),
  warnings: z.array(z.string()),
  counts: z.record(z.string(), z.number().int()),
  principal: z.string(),
  created: z.string(),
  expires: z.string(),
  links: z.object({ self: z.string(), apply: z.string(), release: z.string() }),
});
