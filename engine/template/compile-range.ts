import { goInt, GoBytes, GoInt, GoList, GoMap, sortedKeys } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { compileAssignment, compilePipe } from "./compile-expression.ts";
import type { CompileContext } from "./compile-context.ts";
import type { Store } from "./compile-expression.ts";
import { listCost } from "./cost.ts";
import { BREAK, CONTINUE, NEXT } from "./frame.ts";
import type { Flow, Frame, Run } from "./frame.ts";
import type { BranchNode, ListNode } from "./node.ts";
import { pointee } from "./pointer.ts";

/** The compiled parts of a range. */
interface Range {
  readonly body: Run;
  /** What a turn counts for. */
  readonly cost: number;
  readonly index: Store | undefined;
  readonly element: Store | undefined;
  /** The slot that keeps what is ranged over, whose element type messages name. */
  readonly origin: number;
}

type CompileList = (context: CompileContext, list: ListNode) => Run;

/** Compiles a range over an integer, list, map or bytes. An empty one runs its else list. */
export function compileRange(context: CompileContext, node: BranchNode, compileList: CompileList): Run {
  const { scope } = context;
  return scope.within(scope.dotOrigin, () => {
    const origin = scope.reserve();
    const value = compilePipe(context, node.pipe, origin);
    const [first, second] = node.pipe.declarations.map((variable) => compileAssignment(context, variable));
    const body = scope.within(origin, () => compileList(context, node.list));
    const range: Range = {
      body,
      cost: 1 + listCost(node.list),
      index: second === undefined ? undefined : first,
      element: second === undefined ? first : second,
      origin,
    };
    const { elseList } = node;
    const otherwise =
      elseList === undefined ? undefined : scope.within(scope.dotOrigin, () => compileList(context, elseList));
    return (frame, dot) => {
      frame.node = node;
      const items = value(frame, dot);
      frame.slots[origin] = items;
      if (iterate(frame, range, items) || otherwise === undefined) return NEXT;
      frame.slots[origin] = undefined;
      return elseFlow(otherwise(frame, dot));
    };
  });
}

/** Helm compatibility: a `break` in the else list ends this range, not the one around it, as the parser has it. */
function elseFlow(flow: Flow): Flow {
  return flow === CONTINUE ? CONTINUE : NEXT;
}

/** Runs the body for each element; false if there was none. */
function iterate(frame: Frame, range: Range, items: GoValue): boolean {
  if (items === undefined) return false;
  if (items instanceof GoList) return iterateList(frame, range, items.items);
  if (items instanceof GoMap) return iterateMap(frame, range, items);
  if (items instanceof GoInt) return iterateInt(frame, range, items);
  if (items instanceof GoBytes) {
    return iterateList(
      frame,
      range,
      Array.from(items.data, (byte) => new GoInt("uint8", BigInt(byte))),
    );
  }
  return rejectRange(frame, items);
}

function rejectRange(frame: Frame, items: GoValue): never {
  return frame.fail("range can't iterate over %v", pointee(items));
}

/** The elements of a range one by one, with their indexes or keys. */
export function* elementsOf(
  frame: Frame,
  items: GoValue,
  hasIndex: boolean,
): Generator<readonly [GoValue, GoValue], void, void> {
  if (items instanceof GoInt) {
    if (hasIndex) rejectIndex(frame, items);
    for (let i = 0n; i < items.value; i++) yield [undefined, new GoInt(items.type, i)];
  } else if (items instanceof GoMap) {
    const entries = sortedKeys(items).map((key) => [key, items.entries.get(key)] as const);
    yield* entries;
  } else if (items instanceof GoList) {
    for (let i = 0; i < items.items.length; i++) yield [goInt(i), items.items[i]];
  } else if (items instanceof GoBytes) {
    for (let i = 0; i < items.data.length; i++) yield [goInt(i), new GoInt("uint8", BigInt(items.data[i] ?? 0))];
  } else if (items !== undefined) rejectRange(frame, items);
}

function rejectIndex(frame: Frame, limit: GoInt): never {
  return frame.fail("can't use %v to iterate over more than one variable", limit);
}

function iterateList(frame: Frame, { body, cost, index, element }: Range, items: readonly GoValue[]): boolean {
  for (let i = 0; i < items.length; i++) {
    frame.budget.step(cost);
    const item = items[i];
    index?.(frame, goInt(i));
    element?.(frame, item);
    if (body(frame, item) === BREAK) break;
  }
  return items.length > 0;
}

/** In byte order of the keys, over the entries that the map has now: the body may change it. */
function iterateMap(frame: Frame, { body, cost, index, element }: Range, map: GoMap): boolean {
  const keys = sortedKeys(map);
  const values = keys.map((key) => map.entries.get(key));
  for (let i = 0; i < keys.length; i++) {
    frame.budget.step(cost);
    const item = values[i];
    index?.(frame, keys[i]);
    element?.(frame, item);
    if (body(frame, item) === BREAK) break;
  }
  return keys.length > 0;
}

function iterateInt(frame: Frame, { body, cost, index, element }: Range, limit: GoInt): boolean {
  if (index !== undefined) rejectIndex(frame, limit);
  for (let i = 0n; i < limit.value; i++) {
    frame.budget.step(cost);
    const item = limit.type === "int" ? goInt(Number(i)) : new GoInt(limit.type, i);
    element?.(frame, item);
    if (body(frame, item) === BREAK) break;
  }
  return limit.value > 0n;
}
