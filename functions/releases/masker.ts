import type { JsonObject } from "../../engine/errors.ts";
import type { Release } from "../../engine/release/release.ts";
import { audit, type AuditDeps } from "../access/audit.ts";
import { isAllowed } from "../access/grant.ts";
import type { RouteRequest } from "../access/route.ts";
import type { SecretBox } from "../http/secret-box.ts";
import { type ReleaseAddress, releaseKey } from "../operations/operation-id.ts";
import { targetOf } from "../operations/routes.ts";
import { maskManifest, maskValues } from "./mask.ts";

/** What is shown of texts and values. */
export interface Mask {
  readonly manifest: (text: string) => Promise<string>;
  readonly values: (values: JsonObject) => Promise<JsonObject>;
}

/** Secrets are masked unless the caller may read them, which is written down. */
export async function masker(
  deps: AuditDeps & { readonly box: SecretBox },
  call: RouteRequest,
  address: ReleaseAddress,
): Promise<Mask> {
  if (!isAllowed(call.principal.grants, "secrets:read", targetOf(address))) {
    return {
      manifest: (text) => maskManifest(text, deps.box),
      values: (values) => maskValues(values, deps.box),
    };
  }
  const entry = { action: "secrets:read", target: releaseKey(address), result: "allowed" } as const;
  await audit(deps, { ...entry, principal: call.principal, request: call.requestId });
  return { manifest: async (text) => text, values: async (values) => values };
}

/** Hooks with masked manifests. */
export async function maskHooks(hooks: Release["hooks"], mask: Mask): Promise<readonly JsonObject[]> {
  return await Promise.all(
    hooks.map(async (hook): Promise<JsonObject> => ({
      ...hook,
      lastRun: { ...hook.lastRun },
      manifest: await mask.manifest(hook.manifest),
    })),
  );
}
