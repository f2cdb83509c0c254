import { runSuite } from "./suite.ts";
import type { VectorFiles } from "./suite.ts";

/** A Worker that runs the suite on the files that it is sent. */
export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await runSuite((await request.json()) as VectorFiles));
  },
};
