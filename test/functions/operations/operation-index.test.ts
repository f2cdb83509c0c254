import { expect, it } from "vitest";
import { readStanding } from "../../../functions/operations/journal.ts";
import { listIndex } from "../../../functions/operations/operation-index.ts";
import { createWorld, DONE, going } from "./harness.ts";

type World = Awaited<ReturnType<typeof createWorld>>;

async function statuses(world: World): Promise<readonly unknown[]> {
  const standing = (operation: string) => readStanding(world.inner, operation);
  const page = await listIndex(world.deps.records, { limit: 10, filter: {}, visible: () => true, standing });
  return page.items.map((item) => item["status"]);
}

it("an operation is listed once, whatever the clock says while it is recorded", async () => {
  const world = await createWorld([() => DONE], {
    store: (inner) => ({
      ...inner,
      append: async (...of) => {
        world.time.now += 7;
        return inner.append(...of);
      },
    }),
  });
  await world.start();
  expect(await statuses(world)).toEqual(["running"]);
  const other = await createWorld([() => going("one"), () => DONE]);
  await other.startAndRun();
  expect(await statuses(other)).toEqual(["succeeded"]);
  world.time.now += 70_000;
  await world.run((await world.start()).operation);
  expect(await statuses(world)).toEqual(["succeeded"]);
});

it("an operation whose process died behind its end is listed with that end", async () => {
  const world = await createWorld([() => DONE]);
  const dies = { ...world.deps.records, put: () => Promise.reject(new Error("killed")) };
  const { operation } = await world.start();
  world.time.now += 70_000;
  Object.assign(world.deps, { records: dies });
  await world.run(operation);
  expect(await statuses(world)).toEqual(["succeeded"]);
});

it("an operation that was not recorded is not listed, and is listed once when it is tried again", async () => {
  let refuses = true;
  const world = await createWorld([() => DONE], {
    store: (inner) => ({ ...inner, append: async (...of) => (refuses ? false : inner.append(...of)) }),
  });
  await expect(world.start()).rejects.toMatchObject({ code: "store-unavailable" });
  expect(await statuses(world)).toEqual([]);
  refuses = false;
  world.time.now += 5;
  await world.start();
  expect(await statuses(world)).toEqual(["running"]);
});
