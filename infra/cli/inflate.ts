import { gunzipSync } from "node:zlib";
import type { InflateWhole } from "../../engine/archive/index.ts";

/** Node's inflater without streams, whose making costs more than a small chart's render. */
export const inflateWhole: InflateWhole = (gzip, limit) => {
  try {
    return gunzipSync(gzip, { maxOutputLength: limit, rejectGarbageAfterEnd: true });
  } catch {
    return undefined;
  }
};
