/** What a flag takes, by pflag's names. */
export type FlagKind = "string" | "bool" | "strings" | "slice" | "map" | "duration" | "int" | "uint" | "float";

/** One flag of a command. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  /** What it does, of a flag that helm does not have. */
  readonly about?: string;
  /** The value when the flag stands without one; booleans have `true`. */
  readonly alone?: string;
  /** Printed to standard error behind `Flag --NAME has been deprecated, `. */
  readonly deprecated?: string;
  /** A line that is printed when the value is given. */
  readonly notice?: (value: string) => string | undefined;
  /** Refuses a value with the text that follows `invalid argument … flag: `. */
  readonly check?: (value: string) => string | undefined;
}

/** A command line that cobra would refuse; the message is what stands behind `Error: `. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}

/** A parsed command line. */
export interface ParsedFlags {
  readonly args: readonly string[];
  /** Every value of a flag in order; for `slice` each element. */
  readonly all: (name: string) => readonly string[];
  readonly last: (name: string) => string | undefined;
  readonly isOn: (name: string) => boolean;
  readonly isSet: (name: string) => boolean;
  /** Lines about deprecated flags, in order. */
  readonly notices: readonly string[];
}

interface State {
  readonly byName: ReadonlyMap<string, Flag>;
  readonly byShort: ReadonlyMap<string, Flag>;
  readonly values: Map<string, string[]>;
  readonly notices: string[];
  readonly rest: string[];
}

/** Parses flags as pflag does: anywhere among the arguments, up to `--`. Throws {@link FlagError} for the first fault. */
export function parseFlags(argv: readonly string[], flags: readonly Flag[]): ParsedFlags {
  const state: State = {
    byName: new Map(flags.map((flag) => [flag.name, flag])),
    byShort: new Map(flags.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag]]))),
    values: new Map(),
    notices: [],
    rest: [...argv],
  };
  const args: string[] = [];
  for (let arg = state.rest.shift(); arg !== undefined; arg = state.rest.shift()) {
    if (arg === "--") {
      args.push(...state.rest);
      break;
    }
    if (arg.startsWith("--")) parseLong(state, arg);
    else if (arg.startsWith("-") && arg !== "-") parseShort(state, arg);
    else args.push(arg);
  }
  const { values, notices } = state;
  return {
    args,
    all: (name) => values.get(name) ?? [],
    last: (name) => values.get(name)?.at(-1),
    isOn: (name) => parseBool(values.get(name)?.at(-1) ?? "false") ?? false,
    isSet: (name) => values.has(name),
    notices,
  };
}

function parseLong(state: State, arg: string): void {
  const text = arg.slice(2);
  if (text === "" || text.startsWith("-") || text.startsWith("=")) throw new FlagError(`bad flag syntax: ${arg}`);
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const flag = state.byName.get(name);
  if (flag === undefined) throw new FlagError(`unknown flag: --${name}`);
  const given = equals < 0 ? aloneValue(flag) : text.slice(equals + 1);
  const value = given ?? state.rest.shift();
  if (value === undefined) throw new FlagError(`flag needs an argument: ${arg}`);
  setFlag(state, flag, value);
}

function parseShort(state: State, arg: string): void {
  let cluster = arg.slice(1);
  while (cluster !== "") {
    const letter = cluster.slice(0, 1);
    const flag = state.byShort.get(letter);
    if (flag === undefined) throw new FlagError(`unknown shorthand flag: '${letter}' in -${cluster}`);
    const after = cluster.slice(1);
    if (after.length > 1 && after.startsWith("=")) return setFlag(state, flag, after.slice(1));
    const alone = aloneValue(flag);
    if (alone !== undefined) {
      setFlag(state, flag, alone);
      cluster = after;
      continue;
    }
    const value = after === "" ? state.rest.shift() : after;
    if (value === undefined) throw new FlagError(`flag needs an argument: '${letter}' in -${cluster}`);
    return setFlag(state, flag, value);
  }
}

function aloneValue(flag: Flag): string | undefined {
  return flag.alone ?? (flag.kind === "bool" ? "true" : undefined);
}

function setFlag(state: State, flag: Flag, value: string): void {
  const problem = flag.check?.(value) ?? kindProblem(flag.kind, value);
  if (problem !== undefined) {
    const name = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
    throw new FlagError(`invalid argument ${JSON.stringify(value)} for "${name}" flag: ${problem}`);
  }
  const values = flag.kind === "slice" ? readCsv(value).fields : [value];
  state.values.set(flag.name, [...(state.values.get(flag.name) ?? []), ...values]);
  const notice = flag.notice?.(value);
  if (notice !== undefined) state.notices.push(notice);
  if (flag.deprecated !== undefined) {
    state.notices.push(`Flag --${flag.name} has been deprecated, ${flag.deprecated}`);
  }
}

function kindProblem(kind: FlagKind, value: string): string | undefined {
  switch (kind) {
    case "bool":
      return parseBool(value) === undefined ? numberProblem("ParseBool", value) : undefined;
    case "slice":
      return readCsv(value).problem;
    case "map":
      return readCsv(value)
        .fields.map(pairProblem)
        .find((problem) => problem !== undefined);
    case "duration":
      return durationProblem(value);
    case "int":
      return /^[+-]?[0-9]+$/.test(value) ? undefined : numberProblem("ParseInt", value);
    case "uint":
      return /^\+?[0-9]+$/.test(value) ? undefined : numberProblem("ParseUint", value);
    case "float":
      return value.trim() === value && value !== "" && Number.isFinite(Number(value))
        ? undefined
        : numberProblem("ParseFloat", value);
    default:
      return undefined;
  }
}

function numberProblem(call: string, value: string): string {
  return `strconv.${call}: parsing ${JSON.stringify(value)}: invalid syntax`;
}

function pairProblem(pair: string): string | undefined {
  return pair.includes("=") ? undefined : `${pair} must be formatted as key=value`;
}

/** Go's `strconv.ParseBool`. */
export function parseBool(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  return ["0", "f", "F", "FALSE", "false", "False"].includes(text) ? false : undefined;
}

const DURATION = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h)/;

/** What Go's `time.ParseDuration` says against a text. */
function durationProblem(text: string): string | undefined {
  const quoted = JSON.stringify(text);
  let rest = text.replace(/^[-+]/, "");
  if (rest === "0") return undefined;
  if (rest === "") return `time: invalid duration ${quoted}`;
  while (rest !== "") {
    const part = DURATION.exec(rest);
    if (part === null) {
      const number = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)([^0-9.]*)/.exec(rest);
      if (number === null) return `time: invalid duration ${quoted}`;
      if (number[1] === "") return `time: missing unit in duration ${quoted}`;
      return `time: unknown unit ${JSON.stringify(number[1])} in duration ${quoted}`;
    }
    rest = rest.slice(part[0].length);
  }
  return undefined;
}

/** One line of CSV as Go's `encoding/csv` reads it: `"` quotes a field, `""` inside is one quote. */
export function readCsv(line: string): { readonly fields: readonly string[]; readonly problem?: string } {
  if (line === "") return { fields: [] };
  const fields: string[] = [];
  for (let at = 0; at <= line.length;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(",", at);
      const end = comma < 0 ? line.length : comma;
      const bare = line.slice(at, end).indexOf('"');
      if (bare >= 0) return { fields, problem: csvProblem(at + bare + 1, 'bare " in non-quoted field') };
      fields.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    const quoted = readQuoted(line, at + 1);
    if (quoted.problem !== undefined) return { fields, problem: quoted.problem };
    fields.push(quoted.field);
    at = quoted.end + 1;
  }
  return { fields };
}

function readQuoted(line: string, start: number): { field: string; end: number; problem?: string } {
  let field = "";
  for (let at = start; at < line.length; at++) {
    if (line[at] !== '"') {
      field += line[at];
    } else if (line[at + 1] === '"') {
      field += '"';
      at++;
    } else if (at + 1 === line.length || line[at + 1] === ",") {
      return { field, end: at + 1 };
    } else {
      return { field, end: at, problem: csvProblem(at + 1, 'extraneous or missing " in quoted-field') };
    }
  }
  return { field, end: line.length, problem: csvProblem(line.length + 1, 'extraneous or missing " in quoted-field') };
}

function csvProblem(column: number, text: string): string {
  return `parse error on line 1, column ${column}: ${text}`;
}
