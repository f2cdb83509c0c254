import { listDependencies } from "../../engine/chart/dependency-list.ts";
import { buildDependencies, updateDependencies } from "../../engine/chart/dependency-update.ts";
import type { DependencyJob } from "../../engine/chart/dependency-update.ts";
import { cleanPath } from "../../engine/go/path.ts";
import { print } from "./command.ts";
import type { Command, CommandIo } from "./command.ts";
import { connectionChoice, downloadPlace, keyringPath } from "./download-place.ts";
import { readEpoch } from "./epoch.ts";
import type { ParsedFlags } from "./flags.ts";
import { GLOBAL_FLAGS, TRANSFER_FLAGS } from "./template-flags.ts";
import { localTimestamp } from "./timestamp.ts";
import { toolFolder } from "./tool-folder.ts";

const WIDTH = "80";

/** `slipway dependency list`. */
export const dependencyListCommand: Command = {
  use: "dependency list CHART",
  arguments: { most: 1 },
  flags: [...GLOBAL_FLAGS, { name: "max-col-width", kind: "uint" }],
  run: async (flags, io) => {
    const width = Number(flags.last("max-col-width") ?? WIDTH);
    print(io, await listDependencies(chartPath(flags), width, toolFolder(io)));
  },
};

const DIGESTS_FLAG: Command["flags"][number] = {
  name: "digests",
  kind: "bool",
  about: "write digests of what is fetched into Chart.lock.sha256, which build then checks",
};

/** `slipway dependency update`. */
export const dependencyUpdateCommand: Command = {
  use: "dependency update CHART",
  arguments: { most: 1 },
  flags: [...updateFlags(), DIGESTS_FLAG],
  run: async (flags, io) => {
    const verify = flags.isOn("verify") ? "always" : "never";
    const digests = flags.isOn("digests");
    await updateDependencies({ ...dependencyJob(chartPath(flags), flags, io), verify, digests });
  },
};

/** `slipway dependency build`. */
export const dependencyBuildCommand: Command = {
  use: "dependency build CHART",
  arguments: { most: 1 },
  flags: updateFlags(),
  run: async (flags, io) => {
    const verify = flags.isOn("verify") ? "if-possible" : "never";
    await buildDependencies({ ...dependencyJob(chartPath(flags), flags, io), verify });
  },
};

function updateFlags(): Command["flags"] {
  return [
    ...GLOBAL_FLAGS,
    ...TRANSFER_FLAGS,
    { name: "verify", kind: "bool" },
    { name: "skip-refresh", kind: "bool" },
    { name: "keyring", kind: "string" },
  ];
}

function chartPath(flags: ParsedFlags): string {
  const [given] = flags.args;
  return given === undefined ? "." : cleanPath(given);
}

/** The job of fetching a chart's dependencies. Helm compatibility: a quiet one still prints what came from registries. */
export function dependencyJob(path: string, flags: ParsedFlags, io: CommandIo, isQuiet = false): DependencyJob {
  return {
    place: isQuiet
      ? downloadPlace(
          flags,
          io,
          () => undefined,
          (text) => print(io, text),
        )
      : downloadPlace(flags, io),
    chartPath: path,
    choice: connectionChoice(flags),
    verify: "never",
    keyring: keyringPath(flags, io),
    skipRefresh: flags.isOn("skip-refresh"),
    epoch: readEpoch(io),
    now: io.now,
    timestamp: () => localTimestamp(io.now()),
    processId: io.processId,
  };
}
