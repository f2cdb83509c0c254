import type { AssessmentPage, Finding, FindingObject, ReleaseAssessment } from "./finding.ts";

/** How an assessment is printed. */
export interface PrintStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
}

/** Objects of a finding that are printed; JSON has all. */
const MAX_OBJECTS = 8;
const MARKS = { blocked: "BLOCKED", attention: "LOOK", ready: "READY" } as const;
const COLORS = { blocked: 31, attention: 33, ready: 32 } as const;
const SEVERITIES = { blocker: "blocked", attention: "attention", note: "ready" } as const;

/** An assessment for a terminal: a table of the releases, then the findings of each and what to do. */
export function printAssessment(page: Pick<AssessmentPage, "items" | "unread">, style: PrintStyle): string {
  const { items, unread } = page;
  if (items.length === 0 && unread.length === 0) return "There are no releases.\n";
  const parts = [
    table(items, style),
    ...items.map((item) => release(item, style)),
    todoText(items, style),
    unreadText(unread, style),
    sum(items),
  ];
  return parts.filter((text) => text !== "").join("\n");
}

const TITLES = ["RELEASE", "HELM", "APPLY", "STATUS", "OBJECTS", "FOUND", "VERDICT"] as const;

function table(items: readonly ReleaseAssessment[], style: PrintStyle): string {
  const rows = items.map((item) => [
    `${item.namespace}/${item.name}`,
    { helm3: "3", helm4: "4", unknown: "?" }[item.generation],
    { "client-side": "client", "server-side": "server", unknown: "?" }[item.applyMethod],
    item.status,
    String(item.objects.total),
    String(item.findings.length),
    MARKS[item.verdict],
  ]);
  const widths = TITLES.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? "").length)));
  const room = Math.max(12, style.width - widths.slice(1).reduce((total, width) => total + width + 2, 0));
  const columns = [Math.min(widths[0] ?? 0, room), ...widths.slice(1)];
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cut(cell, columns[i] ?? 0).padEnd(columns[i] ?? 0))
      .join("  ")
      .trimEnd();
  const colored = items.map((item, i) => {
    const text = line(rows[i] ?? []);
    const mark = MARKS[item.verdict];
    return `${text.slice(0, text.length - mark.length)}${paint(mark, COLORS[item.verdict], style)}`;
  });
  return [line(TITLES), ...colored, ""].join("\n");
}

function release(item: ReleaseAssessment, style: PrintStyle): string {
  if (item.findings.length === 0) return "";
  const title = `${item.namespace}/${item.name}: ${item.chart}, revision ${item.revision}`;
  return [paint(cut(title, style.width), 1, style), ...item.findings.flatMap((one) => finding(one, style)), ""].join(
    "\n",
  );
}

function finding(one: Finding, style: PrintStyle): readonly string[] {
  const verdict = SEVERITIES[one.severity];
  const mark = one.severity.padEnd("attention".length);
  const [first = "", ...more] = wrap(`${one.code}: ${one.message}`, style.width - 13);
  const told = one.objects.slice(0, MAX_OBJECTS).flatMap((object) => hanging("- ", objectText(object), 13, style));
  const left = one.objects.length - MAX_OBJECTS;
  return [
    `  ${paint(mark, COLORS[verdict], style)}  ${first}`,
    ...more.map((text) => `${" ".repeat(13)}${text}`),
    ...told,
    ...(left > 0 ? [`${" ".repeat(13)}- and ${left} more: -o json tells all`] : []),
    ...(isOfItsOwn(one) ? one.todo.flatMap((text) => hanging("> ", text, 13, style)) : []),
  ];
}

/** What to do about such a finding names the release; about others it is told once for all. */
function isOfItsOwn({ code }: Finding): boolean {
  return code === "managed-by-gitops";
}

function todoText(items: readonly ReleaseAssessment[], style: PrintStyle): string {
  const found = items.flatMap((item) => item.findings).filter((one) => !isOfItsOwn(one));
  const codes = Map.groupBy(found, (one) => one.code);
  const lines = [...codes].flatMap(([code, some]) => [
    `  ${code}`,
    ...[...new Set(some.flatMap((one) => one.todo))].flatMap((text) => hanging("> ", text, 4, style)),
  ]);
  return lines.length === 0 ? "" : [paint("What to do", 1, style), ...lines, ""].join("\n");
}

function objectText({ kind, namespace, name, field, manager, detail }: FindingObject): string {
  const where = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  const owned = field === undefined ? "" : `: ${field} is owned by "${manager ?? ""}"`;
  return `${where}${owned}${detail === undefined ? "" : ` (${detail})`}`;
}

function unreadText(unread: AssessmentPage["unread"], style: PrintStyle): string {
  if (unread.length === 0) return "";
  return ["Not read:", ...unread.flatMap(({ what, why }) => hanging("- ", `${what}: ${why}`, 2, style)), ""].join("\n");
}

function sum(items: readonly ReleaseAssessment[]): string {
  const count = (verdict: ReleaseAssessment["verdict"]): number =>
    items.filter((one) => one.verdict === verdict).length;
  const what = items.length === 1 ? "1 release" : `${items.length} releases`;
  return `${what}: ${count("blocked")} blocked, ${count("attention")} to look at, ${count("ready")} ready. Nothing was changed.\n`;
}

/** A text behind a mark; its further lines stand below its first word. */
function hanging(mark: string, text: string, indent: number, { width }: PrintStyle): readonly string[] {
  return wrap(text, width - indent - mark.length).map(
    (line, i) => `${" ".repeat(indent)}${i === 0 ? mark : " ".repeat(mark.length)}${line}`,
  );
}

/** Lines of at most `width`; a longer word stays whole, so that it can be copied. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function paint(text: string, color: number, style: PrintStyle): string {
  return style.color ? `\u001b[${color}m${text}\u001b[0m` : text;
}
