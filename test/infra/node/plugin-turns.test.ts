import { describe, expect, it } from "vitest";
import { createTurns, type Turns } from "../../../infra/node/plugin-turns.ts";

const late = (): Error => new Error("late");

/** Takes places in the order given, and gives each back once it had it; who came when. */
async function served(turns: Turns, owners: readonly string[]): Promise<readonly string[]> {
  const order: string[] = [];
  const one = async (owner: string): Promise<void> => {
    const giveBack = await turns.take({ owner, late });
    order.push(owner);
    await Promise.resolve();
    giveBack();
  };
  await Promise.all(owners.map(one));
  return order;
}

describe("turns", () => {
  it.each([
    ["one place in the order of arrival", 1, ["a", "b", "c"], ["a", "b", "c"]],
    ["one place round among owners", 1, ["a", "a", "a", "a", "b", "c"], ["a", "a", "b", "c", "a", "a"]],
    ["two places to who holds fewest", 2, ["a", "a", "a", "a", "b"], ["a", "a", "b", "a", "a"]],
  ])("give %s", async (_name, places, owners, expected) => {
    expect(await served(createTurns({ places, longestWait: 10_000 }), owners)).toEqual(expected);
  });

  it("are given to an owner who holds none, before one who holds some", async () => {
    const turns = createTurns({ places: 2, longestWait: 10_000 });
    const first = await turns.take({ owner: "a", late });
    const second = await turns.take({ owner: "a", late });
    const order: string[] = [];
    const waiting = ["a", "b"].map(async (owner) => {
      const giveBack = await turns.take({ owner, late });
      order.push(owner);
      return giveBack;
    });
    first();
    await Promise.race(waiting);
    expect(order).toEqual(["b"]);
    second();
    for (const giveBack of await Promise.all(waiting)) giveBack();
  });

  it("are not waited for without end, and not by who has gone", async () => {
    const turns = createTurns({ places: 1, longestWait: 20 });
    const giveBack = await turns.take({ owner: "a", late });
    await expect(turns.take({ owner: "b", late })).rejects.toThrow("late");
    const leaving = new AbortController();
    const left = turns.take({ owner: "b", signal: leaving.signal, late });
    leaving.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    await expect(turns.take({ owner: "b", signal: leaving.signal, late })).rejects.toThrow("gone");
    giveBack();
    const next = await turns.take({ owner: "b", late });
    next();
  });
});
