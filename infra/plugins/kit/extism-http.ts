declare module "extism:host/env";

/** Extism's HTTP functions, which are in a module only when something of `http.ts` is used. Blocks are their addresses; 0 is none. */
export declare function http_request(request: u64, body: u64): u64;
/** Of the last answer, as are its headers: a JSON object, or 0. */
export declare function http_status_code(): i32;
export declare function http_headers(): u64;
