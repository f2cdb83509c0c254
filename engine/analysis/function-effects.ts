import type { Node } from "../template/node.ts";
import type { Interpreter } from "./interpreter.ts";
import type { Locations } from "./heap.ts";
import { asTemplate, exact, formatted, joined, PLAIN, shortened, UNKNOWN } from "./text.ts";
import type { Text } from "./text.ts";

/** A call under analysis. */
interface Call {
  readonly interpreter: Interpreter;
  readonly args: readonly Locations[];
  readonly site: Node;
}

/** What a function does with its arguments: which places it reads, and which its result may be. */
type Effect = (call: Call) => Locations;

const NONE: Locations = new Set();
/** Names that an argument may stand for, each followed; more count as any name. */
const MAX_KEYS = 64;

/** The result of a call. A function without a line in the table reads all of its arguments. */
export function callFunction(
  interpreter: Interpreter,
  name: string,
  args: readonly Locations[],
  site: Node,
): Locations {
  const effect = effects.get(name) ?? readAll;
  return effect({ interpreter, args, site });
}

/** Reads its arguments, gives something new. */
function readAll({ interpreter, args, site }: Call): Locations {
  for (const arg of args) interpreter.heap.escape(arg);
  const made = interpreter.made(site);
  interpreter.heap.grow(made.elements, [UNKNOWN]);
  return new Set([made, UNKNOWN]);
}

/** Looks at its arguments, but not into them. */
function lookAt(): Locations {
  return new Set([PLAIN]);
}

/** Gives any of its arguments. */
function anyArgument({ args }: Call): Locations {
  return union(args);
}

function argument(index: number): Effect {
  return ({ args }) => args.at(index) ?? NONE;
}

function union(sets: Iterable<Locations>): Locations {
  const all: Locations = new Set();
  for (const set of sets) for (const location of set) all.add(location);
  return all;
}

/** The names that a value may be; `undefined` for one that is not known. */
function keysOf(value: Locations): readonly (string | undefined)[] {
  const keys = new Set<string | undefined>();
  for (const location of value) keys.add(location.kind === "text" ? exact(location) : undefined);
  return keys.size > MAX_KEYS || keys.size === 0 ? [undefined] : [...keys];
}

function getIn({ interpreter: { heap } }: Call, from: Locations, keys: Locations): Locations {
  return union(keysOf(keys).map((key) => heap.get(from, key)));
}

/** A new map or list with these elements. */
function listOf({ interpreter, site }: Call, elements: Iterable<Locations>): Locations {
  const made = interpreter.made(site);
  for (const set of elements) interpreter.heap.put(made, undefined, set);
  return new Set([made]);
}

function elementsOf({ interpreter: { heap } }: Call, lists: Iterable<Locations>): Locations {
  return union(Array.from(lists, (list) => heap.get(list, undefined)));
}

const sameElements: Effect = (call) => listOf(call, [elementsOf(call, call.args)]);
const oneElement: Effect = (call) => elementsOf(call, call.args);
/** `append LIST V`, `without LIST V…`: the list first. */
const listAndItems: Effect = (call) => {
  const [list = NONE, ...items] = call.args;
  return listOf(call, [elementsOf(call, [list]), ...items]);
};

const indexEffect: Effect = (call) => {
  const [from = NONE, ...keys] = call.args;
  return keys.reduce((value, key) => getIn(call, value, key), from);
};

/** `dig K… DEFAULT MAP`. */
const digEffect: Effect = (call) => {
  const keys = call.args.slice(0, -2);
  const from = call.args.at(-1) ?? NONE;
  return union([call.args.at(-2) ?? NONE, keys.reduce((value, key) => getIn(call, value, key), from)]);
};

const pluckEffect: Effect = (call) => {
  const [key = NONE, ...maps] = call.args;
  return listOf(
    call,
    maps.map((map) => getIn(call, map, key)),
  );
};

const pickEffect: Effect = (call) => {
  const { interpreter, site, args } = call;
  const [from = NONE, ...keys] = args;
  const made = interpreter.made(site);
  for (const key of keys.flatMap(keysOf)) interpreter.heap.put(made, key, interpreter.heap.get(from, key));
  return new Set([made]);
};

const dictEffect: Effect = ({ interpreter, args, site }) => {
  const made = interpreter.made(site);
  for (let i = 0; i < args.length; i += 2) {
    for (const key of keysOf(args[i] ?? NONE)) interpreter.heap.put(made, key, args[i + 1] ?? NONE);
  }
  return new Set([made]);
};

const setEffect: Effect = ({ interpreter, args: [target = NONE, keys = NONE, value = NONE] }) => {
  for (const key of keysOf(keys)) interpreter.heap.store(target, key, value);
  return target;
};

const mergeEffect: Effect = ({ interpreter, args }) => {
  const [target = NONE, ...others] = args;
  interpreter.heap.merge(target, union(others));
  return union(args);
};

const keysEffect: Effect = ({ interpreter, args, site }) => {
  const made = interpreter.made(site);
  for (const arg of args) {
    interpreter.heap.get(arg, undefined);
    interpreter.heap.put(made, undefined, interpreter.keys(arg));
  }
  return new Set([made]);
};

/** `hasKey MAP K`: the entry is looked at. */
const hasKeyEffect: Effect = (call) => {
  getIn(call, call.args[0] ?? NONE, call.args[1] ?? NONE);
  return lookAt();
};

const includeEffect: Effect = ({ interpreter, args: [names = NONE, data = NONE] }) => {
  interpreter.heap.escape(names);
  return interpreter.enterNamed(names, data);
};

const tplEffect: Effect = ({ interpreter, args: [texts = NONE, data = NONE], site }) => {
  const { heap, tplTexts } = interpreter;
  heap.escape(texts);
  const out: Locations = new Set([PLAIN]);
  for (const text of texts) {
    const templates = text.kind === "text" ? templatesIn(text) : tplTexts.ofValues();
    if (templates === undefined) {
      interpreter.noteOpaque(site, data);
      out.add(UNKNOWN);
      continue;
    }
    for (const template of templates) for (const more of interpreter.enter(template, data)) out.add(more);
  }
  return out;

  function templatesIn(text: Text): ReturnType<typeof tplTexts.ofValues> {
    if (text.file !== undefined) return tplTexts.ofFile(text.file);
    if (text.isPlain) return exact(text) === undefined ? tplTexts.ofValues() : [];
    const known = asTemplate(text);
    if (known === undefined) return undefined;
    const parsed = tplTexts.parse(known);
    return parsed === undefined && exact(text) === undefined ? undefined : [parsed].filter((one) => one !== undefined);
  }
};

/** Texts made of texts: what is in them stays as it is. */
const plainText: Effect = ({ interpreter, args }) => {
  for (const arg of args) interpreter.heap.escape(arg);
  return sources(interpreter, args);
};

/** Where the templates in a text come from that is made of these and of what is in them. */
function sources({ heap }: Interpreter, args: readonly Locations[]): Locations {
  const out: Locations = new Set([PLAIN]);
  const seen = union(args);
  for (const location of seen) {
    heap.spend(1);
    if (location.kind === "text" && location.file !== undefined) out.add(location);
    else if (location.kind === "text" && !location.isPlain) out.add(UNKNOWN);
    if (location.kind === "place" && location.isWritten) {
      for (const inner of [...location.stored, ...location.also, ...location.children.values()]) seen.add(inner);
      if (location.any !== undefined) seen.add(location.any);
    }
    if (location.kind !== "made") continue;
    for (const key of location.fields.keys()) if (key.includes("{{")) out.add(UNKNOWN);
    for (const set of [...location.fields.values(), location.elements, location.also])
      for (const inner of set) seen.add(inner);
  }
  return out;
}

/** Gives a text that holds no template but a whole one of its arguments. */
const inertText: Effect = ({ interpreter, args }) => {
  for (const arg of args) interpreter.heap.escape(arg);
  return new Set([PLAIN]);
};

/** Changes letters, and so the templates in a text. */
const changedText: Effect = (call) => {
  const { interpreter, args } = call;
  const hasTemplates = union(args).size > 0 && interpreter.tplTexts.ofValues()?.length !== 0;
  const isLiteral = [...union(args)].every((location) => location.kind === "text" && exact(location) !== undefined);
  return hasTemplates && !isLiteral ? readAll(call) : plainText(call);
};

/** Data out of a text. */
const decoded: Effect = (call) => {
  const { interpreter, args, site } = call;
  for (const arg of args) interpreter.heap.escape(arg);
  const made = interpreter.made(site);
  interpreter.heap.grow(made.elements, sources(interpreter, args));
  return new Set([made]);
};

const printEffect: Effect = (call) =>
  composed(call, (pieces) => pieces.reduce<readonly string[]>((all, next) => joined(all, next), [""]));

/** `cat`: a blank between all. */
const catEffect: Effect = (call) =>
  composed(call, ([first = [""], ...rest]) => rest.reduce((all, next) => joined(joined(all, [" "]), next), first));

const printfEffect: Effect = (call) =>
  composed(call, ([format = ["", ""], ...rest]) => (format.length === 1 ? formatted(format[0] ?? "", rest) : ["", ""]));

function composed(call: Call, compose: (pieces: readonly (readonly string[])[]) => readonly string[]): Locations {
  const { interpreter, args } = call;
  for (const arg of args) interpreter.heap.escape(arg);
  const pieces = compose(args.map(piecesOf));
  const out = sources(
    interpreter,
    args.filter((arg) => knownText(arg) === undefined),
  );
  const isKnown = !out.has(UNKNOWN) && args.every((arg) => knownText(arg)?.hasPlainGaps !== false);
  const kept = shortened(pieces);
  const isCut = kept !== pieces && pieces.some((piece) => piece.includes("{"));
  out.delete(PLAIN);
  out.delete(UNKNOWN);
  out.add(interpreter.text(kept, isKnown && !isCut));
  return out;
}

function knownText(value: Locations): Text | undefined {
  const [only] = value;
  return value.size === 1 && only?.kind === "text" && only.file === undefined ? only : undefined;
}

function piecesOf(value: Locations): readonly string[] {
  return knownText(value)?.pieces ?? ["", ""];
}

const effects: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ["include", includeEffect],
  ["tpl", tplEffect],
  ["index", indexEffect],
  ["get", indexEffect],
  ["dig", digEffect],
  ["hasKey", hasKeyEffect],
  ["pluck", pluckEffect],
  ["pick", pickEffect],
  ["omit", argument(0)],
  ["dict", dictEffect],
  ["set", setEffect],
  ["unset", argument(0)],
  ["values", sameElements],
  ["required", argument(-1)],
  ["print", printEffect],
  ["printf", printfEffect],
  ["cat", catEffect],
  ...each(keysEffect, "keys"),
  ...each(mergeEffect, "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"),
  ...each(anyArgument, "and", "or", "default", "coalesce", "ternary", "deepCopy", "mustDeepCopy"),
  ...each(lookAt, "not", "empty", "len", "kindOf", "kindIs", "typeOf", "typeIs", "typeIsLike"),
  ...each((call) => listOf(call, call.args), "list", "tuple"),
  ...each(listAndItems, "append", "mustAppend", "push", "mustPush", "prepend", "mustPrepend"),
  ...each(sameElements, "concat", "rest", "mustRest", "initial", "mustInitial", "reverse", "mustReverse"),
  ...each(sameElements, "compact", "mustCompact"),
  ...each(oneElement, "first", "mustFirst", "last", "mustLast"),
  ...each(plainText, "toYaml", "mustToYaml", "toYamlPretty", "toJson", "mustToJson", "toPrettyJson", "toRawJson"),
  ...each(plainText, "mustToPrettyJson", "mustToRawJson", "toString", "quote", "squote", "indent", "nindent", "join"),
  ...each(plainText, "trim", "trimSuffix", "trimPrefix", "println", "toStrings", "toToml"),
  ...each(changedText, "lower", "upper", "title", "replace", "regexReplaceAll", "regexReplaceAllLiteral"),
  ...each(decoded, "fromYaml", "fromYamlArray", "fromJson", "fromJsonArray", "mustFromJson"),
  ...each(inertText, "b64enc", "sha256sum", "sha1sum", "adler32sum", "trunc", "int", "int64", "float64", "atoi"),
  ...each(inertText, "add", "add1", "sub", "mul", "div", "mod", "max", "min", "ceil", "floor", "round", "until"),
  ...each(inertText, "eq", "ne", "lt", "le", "gt", "ge", "contains", "hasPrefix", "hasSuffix", "has", "regexMatch"),
  ...each(inertText, "semverCompare", "randAlphaNum", "randAlpha", "randNumeric", "uuidv4", "date", "now", "seq"),
  ...each(inertText, "untilStep", "splitList", "split", "sortAlpha", "uniq", "repeat", "urlParse"),
]);

function each(effect: Effect, ...names: readonly string[]): readonly (readonly [string, Effect])[] {
  return names.map((name) => [name, effect]);
}
