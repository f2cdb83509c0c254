import { describe, expect, test } from "vitest";
import { newest, newestDeployed, newestSuccessful, toPrune } from "../../../engine/release/history.ts";
import { checkLabels, customLabels, mergeLabels, recordLabels } from "../../../engine/release/label.ts";
import { checkReleaseName, recordName } from "../../../engine/release/name.ts";
import type { ReleaseStatus } from "../../../engine/release/release.ts";
import { isPending, isReplaceable, isUpgradeBase, parseStatus } from "../../../engine/release/status.ts";
import { formatTime, parseTime } from "../../../engine/release/time.ts";

function history(...statuses: readonly ReleaseStatus[]) {
  return statuses.map((status, index) => ({ version: index + 1, status }));
}

describe("of a history", () => {
  const mixed = history("deployed", "superseded", "deployed", "failed").reverse();

  test("the newest, the newest deployed and the newest good revision are found in any order", () => {
    expect(newest(mixed)?.version).toBe(4);
    expect(newestDeployed(mixed)?.version).toBe(3);
    expect(newestSuccessful(history("superseded", "failed"))?.version).toBe(1);
    expect(newest([])).toBeUndefined();
  });

  test.each([
    ["no limit", history("superseded", "deployed"), 0, []],
    ["room left", history("superseded", "deployed"), 3, []],
    ["one too many", history("superseded", "superseded", "deployed"), 3, [1]],
    ["the deployed one is old and stays", history("deployed", "failed", "failed", "failed"), 2, [2, 3, 4]],
    ["a limit of one keeps only what is deployed", history("superseded", "deployed", "failed"), 1, [1, 3]],
    ["nothing is deployed", history("failed", "failed", "failed"), 2, [1, 2]],
  ])("%s: what goes before one more is written", (_, all, limit, gone) => {
    expect(toPrune(all, limit).map((one) => one.version)).toEqual(gone);
  });
});

describe("labels", () => {
  test("of Helm's own may not be given", () => {
    expect(checkLabels({ team: "a" })).toBeUndefined();
    expect(checkLabels({ owner: "a" })).toBe(
      "user supplied labels contains system reserved label name. System labels: [name owner status version createdAt modifiedAt]",
    );
  });

  test("are merged, and the text null takes one away", () => {
    expect(mergeLabels({ a: "1", b: "2" }, { b: "null", c: "3" })).toEqual({ a: "1", c: "3" });
  });

  test("of a record carry an older time along, as Helm's do", () => {
    const of = { name: "web", version: 2, status: "deployed", stamp: "modifiedAt", now: 1_795_253_167_999 } as const;
    const system = { name: "web", owner: "helm", status: "deployed", version: "2" };
    expect(recordLabels({ ...of, labels: { team: "a" } })).toEqual({ team: "a", modifiedAt: "1795253167", ...system });
    expect(recordLabels({ ...of, labels: { modifiedAt: "1", status: "old" } })).toEqual({ modifiedAt: "1", ...system });
    expect(customLabels(recordLabels({ ...of, labels: { team: "a" } }))).toEqual({ team: "a" });
  });
});

test.each([
  ["web", undefined],
  ["a.b-c.d0", undefined],
  ["", "no name provided"],
  ["Web", "invalid release name, must match regex"],
  ["a..b", "invalid release name, must match regex"],
  ["-a", "invalid release name, must match regex"],
  ["a".repeat(53), undefined],
  ["a".repeat(54), "the length must not be longer than 53"],
])("the release name %j: %s", (name, problem) => {
  if (problem === undefined) expect(checkReleaseName(name)).toBeUndefined();
  else expect(checkReleaseName(name)).toContain(problem);
});

test("a name of hostile length is judged at once", () => {
  expect(checkReleaseName(`${"a".repeat(1_000_000)}!`)).toContain("must not be longer than 53");
  expect(recordName("web", 12)).toBe("sh.helm.release.v1.web.v12");
});

test.each([
  ["pending-install", { pending: true, replaceable: false, base: false }],
  ["uninstalling", { pending: false, replaceable: false, base: false }],
  ["uninstalled", { pending: false, replaceable: true, base: false }],
  ["failed", { pending: false, replaceable: true, base: true }],
  ["superseded", { pending: false, replaceable: false, base: true }],
] as const)("the status %s allows what Helm allows", (status, expected) => {
  expect({ pending: isPending(status), replaceable: isReplaceable(status), base: isUpgradeBase(status) }).toEqual(
    expected,
  );
});

test("a word that is no status is unknown", () => {
  expect(parseStatus("deployed")).toBe("deployed");
  expect(parseStatus("toString")).toBe("unknown");
});

test.each([
  [1_795_253_167_000, 0, "2026-11-21T09:26:07Z"],
  [1_795_253_167_120, 0, "2026-11-21T09:26:07.12Z"],
  [1_795_253_167_105, 532_157, "2026-11-21T09:26:07.105532157Z"],
  [1_795_253_167_000, 10, "2026-11-21T09:26:07.00000001Z"],
])("%d ms and %d ns are written as Go writes them: %s", (ms, nanos, text) => {
  expect(formatTime(ms, nanos)).toBe(text);
});

test("Go's zero time and Helm 3's empty one are no time", () => {
  expect(parseTime("")).toBeUndefined();
  expect(parseTime("0001-01-01T00:00:00Z")).toBeUndefined();
  expect(parseTime("2026-11-21T09:26:07Z")).toBe("2026-11-21T09:26:07Z");
});
