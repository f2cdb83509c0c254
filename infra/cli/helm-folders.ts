import type { CommandIo } from "./command.ts";

const FOLDERS = {
  data: { own: "HELM_DATA_HOME", shared: "XDG_DATA_HOME", below: ".local/share" },
  config: { own: "HELM_CONFIG_HOME", shared: "XDG_CONFIG_HOME", below: ".config" },
  cache: { own: "HELM_CACHE_HOME", shared: "XDG_CACHE_HOME", below: ".cache" },
} as const;

/** Where Helm keeps its data, configuration or cache on Linux. */
export function helmFolder(kind: keyof typeof FOLDERS, { environment }: Pick<CommandIo, "environment">): string {
  const { own, shared, below } = FOLDERS[kind];
  const helm = environment(own) ?? "";
  if (helm !== "") return helm;
  const base = environment(shared) ?? "";
  return base === "" ? `${environment("HOME") ?? ""}/${below}/helm` : `${base}/helm`;
}
