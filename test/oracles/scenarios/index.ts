import { flags } from "./flags.ts";
import type { Scenario } from "./scenario.ts";

/** All scenarios, by theme. */
export const scenarios: readonly Scenario[] = [...flags];
