import { typeName } from "../go/fmt.ts";
import { GoInt, GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoMethod, GoTypeName, GoValue } from "../go/value.ts";
import { checkCount } from "./call-count.ts";
import { callError } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { intMethod } from "./int-method.ts";
import type { Node } from "./node.ts";

/**
 * Steps from `receiver` along `names`, as `.a.b.c` does; `node` is what a failing method is reported at. `origin`: the frame slot of what
 * the receiver is an element of, if any.
 */
export function walkFields(
  frame: Frame,
  receiver: GoValue,
  names: readonly string[],
  node: Node,
  origin: number | undefined,
): GoValue {
  let container: GoValue = origin === undefined ? undefined : frame.slots[origin];
  let value = receiver;
  for (const name of names) {
    const next = step(frame, value, name, node, container);
    container = value;
    value = next;
  }
  return value;
}

/** The value before the last of `names`, for a call of that last one, and what it was read from. */
export function walkToReceiver(
  frame: Frame,
  start: GoValue,
  names: readonly string[],
  node: Node,
  origin: number | undefined,
): { readonly receiver: GoValue; readonly container: GoValue } {
  let container: GoValue = origin === undefined ? undefined : frame.slots[origin];
  let receiver = start;
  for (const name of names.slice(0, -1)) {
    const next = step(frame, receiver, name, node, container);
    container = receiver;
    receiver = next;
  }
  return { receiver, container };
}

function step(frame: Frame, value: GoValue, name: string, node: Node, container: GoValue): GoValue {
  return value instanceof GoMap && value.type.methods?.has(name) !== true
    ? mapField(value, name)
    : field(frame, value, name, node, container);
}

function mapField(map: GoMap, name: string): GoValue {
  const value = map.entries.get(name);
  return value === undefined ? map.type.zero : value;
}

/** One step. `container` is what `receiver` was read from, for messages. Go's `evalField` without arguments. */
function field(frame: Frame, receiver: GoValue, name: string, node: Node, container: GoValue): GoValue {
  if (receiver === undefined) return undefined;
  if (receiver === null) return frame.fail("nil pointer evaluating interface {}.%s", name);
  const bound = findMethod(receiver, name);
  if (bound !== undefined) {
    checkCount(frame, name, bound, 0, 0);
    return callMethod(frame, bound, name, node, []);
  }
  return plainField(frame, receiver, name, container);
}

/** A field of a struct or an entry of a map: `receiver` has no such method. */
export function plainField(frame: Frame, receiver: GoValue, name: string, container: GoValue): GoValue {
  if (receiver instanceof GoMap) return mapField(receiver, name);
  if (receiver instanceof GoObject) {
    if (receiver.type.hidden?.includes(name) === true) {
      const type = staticType(receiver, container);
      return frame.fail("%s is an unexported field of struct type %s", name, type);
    }
    if (receiver.fields.has(name)) return receiver.fields.get(name);
  }
  return frame.fail("can't evaluate field %s in type %s", name, staticType(receiver, container));
}

/** A method with its receiver. */
export interface BoundMethod {
  /** Tells methods apart, so that a call site compiles its arguments once. */
  readonly method: object;
  readonly parameters: readonly GoTypeName[];
  readonly variadic: boolean;
  readonly refusal: string | undefined;
  readonly call: (args: readonly GoValue[]) => GoValue;
}

/** The method `name` of a value, if its type has one. */
export function findMethod(receiver: GoValue, name: string): BoundMethod | undefined {
  if (receiver instanceof GoInt) {
    const method = intMethod(receiver.type, name);
    if (method === undefined) return undefined;
    const { parameters } = method;
    return { method, parameters, variadic: false, refusal: undefined, call: (args) => method.call(receiver, args) };
  }
  if (receiver instanceof GoMap) return bind(receiver, receiver.type.methods?.get(name));
  if (receiver instanceof GoObject) return bind(receiver, receiver.type.methods.get(name));
  return receiver instanceof GoList ? bind(receiver, receiver.methods?.get(name)) : undefined;
}

function bind(self: GoMap | GoObject | GoList, method: GoMethod | undefined): BoundMethod | undefined {
  if (method === undefined) return undefined;
  const { parameters, variadic = false, refusal } = method;
  return { method, parameters, variadic, refusal, call: (args) => method.call(self, args) };
}

/** Calls a method whose arguments were checked. */
export function callMethod(
  frame: Frame,
  bound: BoundMethod,
  name: string,
  node: Node,
  args: readonly GoValue[],
): GoValue {
  try {
    return bound.call(args);
  } catch (error) {
    throw callError(frame, node, name, error);
  }
}

/** What Go's `receiver.Type()` prints: the element type of the container if that is an interface, else the value's own type. */
function staticType(receiver: GoValue, container: GoValue): string {
  const isElement =
    (container instanceof GoMap && (container.type.zero === null || container.type.zero === undefined)) ||
    (container instanceof GoList && container.type === "[]interface {}");
  return isElement ? "interface {}" : typeName(receiver);
}
