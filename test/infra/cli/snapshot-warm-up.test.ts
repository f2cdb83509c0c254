import { join } from "node:path";
import { expect, test } from "vitest";
import { warmUp } from "../../../infra/cli/snapshot-warm-up.ts";

test("every command that the snapshot is warmed up with succeeds", async () => {
  const codes = await warmUp(join(import.meta.dirname, "../../../infra/cli/warm-up-chart"));
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => code !== 0)).toEqual([]);
});
