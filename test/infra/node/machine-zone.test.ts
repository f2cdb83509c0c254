import { expect, test } from "vitest";
import { machineZone } from "../../../infra/node/machine-zone.ts";

test.each([
  ["/usr/share/zoneinfo/Etc/UTC", "UTC"],
  ["/usr/share/zoneinfo/UTC", "UTC"],
  ["../usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"],
  ["/var/db/timezone/zoneinfo/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"],
  ["/usr/share/zoneinfo/posix/Asia/Kolkata", "Asia/Kolkata"],
])("a machine whose zone is linked to %s is in %s", (target, name) => {
  expect(machineZone(() => target)).toBe(name);
});

const noLink = (): string => {
  throw new Error("EINVAL: invalid argument, readlink");
};

test.each([
  ["there is no link", noLink],
  ["the link tells no zone", () => "/etc/zone"],
])("the runtime is asked where %s", (_title, readLink) => {
  expect(machineZone(readLink)).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
});
