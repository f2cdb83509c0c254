import { describe, expect, it } from "vitest";
import type { ClusterTransport } from "../../../engine/kube/transport.ts";
import { listPins, pinChart } from "../../../functions/operations/chart-pins.ts";
import { createPinSource } from "../../../functions/registry/pin-source.ts";
import { releasePins } from "../../../functions/registry/pins.ts";
import { createMemoryOperations } from "../../../infra/memory/memory-operations.ts";
import { createMemoryRecords } from "../../../infra/memory/memory-records.ts";
import { installedRelease, record } from "../../support/release-record.ts";
import { createFakeCluster } from "../fake-cluster.ts";

const DAY = 24 * 3_600_000;
const address = { cluster: "local", namespace: "default", name: "web" };
const chart = (version: string) => ({
  reference: `charts/web:${version}`,
  name: "web",
  version,
  digest: `sha256:${version.replaceAll(".", "").padStart(64, "0")}`,
});

const revision = () => installedRelease({ name: "web", version: 1 });

function open() {
  const time = { now: 100 * DAY };
  const clock = { now: () => time.now, sleep: async () => undefined };
  const records = createMemoryRecords(clock);
  const operations = createMemoryOperations({ now: clock.now, newToken: () => "token" });
  const cluster = createFakeCluster();
  const named = ["local"];
  const found: { transport: ClusterTransport | undefined } = { transport: cluster };
  const clusters = {
    names: () => named,
    find: (name: string) => (found.transport === undefined ? undefined : { name, transport: found.transport }),
  };
  const source = createPinSource({ records, clock, operations, clusters });
  const kept = async (): Promise<readonly string[]> => {
    const { items } = await listPins(records, { limit: 100 });
    return items.map(({ pin }) => pin.version);
  };
  /** Asks for all pins twice: once that lets go, once when that came true. */
  const settle = async (): Promise<readonly string[]> => {
    await source.page(undefined, 100);
    time.now += 8 * DAY;
    return await kept();
  };
  const pin = async (version: string) => await pinChart({ records, clock }, address, chart(version));
  const letGo = async (name: string): Promise<number> =>
    (await releasePins({ records, clock }, { cluster: name, limit: 100 })).released;
  return { named, letGo, time, operations, cluster, found, source, pin, kept, settle, records, clock };
}

describe("the charts that releases need", () => {
  it("are those of kept revisions, as long as their cluster has them", async () => {
    const { time, cluster, pin, settle } = open();
    for (const version of ["1.1.0", "1.2.0"]) await pin(version);
    await record(cluster, installedRelease({ name: "web", version: 1 }));
    time.now += 3 * DAY;
    expect(await settle()).toEqual(["1.2.0"]);
  });

  it("are all that were asked for lately, whatever the cluster says", async () => {
    const { pin, source, time, kept } = open();
    await pin("1.0.0");
    time.now += DAY;
    await source.page(undefined, 100);
    time.now += 30 * DAY;
    expect(await kept()).toEqual(["1.0.0"]);
  });

  it("are wanted again by a new operation that comes when they fade", async () => {
    const { pin, source, time, kept } = open();
    await pin("1.0.0");
    time.now += 3 * DAY;
    await source.page(undefined, 100);
    await pin("1.0.0");
    time.now += 30 * DAY;
    expect(await kept()).toEqual(["1.0.0"]);
  });

  it("are all pins of a release with an operation that is not over, or a lock", async () => {
    const { pin, settle, time, operations } = open();
    await pin("1.0.0");
    time.now += 3 * DAY;
    const held = await operations.acquire(
      "local/default/web",
      "local~default~web~00000000000000000000000000000001",
      DAY,
    );
    if (held.kind !== "acquired") throw new Error("held by nobody");
    await operations.append(held.lease, 0, [{ type: "started" }]);
    expect(await settle()).toEqual(["1.0.0"]);
  });

  it("are all pins of a cluster that cannot be read, or is not configured", async () => {
    for (const transport of [refusing, undefined]) {
      const { pin, settle, time, found } = open();
      await pin("1.0.0");
      found.transport = transport;
      time.now += 3 * DAY;
      expect(await settle()).toEqual(["1.0.0"]);
    }
  });

  it("are all pins of a release with a record that cannot be read", async () => {
    const { pin, settle, time, cluster } = open();
    await pin("1.0.0");
    await record(cluster, installedRelease({ name: "web", version: 1 }));
    for (const [path, object] of cluster.objects) cluster.objects.set(path, { ...object, data: { release: "AAAA" } });
    await pin("2.0.0");
    time.now += 3 * DAY;
    expect(await settle()).toEqual(["1.0.0", "2.0.0"]);
  });

  it("are those of a cluster that is configured no more, counted, until somebody releases them", async () => {
    const { pin, settle, time, named, source, letGo, kept, cluster } = open();
    await record(cluster, revision());
    for (const version of ["1.1.0", "1.2.0"]) await pin(version);
    time.now += 3 * DAY;
    named.splice(0);
    expect((await source.page(undefined, 100)).orphaned).toBe(2);
    expect(await settle()).toEqual(["1.1.0", "1.2.0"]);
    expect(await letGo("local")).toBe(2);
    expect((await source.page(undefined, 100)).orphaned).toBe(0);
    expect(await kept()).toEqual(["1.1.0", "1.2.0"]);
    time.now += 8 * DAY;
    expect(await kept()).toEqual([]);
  });

  it("are those that its revisions have when a cluster comes back after they were released", async () => {
    const { pin, settle, time, named, letGo, cluster } = open();
    await record(cluster, revision());
    for (const version of ["1.1.0", "1.2.0"]) await pin(version);
    time.now += 3 * DAY;
    named.splice(0);
    await letGo("local");
    named.push("local");
    expect(await settle()).toEqual(["1.2.0"]);
  });

  it("of one cluster are released alone", async () => {
    const { pin, letGo, records } = open();
    await pin("1.0.0");
    expect([await letGo("loca"), await letGo("other")]).toEqual([0, 0]);
    expect((await listPins(records, { limit: 1 })).items[0]?.record.expires).toBe(undefined);
  });

  it("come page by page", async () => {
    const { pin, source } = open();
    for (const version of ["1.0.0", "1.1.0", "1.2.0"]) await pin(version);
    const first = await source.page(undefined, 2);
    const second = await source.page(first.next, 2);
    expect([...first.digests, ...second.digests]).toEqual(["1.0.0", "1.1.0", "1.2.0"].map((v) => chart(v).digest));
  });
});

const refusing: ClusterTransport = {
  send: async () => {
    throw new Error("the cluster does not answer");
  },
};
