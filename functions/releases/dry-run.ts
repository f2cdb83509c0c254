import type { PartStore } from "../../engine/action/action.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { AuditDeps } from "../access/audit.ts";
import type { RouteRequest } from "../access/route.ts";
import type { SecretBox } from "../http/secret-box.ts";
import { readDryRun } from "../operations/dry-run.ts";
import type { Standing } from "../operations/journal.ts";
import { addressOf } from "../operations/operation-id.ts";
import { masker, maskHooks } from "./masker.ts";

interface DryRunDeps extends AuditDeps {
  readonly parts: PartStore;
  readonly box: SecretBox;
}

/** The release that an operation's dry run made, as the caller may see it; empty where it was none, or too long ago. */
export async function dryRunJson(deps: DryRunDeps, call: RouteRequest, standing: Standing): Promise<JsonObject> {
  const made = await readDryRun(deps, standing);
  const address = addressOf(standing.operation);
  if (made === undefined || address === undefined) return {};
  const mask = await masker(deps, call, address);
  const { manifest, hooks, notes, config } = made;
  return {
    manifest: await mask.manifest(manifest),
    hooks: await maskHooks(hooks, mask),
    notes,
    config: await mask.values(config),
  };
}
