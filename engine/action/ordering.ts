import { keyOf, keyText } from "../object/gvk.ts";
import { OrderError } from "../plan/order-error.ts";
import { type OrderedRender, orderRendered } from "../plan/ordered-render.ts";
import type { Plan, PlannedBatch } from "../plan/plan.ts";
import { groupTitle } from "../plan/sequence.ts";
import type { RecordedBatch, ReleaseOrder } from "../release/order.ts";
import type { Release } from "../release/release.ts";
import type { Rendered } from "../render/input.ts";
import { buildObjects, type BuildContext, type BuiltObject } from "./build.ts";
import { ActionError } from "./errors.ts";
import type { ActionRequest, WaitStrategy } from "./request.ts";
import type { Step } from "./step.ts";

/** Objects in order, and where a batch ends. */
export interface Ordered {
  readonly objects: readonly BuiltObject[];
  readonly batches: readonly PlannedBatch[];
  readonly recorded: ReleaseOrder;
}

/** The order of a rendered chart where it is asked for. Throws `ActionError` `invalid-order`; tells what has no place in the order. */
export function orderOfRender(step: Step, rendered: Rendered, wait: WaitStrategy): OrderedRender | undefined {
  if (wait !== "ordered") return undefined;
  try {
    const ordered = orderRendered(rendered);
    for (const message of ordered.sequence.warnings) step.emit({ type: "warning", message });
    return ordered;
  } catch (error) {
    if (!(error instanceof OrderError)) throw error;
    throw new ActionError("invalid-order", error.message, { cause: error.code, ...error.detail }, { cause: error });
  }
}

/** The objects of an ordered render, batch after batch, each in manifest order. */
export function placeObjects({ rendered, sequence, documents }: OrderedRender, context: BuildContext): Ordered {
  const built = rendered.manifests.map((one) => buildObjects(one.content, context));
  const firsts = new Map<number, number>();
  for (const [item, document] of documents.entries()) if (!firsts.has(document)) firsts.set(document, item);
  const objectOf = (item: number): BuiltObject | undefined => {
    const document = documents[item] ?? 0;
    return built[document]?.[item - (firsts.get(document) ?? 0)];
  };
  return orderedOf(
    sequence.batches.map((groups) => ({
      groups: groups.map(({ chart, group }) => ({ chart, group })),
      objects: groups
        .flatMap((group) => group.items)
        .sort((a, b) => a - b)
        .flatMap((item) => objectOf(item) ?? []),
    })),
  );
}

interface Batch {
  readonly groups: RecordedBatch["groups"];
  readonly objects: readonly BuiltObject[];
}

function orderedOf(batches: readonly Batch[]): Ordered {
  return {
    objects: batches.flatMap((batch) => batch.objects),
    batches: ranges(batches.map(({ groups, objects }) => ({ groups, count: objects.length }))),
    recorded: {
      batches: batches.map(({ groups, objects }) => ({
        groups,
        objects: objects.map(({ object }) => keyText(keyOf(object))),
      })),
    },
  };
}

function ranges(
  batches: readonly { readonly groups: RecordedBatch["groups"]; readonly count: number }[],
): readonly PlannedBatch[] {
  let from = 0;
  return batches.flatMap(({ groups, count }) => {
    const batch = { titles: groups.map(groupTitle), from, to: from + count };
    from += count;
    return count === 0 ? [] : [batch];
  });
}

/**
 * The recorded order that a rollback or an uninstall follows: the one of the revision, unless another way of waiting is asked for. Where
 * `ordered` is asked for and nothing is recorded, a warning says so.
 */
export function recordedOrder(
  step: Step,
  { order, version }: Release,
  request: Pick<Extract<ActionRequest, { action: "rollback" | "uninstall" }>, "wait" | "conflicts">,
): ReleaseOrder | undefined {
  const { wait, conflicts } = request;
  if (wait === "ordered" && order === undefined) {
    const message = `revision ${version} was not applied in order: its objects go in Helm's order`;
    step.emit({ type: "warning", message });
  }
  if (wait === "ordered") return order;
  return wait === "hookOnly" && conflicts !== "helm" ? order : undefined;
}

/** Things in the order of a record, reversed for what is deleted; in each batch they keep their own. What it does not have comes last. */
export function inRecordedOrder<Thing extends Pick<BuiltObject, "object">>(
  things: readonly Thing[],
  { batches }: ReleaseOrder,
  reversed: boolean,
): { readonly things: readonly Thing[]; readonly batches: readonly PlannedBatch[] } {
  const places = new Map(batches.flatMap((batch, index) => batch.objects.map((key) => [key, index] as const)));
  const filled: Thing[][] = batches.map(() => []);
  for (const thing of things) {
    filled[places.get(keyText(keyOf(thing.object))) ?? batches.length - 1]?.push(thing);
  }
  const all = batches.map(({ groups }, index) => ({ groups, of: filled[index] ?? [] }));
  const order = reversed ? all.reverse() : all;
  return {
    things: order.flatMap((batch) => batch.of),
    batches: ranges(order.map(({ groups, of }) => ({ groups, count: of.length }))),
  };
}

/** The member of a plan that says where batches end. */
export function batchesOf(placed: { readonly batches: readonly PlannedBatch[] } | undefined): Pick<Plan, "batches"> {
  return placed === undefined ? {} : { batches: placed.batches };
}

/** The member of a release that records its order. */
export function orderOf(placed: Ordered | undefined): Pick<Release, "order"> {
  return placed === undefined ? {} : { order: placed.recorded };
}
