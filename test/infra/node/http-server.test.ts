import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpServer } from "../../../infra/node/http-server.ts";
import { createRegistryListener } from "../../../infra/node/registry-listener.ts";
import { BrokenBody } from "../../../registry/content/body.ts";
import type { Answer, RegistryRequest } from "../../../registry/http/exchange.ts";

/** Longer than a busy machine may keep this process waiting, which is the server and its client at once. */
const IDLE_MS = 400;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(answer: (request: RegistryRequest) => Promise<Answer>): Promise<number> {
  const listener = createRegistryListener({
    answer,
    otherwise: (_incoming, outgoing) => void outgoing.end("other"),
    report: () => undefined,
  });
  const server = createHttpServer(listener, { idle: IDLE_MS });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function exchange(port: number, text: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => void socket.write(text));
    let seen = "";
    socket.on("data", (chunk: Buffer) => (seen += chunk.toString("latin1")));
    socket.on("close", () => resolve(seen));
    socket.on("error", reject);
  });
}

const done: Answer = { status: 200, headers: {}, body: new TextEncoder().encode("done") };
const put = (length: number): string =>
  `PUT /v2/x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;

const readers: Readonly<Record<string, (request: RegistryRequest) => Promise<unknown>>> = {
  bytes: async ({ body }) => await body.bytes(),
  pour: async ({ body }) => await body.pour?.(() => undefined),
  stream: async ({ body }) => await body.stream?.pipeTo(new WritableStream()),
  "standard request": async (request) => await request.standard().arrayBuffer(),
};

describe("a server", () => {
  it("has no limit for a request as a whole, and one for its head", () => {
    const server = createHttpServer(() => undefined);
    expect([server.requestTimeout, server.headersTimeout, server.timeout]).toEqual([0, 60_000, 0]);
  });

  it.each(Object.keys(readers))("leaves a client that stands still in the middle of a body, read by %s", async (by) => {
    const failed = Promise.withResolvers<unknown>();
    const port = await serve(async (request) => {
      await readers[by]?.(request).catch(failed.resolve);
      return done;
    });
    expect(await exchange(port, `${put(9)}half`)).toBe("");
    if (by !== "standard request") expect(await failed.promise).toBeInstanceOf(BrokenBody);
  });

  it("waits for its own reader as long as that takes", async () => {
    const port = await serve(async ({ body }) => {
      // Reading begins in the very moment in which the limit is looked at.
      await delay(2 * IDLE_MS);
      const { length } = await body.bytes();
      return { ...done, headers: { "x-length": String(length) } };
    });
    const size = 3_000_000;
    expect(await exchange(port, put(size) + "x".repeat(size))).toContain(`x-length: ${size}`);
  });

  it("takes its time to answer a body that came whole", async () => {
    const port = await serve(async ({ body }) => {
      await body.bytes();
      await delay(2 * IDLE_MS);
      return done;
    });
    expect(await exchange(port, `${put(4)}half`)).toContain("done");
  });

  it("forgets the limit of one request before the next", async () => {
    const port = await serve(async ({ body, method }) => {
      await (method === "GET" ? delay(2 * IDLE_MS) : body.bytes());
      return { ...done, headers: { "content-length": "4" } };
    });
    const first = `${put(4).replace("Connection: close\r\n", "")}half`;
    const seen = await exchange(port, `${first}GET /v2/x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`);
    expect(seen.match(/done/g)).toHaveLength(2);
  });
});
