import { deepEqual } from "../go/deep-equal.ts";
import { GoBytes, GoInt, GoList } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { elements, elementsOrFail, isEmpty, kindName } from "./elements.ts";
import { toGoInt } from "./number-cast.ts";
import { ANY, INT, NIL_DEREFERENCE, binary, fail, named, unary, unaryVariadic, variadic } from "./signature.ts";
import type { Entry } from "./signature.ts";

const NIL_LIST = new GoList([], "[]interface {}", true);

function push(list: GoValue, value: GoValue, context: CallContext): GoList {
  const items = elementsOrFail(list, "Cannot push on type");
  context.spend(1 + items.length / ITEMS_PER_UNIT);
  return new GoList([...items, value]);
}

function prepend(list: GoValue, value: GoValue, context: CallContext): GoList {
  const items = elementsOrFail(list, "Cannot prepend on type");
  context.spend(1 + items.length / ITEMS_PER_UNIT);
  return new GoList([value, ...items]);
}

/** A plain copy moves about this many elements in a microsecond. */
const ITEMS_PER_UNIT = 200;

function tail(list: GoValue, refusal: string, from: number, cutEnd: number, context: CallContext): GoList {
  const items = elementsOrFail(list, refusal);
  if (items.length === 0) return NIL_LIST;
  context.spend(1 + items.length / ITEMS_PER_UNIT);
  return new GoList(items.slice(from, items.length - cutEnd));
}

/** A set of values under `reflect.DeepEqual`; scalars are found by a key, the rest by walking. */
class DeepSet {
  private readonly keys = new Set<string | number | boolean | bigint | null>();
  private readonly rest: GoValue[] = [];
  private readonly spend: (units: number) => void;

  constructor(context: CallContext) {
    this.spend = context.spend;
  }

  has(value: GoValue): boolean {
    const key = scalarKey(value);
    if (key !== undefined) return this.keys.has(key);
    this.spend(1 + this.rest.length);
    return this.rest.some((other) => deepEqual(value, other));
  }

  add(value: GoValue): void {
    const key = scalarKey(value);
    if (key !== undefined) this.keys.add(key);
    else this.rest.push(value);
  }
}

/** A key by which equal scalars are equal; `undefined` for values that have to be compared. NaN never equals. */
function scalarKey(value: GoValue): string | number | boolean | bigint | null | undefined {
  if (typeof value === "string") return `s${value}`;
  if (typeof value === "number") return Number.isNaN(value) ? undefined : value;
  if (typeof value === "boolean") return value;
  if (value === null || value === undefined) return null;
  if (value instanceof GoInt) return value.type === "int" ? value.value : `${value.type} ${value.value}`;
  return undefined;
}

function uniq(list: GoValue, context: CallContext): GoList {
  const items = elementsOrFail(list, "Cannot find uniq on type");
  const seen = new DeepSet(context);
  const kept: GoValue[] = [];
  for (const item of items) {
    if (seen.has(item)) continue;
    seen.add(item);
    kept.push(item);
  }
  return new GoList(kept);
}

function without(list: GoValue, omit: readonly GoValue[], context: CallContext): GoList {
  const items = elementsOrFail(list, "Cannot find without on type");
  const unwanted = new DeepSet(context);
  for (const value of omit) unwanted.add(value);
  return new GoList(items.filter((item) => !unwanted.has(item)));
}

function has(needle: GoValue, list: GoValue, context: CallContext): boolean {
  if (list === null) return false;
  const items = elementsOrFail(list, "Cannot find has on type");
  context.spend(1 + items.length / ITEMS_PER_UNIT);
  return items.some((item) => deepEqual(needle, item));
}

/** `slice`: the result keeps the type of the list. */
function slice(list: GoValue, indices: readonly GoValue[]): GoValue {
  const items = elementsOrFail(list, "list should be type of slice or array but");
  if (items.length === 0) return null;
  const [from, to] = indices;
  const start = from === undefined ? 0 : toGoInt(from);
  const end = to === undefined ? items.length : toGoInt(to);
  if (start < 0 || end < start || end > items.length) fail("reflect.Value.Slice: slice index out of bounds");
  if (list instanceof GoBytes) return new GoBytes(list.data.subarray(start, end));
  return new GoList(items.slice(start, end), list instanceof GoList ? list.type : undefined);
}

function concat(lists: readonly GoValue[], context: CallContext): GoList {
  const joined: GoValue[] = [];
  for (const list of lists) {
    const items = elements(list);
    if (items === undefined) {
      return fail(list === null ? NIL_DEREFERENCE : `Cannot concat type ${kindName(list)} as list`);
    }
    context.spend(1 + items.length / ITEMS_PER_UNIT);
    for (const item of items) joined.push(item);
  }
  return joined.length === 0 ? NIL_LIST : new GoList(joined);
}

/** `chunk`: lists of `size` elements, the last one shorter. */
function chunk(size: number, list: GoValue): GoList {
  const items = elementsOrFail(list, "Cannot chunk type");
  const count = Math.floor((items.length - 1) / size) + 1;
  if (size <= 0) return oddChunks(size, count, items);
  const chunks: GoList[] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(new GoList(items.slice(at, at + size)));
  return new GoList(chunks, CHUNKS);
}

const CHUNKS = "[][]interface {}";

/** Helm compatibility: a negative size gives at most one chunk, the rest of a division by it, or fails. */
function oddChunks(size: number, count: number, items: readonly GoValue[]): GoList {
  const rest = items.length % -size;
  if (count === 0) return new GoList([], CHUNKS);
  if (count === 1 && rest > 0) return new GoList([new GoList(items.slice(0, rest))], CHUNKS);
  return fail("runtime error: makeslice: len out of range");
}

/** Sprig's list functions. Each takes any slice type and, but for `slice`, gives a new `[]interface {}`. */
export const listFunctions: readonly Entry[] = [
  ...named(
    ["list", "tuple"],
    variadic(ANY, (values) => new GoList(values)),
  ),
  ...named(["append", "push", "mustAppend", "mustPush"], binary(ANY, ANY, push)),
  ...named(["prepend", "mustPrepend"], binary(ANY, ANY, prepend)),
  ...named(
    ["first", "mustFirst"],
    unary(ANY, (list) => elementsOrFail(list, "Cannot find first on type")[0] ?? null),
  ),
  ...named(
    ["last", "mustLast"],
    unary(ANY, (list) => elementsOrFail(list, "Cannot find last on type").at(-1) ?? null),
  ),
  ...named(
    ["rest", "mustRest"],
    unary(ANY, (list, context) => tail(list, "Cannot find rest on type", 1, 0, context)),
  ),
  ...named(
    ["initial", "mustInitial"],
    unary(ANY, (list, context) => tail(list, "Cannot find initial on type", 0, 1, context)),
  ),
  ...named(
    ["reverse", "mustReverse"],
    unary(ANY, (list) => new GoList([...elementsOrFail(list, "Cannot find reverse on type")].reverse())),
  ),
  ...named(
    ["compact", "mustCompact"],
    unary(ANY, (list) => new GoList(elementsOrFail(list, "Cannot compact on type").filter((item) => !isEmpty(item)))),
  ),
  ...named(["uniq", "mustUniq"], unary(ANY, uniq)),
  ...named(["without", "mustWithout"], unaryVariadic(ANY, ANY, without)),
  ...named(["has", "mustHas"], binary(ANY, ANY, has)),
  ...named(["slice", "mustSlice"], unaryVariadic(ANY, ANY, slice)),
  ["concat", variadic(ANY, concat)],
  ...named(["chunk", "mustChunk"], binary(INT, ANY, chunk)),
];
