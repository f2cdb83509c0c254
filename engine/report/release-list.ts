import { formatTable } from "../chart/table.ts";
import { formatTime, timeText } from "../go/time-format.ts";
import type { Zone } from "../go/time-zone.ts";
import { listText, objectText, stringText } from "../release/json-text.ts";
import { parseStatus } from "../release/status.ts";
import type { ReleaseSummary } from "../release/summary.ts";
import type { Colors } from "./color.ts";
import { outputText, type OutputFormat } from "./output.ts";
import { storedInstant } from "./time.ts";

/** How a list is shown. */
export interface ListStyle {
  readonly format: OutputFormat;
  /** A layout of Go's; empty prints as Go's `Time.String`. */
  readonly timeFormat: string;
  readonly headers: boolean;
  readonly zone: Zone;
  readonly colors: Colors;
}

const TITLES = ["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"] as const;

/** What `helm list` prints. */
export function releaseListText(items: readonly ReleaseSummary[], style: ListStyle): string {
  return outputText(
    { table: () => table(items, style), json: () => listText(items.map((item) => element(item, style))) },
    style.format,
  );
}

/** What `helm list --short` prints: names alone. */
export function releaseNamesText(items: readonly ReleaseSummary[], format: OutputFormat): string {
  const names = items.map((item) => item.name);
  return outputText(
    { table: () => names.map((name) => `${name}\n`).join(""), json: () => listText(names.map(stringText)) },
    format,
  );
}

function table(items: readonly ReleaseSummary[], style: ListStyle): string {
  const { colors } = style;
  const rows = items.map((item) => [
    item.name,
    colors.namespace(item.namespace),
    String(item.revision),
    updatedText(item, style),
    colors.status(parseStatus(item.status)),
    item.chart,
    item.appVersion,
  ]);
  return `${formatTable(style.headers ? [TITLES.map(colors.header), ...rows] : rows)}\n`;
}

/** Helm compatibility: every member is a string, an empty one too. */
function element(item: ReleaseSummary, style: ListStyle): string {
  return objectText()
    .raw("name", stringText(item.name))
    .raw("namespace", stringText(item.namespace))
    .raw("revision", stringText(String(item.revision)))
    .raw("updated", stringText(updatedText(item, style)))
    .raw("status", stringText(item.status))
    .raw("chart", stringText(item.chart))
    .raw("app_version", stringText(item.appVersion))
    .end();
}

function updatedText({ updated }: ReleaseSummary, { timeFormat, zone }: ListStyle): string {
  if (updated === undefined) return "-";
  const instant = storedInstant(updated, zone);
  return timeFormat === "" ? timeText(instant) : formatTime(instant, timeFormat);
}
