import { beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../../engine/errors.ts";
import type { ClusterRequest, ClusterTransport } from "../../../engine/kube/transport.ts";
import { createRecordMemories, type RecordMemory } from "../../../engine/release/record-memory.ts";
import { listRecordHeads, readListed, readRecord, rememberedRecord } from "../../../engine/release/storage.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import { type Bench, chartOf, install, openBench, rollback, uninstall, upgrade } from "../../support/operation.ts";

const KEY = { namespace: "default", name: "web" };
const PATH = "/api/v1/namespaces/default/secrets/sh.helm.release.v1.web.v";

let transport: ClusterTransport;
let memory: RecordMemory;
let bench: Bench;
/** Runs before a request leaves. */
let before: (request: ClusterRequest) => Promise<void>;

async function open(records: "secret" | "configmap" = "secret"): Promise<void> {
  const local = openReadyCluster();
  ({ transport } = local);
  memory = createRecordMemories()("one");
  before = async () => undefined;
  const send = async (request: ClusterRequest) => {
    await before(request);
    return transport.send(request);
  };
  bench = openBench({ send }, { memory, records });
  bench.charts.set("web", await chartOf("web", { "templates/a.yaml": MAP }));
}
const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  v: {{ .Values.v | default 1 | quote }}\n";

beforeEach(() => open());

/** Reads of single records. */
function recordReads(): number {
  return bench.requests.filter(({ method, path }) => method === "GET" && path.includes("sh.helm.release.v1.")).length;
}

async function change(path: string, labels: JsonObject): Promise<void> {
  const body = JSON.stringify({ metadata: { labels } });
  const headers = { "content-type": "application/merge-patch+json" };
  await transport.send({ method: "PATCH", path, headers, body });
}

async function states(): Promise<readonly string[]> {
  const heads = await listRecordHeads(
    { transport, ...(bench.deps.records ? { records: bench.deps.records } : {}) },
    KEY,
  );
  return heads.map(({ version, status }) => `${version} ${status}`);
}

describe.each(["secret", "configmap"] as const)("records in %s objects", (records) => {
  test("that this process wrote are not read again, and are what a reader would find", async () => {
    await open(records);
    const session = { transport, records };
    await bench.run(install("web", "web"));
    await bench.run(upgrade("web", "web", { values: { v: 2 }, labels: { team: "a" } }));
    await bench.run(rollback("web", 1));
    expect(recordReads()).toBe(0);
    expect(await states()).toEqual(["1 superseded", "2 superseded", "3 deployed"]);
    for (const head of await listRecordHeads(session, KEY)) {
      const read = await readRecord(session, KEY, head.version);
      expect(rememberedRecord({ ...session, memory }, KEY, head.version)).toEqual(read);
      expect(await readListed({ ...session, memory }, head)).toEqual(read);
    }
    expect((await bench.run(uninstall("web"))).outcome.kind).toBe("succeeded");
    for (const version of [1, 2, 3]) expect(memory.get({ ...KEY, version })).toBeUndefined();
  });
});

describe("a record that somebody else", () => {
  test("wrote since is read again", async () => {
    await bench.run(install("web", "web"));
    await change(`${PATH}1`, { team: "b" });
    await bench.run(upgrade("web", "web"));
    expect(recordReads()).toBe(1);
    const stored = await readRecord({ transport }, KEY, 2);
    expect([stored?.release.labels, await states()]).toEqual([{ team: "b" }, ["1 superseded", "2 deployed"]]);
  });

  test("made anew in a cluster of the same name is read again, whatever its version", async () => {
    await bench.run(install("web", "web"));
    const session = { transport: bench.deps.cluster, memory };
    const [head] = await listRecordHeads({ transport }, KEY);
    if (head === undefined) throw new Error("no record");
    await readListed(session, head);
    expect(recordReads()).toBe(0);
    await readListed(session, { ...head, uid: "another" });
    expect(recordReads()).toBe(1);
  });

  test("writes while it is upgraded is read again before it is superseded", async () => {
    await bench.run(install("web", "web"));
    before = async ({ method, path }) => {
      if (method === "PUT" && path === `${PATH}1`) {
        before = async () => undefined;
        await change(`${PATH}1`, { team: "b" });
      }
    };
    const { outcome } = await bench.run(upgrade("web", "web"));
    expect([outcome.kind, recordReads(), await states()]).toEqual(["succeeded", 1, ["1 superseded", "2 deployed"]]);
    expect((await readRecord({ transport }, KEY, 1))?.release.labels).toEqual({ team: "b" });
  });

  test("deletes while it is upgraded stays away", async () => {
    await bench.run(install("web", "web"));
    before = async ({ method, path }) => {
      if (method !== "PUT" || path !== `${PATH}1`) return;
      before = async () => undefined;
      await transport.send({ method: "DELETE", path });
    };
    const { outcome, events } = await bench.run(upgrade("web", "web"));
    expect([outcome.kind, await states()]).toEqual(["succeeded", ["2 deployed"]]);
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);
  });

  test("changes on the way into the cluster is not remembered", async () => {
    const answering: ClusterTransport = {
      send: async (request) => {
        const answer = await transport.send(request);
        if (request.method !== "POST" || !request.path.endsWith("/secrets")) return answer;
        const body = JSON.parse(await new Response(answer.body).text());
        return { ...answer, body: new Blob([JSON.stringify({ ...body, data: { release: "eA==" } })]).stream() };
      },
    };
    const other = openBench(answering, { memory });
    other.charts.set("web", await chartOf("web", { "templates/a.yaml": MAP }));
    const seen: unknown[] = [];
    const onState = (): void => void seen.push(memory.get({ ...KEY, version: 1 }));
    await other.run(install("web", "web"), { onState });
    expect(seen.slice(0, -1).every((one) => one === undefined)).toBe(true);
  });
});

describe("what is remembered", () => {
  const record = (version: number, length: number) => ({
    head: { ...KEY, version, status: "deployed", labels: {}, uid: "u", resourceVersion: "1" } as const,
    document: "x".repeat(length),
  });
  const MIB = 1024 * 1024;

  test("is another cluster's own", () => {
    const memories = createRecordMemories();
    memories("a").set(record(1, 1));
    expect(memories("b").get({ ...KEY, version: 1 })).toBeUndefined();
    expect(memories("a").get({ ...KEY, version: 1 })?.document).toBe("x");
  });

  test("has an end: the record used longest ago goes first", () => {
    for (let version = 1; version <= 8; version++) memory.set(record(version, MIB));
    memory.get({ ...KEY, version: 1 });
    memory.set(record(9, 1));
    const kept = [1, 2, 3, 9].map((version) => memory.get({ ...KEY, version }) !== undefined);
    expect(kept).toEqual([true, false, true, true]);
  });

  test("is no large record, nor what stood there before", () => {
    memory.set(record(1, 1));
    memory.set(record(1, MIB + 1));
    expect(memory.get({ ...KEY, version: 1 })).toBeUndefined();
  });
});
