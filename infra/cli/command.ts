import { EngineError } from "../../engine/errors.ts";
import type { Egress } from "../../engine/oci/egress.ts";
import { toUtf8 } from "../../engine/go/utf8.ts";
import type { PendingResolver } from "../../engine/render/index.ts";
import type { ChartWarning } from "../../engine/chart/index.ts";
import type { ToolFiles } from "./file-system.ts";
import { FlagError, parseFlags } from "./flags.ts";
import type { Flag, ParsedFlags } from "./flags.ts";
import { commandPath, helpText } from "./help.ts";
import { slogLine } from "./slog.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";

/** How a command speaks TLS: paths of PEM files, absent where no flag names one. */
export interface TlsFlags {
  readonly certificate?: string;
  readonly key?: string;
  readonly authority?: string;
  readonly insecure?: boolean;
}

/** What the chart commands see of the world. */
export interface CommandIo {
  readonly files: ToolFiles;
  readonly stdout: (bytes: Uint8Array) => void;
  readonly stderr: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 32 random bytes. */
  readonly seed: Uint8Array;
  readonly resolve: PendingResolver;
  readonly environment: (name: string) => string | undefined;
  readonly egress: (tls: TlsFlags) => Egress;
  readonly processId: number;
}

/** A refusal of the command itself; the message is what stands behind `Error: `. */
export class CommandError extends EngineError<"command"> {
  readonly code = "command";
}

/** Ends a command that did its work with another exit code. */
export class ExitStatus extends EngineError<"exit"> {
  readonly code = "exit";
  readonly status: number;
  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

/** A command as cobra knows it. */
export interface Command<Io extends CommandIo = CommandIo> {
  /** The usage line behind `helm `, without `[flags]`. */
  readonly use: string;
  /** Whose command it is; helm's where absent. */
  readonly program?: "helm" | "slipway";
  readonly flags: readonly Flag[];
  /** How many arguments it takes. */
  readonly arguments?: { readonly least?: number; readonly most?: number };
  /** Sets of flags of which one at most may be given. */
  readonly groups?: readonly (readonly string[])[];
  readonly run: (flags: ParsedFlags, io: Io) => Promise<void>;
}

/** Runs a command as Helm does and gives the exit code. `argv` is what follows the command's name. */
export async function runCommand<Io extends CommandIo>(
  command: Command<Io>,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  try {
    const flags = parseFlags(argv, command.flags);
    for (const notice of flags.notices) io.stderr(`${notice}\n`);
    if (flags.isOn("help")) {
      print(io, helpText(command.use, command.flags, command.program));
      return 0;
    }
    checkArguments(command, flags.args.length);
    checkGroups(command.groups ?? [], flags);
    await command.run(flags, io);
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    if (!(error instanceof EngineError) && !(error instanceof FlagError)) throw error;
    io.stderr(`Error: ${error.message}\n`);
    return 1;
  }
}

/** Refuses flags that exclude each other, in cobra's words. */
export function checkGroups(groups: readonly (readonly string[])[], flags: ParsedFlags): void {
  for (const group of groups) {
    const set = group.filter((name) => flags.isSet(name));
    if (set.length < 2) continue;
    throw new CommandError(
      `if any flags in the group [${group.join(" ")}] are set none of the others can be; [${set.toSorted().join(" ")}] were all set`,
    );
  }
}

function checkArguments(
  {
    use,
    program = "helm",
    arguments: { least = 0, most = Infinity } = {},
  }: Pick<Command, "use" | "program" | "arguments">,
  count: number,
): void {
  if (count >= least && count <= most) return;
  const path = JSON.stringify(`${program} ${commandPath(use)}`);
  throw new CommandError(`${path} ${expectation(least, most)}\n\nUsage:  ${program} ${use} [flags]`);
}

function expectation(least: number, most: number): string {
  if (most === 0) return "accepts no arguments";
  if (least === most) return `requires ${plural(least)}`;
  return most === Infinity ? `requires at least ${plural(least)}` : `accepts at most ${plural(most)}`;
}

function plural(count: number): string {
  return `${count} ${count === 1 ? "argument" : "arguments"}`;
}

/** Prints text to standard output. */
export function print(io: Pick<CommandIo, "stdout">, text: string): void {
  if (text !== "") io.stdout(toUtf8(text));
}

/** Logs what a chart makes Helm log. */
export function warner(io: Pick<CommandIo, "stderr">): (warning: ChartWarning) => void {
  return ({ level, message, attributes }) => io.stderr(slogLine(level, message, attributes));
}

/** Helm compatibility: a group of commands alone, or with a name that it does not have, prints its help and succeeds. */
export function groupCommand(use: string): Command {
  return { use, flags: GLOBAL_FLAGS, run: async (_, io) => print(io, helpText(use, GLOBAL_FLAGS)) };
}
