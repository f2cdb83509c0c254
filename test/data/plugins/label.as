// AssemblyScript: adds the annotation `team`, from the config key of that name, to every document.
import { Config, Host, LogLevel } from "@extism/as-pdk";

export function stop(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  unreachable();
}

export function helm_plugin_main(): i32 {
  const input = Host.inputString();
  const team = Config.get("team");
  Host.log(LogLevel.Info, "labelling");
  const end = input.lastIndexOf(',"extraArgs"');
  const found = "\\n  annotations:\\n";
  const line = "    team: " + (team == null ? "none" : team) + "\\n";
  const body = input.substring(0, end).replaceAll(found, found + line) + "}";
  Host.output(Uint8Array.wrap(String.UTF8.encode(body)));
  return 0;
}
