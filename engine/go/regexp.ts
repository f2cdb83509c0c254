import { RE2JS, RE2JSSyntaxException } from "re2js";
import { groupNames } from "./regexp-groups.ts";
import { isStray } from "./unicode.ts";
import { GoFailure } from "./value.ts";

/** A pair of UTF-16 offsets by group, the whole match first; -1 where a group took no part. */
export type Match = readonly number[];

/** A compiled pattern of Go's `regexp`: linear-time matching, leftmost-first. */
export interface Regexp {
  /** Names by group number, "" for none; the first is the whole match. Go allows a name twice. */
  readonly names: readonly string[];
  /** Does it match anywhere? */
  readonly test: (text: string) => boolean;
  /** The leftmost match at or after `from`, without its groups. */
  readonly find: (text: string, from: number) => Match | undefined;
  /** The leftmost match at or after `from`, with its groups. */
  readonly match: (text: string, from: number) => Match | undefined;
}

/** Takes units of work, each about a microsecond. */
export type Spend = (units: number) => void;

/** Compiled patterns that are kept: charts use a few dozen each, and compiling costs a hundred times a match. */
const CACHE_SIZE = 512;
/** Programs above this size are compiled anew, so that the cache stays below some 20 MB. */
const CACHED_PROGRAM = 2000;
/** A compilation takes about this long, and a unit for each instruction of the program. */
const COMPILE_UNITS = 150;
/** Steps of the automaton in about a microsecond. */
const STEPS_PER_UNIT = 30;

interface Program {
  readonly engine: RE2JS;
  readonly names: readonly string[];
  readonly size: number;
  readonly readsFar: boolean;
}

const cache = new Map<string, Program>();

/** Go's `regexp.Compile`. Throws {@link GoFailure} with Go's `error parsing regexp: …`. `spend` also counts every later match. */
export function compileRegexp(pattern: string, spend: Spend): Regexp {
  const { engine, names, size, readsFar } = cachedProgram(pattern, spend);
  const automaton = engine.re2();
  const search = (text: string, from: number, groups: number): Match | undefined => {
    const found = offsets(automaton.matchWithGroup(text, from, text.length, 0, groups), groups);
    const end = found === undefined || readsFar ? text.length : (found[1] ?? text.length);
    spend(1 + ((end - from) * size) / STEPS_PER_UNIT);
    return found;
  };
  return {
    names,
    test: (text) => {
      spend(1 + (text.length * size) / STEPS_PER_UNIT);
      return engine.test(text);
    },
    find: (text, from) => search(text, from, 1),
    match: (text, from) => search(text, from, names.length),
  };
}

/**
 * Patterns whose automaton may read far beyond the end of a match: alternatives, or groups with a repetition. Without these a
 * thread that lives on past a match takes over every later one, so that reading ahead happens once.
 */
const READS_FAR = /\||\)[?*+{]/;

function cachedProgram(pattern: string, spend: Spend): Program {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  spend(COMPILE_UNITS + pattern.length);
  const engine = compileEngine(pattern);
  const size = engine.programSize();
  const program = { engine, names: groupNames(pattern).names, size, readsFar: READS_FAR.test(pattern) };
  spend(size);
  if (size <= CACHED_PROGRAM) keep(pattern, program);
  return program;
}

function keep(pattern: string, program: Program): void {
  for (const oldest of cache.keys()) {
    if (cache.size < CACHE_SIZE) break;
    cache.delete(oldest);
  }
  cache.set(pattern, program);
}

function compileEngine(pattern: string): RE2JS {
  if (!pattern.isWellFormed()) throw syntaxFailure(`invalid UTF-8: \`${fromStray(pattern)}\``);
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    if (error.error === "duplicate capture group name") return compileEngine(groupNames(pattern).unnamed);
    throw syntaxFailure(goMessage(error, pattern));
  }
}

/** The pattern from its first stray byte on. */
function fromStray(pattern: string): string {
  let at = 0;
  for (const rune of pattern) {
    if (isStray(rune)) break;
    at += rune.length;
  }
  return pattern.slice(at);
}

function syntaxFailure(reason: string): GoFailure {
  return new GoFailure(`error parsing regexp: ${reason}`);
}

/** The few places where re2js words an error otherwise than Go. */
function goMessage(error: RE2JSSyntaxException, pattern: string): string {
  const description = error.error;
  if (description === "trailing backslash at end of expression") return `${description}: \`\``;
  if (description.startsWith("expression nests too deeply")) return `expression nests too deeply: \`${pattern}\``;
  const part = error.input ?? "";
  if (description === "invalid named capture" && (part === "(?<" || part === "(?P<")) {
    return `invalid or unsupported Perl syntax: \`${part === "(?<" ? part : "(?P"}\``;
  }
  return part === "" ? description : `${description}: \`${part}\``;
}

/** The engine answers `[matched, offsets]`; offsets of the last groups may be missing. */
function offsets(result: readonly unknown[], groups: number): Match | undefined {
  const found = result[1];
  if (!Array.isArray(found)) return undefined;
  const all: number[] = [];
  for (let i = 0; i < groups * 2; i++) {
    const offset: unknown = found[i];
    all.push(typeof offset === "number" ? offset : -1);
  }
  return all;
}

/** The width of the rune at `at`; 0 at the end. */
function runeWidth(text: string, at: number): number {
  const code = text.codePointAt(at);
  if (code === undefined) return 0;
  return code > 0xffff ? 2 : 1;
}

/** Go's `FindAll`: successive matches, at most `limit` unless negative. An empty match next to the one before does not count. */
export function findAll(regexp: Regexp, text: string, limit: number): readonly Match[] {
  const all: Match[] = [];
  let position = 0;
  let previousEnd = -1;
  const wanted = limit < 0 ? Infinity : limit;
  while (position <= text.length && all.length < wanted) {
    const match = regexp.find(text, position);
    if (match === undefined) break;
    const [start = 0, end = 0] = match;
    const isRepeated = end === position && start === previousEnd;
    if (!isRepeated) all.push(match);
    position = end === position ? position + (runeWidth(text, position) || 1) : end;
    previousEnd = end;
  }
  return all;
}

/** Go's `ReplaceAllStringFunc` on matches: replaces each by `replacement(match)`. */
export function replaceAll(regexp: Regexp, text: string, replacement: (match: Match) => string): string {
  let out = "";
  let copied = 0;
  let position = 0;
  while (position <= text.length) {
    const match = regexp.match(text, position);
    if (match === undefined) break;
    const [start = 0, end = 0] = match;
    out += text.slice(copied, start);
    if (end > copied || start === 0) out += replacement(match);
    copied = end;
    position = Math.max(end, position + (runeWidth(text, position) || 1));
  }
  return copied === 0 && out === "" ? text : out + text.slice(copied);
}

/** Go's `Split`: the parts between at most `limit - 1` matches. `undefined` is Go's nil, for a limit of 0. */
export function splitAround(
  regexp: Regexp,
  text: string,
  limit: number,
  isEmptyPattern: boolean,
): readonly string[] | undefined {
  if (limit === 0) return undefined;
  if (text === "" && !isEmptyPattern) return [""];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const match of findAll(regexp, text, limit)) {
    if (limit > 0 && parts.length === limit - 1) break;
    end = match[0] ?? 0;
    if (match[1] !== 0) parts.push(text.slice(begin, end));
    begin = match[1] ?? 0;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}

/** Go's `QuoteMeta`. */
export function quoteMeta(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
