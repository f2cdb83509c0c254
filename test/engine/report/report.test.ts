import { describe, expect, it } from "vitest";
import { formatTable } from "../../../engine/chart/table.ts";
import { fixedZone, loadZone, UTC, type Zone } from "../../../engine/go/time-zone.ts";
import { parseReleaseText } from "../../../engine/release/document.ts";
import type { Release } from "../../../engine/release/release.ts";
import type { ReleaseSummary } from "../../../engine/release/summary.ts";
import { COLORED, PLAIN } from "../../../engine/report/color.ts";
import { historyText } from "../../../engine/report/history.ts";
import { metadataText } from "../../../engine/report/metadata.ts";
import { releaseListText, releaseNamesText } from "../../../engine/report/release-list.ts";
import { releaseTemplateText } from "../../../engine/report/release-template.ts";
import { serverTablesText } from "../../../engine/report/server-table.ts";
import { statusText } from "../../../engine/report/status.ts";
import { getValuesText } from "../../../engine/report/values.ts";

const item = (name: string, revision: number, chart: string, appVersion: string, updated?: string): ReleaseSummary => ({
  name,
  namespace: "default",
  revision,
  status: "deployed",
  chart,
  appVersion,
  description: "",
  ...(updated === undefined ? {} : { updated }),
});
// The releases of Helm's own testdata/releases.yaml; the texts are what helm 4.3.1 prints of them.
const ITEMS = [
  item("aramis", 3, "aramis-chart-0.0.3", "3.0.3"),
  item("athos", 1, "athos-chart-1.0.0", "1.1.0"),
  item("porthos", 2, "porthos-chart-0.2.0", "0.2.2"),
];
const LIST = { format: "table", timeFormat: "", headers: true, zone: UTC, colors: PLAIN } as const;
const BERLIN = loadZone("Europe/Berlin") ?? UTC;

describe("a list", () => {
  it("is a table of padded cells divided by tabs", () => {
    expect(releaseListText(ITEMS, LIST)).toBe(
      "NAME   \tNAMESPACE\tREVISION\tUPDATED\tSTATUS  \tCHART              \tAPP VERSION\n" +
        "aramis \tdefault  \t3       \t-      \tdeployed\taramis-chart-0.0.3 \t3.0.3      \n" +
        "athos  \tdefault  \t1       \t-      \tdeployed\tathos-chart-1.0.0  \t1.1.0      \n" +
        "porthos\tdefault  \t2       \t-      \tdeployed\tporthos-chart-0.2.0\t0.2.2      \n",
    );
  });

  it("has no more than a line break without headers and items", () => {
    expect(releaseListText([], { ...LIST, headers: false })).toBe("\n");
  });

  it("is colored without becoming wider", () => {
    expect(releaseListText(ITEMS.slice(0, 1), { ...LIST, colors: COLORED })).toBe(
      "\u001b[1mNAME\u001b[22m  \t\u001b[1mNAMESPACE\u001b[22m\t\u001b[1mREVISION\u001b[22m\t\u001b[1mUPDATED\u001b[22m\t\u001b[1mSTATUS\u001b[22m  \t\u001b[1mCHART\u001b[22m             \t\u001b[1mAPP VERSION\u001b[22m\n" +
        "aramis\t\u001b[36mdefault\u001b[0m  \t3       \t-      \t\u001b[32mdeployed\u001b[0m\taramis-chart-0.0.3\t3.0.3      \n",
    );
  });

  it("is JSON and YAML of texts alone, and of names alone", () => {
    expect(releaseListText(ITEMS.slice(1, 2), { ...LIST, format: "json" })).toBe(
      '[{"name":"athos","namespace":"default","revision":"1","updated":"-","status":"deployed","chart":"athos-chart-1.0.0","app_version":"1.1.0"}]\n',
    );
    expect(releaseListText([], { ...LIST, format: "yaml" })).toBe("[]\n");
    expect(releaseNamesText(ITEMS, "json")).toBe('["aramis","athos","porthos"]\n');
    expect(releaseNamesText([], "yaml")).toBe("[]\n");
  });

  it.each<[string, Zone, string, string]>([
    ["2026-08-13T10:46:03.12Z", UTC, "", "2026-08-13 10:46:03.12 +0000 UTC"],
    ["2026-08-13T10:46:03.12Z", BERLIN, "", "2026-08-13 10:46:03.12 +0000 UTC"],
    ["2026-08-13T12:46:03+02:00", BERLIN, "", "2026-08-13 12:46:03 +0200 CEST"],
    ["2026-08-13T10:46:03-04:00", BERLIN, "", "2026-08-13 10:46:03 -0400 -0400"],
    ["2026-08-13T10:46:03Z", fixedZone("", 0), "Mon 02", "Thu 13"],
  ])("shows %s in a zone and a layout", (updated, zone, timeFormat, wanted) => {
    const text = releaseListText([item("a", 1, "c-1", "1", updated)], { ...LIST, zone, timeFormat, format: "json" });
    expect(text).toContain(`"updated":"${wanted}"`);
  });
});

describe("a table", () => {
  it("cuts a cell of several lines by the length of all, as helm's does", () => {
    expect(formatTable([["a", "one\ntwo words"]])).toBe("a\tone      \n \ttwo...   ");
  });
});

describe("a history", () => {
  it("has a column for rollbacks where asked for", () => {
    const items = [
      { ...item("a", 4, "c-1", "2", "2016-10-03T10:15:13Z"), rollbackRevision: 2, description: "Rollback to 2" },
    ];
    expect(historyText(items, { format: "table", rollbackColumn: true, zone: UTC })).toBe(
      "REVISION\tUPDATED                 \tSTATUS  \tCHART\tAPP VERSION\tROLLBACK\tDESCRIPTION  \n" +
        "4       \tMon Oct  3 10:15:13 2016\tdeployed\tc-1  \t2          \t2       \tRollback to 2\n",
    );
    expect(historyText(items, { format: "json", rollbackColumn: false, zone: UTC })).toBe(
      '[{"revision":4,"updated":"2016-10-03T10:15:13Z","status":"deployed","chart":"c-1","app_version":"2","rollback_revision":2,"description":"Rollback to 2"}]\n',
    );
  });
});

const ATHOS: Release = parseReleaseText(
  '{"name":"athos","info":{"status":"deployed"},"chart":{"metadata":{"name":"athos-chart","version":"1.0.0","appVersion":"1.1.0"}},"version":1,"namespace":"default"}',
);
const STATUS = { format: "table", zone: UTC, colors: PLAIN } as const;

describe("a status", () => {
  it("is helm's block, longer with its metadata and values", () => {
    expect(statusText(ATHOS, STATUS)).toBe(
      "NAME: athos\nNAMESPACE: default\nSTATUS: deployed\nREVISION: 1\nDESCRIPTION: \nTEST SUITE: None\n",
    );
    expect(statusText(ATHOS, { ...STATUS, debug: true, metadata: true })).toBe(
      "NAME: athos\nNAMESPACE: default\nSTATUS: deployed\nREVISION: 1\nCHART: athos-chart\nVERSION: 1.0.0\nAPP_VERSION: 1.1.0\nDESCRIPTION: \nTEST SUITE: None\nUSER-SUPPLIED VALUES:\nnull\n\nCOMPUTED VALUES:\n{}\n\nHOOKS:\nMANIFEST:\n\n",
    );
  });

  it("holds live objects by kind in JSON, and no chart", () => {
    const resources = [{ name: "v1/ConfigMap", objects: [{ kind: "ConfigMap" }] }];
    expect(statusText(ATHOS, { ...STATUS, format: "json", withoutChart: true, resources })).toBe(
      '{"name":"athos","info":{"status":"deployed","resources":{"v1/ConfigMap":[{"kind":"ConfigMap"}]}},"version":1,"namespace":"default"}\n',
    );
  });
});

describe("a server's table", () => {
  const table = (rows: readonly (readonly (string | number | null)[])[]) => ({
    kind: "Table",
    columnDefinitions: [
      { name: "Name", type: "string", priority: 0 },
      { name: "Data", type: "integer", priority: 0 },
      { name: "Hidden", type: "string", priority: 1 },
      { name: "Age", type: "string", priority: 0 },
    ],
    rows: rows.map((cells) => ({ cells })),
  });

  it("has a header once, and columns of its own for each object", () => {
    expect(serverTablesText([table([["a", 1, "x", "5s"]]), table([["a-long-name", 12, "x", null]])])).toBe(
      "NAME   DATA   AGE\na      1      5s\na-long-name   12    \n",
    );
  });

  it("shows one line of a cell", () => {
    expect(serverTablesText([table([["a\nb", 1, "", "\u001b[31m"]])])).toBe(
      "NAME   DATA   AGE\na...   1      ^[[31m\n",
    );
  });
});

describe("the rest of a release", () => {
  it.each([
    [
      "table",
      "NAME: athos\nCHART: athos-chart\nVERSION: 1.0.0\nAPP_VERSION: 1.1.0\nANNOTATIONS: \nLABELS: a=1,b=2\nDEPENDENCIES: \nNAMESPACE: default\nREVISION: 1\nSTATUS: deployed\nDEPLOYED_AT: 0001-01-01T00:00:00Z\nAPPLY_METHOD: client-side apply (defaulted)\n",
    ],
    [
      "yaml",
      'appVersion: 1.1.0\nchart: athos-chart\ndeployedAt: "0001-01-01T00:00:00Z"\nlabels:\n  a: "1"\n  b: "2"\nname: athos\nnamespace: default\nrevision: 1\nstatus: deployed\nversion: 1.0.0\n',
    ],
  ] as const)("is metadata as %s", (format, wanted) => {
    expect(metadataText(ATHOS, { b: "2", a: "1" }, { format, zone: UTC })).toBe(wanted);
  });

  it("is null where the user gave no values", () => {
    expect(getValuesText(ATHOS.config, "yaml", false)).toBe("null\n");
    expect(getValuesText(ATHOS.config, "table", false)).toBe("USER-SUPPLIED VALUES:\nnull\n");
  });

  it("is whatever a template makes of it", () => {
    const template =
      '{{.Release.Name}} {{.Release.Info.LastDeployed}} {{printf "%v" .Release.Info.Status}} {{.Release.Chart.Metadata.Version}}';
    expect(releaseTemplateText(template, ATHOS, { zone: UTC, now: 0 })).toBe(
      "athos 0001-01-01 00:00:00 +0000 UTC deployed 1.0.0",
    );
    expect(() => releaseTemplateText("{{", ATHOS, { zone: UTC, now: 0 })).toThrow("template: _:1: unclosed action");
  });
});
