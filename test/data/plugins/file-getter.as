// AssemblyScript: a getter that has its files in its configuration, as base64 by address.
import { config, fail, output } from "../../../infra/plugins/kit/host";
import { readGetter } from "../../../infra/plugins/kit/getter";
import { JsonObject } from "../../../infra/plugins/kit/json";

export function helm_plugin_main(): i32 {
  const href = readGetter().href;
  const data = config(href);
  return data == null ? fail("nothing at " + href) : output(new JsonObject().text("data", data).toString());
}
