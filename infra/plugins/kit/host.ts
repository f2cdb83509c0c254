import * as env from "@extism/as-pdk/lib/env";

/** The message, where the host writes it into the guest's own memory. */
let given: ArrayBuffer | null = null;
let answerAt: usize = 0;
let answerSize: i32 = 0;

/**
 * A way past Extism's words of eight bytes: a host that knows this export calls it before the entry, and writes the message of so many bytes
 * to the address; once more, with the right size, where the first one was too small. No other host calls it.
 */
export function slipway_message(size: i32): usize {
  const before = given;
  const bytes = before == null ? roomFor(size) : changetype<ArrayBuffer>(__renew(changetype<usize>(before), size));
  given = bytes;
  return changetype<usize>(bytes);
}

/** A buffer that is not filled yet. */
function roomFor(size: i32): ArrayBuffer {
  return changetype<ArrayBuffer>(__new(size, idof<ArrayBuffer>()));
}

/** Where the answer stands, once the entry ended with 0: its address in the upper half, its bytes' count in the lower. */
export function slipway_answer(): u64 {
  return ((<u64>answerAt) << 32) | answerSize;
}

/** What the host hands in: the message of the plugin's type, as JSON. */
export function input(): string {
  const bytes = inputBytes();
  return String.UTF8.decodeUnsafe(changetype<usize>(bytes), bytes.byteLength);
}

/** The same in UTF-8. */
export function inputBytes(): ArrayBuffer {
  const written = given;
  if (written != null) return written;
  const size = <i32>env.input_length();
  const bytes = roomFor(size);
  const at = changetype<usize>(bytes);
  let i: i32 = 0;
  for (; i + 8 <= size; i += 8) store<u64>(at + i, env.input_load_u64(i));
  for (; i < size; i++) store<u8>(at + i, env.input_load_u8(i));
  return bytes;
}

/** Hands the answer out and ends well: `return output(…)`. */
export function output(json: string): i32 {
  const bytes = String.UTF8.encode(json);
  return outputBytes(changetype<usize>(bytes), bytes.byteLength);
}

/** The same with UTF-8 that stands in memory; it stays there until the call ends. */
export function outputBytes(at: usize, size: i32): i32 {
  answerAt = at;
  answerSize = size;
  if (given == null) env.output_set(shareBytes(at, size), size);
  return 0;
}

/** Refuses: `return fail(…)` ends the call with this message. Say what was being done, to what, and what to do. */
export function fail(message: string): i32 {
  env.error_set(shareText(message));
  return 1;
}

/** What the operator, or else the author's plugin.yaml, gives under a key; null when nobody does. */
export function config(key: string): string | null {
  const name = shareText(key);
  const found = env.config_get(name);
  free(name);
  if (found == 0) return null;
  return String.UTF8.decode(sharedBytes(found));
}

/** A line for the operator's log. */
export function logInfo(text: string): void {
  env.log_info(shareText(text));
}

/** A warning for the operator's log. */
export function logWarn(text: string): void {
  env.log_warn(shareText(text));
}

/** The compiler's own checks end here (`--use abort=kit/host/stop`): the host sees a trap. */
export function stop(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  unreachable();
}

/** A text in a block that host and guest share. */
export function shareText(text: string): u64 {
  const bytes = String.UTF8.encode(text);
  return shareBytes(changetype<usize>(bytes), bytes.byteLength);
}

/** What a block holds. */
export function sharedBytes(block: u64): ArrayBuffer {
  const size = <i32>env.length(block);
  const bytes = new ArrayBuffer(size);
  const at = changetype<usize>(bytes);
  let i: i32 = 0;
  for (; i + 8 <= size; i += 8) store<u64>(at + i, env.load_u64(block + i));
  for (; i < size; i++) store<u8>(at + i, env.load_u8(block + i));
  return bytes;
}

/** Gives a block back. */
export function free(block: u64): void {
  env.free(block);
}

/** Copies bytes into a block that host and guest share. */
export function shareBytes(at: usize, size: i32): u64 {
  const block = env.alloc(size);
  let i: i32 = 0;
  for (; i + 8 <= size; i += 8) env.store_u64(block + i, load<u64>(at + i));
  for (; i < size; i++) env.store_u8(block + i, load<u8>(at + i));
  return block;
}
