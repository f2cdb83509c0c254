// AssemblyScript: a cli/v1 plugin. It answers with its one argument when that is JSON, and refuses everything else with the message that it got.
import { fail, input, output } from "../../../infra/plugins/kit/host";
import { parseOne } from "../../../infra/plugins/kit/yaml";

export function helm_plugin_main(): i32 {
  const message = input();
  const read = parseOne(message);
  const args = read.problem == "" ? read.roots[0].get("extraArgs") : null;
  if (args != null && args.values.length == 1 && args.values[0].text().startsWith("{")) return output(args.values[0].text());
  return fail(message);
}
