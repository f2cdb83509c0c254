import type { Flag, FlagKind } from "./flags.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";

/** A kind as pflag names it behind a flag. */
const KIND_NAMES: Readonly<Record<FlagKind, string>> = {
  string: " string",
  bool: "",
  strings: " stringArray",
  slice: " strings",
  map: " stringToString",
  duration: " duration",
  int: " int",
  uint: " uint",
  float: " float32",
};

const HELP_FLAG = "help";

/**
 * What `--help` prints of a command: its usage line and its flags. Those that helm has mean here what they mean there, so that helm's own
 * help is referred to; the others are explained. `program` is whose command it is.
 */
export function helpText(use: string, flags: readonly Flag[], program: "helm" | "slipway" = "helm"): string {
  const theirs = program === "helm" ? `helm ${commandPath(use)} --help` : "helm --help";
  const shown = flags.filter((flag) => flag.deprecated === undefined);
  return `Usage:
  slipway ${use} [flags]

Flags:
${flagLines(shown.filter((flag) => !isGlobal(flag)))}
Global Flags:
${flagLines(shown.filter(isGlobal))}
A flag without words is helm's: "${theirs}" explains it.
`;
}

function isGlobal({ name }: Flag): boolean {
  return name !== HELP_FLAG && GLOBAL_FLAGS.some((flag) => flag.name === name);
}

/** The words of a usage line before the first argument. */
export function commandPath(use: string): string {
  return /^[a-z]+(?: [a-z]+)*(?= |$)/.exec(use)?.[0] ?? use;
}

function flagLines(flags: readonly Flag[]): string {
  const sorted = flags.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rows = sorted.map((flag) => [flagTerm(flag), flag.about ?? ""] as const);
  const width = Math.max(0, ...rows.map(([term]) => term.length));
  return rows.map(([term, about]) => `${about === "" ? term : `${term.padEnd(width)}   ${about}`}\n`).join("");
}

function flagTerm({ name, short, kind, alone }: Flag): string {
  const letter = short === undefined ? "    " : `-${short}, `;
  return `  ${letter}--${name}${KIND_NAMES[kind]}${alone === undefined ? "" : `[=${alone}]`}`;
}
