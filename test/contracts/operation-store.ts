import { describe, expect, it } from "vitest";
import type { Lease, OperationStore } from "../../functions/operations/operation-store.ts";

const RELEASE = "local/default/web";

/** What every `OperationStore` must do. `open` gives an empty store on the clock given. */
export function describeOperationStore(
  name: string,
  open: (options: { readonly now: () => number }) => OperationStore | Promise<OperationStore>,
): void {
  const setUp = async () => {
    const clock = { time: 1_000 };
    const store = await open({ now: () => clock.time });
    const take = async (operation: string, release = RELEASE): Promise<Lease> => {
      const taken = await store.acquire(release, operation, 100);
      if (taken.kind === "held") throw new Error("held");
      return taken.lease;
    };
    return { clock, store, take };
  };

  describe(`${name} as an operation store`, () => {
    it("gives a release to one operation at a time and names the holder", async () => {
      const { store, take } = await setUp();
      const lease = await take("op1");
      expect(await store.acquire(RELEASE, "op2", 100)).toEqual({ kind: "held", by: lease });
      expect(await store.acquire(RELEASE, "op1", 100)).toEqual({ kind: "held", by: lease });
      expect(await store.holder(RELEASE)).toEqual(lease);
      expect((await store.acquire("local/default/other", "op3", 100)).kind).toBe("acquired");
      await store.release(lease);
      expect(await store.holder(RELEASE)).toBeUndefined();
      expect((await take("op2")).operation).toBe("op2");
    });

    it("lets an expired lease be taken over, and its old holder write and renew nothing", async () => {
      const { store, take, clock } = await setUp();
      const old = await take("op1");
      clock.time = 1_100;
      expect(await store.holder(RELEASE)).toBeUndefined();
      const fresh = await take("op1");
      expect(fresh.token).not.toBe(old.token);
      expect(await store.append(old, 0, [{ a: 1 }])).toBe(false);
      expect(await store.renew(old, 100)).toBeUndefined();
      await store.release(old);
      expect(await store.holder(RELEASE)).toEqual(fresh);
      expect(await store.append(fresh, 0, [{ a: 1 }])).toBe(true);
    });

    it("writes nothing under an expired lease that nobody took", async () => {
      const { store, take, clock } = await setUp();
      const lease = await take("op1");
      clock.time = 1_100;
      expect(await store.append(lease, 0, [{ a: 1 }])).toBe(false);
      expect(await store.renew(lease, 100)).toBeUndefined();
      expect(await store.read("op1", 0, 10)).toEqual([]);
    });

    it("renews a lease from now on", async () => {
      const { store, take, clock } = await setUp();
      const lease = await take("op1");
      clock.time = 1_050;
      expect(await store.renew(lease, 100)).toEqual({ ...lease, expires: 1_150 });
      clock.time = 1_140;
      expect((await store.holder(RELEASE))?.operation).toBe("op1");
    });

    it("appends in one piece, after the expected sequence only", async () => {
      const { store, take } = await setUp();
      const lease = await take("op1");
      expect(await store.append(lease, 0, [{ n: 1 }, { n: 2 }])).toBe(true);
      expect(await store.append(lease, 0, [{ n: 3 }])).toBe(false);
      expect(await store.append(lease, 3, [{ n: 3 }])).toBe(false);
      expect(await store.append(lease, 2, [{ n: 3 }])).toBe(true);
      expect(await store.read("op1", 0, 10)).toEqual([
        { sequence: 1, time: 1_000, entry: { n: 1 } },
        { sequence: 2, time: 1_000, entry: { n: 2 } },
        { sequence: 3, time: 1_000, entry: { n: 3 } },
      ]);
      expect((await store.read("op1", 1, 1)).map((entry) => entry.sequence)).toEqual([2]);
    });

    it("tells unfinished operations until their terminal entry", async () => {
      const { store, take, clock } = await setUp();
      const one = await take("op1");
      await store.append(one, 0, [{ kind: "created" }]);
      clock.time = 1_001;
      const two = await take("op2", "local/default/other");
      await store.append(two, 0, [{ kind: "created" }]);
      expect(await store.unfinished()).toEqual([
        { release: RELEASE, operation: "op1" },
        { release: "local/default/other", operation: "op2" },
      ]);
      expect(await store.unfinished(RELEASE)).toEqual([{ release: RELEASE, operation: "op1" }]);
      await store.append(one, 1, [{ kind: "event" }, { kind: "done", terminal: true }]);
      expect(await store.unfinished(RELEASE)).toEqual([]);
      expect(await store.unfinished()).toHaveLength(1);
    });

    it("wakes a reader when entries come, and at once when they are there", async () => {
      const { store, take } = await setUp();
      const lease = await take("op1");
      const signal = new AbortController().signal;
      const woken = store.changed("op1", 0, signal);
      await store.append(lease, 0, [{ n: 1 }]);
      await woken;
      await store.changed("op1", 0, signal);
      const controller = new AbortController();
      const aborted = store.changed("op1", 1, controller.signal);
      controller.abort();
      await aborted;
      await store.changed("op1", 1, controller.signal);
    });

    it("forgets journals that ended before a time, never open ones", async () => {
      const { store, take, clock } = await setUp();
      const one = await take("op1");
      await store.append(one, 0, [{ terminal: true }]);
      const two = await take("op2", "local/default/other");
      await store.append(two, 0, [{ kind: "created" }]);
      expect(await store.prune(1_000)).toBe(0);
      clock.time = 5_000;
      expect(await store.prune(1_001)).toBe(1);
      expect(await store.read("op1", 0, 10)).toEqual([]);
      expect(await store.read("op2", 0, 10)).toHaveLength(1);
    });
  });
}
