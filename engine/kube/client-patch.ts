import type { JsonObject } from "../errors.ts";
import type { KubeObject } from "../object/object.ts";
import type { PatchType } from "./client.ts";
import type { KubeError } from "./error.ts";
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
  /** Nothing is known of the kind: {@link isMistyped}. */
  readonly untyped?: boolean;
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
  const type = input.untyped === true ? undefined : patchTypeOf(target.apiVersion, target.kind);
  const patch: ClientPatch =
    type !== undefined
      ? { type: "strategic", body: strategicPatch(input, type) }
      : {
          type: "merge",
          body: input.threeWay ? withoutDeletions(mergePatch(live, target)) : mergePatch(original, target),
        };
  return Object.keys(patch.body).length === 0 ? undefined : patch;
}

/**
 * True for the server's refusal of a strategic merge patch after which the object does not fit its type. Helm compatibility: Helm
 * finds such an object out before, and patches it as a kind that is not built in.
 */
export function isMistyped(error: KubeError): boolean {
  return error.code === "invalid" && error.message.includes(' is invalid: patch: Invalid value: "map[');
}

function strategicPatch({ original, target, live }: ClientPatchInput, type: string): JsonObject {
  const changes = strategicDiff(live, target, type, "changes");
  return mergePatches(strategicDiff(original, target, type, "deletions"), changes, type);
}
