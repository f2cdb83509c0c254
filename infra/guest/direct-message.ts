import type { GuestCall } from "./call.ts";
import { GuestFault } from "./fault.ts";

/** The answer of a guest that took its message this way. */
export interface DirectMessage {
  /** In the guest's memory. Throws {@link GuestFault} for one that is too large, or stands outside of it. */
  readonly answer: () => Uint8Array;
}

/**
 * Writes the message into the guest's own memory where it exports `slipway_message(size) → address` and `slipway_answer() → address, size`,
 * as our kit for AssemblyScript does: Extism's words of eight bytes cost more than the rest of a call. A message for which there was too little room is placed again. Undefined for every other guest,
 * which takes its message from the kernel.
 */
export function openDirectMessage(
  exports: WebAssembly.Exports,
  memory: WebAssembly.Memory,
  { input, limits }: GuestCall,
): DirectMessage | undefined {
  const { slipway_message: place, slipway_answer: answer } = exports;
  if (typeof place !== "function" || typeof answer !== "function") return undefined;
  const roomFor = (size: number): Uint8Array => {
    const address: unknown = place(size);
    return within(memory, Number(address) >>> 0, size);
  };
  // Nearly all messages are ASCII, a byte for each unit.
  const { read, written } = encoder.encodeInto(input, roomFor(input.length));
  if (read !== input.length || written !== input.length) {
    const message = encoder.encode(input);
    roomFor(message.length).set(message);
  }
  return {
    answer: () => {
      const found: unknown = answer();
      if (typeof found !== "bigint") throw new GuestFault("wrong-abi", "slipway_answer must return an i64");
      const size = Number(BigInt.asUintN(32, found));
      if (size > limits.outputBytes) {
        throw new GuestFault("output-too-large", `its output has ${size} bytes; ${limits.outputBytes} are allowed`);
      }
      return within(memory, Number(BigInt.asUintN(32, found >> 32n)), size);
    },
  };
}

const encoder = new TextEncoder();

function within({ buffer }: WebAssembly.Memory, address: number, size: number): Uint8Array {
  if (address + size <= buffer.byteLength) return new Uint8Array(buffer, address, size);
  throw new GuestFault("trap", "it names a place for its message outside of its memory");
}
