import * as env from "@extism/as-pdk/lib/env";

/** What the host hands in: the message of the plugin's type, as JSON. */
export function input(): string {
  const size = <i32>env.input_length();
  const bytes = new ArrayBuffer((size + 7) & ~7);
  const at = changetype<usize>(bytes);
  let i: i32 = 0;
  for (; i + 8 <= size; i += 8) store<u64>(at + i, env.input_load_u64(i));
  for (; i < size; i++) store<u8>(at + i, env.input_load_u8(i));
  return String.UTF8.decodeUnsafe(at, size);
}

/** Hands the answer out and ends well: `return output(…)`. */
export function output(json: string): i32 {
  const bytes = String.UTF8.encode(json);
  env.output_set(share(bytes), bytes.byteLength);
  return 0;
}

/** Refuses: `return fail(…)` ends the call with this message. Say what was being done, to what, and what to do. */
export function fail(message: string): i32 {
  env.error_set(share(String.UTF8.encode(message)));
  return 1;
}

/** What the operator, or else the author's plugin.yaml, gives under a key; null when nobody does. */
export function config(key: string): string | null {
  const name = share(String.UTF8.encode(key));
  const found = env.config_get(name);
  env.free(name);
  if (found == 0) return null;
  const size = <i32>env.length(found);
  const bytes = new ArrayBuffer(size);
  for (let i = 0; i < size; i++) store<u8>(changetype<usize>(bytes) + i, env.load_u8(found + i));
  return String.UTF8.decode(bytes);
}

/** A line for the operator's log. */
export function logInfo(text: string): void {
  env.log_info(share(String.UTF8.encode(text)));
}

/** A warning for the operator's log. */
export function logWarn(text: string): void {
  env.log_warn(share(String.UTF8.encode(text)));
}

/** The compiler's own checks end here (`--use abort=kit/host/stop`): the host sees a trap. */
export function stop(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  unreachable();
}

/** Copies bytes into a block that host and guest share. */
function share(bytes: ArrayBuffer): u64 {
  const size = bytes.byteLength;
  const block = env.alloc(size);
  const at = changetype<usize>(bytes);
  let i: i32 = 0;
  for (; i + 8 <= size; i += 8) env.store_u64(block + i, load<u64>(at + i));
  for (; i < size; i++) env.store_u8(block + i, load<u8>(at + i));
  return block;
}
