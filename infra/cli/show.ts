import { printJsonPath } from "../../engine/chart/json-path.ts";
import { showChart } from "../../engine/chart/show.ts";
import type { ShownPart } from "../../engine/chart/show.ts";
import { print } from "./command.ts";
import type { Command } from "./command.ts";
import { loadAnyChart } from "./load-chart.ts";
import { locateChart } from "./locate-chart.ts";
import { CHART_FLAGS, GLOBAL_FLAGS } from "./template-flags.ts";

/** `slipway show PART`. */
export function showCommand(part: ShownPart): Command {
  return {
    use: `show ${part} [CHART]`,
    arguments: { least: 1, most: 1 },
    flags: [
      ...GLOBAL_FLAGS,
      ...CHART_FLAGS,
      ...(part === "values" ? ([{ name: "jsonpath", kind: "string" }] as const) : []),
    ],
    run: async (flags, io) => {
      const path = await locateChart(flags.args[0] ?? "", flags, io);
      const chart = await loadAnyChart(path, io);
      const template = flags.last("jsonpath") ?? "";
      print(io, showChart(chart, part, template === "" ? undefined : printJsonPath(template, chart.values)));
    },
  };
}
