import { canBackquote, quote } from "../go/quote.ts";
import { expander } from "../go/regexp-expand.ts";
import { compileRegexp, findAll, quoteMeta, replaceAll, splitAround } from "../go/regexp.ts";
import type { Match, Regexp } from "../go/regexp.ts";
import { GoFailure } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { INT, TEXT, binary, triple, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";
import { stringList } from "./strings.ts";

type Compile = (pattern: string, context: CallContext) => Regexp;

const mustCompile: Compile = (pattern, context) => compileRegexp(pattern, context.spend);

/** Go's `regexp.MustCompile`, whose panic names the pattern. */
const compileOrPanic: Compile = (pattern, context) => {
  try {
    return compileRegexp(pattern, context.spend);
  } catch (error) {
    if (!(error instanceof GoFailure)) throw error;
    const shown = canBackquote(pattern) ? `\`${pattern}\`` : quote(pattern);
    throw new GoFailure(`regexp: Compile(${shown}): ${error.message}`);
  }
};

function matches(pattern: string, text: string, context: CallContext): boolean {
  return mustCompile(pattern, context).test(text);
}

/** Helm compatibility: a bad pattern matches nothing. */
function matchesQuietly(pattern: string, text: string, context: CallContext): boolean {
  try {
    return matches(pattern, text, context);
  } catch (error) {
    if (error instanceof GoFailure) return false;
    throw error;
  }
}

function find(regexp: Regexp, text: string): string {
  const match = regexp.find(text, 0);
  return match === undefined ? "" : text.slice(match[0], match[1]);
}

function findTexts(regexp: Regexp, text: string, limit: number): GoValue {
  const found = findAll(regexp, text, limit).map((match) => text.slice(match[0], match[1]));
  return stringList(found, found.length === 0);
}

/** Bytes are counted as they are made, since a replacement may be longer than all of the text. */
function replace(regexp: Regexp, text: string, make: (match: Match) => string, context: CallContext): string {
  return replaceAll(regexp, text, (match) => {
    const made = make(match);
    context.reserve(made.length);
    return made;
  });
}

function split(regexp: Regexp, text: string, limit: number, pattern: string): GoValue {
  const parts = splitAround(regexp, text, limit, pattern === "");
  return stringList(parts ?? [], parts === undefined);
}

function functionsOf(compile: Compile): Readonly<Record<string, Entry[1]>> {
  return {
    Find: binary(TEXT, TEXT, (pattern, text, context) => find(compile(pattern, context), text)),
    FindAll: triple(TEXT, TEXT, INT, (pattern, text, limit, context) =>
      findTexts(compile(pattern, context), text, limit),
    ),
    ReplaceAll: triple(TEXT, TEXT, TEXT, (pattern, text, template, context) => {
      const regexp = compile(pattern, context);
      const expand = expander(regexp, template);
      return replace(regexp, text, (match) => expand(text, match), context);
    }),
    ReplaceAllLiteral: triple(TEXT, TEXT, TEXT, (pattern, text, literal, context) =>
      replace(compile(pattern, context), text, () => literal, context),
    ),
    Split: triple(TEXT, TEXT, INT, (pattern, text, limit, context) =>
      split(compile(pattern, context), text, limit, pattern),
    ),
  };
}

function prefixed(prefix: string, functions: Readonly<Record<string, Entry[1]>>): readonly Entry[] {
  return Object.entries(functions).map(([name, implementation]) => [prefix + name, implementation] as const);
}

/** Sprig's regular expressions. The plain forms name the pattern in their errors, the `must` forms do not. */
export const regexFunctions: readonly Entry[] = [
  ["regexMatch", binary(TEXT, TEXT, matchesQuietly)],
  ["mustRegexMatch", binary(TEXT, TEXT, matches)],
  ...prefixed("regex", functionsOf(compileOrPanic)),
  ...prefixed("mustRegex", functionsOf(mustCompile)),
  ["regexQuoteMeta", unary(TEXT, quoteMeta)],
];
