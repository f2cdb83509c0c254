import { flags } from "./flags.ts";
import { hooks } from "./hooks.ts";
import { objects } from "./objects.ts";
import { records } from "./records.ts";
import type { Scenario } from "./scenario.ts";

/** All scenarios, by theme. */
export const scenarios: readonly Scenario[] = [...flags, ...hooks, ...objects, ...records];
