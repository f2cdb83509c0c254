import type { ResourceMapping } from "../kube/mapping.ts";
import type { Plan, PlannedObject, PlannedRemoval } from "../plan/plan.ts";

/** A plan as it is kept: many objects have few kinds, so each mapping is written once. */
interface KeptPlan extends Omit<Plan, "objects" | "removals"> {
  readonly mappings: readonly ResourceMapping[];
  readonly objects: readonly Numbered<PlannedObject>[];
  readonly removals: readonly Numbered<PlannedRemoval>[];
}

/** `mapping` is a position in the plan's mappings. */
type Numbered<One> = Omit<One, "mapping"> & { readonly mapping: number };

/** JSON of a plan. */
export function planText(plan: Plan): string {
  const texts = new Map<string, number>();
  const numbers = new Map<ResourceMapping, number>();
  const mappings: ResourceMapping[] = [];
  const numberOf = (mapping: ResourceMapping): number => {
    const text = JSON.stringify(mapping);
    const number = texts.get(text) ?? mappings.push(mapping) - 1;
    texts.set(text, number);
    numbers.set(mapping, number);
    return number;
  };
  const numbered = <One extends { readonly mapping: ResourceMapping }>(one: One): Numbered<One> => {
    const { mapping, ...rest } = one;
    return { ...rest, mapping: numbers.get(mapping) ?? numberOf(mapping) };
  };
  const objects = plan.objects.map(numbered);
  const removals = plan.removals.map(numbered);
  const kept: KeptPlan = { ...plan, objects, removals, mappings };
  return JSON.stringify(kept);
}

/** The inverse of {@link planText}. */
export function parsePlan(text: string): Plan {
  const { mappings, ...kept }: KeptPlan = JSON.parse(text);
  const mappingAt = (number: number): ResourceMapping => {
    const mapping = mappings[number];
    if (mapping === undefined) throw new Error(`the plan has no mapping ${number}`);
    return mapping;
  };
  return {
    ...kept,
    objects: kept.objects.map((one) => ({ ...one, mapping: mappingAt(one.mapping) })),
    removals: kept.removals.map((one) => ({ ...one, mapping: mappingAt(one.mapping) })),
  };
}
