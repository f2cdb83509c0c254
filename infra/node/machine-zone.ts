import { readlinkSync } from "node:fs";

const UTC_NAMES = /^(?:Etc\/)?(?:UTC|UCT|Universal|Zulu)$/u;

/**
 * The IANA name of the machine's zone. Most systems have it in the name of a link; to ask the runtime is to load a locale, which takes
 * 15 ms.
 */
export function machineZone(readLink: (path: string) => string = readlinkSync): string {
  return linkedZone(readLink) ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function linkedZone(readLink: (path: string) => string): string | undefined {
  try {
    const name = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/u.exec(readLink("/etc/localtime"))?.[1];
    return name !== undefined && UTC_NAMES.test(name) ? "UTC" : name;
  } catch {
    return undefined;
  }
}
