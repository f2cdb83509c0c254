import { type Command, CommandError, groupCommand } from "./command.ts";
import type { ShownPart } from "../../engine/chart/show.ts";

/** A chart command and the arguments that are left for it. */
export interface FoundCommand {
  readonly command: Command;
  readonly argv: readonly string[];
}

const PARTS: ReadonlySet<string> = new Set(["all", "chart", "values", "readme", "crds"] satisfies readonly ShownPart[]);

function isPart(text: string): text is ShownPart {
  return PARTS.has(text);
}

/** The chart command that a command line names, by Helm's names and aliases; `undefined` for others. Loads only what that command needs. */
export async function findChartCommand(argv: readonly string[]): Promise<FoundCommand | undefined> {
  const [name = "", ...rest] = argv;
  const [second = "", ...others] = rest;
  switch (name) {
    case "create":
      return { command: (await import("./create.ts")).createCommand, argv: rest };
    case "dependency":
    case "dependencies":
    case "dep":
      return await findDependencyCommand(second, others);
    case "lint":
      return { command: (await import("./lint.ts")).lintCommand, argv: rest };
    case "package":
      return { command: (await import("./package.ts")).packageCommand, argv: rest };
    case "pull":
    case "fetch":
      return { command: (await import("./pull.ts")).pullCommand, argv: rest };
    case "push":
      return { command: (await import("./push.ts")).pushCommand, argv: rest };
    case "verify":
      return { command: (await import("./verify.ts")).verifyCommand, argv: rest };
    case "plugin":
      return await findPluginCommand(second, others);
    case "show":
    case "inspect":
      if (!isPart(second)) return { command: groupCommand("show all|chart|values|readme|crds CHART"), argv: rest };
      return { command: (await import("./show.ts")).showCommand(second), argv: others };
    default:
      return undefined;
  }
}

async function findPluginCommand(name: string, argv: readonly string[]): Promise<FoundCommand> {
  switch (name) {
    case "inspect":
      return { command: (await import("./plugin-inspect.ts")).pluginInspectCommand, argv };
    case "list":
    case "ls":
      return { command: (await import("./plugin-list.ts")).pluginListCommand, argv };
    case "test":
      return { command: (await import("./plugin-test.ts")).pluginTestCommand, argv };
    default:
      return { command: pluginGroup(name), argv: [name, ...argv] };
  }
}

/** Helm's other commands for plugins; what a script installs must not seem to be there. */
const HELM_ONLY: ReadonlySet<string> = new Set([
  "install",
  "add",
  "package",
  "uninstall",
  "rm",
  "remove",
  "update",
  "up",
  "verify",
]);

function pluginGroup(name: string): Command {
  const group = groupCommand("plugin inspect|list|test");
  if (name === "" || name.startsWith("-")) return group;
  const instead = HELM_ONLY.has(name) ? `: helm plugin ${name} does it` : "; it has plugin inspect, list and test";
  return {
    ...group,
    run: async () => {
      throw new CommandError(`slipway has no command "plugin ${name}"${instead}`);
    },
  };
}

async function findDependencyCommand(name: string, argv: readonly string[]): Promise<FoundCommand> {
  const commands = await import("./dependency.ts");
  switch (name) {
    case "list":
    case "ls":
      return { command: commands.dependencyListCommand, argv };
    case "update":
    case "up":
      return { command: commands.dependencyUpdateCommand, argv };
    case "build":
      return { command: commands.dependencyBuildCommand, argv };
    default:
      return { command: groupCommand("dependency list|build|update CHART"), argv: [name, ...argv] };
  }
}
