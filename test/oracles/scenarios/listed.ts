import { readFileSync } from "node:fs";
import type { Aspect, Met } from "./compare.ts";

/** A difference that is a decision. Patterns that are given must all be found in what was met. */
export interface Listed {
  readonly name: string;
  readonly scenario: string;
  readonly aspect: Exclude<Aspect, "records" | "class">;
  readonly path?: string;
  readonly wanted?: string;
  readonly seen?: string;
  readonly reason: string;
}

/** More decisions than these are too many. */
const MAX_LISTED = 15;

/** Reads the list. Throws when it is too long, or lists what must not differ. */
export function readListed(): readonly Listed[] {
  const listed = JSON.parse(
    readFileSync(new URL("../release-differences.json", import.meta.url), "utf8"),
  ) as readonly Listed[];
  if (listed.length > MAX_LISTED) throw new Error(`${listed.length} listed differences; ${MAX_LISTED} are the most`);
  const forbidden = listed.find((one) => (["records", "class"] as readonly string[]).includes(one.aspect));
  if (forbidden !== undefined) throw new Error(`${forbidden.name}: stored records must not differ`);
  const unreasoned = listed.find((one) => one.reason.length < 20);
  if (unreasoned !== undefined) throw new Error(`${unreasoned.name} has no reason`);
  return listed;
}

/** The decision that a difference falls under. */
export function listedOf(listed: readonly Listed[], met: Met): Listed | undefined {
  const has = (pattern: string | undefined, text: string): boolean =>
    pattern === undefined || new RegExp(pattern, "u").test(text);
  return listed.find(
    (one) =>
      one.aspect === met.aspect &&
      has(one.scenario, met.scenario) &&
      has(one.path, met.path) &&
      has(one.wanted, met.wanted) &&
      has(one.seen, met.seen),
  );
}
