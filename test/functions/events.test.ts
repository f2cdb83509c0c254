import { describe, expect, it } from "vitest";
import { createTestApp, SUCCEEDED, type TestApp, WEB } from "./harness.ts";

const UPGRADE = { chart: "charts/web" };

/** An operation of three steps that waits for `go` before each one. */
async function startSteps(test: TestApp) {
  let go = (): void => {};
  let step = 0;
  let gates = 0;
  test.behave = async () => {
    const gate = new Promise<void>((resolve) => (go = resolve));
    gates++;
    await gate;
    step++;
    if (step === 3) return SUCCEEDED;
    return { events: [{ type: "phase", phase: `step ${step}`, message: "" }], next: { kind: "now" } };
  };
  const { id } = await (await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE })).json();
  return { id: id as string, next: () => go(), waiting: () => gates };
}

interface Seen {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

function parse(text: string): Seen[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data: "))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
      return { id: Number(field("id")), event: field("event"), data: JSON.parse(field("data")) };
    });
}

describe("the event stream", () => {
  it("replays a finished operation and ends with done", async () => {
    const test = await createTestApp();
    const { id } = await (await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE })).json();
    await test.settle();
    const response = await test.call("GET", `/v1/operations/${id}/events`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const text = await response.text();
    expect(text.startsWith("retry: 2000\n\n")).toBe(true);
    const events = parse(text);
    expect(events.map((event) => event.event)).toEqual(["created", "phase", "done"]);
    expect(events.at(-1)?.data).toMatchObject({ status: "succeeded", undo: "helm rollback web 1" });
    expect(text).not.toContain("sealed");
    const ids = events.map((event) => event.id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it("goes on behind Last-Event-ID, or `after`", async () => {
    const test = await createTestApp();
    const { id } = await (await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE })).json();
    await test.settle();
    const all = parse(await (await test.call("GET", `/v1/operations/${id}/events`)).text());
    const last = String(all[1]?.id);
    const headers = { "last-event-id": last };
    const rest = parse(await (await test.call("GET", `/v1/operations/${id}/events`, { headers })).text());
    expect(rest.map((event) => event.event)).toEqual(["done"]);
    const after = parse(await (await test.call("GET", `/v1/operations/${id}/events?after=${last}`)).text());
    expect(after).toEqual(rest);
    const end = String(all.at(-1)?.id);
    const none = new AbortController();
    const silent = test.call("GET", `/v1/operations/${id}/events?after=${end}`, { signal: none.signal });
    none.abort();
    expect(parse(await (await silent).text())).toEqual([]);
  });

  it("is NDJSON for those who accept it", async () => {
    const test = await createTestApp();
    const { id } = await (await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE })).json();
    await test.settle();
    const headers = { accept: "application/x-ndjson" };
    const response = await test.call("GET", `/v1/operations/${id}/events`, { headers });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.type)).toEqual(["created", "phase", "done"]);
    expect(lines[0]).toMatchObject({ id: 1, action: "upgrade", chart: { version: "2.0.0" } });
  });

  it("follows a running operation as its steps come", async () => {
    const test = await createTestApp();
    const { id, next, waiting } = await startSteps(test);
    const response = await test.call("GET", `/v1/operations/${id}/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const readUntil = async (needle: string) => {
      while (!text.includes(needle)) {
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) throw new Error(`ended without ${needle}`);
        text += chunk.value;
      }
    };
    await readUntil("event: created");
    await expect.poll(waiting).toBe(1);
    next();
    await readUntil("step 1");
    expect(text).not.toContain("step 2");
    await expect.poll(waiting).toBe(2);
    next();
    await readUntil("step 2");
    await expect.poll(waiting).toBe(3);
    next();
    await readUntil("event: done");
    expect((await reader?.read())?.done).toBe(true);
  });

  it("beats its heart when nothing happens", async () => {
    const test = await createTestApp();
    const { id, next } = await startSteps(test);
    const beats: (() => void)[] = [];
    Object.assign(test.deps.clock, { sleep: (_ms: number) => new Promise<void>((resolve) => beats.push(resolve)) });
    const response = await test.call("GET", `/v1/operations/${id}/events?after=2`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe("retry: 2000\n\n");
    const pending = reader?.read();
    await expect.poll(() => beats.length).toBe(1);
    beats[0]?.();
    expect((await pending)?.value).toBe(": alive\n\n");
    await reader?.cancel();
    next();
  });
});
