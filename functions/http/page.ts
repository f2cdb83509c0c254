import * as z from "zod";
import { MAX_PAGE_SIZE, PAGE_SIZE } from "./limits.ts";

/** Query members of every list. `after` is the `next` of the page before. */
export const pageQuery: z.ZodObject<{
  limit: z.ZodDefault<z.ZodCoercedNumber>;
  after: z.ZodOptional<z.ZodString>;
}> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
  after: z.string().max(1024).optional(),
});
