import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { serverFlags } from "../../../infra/server-flags.mjs";

describe("how the server's process is started", () => {
  const cases: readonly (readonly [string | undefined, readonly string[]])[] = [
    [undefined, ["--max-semi-space-size=16"]],
    ["--max-old-space-size=128", ["--max-semi-space-size=16"]],
    ["--max-old-space-size=128 --max-semi-space-size=32", []],
    ["--max_semi_space_size=32", []],
  ];
  it.each(cases)("with NODE_OPTIONS %s its flags are %j", (nodeOptions, flags) => {
    expect(serverFlags(nodeOptions)).toEqual(flags);
  });

  it("Node knows the flags", () => {
    const child = spawnSync(process.execPath, [...serverFlags(undefined), "-e", ""], { encoding: "utf8" });
    expect([child.status, child.stderr]).toEqual([0, ""]);
  });
});
