import { describe, expect, it } from "vitest";
import { KubeError } from "../../../engine/kube/error.ts";
import { readStanding } from "../../../functions/operations/journal.ts";
import type { JournalEntry, OperationStore } from "../../../functions/operations/operation-store.ts";
import { cancelKey, recoverOperations, runOperation } from "../../../functions/operations/runner.ts";
import { CANARY, createWorld, DONE, going, WEB_KEY } from "./harness.ts";

const kinds = (entries: readonly JournalEntry[]) => entries.map((entry) => entry.entry["kind"]);
const terminals = (entries: readonly JournalEntry[]) => entries.filter((entry) => entry.entry["terminal"] === true);

describe("the runner", () => {
  it("journals before and after each step, ends once, and gives the lease back", async () => {
    const world = await createWorld([() => going("observe"), () => DONE]);
    const operation = await world.startAndRun();
    const entries = await world.inner.read(operation, 0, 100);
    expect(kinds(entries)).toEqual(["created", "begin", "event", "step", "begin", "event", "done"]);
    expect(entries.at(-1)?.entry).toMatchObject({ terminal: true, status: "succeeded", undo: "helm rollback web 1" });
    expect(await world.inner.holder(WEB_KEY)).toBeUndefined();
    await world.run(operation);
    expect(await world.inner.read(operation, 0, 100)).toHaveLength(entries.length);
    expect(world.ran).toEqual([0, 1]);
  });

  it("writes what plugins log to the journal, and to the server's log", async () => {
    const line = { plugin: "labels", digest: "sha256:1", text: "labelling" };
    const trace = { type: "plugin-log", level: "trace", ...line } as const;
    const warn = { type: "plugin-log", level: "warn", ...line } as const;
    const world = await createWorld([() => ({ ...DONE, events: [trace, warn] })]);
    const operation = await world.startAndRun();
    const entries = await world.inner.read(operation, 0, 100);
    expect(entries.flatMap(({ entry }) => entry["event"] ?? [])).toEqual([trace, warn]);
    expect(world.log).toEqual([
      { level: "debug", message: "plugin", operation, ...line },
      { level: "warn", message: "plugin", operation, ...line },
    ]);
  });

  it("parks at a time, without the lease, and is woken then", async () => {
    const world = await createWorld([() => ({ events: [], next: { kind: "at", time: 1_005_000 } }), () => DONE]);
    const operation = await world.startAndRun();
    expect(world.wakeups).toEqual([{ operation, time: 1_005_000 }]);
    expect(await world.inner.holder(WEB_KEY)).toBeUndefined();
    await world.run(operation);
    expect(world.ran).toEqual([0]);
    world.time.now = 1_005_000;
    await world.run(operation);
    expect((await readStanding(world.inner, operation))?.end?.status).toBe("succeeded");
  });

  it("refuses a second writer and names the running operation, also while that one is parked", async () => {
    const world = await createWorld([() => ({ events: [], next: { kind: "at", time: 1_005_000 } }), () => DONE]);
    const first = await world.start();
    const refused = { code: "operation-running", options: { operation: first.operation } };
    await expect(world.start("b".repeat(32))).rejects.toMatchObject(refused);
    if (first.lease !== undefined) await world.inner.release(first.lease);
    await world.run(first.operation);
    await expect(world.start("b".repeat(32))).rejects.toMatchObject(refused);
    expect(await world.inner.read(`local~default~web~${"b".repeat(32)}`, 0, 1)).toEqual([]);
    world.time.now = 1_005_000;
    await world.run(first.operation);
    expect((await world.start("b".repeat(32))).lease).toBeDefined();
  });

  it("finds the same operation for the same nonce", async () => {
    const world = await createWorld([() => DONE]);
    const first = await world.start();
    expect(await world.start()).toEqual({ operation: first.operation });
  });

  it("takes a killed operation up again where it stood: at most the open step repeats", async () => {
    let killed = false;
    const world = await createWorld([
      () => going("one"),
      () => {
        if (!killed) return new Promise(() => {});
        return going("two");
      },
      () => DONE,
    ]);
    const started = await world.start();
    void runOperation(world.deps, WEB_KEY, started.operation, started.lease);
    await expect.poll(() => world.ran).toEqual([0, 1]);
    killed = true;
    world.time.now += 60_000;
    expect(await recoverOperations(world.deps)).toBe(1);
    await world.run(started.operation);
    expect(world.ran).toEqual([0, 1, 1, 2]);
    const entries = await world.inner.read(started.operation, 0, 100);
    expect(terminals(entries)).toHaveLength(1);
    expect((await readStanding(world.inner, started.operation))?.end?.status).toBe("succeeded");
    expect((await world.start("b".repeat(32))).lease).toBeDefined();
  });

  it("stops without a word when the lease was taken over in the middle of a step", async () => {
    const world = await createWorld([
      async (deps) => {
        world.time.now += 61_000;
        await world.inner.acquire(WEB_KEY, "another", 60_000);
        await deps.cluster.send({ method: "GET", path: "/" });
        throw new Error("a request left under a lost lease");
      },
    ]);
    const operation = await world.startAndRun();
    const entries = await world.inner.read(operation, 0, 100);
    expect(kinds(entries)).toEqual(["created", "begin"]);
    expect((await world.inner.holder(WEB_KEY))?.operation).toBe("another");
    expect(world.wakeups.at(-1)?.operation).toBe(operation);
  });

  it("renews the lease when a request would outlive it", async () => {
    const world = await createWorld([
      async (deps) => {
        world.time.now += 40_000;
        await deps.cluster.send({ method: "GET", path: "/" });
        world.time.now += 40_000;
        return DONE;
      },
    ]);
    const operation = await world.startAndRun();
    expect((await readStanding(world.inner, operation))?.end?.status).toBe("succeeded");
  });

  it("tries a step again when the cluster does not answer, pausing longer each time", async () => {
    let tries = 0;
    const world = await createWorld([
      () => {
        if (++tries < 3) throw new KubeError("unreachable", "dial tcp: connection refused");
        return DONE;
      },
    ]);
    const operation = await world.startAndRun();
    expect(world.wakeups).toEqual([{ operation, time: 1_001_000 }]);
    world.time.now = 1_001_000;
    await world.run(operation);
    expect(world.wakeups.at(-1)).toEqual({ operation, time: 1_003_000 });
    world.time.now = 1_003_000;
    await world.run(operation);
    expect((await readStanding(world.inner, operation))?.end?.status).toBe("succeeded");
  });

  it("gives a step up after too many tries, marks the release and frees it", async () => {
    const world = await createWorld([
      () => {
        throw new Error(`bug with ${CANARY}`);
      },
    ]);
    const operation = await world.startAndRun();
    for (let i = 0; i < 20; i++) {
      world.time.now += 30_000;
      await world.run(operation);
    }
    const standing = await readStanding(world.inner, operation);
    expect(standing?.end).toMatchObject({ status: "failed", error: { code: "internal" } });
    expect(JSON.stringify(standing?.end)).not.toContain(CANARY);
    expect(world.ran).toHaveLength(12);
    expect(world.abandoned).toEqual([operation]);
    expect((await world.start("b".repeat(32))).lease).toBeDefined();
  });

  it("gives up after crashes alone: a step that kills its process does not do so for ever", async () => {
    const world = await createWorld([() => new Promise(() => {})]);
    const { operation, lease } = await world.start();
    if (lease !== undefined) await world.inner.release(lease);
    for (let i = 0; i < 12; i++) {
      void world.run(operation);
      await expect.poll(() => world.ran.length).toBe(i + 1);
      world.time.now += 60_000;
    }
    await world.run(operation);
    expect((await readStanding(world.inner, operation))?.end).toMatchObject({
      status: "failed",
      error: { code: "interrupted" },
    });
  });

  it("ends at once on a refusal, with its code, detail and conflicts", async () => {
    const causes = { conflicts: [{ field: ".spec.replicas" }] };
    const world = await createWorld([
      () => {
        throw new KubeError("apply-conflict", "Apply failed with 1 conflict", { status: 409, ...causes });
      },
    ]);
    const operation = await world.startAndRun();
    const end = (await readStanding(world.inner, operation))?.end;
    expect(end).toMatchObject({
      status: "failed",
      error: { code: "field-conflict", message: "Apply failed with 1 conflict" },
    });
    expect(world.abandoned).toEqual([operation]);
  });

  it("cancels between two steps", async () => {
    const world = await createWorld([
      async () => {
        await world.deps.records.put(cancelKey(`local~default~web~${"a".repeat(32)}`), {}, {});
        return going("one");
      },
      () => DONE,
    ]);
    const operation = await world.startAndRun();
    expect((await readStanding(world.inner, operation))?.end).toMatchObject({
      status: "cancelled",
      error: { code: "cancelled" },
    });
    expect(world.ran).toEqual([0]);
  });

  it("winds up through the action where the action can", async () => {
    const world = await createWorld([
      () => going("one"),
      () => ({
        events: [],
        next: {
          kind: "done",
          outcome: {
            kind: "failed",
            code: "cancelled",
            message: "context canceled",
            detail: {},
            undo: "helm rollback",
          },
        },
      }),
    ]);
    const engine = {
      ...world.deps.engine,
      stop: (state: object) => ({ ...state, version: 1, action: "upgrade", at: 1 }),
    };
    const { operation, lease } = await world.start();
    await world.deps.records.put(cancelKey(operation), {}, {});
    await runOperation({ ...world.deps, engine }, WEB_KEY, operation, lease);
    expect((await readStanding(world.inner, operation))?.end).toMatchObject({
      status: "cancelled",
      undo: "helm rollback",
    });
    expect(world.abandoned).toEqual([]);
  });

  it("ends an operation whose state can no longer be opened: it stands in nobody's way", async () => {
    const world = await createWorld([() => going("one"), () => DONE]);
    const { operation, lease } = await world.start();
    if (lease !== undefined) await world.inner.release(lease);
    const box = { ...world.deps.box, open: async () => undefined };
    const engine = { ...world.deps.engine, stop: () => ({ version: 1, action: "upgrade" }) };
    for (let i = 0; i < 15; i++) {
      await runOperation({ ...world.deps, box, engine }, WEB_KEY, operation);
      world.time.now += 30_000;
    }
    expect((await readStanding(world.inner, operation))?.end).toMatchObject({
      status: "failed",
      error: { code: "internal" },
    });
    expect(world.abandoned).toEqual([operation]);
    expect((await world.start("b".repeat(32))).lease).toBeDefined();
  });

  it("says how to go on when the cluster was away for longer than anybody tries", async () => {
    const world = await createWorld([
      () => {
        throw new KubeError("unreachable", "connection refused");
      },
    ]);
    const abandon = () => Promise.reject(new KubeError("unreachable", "connection refused"));
    const { operation, lease } = await world.start();
    if (lease !== undefined) await world.inner.release(lease);
    for (let i = 0; i < 15; i++) {
      await runOperation({ ...world.deps, abandon }, WEB_KEY, operation);
      world.time.now += 30_000;
    }
    expect((await readStanding(world.inner, operation))?.end).toMatchObject({
      status: "failed",
      undo: expect.stringContaining("unlock the release"),
      error: { code: "cluster-unreachable" },
    });
  });

  it("keeps values out of journal, log and wakeups", async () => {
    const world = await createWorld([() => going("one"), () => DONE]);
    const operation = await world.startAndRun();
    const everything = JSON.stringify([await world.inner.read(operation, 0, 100), world.log, world.wakeups]);
    expect(everything).not.toContain(CANARY);
    expect(everything).not.toContain(btoa(CANARY));
  });
});

describe("a store that fails at any one call", () => {
  const METHODS = ["acquire", "append", "read", "release", "renew"] as const;

  it.each(METHODS.flatMap((method) => [1, 2, 3, 4, 5, 6].map((call) => ({ method, call }))))(
    "$method call $call: the operation still ends exactly once",
    async ({ method, call }) => {
      let armed = false;
      let calls = 0;
      const faulty = (inner: OperationStore): OperationStore => {
        const fail = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
          return async (...args: A): Promise<R> => {
            if (armed && ++calls === call) throw new Error("disk I/O error");
            return work(...args);
          };
        };
        return {
          ...inner,
          [method]: fail(inner[method] as (...args: unknown[]) => Promise<unknown>),
        };
      };
      const world = await createWorld([() => going("one"), () => going("two"), () => DONE], { store: faulty });
      const { operation, lease } = await world.start();
      armed = true;
      await runOperation(world.deps, WEB_KEY, operation, method === "acquire" ? undefined : lease);
      for (let i = 0; i < 3; i++) {
        world.time.now += 60_000;
        await world.run(operation);
      }
      const entries = await world.inner.read(operation, 0, 100);
      expect(terminals(entries)).toHaveLength(1);
      expect((await readStanding(world.inner, operation))?.end?.status).toBe("succeeded");
      armed = false;
      world.time.now += 60_000;
      expect((await world.start("b".repeat(32))).lease).toBeDefined();
    },
  );
});
