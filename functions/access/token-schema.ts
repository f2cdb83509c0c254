import * as z from "zod";
import { grantSchema } from "./grant.ts";

/** `{items, next?}` of items. */
export function listOf(item: z.ZodType): z.ZodType {
  return z.object({ items: z.array(item), next: z.string().optional() });
}

/** A token as answers show it. */
export const tokenItem: z.ZodObject = z.object({
  id: z.string(),
  name: z.string(),
  grants: z.array(grantSchema),
  created: z.string(),
  createdBy: z.string(),
  expires: z.string().optional(),
});

/** A line of the audit trail. */
export const auditItem: z.ZodType = z.object({
  time: z.string(),
  principal: z.string(),
  action: z.string(),
  target: z.string(),
  result: z.enum(["allowed", "refused"]),
  request: z.string(),
  detail: z.record(z.string(), z.unknown()).optional(),
});
