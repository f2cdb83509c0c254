import * as z from "zod";
import { MAX_PAGE_SIZE, PAGE_SIZE } from "./limits.ts";

/** Query members of every list. `after` is the `next` of the page before. */
export const pageQuery: z.ZodObject<{
  limit: z.ZodDefault<z.ZodCoercedNumber>;
  after: z.ZodOptional<z.ZodString>;
}> = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
  after: z.string().max(1024).optional(),
});

/** `items` after the key `after`, at most `limit`: for lists that are small and whole in memory, in the order of `keyOf`. */
export function pageOf<T>(
  items: readonly T[],
  options: { readonly after?: string | undefined; readonly limit: number; readonly keyOf: (item: T) => string },
): { readonly items: readonly T[]; readonly next?: string } {
  const { after, limit, keyOf } = options;
  const sorted = [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return rest.length > page.length && last !== undefined ? { items: page, next: keyOf(last) } : { items: page };
}
