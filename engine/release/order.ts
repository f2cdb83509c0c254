import type { JsonObject, JsonValue } from "../errors.ts";
import { listAt, stringAt } from "../object/json.ts";
import { listText, objectText, stringText } from "./json-text.ts";

/** A resource group of a chart; `group` is empty for what of the chart came last. */
export interface RecordedGroup {
  readonly chart: string;
  readonly group: string;
}

/** Objects of a revision that were applied together. */
export interface RecordedBatch {
  readonly groups: readonly RecordedGroup[];
  /** Group, kind, namespace and name, as `keyText` has them. */
  readonly objects: readonly string[];
}

/**
 * The order in which a revision's objects were applied. Helm's record has no such member: `helm` reads past it and leaves it out when it
 * writes the record again.
 */
export interface ReleaseOrder {
  readonly batches: readonly RecordedBatch[];
}

/** The JSON of a record's order. */
export function orderText(order: ReleaseOrder): string {
  return objectText()
    .raw("batches", listText(order.batches.map(batchText)))
    .end();
}

function batchText({ groups, objects }: RecordedBatch): string {
  return objectText()
    .raw(
      "groups",
      listText(groups.map(({ chart, group }) => objectText().text("chart", chart).text("group", group).end())),
    )
    .raw("objects", listText(objects.map(stringText)))
    .end();
}

/** `undefined` where the record has none that can be read. */
export function parseOrder(json: JsonObject | undefined): ReleaseOrder | undefined {
  const batches = listAt(json, "batches").map(parseBatch);
  return batches.length === 0 ? undefined : { batches };
}

function parseBatch(json: JsonValue): RecordedBatch {
  return {
    groups: listAt(json, "groups").map((one) => ({
      chart: stringAt(one, "chart") ?? "",
      group: stringAt(one, "group") ?? "",
    })),
    objects: listAt(json, "objects").filter((one) => typeof one === "string"),
  };
}
