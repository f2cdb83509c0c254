/** What somebody typed behind `/slipway`. */
export type Command =
  | {
      readonly kind: "upgrade";
      readonly release: string;
      readonly version?: string;
      readonly namespace?: string;
      /** Goes on beside Argo CD or Flux that manages the same objects. */
      readonly alongside?: true;
    }
  | { readonly kind: "status"; readonly release: string; readonly namespace?: string }
  | { readonly kind: "help"; readonly fault?: string };

/** A line of chat. */
const MAX_WORDS = 20;

/** Reads `upgrade NAME [--version X] [-n NS] [--alongside]`, `status NAME [-n NS]` or `help`; anything else is help with the fault. */
export function parseCommand(text: string): Command {
  const words = text
    .trim()
    .split(/\s+/, MAX_WORDS)
    .filter((word) => word !== "");
  const [verb = "help", ...rest] = words;
  if (verb === "help") return { kind: "help" };
  if (verb !== "upgrade" && verb !== "status")
    return { kind: "help", fault: `there is no command ${verb.slice(0, 40)}` };
  const flags = readFlags(rest);
  if ("fault" in flags) return { kind: "help", fault: flags.fault };
  const { release, version, namespace, alongside } = flags;
  if (release === undefined) return { kind: "help", fault: `${verb} needs the name of a release` };
  const where = namespace === undefined ? {} : { namespace };
  if (verb === "status") return { kind: "status", release, ...where };
  const beside = alongside === true ? { alongside } : {};
  return { kind: "upgrade", release, ...(version === undefined ? {} : { version }), ...where, ...beside };
}

interface Flags {
  readonly release?: string;
  readonly version?: string;
  readonly namespace?: string;
  readonly alongside?: true;
}

const FLAG_NAMES: ReadonlyMap<string, "version" | "namespace"> = new Map([
  ["--version", "version"],
  ["--namespace", "namespace"],
  ["-n", "namespace"],
]);

function readFlags(words: readonly string[]): Flags | { readonly fault: string } {
  let flags: Flags = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const [head, joined] = word.startsWith("-") ? splitFlag(word) : [word];
    const name = FLAG_NAMES.get(head);
    if (name !== undefined) {
      const value = joined ?? words[++i];
      if (value === undefined || value === "") return { fault: `${head} needs a value` };
      flags = { ...flags, [name]: value };
    } else if (word === "--alongside") {
      flags = { ...flags, alongside: true };
    } else if (word.startsWith("-") || flags.release !== undefined) {
      return { fault: `${word.slice(0, 40)} means nothing here` };
    } else {
      flags = { ...flags, release: word };
    }
  }
  return flags;
}

function splitFlag(word: string): readonly [string, string?] {
  const equals = word.indexOf("=");
  return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
}
