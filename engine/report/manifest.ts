import type { Release } from "../release/release.ts";

/** What `helm get hooks` prints. */
export function hooksText({ hooks }: Pick<Release, "hooks">): string {
  return hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}\n`).join("");
}

/** What `helm get manifest` prints. */
export function manifestText({ manifest }: Pick<Release, "manifest">): string {
  return `${manifest}\n`;
}

/** What `helm get notes` prints: nothing where there are none. */
export function notesText({ info }: Pick<Release, "info">): string {
  return (info.notes ?? "") === "" ? "" : `NOTES:\n${info.notes ?? ""}\n`;
}
