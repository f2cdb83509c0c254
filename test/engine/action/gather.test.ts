import { expect, test } from "vitest";
import { gather, gatherFront } from "../../../engine/action/gather.ts";

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

test("what was done in front of the first failure is told with it, whichever failed first in time", async () => {
  const ticks = new Map([
    [2, 5],
    [4, 1],
  ]);
  const { results, failure } = await gatherFront([0, 1, 2, 3, 4, 5, 6, 7], async (item) => {
    for (let i = 0; i < (ticks.get(item) ?? 3); i++) await new Promise((resolve) => setImmediate(resolve));
    if (ticks.has(item)) throw new Error(`refused ${item}`);
    return item;
  });
  expect([results, failure?.error]).toEqual([[0, 1], new Error("refused 2")]);
});
