import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { openEgress } from "../../../infra/node/egress.ts";
import { openPluginHost } from "../../../infra/node/plugin-host.ts";
import { guestCall } from "../../../infra/guest/result.ts";
import { startThread } from "../../../infra/node/plugin-thread.ts";
import { asks, ECHO } from "../../contracts/plugin-host.ts";
import { admitted, grantOf } from "../../support/plugin.ts";
import { DROP, FOREVER, grow, i32, i64, localGet, loop, type TestModule, UNREACHABLE } from "../../support/wasm.ts";

const { host, held: heldByThreads, close } = openPluginHost({ send: () => Promise.reject(new Error("no network")) });
afterAll(close);

const MIB = 1024 * 1024;
/** Held above what was held before, once everything has gone that can go. */
const LEFT = 24 * MIB;
/** What a thread may hold that waits for its next call, much less than a guest may: whoever leaves much leaves no thread. */
const LEFT_IN_THREAD = 48 * MIB;
/** Of the process above what it was: less than what two of the calls take. */
const LEFT_RESIDENT = 128 * MIB;
/** Pages of guests that take what they can get: 64 MiB. */
const MUCH = 1024;

/** What guests try; each of them is ended with its own error. */
const ESCAPES: readonly (readonly [string, TestModule, ReturnType<typeof grantOf>, string])[] = [
  ["a loop in its entry", { code: () => [...FOREVER, ...i32(0)] }, grantOf({ milliseconds: 100 }), "timeout"],
  [
    "memory without end",
    { code: () => [...loop([...grow(16), ...i32(-1), 0x47]), ...UNREACHABLE] },
    grantOf({ pages: MUCH }),
    "out-of-memory",
  ],
  ["a stack without end", { code: () => [0x10, 0x00] }, grantOf(), "trap"],
  [
    "messages without end",
    {
      imports: ["alloc"],
      code: (call) => [...loop([...i64(1_000_000), ...call("alloc"), ...DROP, ...i32(1)]), ...i32(0)],
    },
    grantOf({ pages: MUCH }),
    "out-of-memory",
  ],
  [
    "output of everything that it may hold",
    {
      imports: ["alloc", "output_set"],
      code: (call) => [
        ...i64(60 * MIB),
        ...call("alloc"),
        0x22,
        0,
        ...i64(60 * MIB),
        ...call("output_set"),
        ...localGet(0),
        ...DROP,
        ...i32(0),
      ],
    },
    grantOf({ pages: MUCH, outputBytes: MIB }),
    "output-too-large",
  ],
];

describe("a guest that tries", () => {
  it.each(ESCAPES)("%s is ended, again and again, and leaves nothing behind", async (_name, module, grant, code) => {
    const plugin = admitted(module, grant);
    const held = async (): Promise<number> => {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const { heapUsed, external, arrayBuffers } = process.memoryUsage();
      return heapUsed + external + arrayBuffers;
    };
    await host.call({ plugin: admitted(ECHO), input: "warm" });
    const before = await held();
    const resident = process.memoryUsage.rss();
    for (let count = 0; count < 5; count++) {
      await expect(host.call({ plugin, input: "{}" })).rejects.toMatchObject({ code });
    }
    expect((await host.call({ plugin: admitted(ECHO), input: "on" })).output).toBe("on");
    expect((await held()) - before).toBeLessThan(LEFT);
    const threads = await heldByThreads();
    expect(threads).not.toEqual([]);
    expect(Math.max(...threads.map(({ heap, external }) => heap + external))).toBeLessThan(LEFT_IN_THREAD);
    expect(process.memoryUsage.rss() - resident).toBeLessThan(LEFT_RESIDENT);
  });

  it("to keep both threads busy does not keep the next call from its turn", async () => {
    const spinning = admitted(...([ESCAPES[0]?.[1] ?? ECHO, grantOf({ milliseconds: 300 })] as const));
    const attacks = Array.from({ length: 4 }, () => host.call({ plugin: spinning, input: "" }).catch(String));
    const honest = await host.call({ plugin: admitted(ECHO), input: "my turn" });
    expect(honest.output).toBe("my turn");
    expect((await Promise.all(attacks)).every((text) => String(text).includes("did not end within 300 ms"))).toBe(true);
  });
});

describe("a thread", () => {
  const leaves = (mebibytes: number): TestModule => ({
    imports: ["alloc"],
    code: (call) => [...i64(mebibytes * MIB), ...call("alloc"), ...DROP, ...i32(0)],
  });
  it.each([
    ["is kept after a guest that leaves little", leaves(1), true],
    ["is given up after a guest that leaves much", leaves(40), false],
  ])("%s", async (_name, module, fit) => {
    const plugin = admitted(module, grantOf({ pages: 4096 }));
    const thread = await startThread();
    try {
      const compiled = await WebAssembly.compile(new Uint8Array(plugin.bytes));
      await thread.run({ module: compiled, call: guestCall(plugin, "{}"), http: undefined });
      expect(thread.fit()).toBe(fit);
    } finally {
      await thread.close();
    }
  });
});

/** A server on the loopback and how often it was asked. */
async function listen(answer: Parameters<typeof createServer>[1] & object): Promise<{ server: Server; host: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, host: `127.0.0.1:${port}` };
}

describe("a guest with one granted host", () => {
  it("does not reach another one by a redirect, nor by following it itself", async () => {
    let reached = 0;
    const other = await listen((_request, response) => void (reached++, response.end("secret")));
    const granted = await listen((_request, response) => {
      response.writeHead(302, { location: `http://${other.host}/` }).end("moved");
    });
    const { egress, close: closeEgress } = openEgress();
    const opened = openPluginHost(egress);
    try {
      const grant = grantOf({}, { hosts: [granted.host], plainHttp: true, privateAddresses: true });
      const redirected = await opened.host.call({
        plugin: admitted(asks(`http://${granted.host}/`), grant),
        input: "",
      });
      expect(redirected.output).toBe("moved");
      const follows = opened.host.call({ plugin: admitted(asks(`http://${other.host}/`), grant), input: "" });
      await expect(follows).rejects.toMatchObject({ code: "not-granted" });
      expect(reached).toBe(0);
    } finally {
      await Promise.all([opened.close(), closeEgress()]);
      other.server.close();
      granted.server.close();
    }
  });
});
