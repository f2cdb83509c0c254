import { createHash } from "node:crypto";
import {
  type AdmittedPlugin,
  admitPlugin,
  NO_GRANT,
  type PluginGrant,
  type PluginLimits,
} from "../../engine/plugin/index.ts";
import { type TestModule, wasm } from "./wasm.ts";

/** A digest as registries write it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A grant with some limits changed. */
export function grantOf(
  limits: Partial<PluginLimits> = {},
  more: Partial<Omit<PluginGrant, "limits">> = {},
): PluginGrant {
  return { ...NO_GRANT, ...more, limits: { ...NO_GRANT.limits, ...limits } };
}

/** A hand-made module, admitted. */
export function admitted(test: TestModule | Uint8Array, grant: PluginGrant = NO_GRANT): AdmittedPlugin {
  const bytes = test instanceof Uint8Array ? test : wasm(test);
  return admitPlugin({ name: "sample", digest: digestOf(bytes), bytes }, grant);
}
