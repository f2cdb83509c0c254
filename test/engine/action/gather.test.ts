import { expect, test } from "vitest";
import { gather } from "../../../engine/action/gather.ts";

test("a failure is thrown once nothing is on its way any more, and nothing new is begun behind it", async () => {
  const ended: number[] = [];
  const work = gather([0, 1, 2, 3, 4, 5, 6, 7], async (item) => {
    if (item === 1) throw new Error("refused");
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(item);
  });
  await expect(work).rejects.toThrow("refused");
  expect(ended).toEqual([0, 2, 3, 4, 5]);
});
