import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createSqliteOperations } from "../../../infra/node/sqlite-operations.ts";
import { createSqliteRecords } from "../../../infra/node/sqlite-records.ts";
import { openSqlite } from "../../../infra/node/sqlite.ts";
import { describeOperationStore } from "../../contracts/operation-store.ts";
import { describeRecordStore } from "../../contracts/record-store.ts";

describeRecordStore("SQLite", (options) => createSqliteRecords(openSqlite(":memory:"), options));
describeOperationStore("SQLite", (options) => createSqliteOperations(openSqlite(":memory:"), options));

const now = () => 1_000;

describe("a SQLite file", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-sqlite-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("belongs to one process, keeps its journals, and drops the leases of the process before", async () => {
    const path = join(folder, "state.db");
    const first = openSqlite(path);
    const before = createSqliteOperations(first, { now });
    const taken = await before.acquire("a/b/c", "op1", 60_000);
    if (taken.kind === "held") throw new Error("held");
    await before.append(taken.lease, 0, [{ kind: "created" }]);
    expect(() => openSqlite(path)).toThrow(/in use by another process/);
    first.close();

    const second = openSqlite(path);
    const after = createSqliteOperations(second, { now });
    expect(await after.holder("a/b/c")).toBeUndefined();
    expect(await after.unfinished()).toEqual([{ release: "a/b/c", operation: "op1" }]);
    expect(await after.append(taken.lease, 1, [{ kind: "late" }])).toBe(false);
    second.close();
  });
});
