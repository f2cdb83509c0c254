import { describe, expect, it } from "vitest";
import { createSingleFlight } from "../../../engine/oci/single-flight.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { createStoreLeases } from "../../../registry/upstream/lease.ts";
import { once, type SharedWork } from "../../../registry/upstream/once.ts";
import { random } from "../../support/registry-server.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that passes when it is told to. */
function createTime() {
  const sleepers = new Set<Sleeper>();
  const time = { now: 1_000_000 };
  const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => time.now,
    sleep: async (milliseconds: number, signal?: AbortSignal): Promise<void> =>
      await new Promise((resolve) => {
        const sleeper = { until: time.now + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          resolve();
        });
      }),
    /** Lets `milliseconds` pass, waking everybody at the right time. */
    pass: async (milliseconds: number): Promise<void> => {
      const end = time.now + milliseconds;
      for (;;) {
        await settle();
        const [next] = [...sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
        if (next === undefined) break;
        time.now = Math.max(time.now, next.until);
        sleepers.delete(next);
        next.wake();
      }
      time.now = end;
      await settle();
    },
  };
}

type Time = ReturnType<typeof createTime>;

/** Two processes over one store that want the same. */
function openWorld() {
  const time = createTime();
  const store = createMemoryStore();
  const begun: string[] = [];
  const found: { value: string | undefined } = { value: undefined };
  const process = (name: string) => {
    const life = { dead: false };
    const own: Pick<Time, "sleep"> = {
      sleep: async (milliseconds, signal) => {
        await time.sleep(milliseconds, signal);
        // Whoever was killed goes on with nothing.
        if (life.dead) await new Promise<never>(() => undefined);
      },
    };
    const leases = createStoreLeases({ store, now: time.now, sleep: own.sleep });
    const deps = { leases, project: "up", random, sleep: own.sleep };
    const flight = createSingleFlight<string>(true);
    return {
      kill: () => void (life.dead = true),
      fetch: async (lasting: number): Promise<string> => {
        const shared: SharedWork<string> = {
          key: "blob/x",
          done: async () => (found.value === undefined ? undefined : { value: found.value }),
          work: async () => {
            begun.push(name);
            await own.sleep(lasting);
            found.value = `by ${name}`;
            return found.value;
          },
        };
        return await once(deps, flight, shared);
      },
    };
  };
  const leases = async (): Promise<number> => (await store.list("upstream/up/lease/")).items.length;
  return { time, begun, first: process("first"), second: process("second"), leases };
}

const MINUTE = 60_000;

describe("a fetch that another process has begun", () => {
  it("is waited for although it lasts much longer than its lease, which is renewed", async () => {
    const { time, begun, first, second, leases } = openWorld();
    const answers: string[] = [];
    void first.fetch(10 * MINUTE).then((answer) => answers.push(answer));
    await time.pass(1_000);
    void second.fetch(MINUTE).then((answer) => answers.push(answer));
    await time.pass(10 * MINUTE - 2_000);
    expect([begun, answers]).toEqual([["first"], []]);
    await time.pass(2_000);
    expect([begun, answers]).toEqual([["first"], ["by first", "by first"]]);
    expect(await leases()).toBe(0);
  });

  it.each([
    ["before its first renewal", 5_000, 30_000],
    ["after it renewed", 25_000, 50_000],
    ["after it renewed for long", 10 * MINUTE + 1_000, 10 * MINUTE + 30_000],
  ])("is taken over thirty seconds after the last sign of life of one that was killed %s", async (_, killed, ends) => {
    const { time, begun, first, second, leases } = openWorld();
    void first.fetch(60 * MINUTE);
    const answer = second.fetch(2 * MINUTE);
    await time.pass(killed);
    first.kill();
    await time.pass(ends - killed - 1);
    expect(begun).toEqual(["first"]);
    await time.pass(1_001);
    expect(begun).toEqual(["first", "second"]);
    await time.pass(2 * MINUTE);
    expect([await answer, await leases()]).toEqual(["by second", 0]);
  });

  it("is begun once more by each process only when what it left is gone", async () => {
    const { time, begun, first, second } = openWorld();
    void first.fetch(1_000);
    await time.pass(2_000);
    expect(await second.fetch(1_000)).toBe("by first");
    expect(begun).toEqual(["first"]);
  });
});
