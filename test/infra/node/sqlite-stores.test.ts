import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createSqliteOperations } from "../../../infra/node/sqlite-operations.ts";
import { createSqliteRecords } from "../../../infra/node/sqlite-records.ts";
import { keepAlone, takeServerPlace } from "../../../infra/node/server-place.ts";
import { openSqlite } from "../../../infra/node/sqlite.ts";
import { describeOperationStore } from "../../contracts/operation-store.ts";
import { describeRecordStore } from "../../contracts/record-store.ts";

describeRecordStore("SQLite", (options) => createSqliteRecords(openSqlite(":memory:"), options));
describeOperationStore("SQLite", (options) => createSqliteOperations(openSqlite(":memory:"), options));

const now = () => 1_000;

describe("a SQLite file", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-sqlite-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps its journals, and drops the leases of the processes before when no other one has a place", async () => {
    const path = join(folder, "state.db");
    const first = openSqlite(path);
    const place = takeServerPlace(`${path}.place`, first);
    const before = createSqliteOperations(first, { now });
    const taken = await before.acquire("a/b/c", "op1", 60_000);
    if (taken.kind === "held") throw new Error("held");
    await before.append(taken.lease, 0, [{ kind: "created" }]);

    const second = openSqlite(path);
    const beside = takeServerPlace(`${path}.place`, second);
    const after = createSqliteOperations(second, { now });
    expect(await after.holder("a/b/c")).toEqual(taken.lease);
    expect(await after.acquire("a/b/c", "op2", 60_000)).toEqual({ kind: "held", by: taken.lease });
    place.release();
    first.close();
    beside.release();

    const alone = takeServerPlace(`${path}.place`, second);
    expect(await after.holder("a/b/c")).toBeUndefined();
    expect(await after.unfinished()).toEqual([{ release: "a/b/c", operation: "op1" }]);
    expect(await after.append(taken.lease, 1, [{ kind: "late" }])).toBe(false);
    alone.release();
    second.close();
  });

  it("tells its readers of what another connection wrote", async () => {
    const path = join(folder, "news.db");
    const [reader, writer] = [openSqlite(path), openSqlite(path)];
    const heard = createSqliteOperations(reader, { now }).changed("op1", 0, new AbortController().signal);
    const operations = createSqliteOperations(writer, { now });
    const taken = await operations.acquire("a/b/c", "op1", 60_000);
    if (taken.kind === "held") throw new Error("held");
    await operations.append(taken.lease, 0, [{ kind: "created" }]);
    await heard;
    reader.close();
    writer.close();
  });

  it("is kept by one process where it has to be", () => {
    const path = join(folder, "alone.lock");
    const held = keepAlone(path);
    expect(held).toBeDefined();
    expect(keepAlone(path)).toBeUndefined();
    held?.release();
    const again = keepAlone(path);
    expect(again).toBeDefined();
    again?.release();
  });
});
