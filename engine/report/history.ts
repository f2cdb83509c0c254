import { formatTable } from "../chart/table.ts";
import { stringText, listText, objectText } from "../release/json-text.ts";
import type { Zone } from "../go/time-zone.ts";
import type { ReleaseSummary } from "../release/summary.ts";
import { outputText, type OutputFormat } from "./output.ts";
import { ansicText } from "./time.ts";

/** How a history is shown. */
export interface HistoryStyle {
  readonly format: OutputFormat;
  readonly rollbackColumn: boolean;
  readonly zone: Zone;
}

/** What `helm history` prints of revisions, oldest first. */
export function historyText(items: readonly ReleaseSummary[], style: HistoryStyle): string {
  return outputText({ table: () => table(items, style), json: () => listText(items.map(element)) }, style.format);
}

function table(items: readonly ReleaseSummary[], { rollbackColumn, zone }: HistoryStyle): string {
  const rollback = (text: string): readonly string[] => (rollbackColumn ? [text] : []);
  const rows = items.map((item) => [
    String(item.revision),
    ansicText(item.updated, zone),
    item.status,
    item.chart,
    item.appVersion,
    ...rollback(item.rollbackRevision === undefined ? "" : String(item.rollbackRevision)),
    item.description,
  ]);
  const titles = ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", ...rollback("ROLLBACK"), "DESCRIPTION"];
  return `${formatTable([titles, ...rows])}\n`;
}

function element(item: ReleaseSummary): string {
  return objectText()
    .integer("revision", item.revision)
    .text("updated", item.updated)
    .raw("status", stringText(item.status))
    .raw("chart", stringText(item.chart))
    .raw("app_version", stringText(item.appVersion))
    .integer("rollback_revision", item.rollbackRevision)
    .raw("description", stringText(item.description))
    .end();
}
