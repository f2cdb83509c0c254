// AssemblyScript: a getter that answers with its address and an option.
import { readGetter, writeData } from "../../../infra/plugins/kit/getter";
import { fail } from "../../../infra/plugins/kit/host";

export function helm_plugin_main(): i32 {
  const input = readGetter();
  if (input.protocol == "") return fail("no protocol");
  return writeData(Uint8Array.wrap(String.UTF8.encode(input.href + input.option("Timeout") + input.option("Other"))));
}
