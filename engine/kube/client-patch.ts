import type { JsonObject } from "../errors.ts";
import type { KubeObject } from "../object/object.ts";
import type { PatchType } from "./client.ts";
import { mergePatch, withoutDeletions } from "./merge-patch.ts";
import { patchTypeOf } from "./patch-type.ts";
import { strategicDiff } from "./strategic-diff.ts";
import { mergePatches } from "./strategic-merge.ts";

/** What a client-side apply is made from. */
export interface ClientPatchInput {
  /** As it was wanted before. */
  readonly original: KubeObject;
  /** As it is wanted now. */
  readonly target: KubeObject;
  /** As it is in the cluster. */
  readonly live: KubeObject;
  /** Kinds that are not built in are compared with what is there, too. */
  readonly threeWay: boolean;
}

/** The patch of a client-side apply, and how it is sent. */
export interface ClientPatch {
  readonly type: Exclude<PatchType, "json">;
  readonly body: JsonObject;
}

/**
 * The patch that Helm sends for a client-side apply; `undefined` when it has nothing to say, and then nothing is sent. Built-in kinds
 * get a strategic merge patch: what differs from the cluster, and what was wanted before and is no more. Throws `KubeError` `invalid`
 * with client-go's text when there is no such patch.
 * Helm compatibility: for other kinds only the two wanted objects count, so that what others changed stays.
 */
export function clientPatch(input: ClientPatchInput): ClientPatch | undefined {
  const { original, target, live } = input;
  const type = patchTypeOf(target.apiVersion, target.kind);
  const patch: ClientPatch =
    type !== undefined
      ? { type: "strategic", body: strategicPatch(input, type) }
      : {
          type: "merge",
          body: input.threeWay ? withoutDeletions(mergePatch(live, target)) : mergePatch(original, target),
        };
  return Object.keys(patch.body).length === 0 ? undefined : patch;
}

function strategicPatch({ original, target, live }: ClientPatchInput, type: string): JsonObject {
  const changes = strategicDiff(live, target, type, "changes");
  return mergePatches(strategicDiff(original, target, type, "deletions"), changes, type);
}
