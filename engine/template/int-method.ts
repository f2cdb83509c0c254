import { intMethodText } from "../go/int-text.ts";
import { goInt64, GoInt } from "../go/value.ts";
import type { GoIntKind, GoTypeName, GoValue } from "../go/value.ts";

/** A method of a named integer type. */
export interface IntMethod {
  readonly parameters: readonly GoTypeName[];
  readonly call: (self: GoInt, args: readonly GoValue[]) => GoValue;
}

const text: IntMethod = { parameters: [], call: (self) => intMethodText(self) ?? "" };

function whole(unit: bigint): IntMethod {
  return { parameters: [], call: (self) => goInt64(self.value / unit) };
}

/** Go adds the whole and the fraction as floats: one division would round otherwise. */
function fractional(unit: bigint): IntMethod {
  return { parameters: [], call: (self) => Number(self.value / unit) + Number(self.value % unit) / Number(unit) };
}

function rounding(toMultiple: (value: bigint, unit: bigint) => bigint): IntMethod {
  return {
    parameters: ["time.Duration"],
    call: (self, [unit]) => {
      const step = unit instanceof GoInt ? unit.value : 0n;
      return step <= 0n ? self : new GoInt("time.Duration", BigInt.asIntN(64, toMultiple(self.value, step)));
    },
  };
}

function truncate(value: bigint, unit: bigint): bigint {
  return value - (value % unit);
}

/** Half away from zero. */
function round(value: bigint, unit: bigint): bigint {
  const rest = value % unit;
  const magnitude = rest < 0n ? -rest : rest;
  const down = value - rest;
  if (magnitude * 2n < unit) return down;
  return value < 0n ? down - unit : down + unit;
}

const DURATION: ReadonlyMap<string, IntMethod> = new Map([
  ["String", text],
  ["Nanoseconds", whole(1n)],
  ["Microseconds", whole(1000n)],
  ["Milliseconds", whole(1_000_000n)],
  ["Seconds", fractional(1_000_000_000n)],
  ["Minutes", fractional(60_000_000_000n)],
  ["Hours", fractional(3_600_000_000_000n)],
  ["Truncate", rounding(truncate)],
  ["Round", rounding(round)],
  ["Abs", { parameters: [], call: (self) => (self.value < 0n ? new GoInt("time.Duration", -self.value) : self) }],
]);
const NAMED: ReadonlyMap<string, IntMethod> = new Map([["String", text]]);

/** The method `name` of an integer of `type`: durations, months and weekdays have some. */
export function intMethod(type: GoIntKind, name: string): IntMethod | undefined {
  if (type === "time.Duration") return DURATION.get(name);
  return type === "time.Month" || type === "time.Weekday" ? NAMED.get(name) : undefined;
}
