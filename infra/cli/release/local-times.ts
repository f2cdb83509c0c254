import { RFC3339_NANO, formatTime } from "../../../engine/go/time-format.ts";
import { inZone } from "../../../engine/go/time-instant.ts";
import type { Zone } from "../../../engine/go/time-zone.ts";
import type { Release } from "../../../engine/release/release.ts";
import { storedInstant } from "../../../engine/report/time.ts";

/**
 * A release with the times that this process wrote in its own zone, as helm prints what it has just made. Times that were read stay as
 * they were stored.
 */
export function withLocalTimes(release: Release, zone: Zone, since: number): Release {
  const local = (text: string | undefined): string | undefined =>
    text === undefined || Date.parse(text) < since
      ? text
      : formatTime(inZone(storedInstant(text, zone), zone), RFC3339_NANO);
  const { firstDeployed, lastDeployed, ...info } = release.info;
  const [first, last] = [local(firstDeployed), local(lastDeployed)];
  return {
    ...release,
    info: {
      ...info,
      ...(first === undefined ? {} : { firstDeployed: first }),
      ...(last === undefined ? {} : { lastDeployed: last }),
    },
    hooks: release.hooks.map((hook) => {
      const { startedAt, completedAt, phase } = hook.lastRun;
      const [started, completed] = [local(startedAt), local(completedAt)];
      const lastRun = {
        ...(started === undefined ? {} : { startedAt: started }),
        ...(completed === undefined ? {} : { completedAt: completed }),
        phase,
      };
      return { ...hook, lastRun };
    }),
  };
}
