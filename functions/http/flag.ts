import * as z from "zod";

/** A member of a query that is `true` or `false`, and `fallback` where it is absent. */
export function flagOr(fallback: "true" | "false"): z.ZodType<boolean> {
  return z
    .enum(["true", "false"])
    .default(fallback)
    .transform((text) => text === "true");
}

/** A member of a query that is `true` or `false`. */
export const flag: z.ZodType<boolean> = z.enum(["true", "false"]).transform((text) => text === "true");
