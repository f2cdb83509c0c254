import { ConfigError } from "../../functions/config/parse.ts";
import type { Env } from "./env.ts";
import { openApp } from "./worker-app.ts";

export { FetchesObject } from "./fetches-object.ts";
export { RecordsObject } from "./records-object.ts";
export { ReleaseObject } from "./release-object.ts";

/** The Worker: every request goes to the application; the hourly trigger tidies and collects. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      const app = await openApp(env);
      return await app.fetch(request);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return Response.json({ title: "The configuration is refused", detail: error.message }, { status: 503 });
    }
  },
  async scheduled(_event: unknown, env: Env): Promise<void> {
    const app = await openApp(env);
    await app.recover();
    await app.tidy();
    await app.collect();
    await app.prefetch();
  },
};
