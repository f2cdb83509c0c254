import { groupCommand } from "../command.ts";
import type { GotPart } from "./get.ts";
import type { ReleaseCommand } from "./io.ts";

/** A command about releases and the arguments that are left for it. */
export interface FoundReleaseCommand {
  readonly command: ReleaseCommand;
  readonly argv: readonly string[];
}

const PARTS: ReadonlySet<string> = new Set([
  "all",
  "hooks",
  "manifest",
  "metadata",
  "notes",
  "values",
] satisfies readonly GotPart[]);

function isPart(text: string): text is GotPart {
  return PARTS.has(text);
}

/** The release command that a command line names, by Helm's names and aliases; `undefined` for others. Loads only what it needs. */
export async function findReleaseCommand(argv: readonly string[]): Promise<FoundReleaseCommand | undefined> {
  const [name = "", ...rest] = argv;
  const [second = "", ...others] = rest;
  switch (name) {
    case "install":
      return { command: (await import("./install.ts")).installCommand, argv: rest };
    case "upgrade":
      return { command: (await import("./upgrade.ts")).upgradeCommand, argv: rest };
    case "plan":
      if (second === "rollback") return { command: (await import("./plan.ts")).planRollbackCommand, argv: others };
      if (second === "uninstall") return { command: (await import("./plan.ts")).planUninstallCommand, argv: others };
      return { command: (await import("./plan.ts")).planCommand, argv: rest };
    case "drift":
      return { command: (await import("./drift.ts")).driftCommand, argv: rest };
    case "ownership":
      return { command: (await import("./ownership.ts")).ownershipCommand, argv: rest };
    case "assess":
      return { command: (await import("./assess.ts")).assessCommand, argv: rest };
    case "unlock":
      return { command: (await import("./unlock.ts")).unlockCommand, argv: rest };
    case "rollback":
      return { command: (await import("./rollback.ts")).rollbackCommand, argv: rest };
    case "uninstall":
    case "del":
    case "delete":
    case "un":
      return { command: (await import("./uninstall.ts")).uninstallCommand, argv: rest };
    case "test":
      return { command: (await import("./test.ts")).testCommand, argv: rest };
    case "list":
    case "ls":
      return { command: (await import("./list.ts")).listCommand, argv: rest };
    case "status":
      return { command: (await import("./status.ts")).statusCommand, argv: rest };
    case "history":
    case "hist":
      return { command: (await import("./history.ts")).historyCommand, argv: rest };
    case "get":
      if (!isPart(second))
        return { command: groupCommand("get all|hooks|manifest|metadata|notes|values RELEASE_NAME"), argv: rest };
      return { command: (await import("./get.ts")).getCommand(second), argv: others };
    default:
      return undefined;
  }
}
