import { testFilters } from "../../../engine/action/tested.ts";
import { testLogs } from "../../../engine/action/test-logs.ts";
import { statusText } from "../../../engine/report/status.ts";
import { EngineError } from "../../../engine/errors.ts";
import { CommandError, print } from "../command.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { withCluster } from "./cluster.ts";
import { drive } from "./drive.ts";
import { JUDGING_FLAGS, timeoutOf, viewOf } from "./flags.ts";
import type { ReleaseCommand } from "./io.ts";
import { getRelease } from "../../../engine/action/read.ts";

/** `slipway test`. */
export const testCommand: ReleaseCommand = {
  use: "test [RELEASE]",
  arguments: { least: 1, most: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    ...JUDGING_FLAGS,
    { name: "timeout", kind: "duration" },
    { name: "filter", kind: "slice" },
    { name: "logs", kind: "bool" },
    { name: "progress", kind: "bool" },
  ],
  run: (flags, io) =>
    withCluster(flags, io, async (cluster) => {
      const [name = ""] = flags.args;
      const target = { name, namespace: cluster.namespace };
      const filters = testFilters(flags.all("filter"));
      let logs = "";
      let problem = "";
      const { outcome, release } = await drive(
        { action: "test", ...target, ...filters, logs: false, timeout: timeoutOf(flags) },
        {
          flags,
          io,
          cluster,
          onEvent: async (event) => {
            if (!flags.isOn("logs") || event.type !== "phase" || event.phase !== "tested") return;
            try {
              const stored = await getRelease(cluster.reads, target);
              for await (const text of testLogs(cluster.reads, stored.release, filters)) logs += text;
            } catch (error) {
              if (!(error instanceof EngineError)) throw error;
              problem = error.message;
            }
          },
        },
      );
      if (release !== undefined) {
        print(io, statusText(release, { ...viewOf(flags, io), hideNotes: true }));
        if (flags.isOn("logs")) print(io, `\n${logs}`);
      }
      const failures = [outcome.kind === "failed" ? outcome.message : "", problem].filter((text) => text !== "");
      if (failures.length > 0) throw new CommandError(failures.join("\n"));
    }),
};
