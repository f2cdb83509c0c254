import type { PluginGrant } from "./grant.ts";
import type { WasmImport } from "./wasm-module.ts";

/** The namespace of Extism's host functions. */
export const EXTISM_ENV = "extism:host/env";
/** The namespace of WASI, of which a guest gets clock and randomness, and an empty world otherwise. */
export const WASI = "wasi_snapshot_preview1";

/** What an import needs. `memory`: nothing beyond the guest's own input, output and memory. */
type Need = "memory" | "config" | "vars" | "log" | "http";

const NEEDS: ReadonlyMap<string, Need> = new Map<string, Need>([
  ...words(
    "memory",
    "alloc free length length_unsafe load_u8 load_u64 store_u8 store_u64 input_set input_length input_offset input_load_u8 input_load_u64 output_set output_length output_offset reset error_set error_get memory_bytes",
  ),
  ...words("config", "config_get"),
  ...words("vars", "var_get var_set"),
  ...words("log", "get_log_level log_trace log_debug log_info log_warn log_error"),
  ...words("http", "http_request http_status_code http_headers"),
]);

function words(need: Need, names: string): readonly (readonly [string, Need])[] {
  return names.split(" ").map((name) => [name, need]);
}

/** WASI's functions of the first preview. */
export const WASI_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    "args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get fd_advise fd_allocate fd_close fd_datasync " +
    "fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread " +
    "fd_prestat_get fd_prestat_dir_name fd_pwrite fd_read fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write " +
    "path_create_directory path_filestat_get path_filestat_set_times path_link path_open path_readlink path_remove_directory path_rename " +
    "path_symlink path_unlink_file poll_oneoff proc_exit proc_raise sched_yield random_get sock_accept sock_recv sock_send sock_shutdown"
  ).split(" "),
);

/** Why an import is refused under a grant; undefined when it is not. */
export function importProblem({ module, name, kind }: WasmImport, grant: PluginGrant): string | undefined {
  const what = `it imports ${module} ${name}`;
  if (kind !== "function") return `${what}, a ${kind}: a plugin imports functions alone`;
  if (module === WASI) return WASI_FUNCTIONS.has(name) ? undefined : `${what}, which is no function of WASI preview 1`;
  if (module !== EXTISM_ENV) return `${what}, and no host function of that name exists`;
  const need = NEEDS.get(name);
  if (need === undefined) return `${what}, which is no function of Extism`;
  if (need === "http" && grant.hosts.length === 0) return `${what}, and no hosts are granted`;
  if (need === "vars" && grant.limits.varBytes === 0) return `${what}, and no variables are granted`;
  if (need === "log" && grant.limits.logBytes === 0) return `${what}, and no logging is granted`;
  return undefined;
}
