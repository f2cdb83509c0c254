import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createRegistryListener, LISTENER_SERVER } from "../../../infra/node/registry-listener.ts";
import type { Answer, RegistryRequest } from "../../../registry/http/exchange.ts";

type Handle = (request: RegistryRequest) => Promise<Answer>;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server whose registry answers by `answer`; everything else is told to be other. */
async function serve(answer: Handle): Promise<{ readonly port: number; readonly reported: unknown[] }> {
  const reported: unknown[] = [];
  const listener = createRegistryListener({
    answer,
    otherwise: (_incoming, outgoing) => void outgoing.end("other"),
    report: (error) => void reported.push(error),
  });
  const server = createServer(LISTENER_SERVER, listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, reported };
}

/** Sends text over one connection; gives all that comes until the server ends it, or `until` was seen. */
async function exchange(port: number, text: string, until?: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => void socket.write(text));
    let seen = "";
    socket.on("data", (chunk: Buffer) => {
      seen += chunk.toString("latin1");
      if (until !== undefined && seen.includes(until)) socket.destroy();
    });
    socket.on("close", () => resolve(seen));
    socket.on("error", reject);
  });
}

const last = "Connection: close\r\n\r\n";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: string): Answer => ({ status: 200, headers: { "x-registry": "yes" }, body: bytes(body) });

describe("a request", () => {
  it.each([
    ["/v2/", "registry"],
    ["/v2/charts/web/manifests/1.0.0?a=b%20c", "registry"],
    ["/helm/charts/index.yaml", "registry"],
    ["/v2", "other"],
    ["/v2x/", "other"],
    ["/v1/charts", "other"],
    ["/v2/../v1/charts", "other"],
    ["/v2/a/./b", "other"],
    ["/v2/a\\b", "other"],
    ["/v2/a#b", "other"],
    ["http://elsewhere/v2/", "other"],
    ["//v2/", "other"],
  ])("for %s goes to %s", async (target, where) => {
    const { port } = await serve(async () => text("registry"));
    const seen = await exchange(port, `GET ${target} HTTP/1.1\r\nHost: a.test\r\n${last}`);
    expect(seen.split("\r\n\r\n")[1]).toContain(where);
  });

  it.each([
    ["a.test", "registry"],
    ["127.0.0.1:8080", "registry"],
    ["[::1]:8080", "registry"],
    ["a.test/x", "other"],
    ['a"b', "other"],
    ["a b", "other"],
    ["A.test", "other"],
  ])("to host %s goes to %s", async (host, where) => {
    const { port } = await serve(async () => text("registry"));
    const seen = await exchange(port, `GET /v2/ HTTP/1.1\r\nHost: ${host}\r\n${last}`);
    expect(seen).toContain(where);
  });

  it("is given with method, url, target and headers", async () => {
    let seen: unknown;
    const { port } = await serve(async ({ method, url, target, headers }) => {
      seen = [method, url, target, headers.get("range"), headers.get("x-none"), headers.get("accept")];
      return text("");
    });
    const headers = "Host: a.test:81\r\nRange: bytes=1-2\r\nAccept: a\r\nAccept: b\r\n";
    await exchange(port, `GET /v2/x?y=1 HTTP/1.1\r\n${headers}${last}`);
    expect(seen).toEqual(["GET", "http://a.test:81/v2/x?y=1", "/v2/x?y=1", "bytes=1-2", null, "a, b"]);
  });

  it("can be had as a standard one, with its body", async () => {
    const { port } = await serve(async (request) => {
      const standard = request.standard();
      return text(`${standard.method} ${standard.url} ${standard.headers.get("x-a")} ${await standard.text()}`);
    });
    const seen = await exchange(
      port,
      `POST /v2/token HTTP/1.1\r\nHost: a.test\r\nX-A: 1\r\nContent-Length: 5\r\n${last}hello`,
    );
    expect(seen).toContain("POST http://a.test/v2/token 1 hello");
  });
});

describe("a body", () => {
  const large = "x".repeat(300_000);
  const bodies: readonly (readonly [string, string, string])[] = [
    ["none", "", ""],
    ["of no bytes", "Content-Length: 0\r\n", ""],
    ["of some bytes", "Content-Length: 5\r\n", "hello"],
    ["of many bytes", `Content-Length: ${large.length}\r\n`, large],
    ["in chunks", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"],
  ];
  const readers: Readonly<Record<string, (request: RegistryRequest) => Promise<number>>> = {
    bytes: async ({ body }) => (await body.bytes()).length,
    stream: async ({ body }) => {
      let size = 0;
      if (body.stream !== null) for await (const chunk of body.stream) size += chunk.length;
      return size;
    },
    pour: async ({ body }) => {
      let size = 0;
      await body.pour?.((chunk) => (size += chunk.length));
      return size;
    },
  };
  it.each(bodies.flatMap((body) => Object.keys(readers).map((reader) => [...body, reader] as const)))(
    "%s is read whole",
    async (name, header, sent, reader) => {
      const { port } = await serve(async (request) => text(`size ${await readers[reader]?.(request)} `));
      const seen = await exchange(port, `POST /v2/x HTTP/1.1\r\nHost: a.test\r\n${header}${last}${sent}`);
      expect(seen, reader).toContain(`size ${name === "in chunks" ? 5 : sent.length} `);
    },
  );

  it("that comes behind its headers is read whole", async () => {
    const { port } = await serve(async ({ body }) => text(`size ${(await body.bytes()).length} `));
    const seen = await new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`PUT /v2/x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n${last}`, () => {
          setTimeout(() => socket.write("hello", () => setTimeout(() => socket.write("again"), 20)), 20);
        });
      });
      socket.on("data", (chunk: Buffer) => resolve(chunk.toString("latin1")));
    });
    expect(seen).toContain("size 10 ");
  });

  it("whose pieces are poured is gone piece by piece", async () => {
    const kept: Uint8Array[] = [];
    const { port } = await serve(async ({ body }) => {
      await body.pour?.((piece) => void kept.push(piece));
      return text("");
    });
    await exchange(port, `PUT /v2/x HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${large.length}\r\n${last}${large}`);
    expect(kept.reduce((sum, piece) => sum + piece.length, 0)).toBeLessThan(large.length / 2);
  });

  it("that is not announced is none of a standard request either", async () => {
    const { port } = await serve(async (request) => text(`size ${(await request.standard().text()).length} `));
    expect(await exchange(port, `POST /v2/token HTTP/1.1\r\nHost: a.test\r\n${last}`)).toContain("size 0 ");
  });

  it("that breaks off fails its reader", async () => {
    const failed = Promise.withResolvers<unknown>();
    const { port } = await serve(async ({ body }) => {
      await body.bytes().catch(failed.resolve);
      return text("");
    });
    const socket = connect(port, "127.0.0.1", () => {
      socket.write("PUT /v2/x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\n\r\nhalf", () => socket.destroy());
    });
    expect(await failed.promise).toMatchObject({ message: "the client broke off" });
  });

  it("that its reader gives up on leaves the connection for the answer", async () => {
    const { port } = await serve(async ({ body }) => {
      const error = await body
        .pour?.(() => {
          throw new Error("enough");
        })
        .catch((thrown: unknown) => thrown);
      return text(`because ${String(error)}`);
    });
    const head = `PUT /v2/x HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${large.length}\r\n${last}`;
    expect(await exchange(port, head + large)).toContain("because Error: enough");
  });

  it("that nobody reads does not keep the connection", async () => {
    const { port } = await serve(async () => text("refused"));
    const head = "PUT /v2/x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nhalf";
    expect(await exchange(port, head)).toContain("refused");
  });
});

describe("an answer", () => {
  it("keeps the connection for the next request", async () => {
    const { port } = await serve(async ({ target }) => ({ ...text(target), headers: { "content-length": "5" } }));
    const one = (target: string, end: string): string => `GET ${target} HTTP/1.1\r\nHost: a.test\r\n${end}`;
    const seen = await exchange(port, one("/v2/1", "\r\n") + one("/v2/2", last));
    expect(seen.match(/HTTP\/1\.1 200/g)?.length).toBe(2);
    expect(seen.indexOf("/v2/1")).toBeLessThan(seen.indexOf("/v2/2"));
  });

  it("has status and headers, and to HEAD no body", async () => {
    const { port } = await serve(async () => ({
      status: 202,
      headers: { "content-length": "7", etag: '"a"' },
      body: null,
    }));
    const seen = await exchange(port, `HEAD /v2/x HTTP/1.1\r\nHost: a.test\r\n${last}`);
    expect(seen).toMatch(/^HTTP\/1\.1 202 [^]*content-length: 7\r\netag: "a"\r\n[^]*\r\n\r\n$/);
  });

  it.each([0, 1, 256, 1024, 1025, 20_000])("of %i bytes comes as it is", async (size) => {
    const body = Uint8Array.from({ length: size }, (_, i) => i % 256);
    const { port } = await serve(async () => ({ status: 200, headers: { "content-length": String(size) }, body }));
    const seen = await exchange(port, `GET /v2/x HTTP/1.1\r\nHost: a.test\r\n${last}`);
    expect(Buffer.from(seen.slice(seen.indexOf("\r\n\r\n") + 4), "latin1")).toEqual(Buffer.from(body));
  });

  it("comes as a stream, as slowly as it is taken", async () => {
    let left = 40;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          controller.enqueue(new Uint8Array(100_000).fill(97));
          if (--left === 0) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const { port } = await serve(async () => ({ status: 200, headers: { "content-length": "4000000" }, body: stream }));
    const seen = await exchange(port, `GET /v2/x HTTP/1.1\r\nHost: a.test\r\n${last}`);
    expect(seen.split("\r\n\r\n")[1]?.length).toBe(4_000_000);
  });

  it("whose stream breaks ends the connection before its end", async () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes("part")),
      pull: (controller) => controller.error(new Error("broken")),
    });
    const { port, reported } = await serve(async () => ({
      status: 200,
      headers: { "content-length": "100" },
      body: stream,
    }));
    const seen = await exchange(port, "GET /v2/x HTTP/1.1\r\nHost: a.test\r\n\r\n");
    expect(seen.split("\r\n\r\n")[1] ?? "").not.toContain("part".repeat(25));
    expect(reported).toMatchObject([{ message: "broken" }]);
  });

  it("that the client leaves is cancelled", async () => {
    const cancelled = Promise.withResolvers<void>();
    const stream = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(new Uint8Array(100_000).fill(97)), cancel: () => cancelled.resolve() },
      { highWaterMark: 0 },
    );
    const { port } = await serve(async () => ({ status: 200, headers: {}, body: stream }));
    await exchange(port, "GET /v2/x HTTP/1.1\r\nHost: a.test\r\n\r\n", "aaaa");
    await cancelled.promise;
  });

  it("that could not be made ends the connection", async () => {
    const { port, reported } = await serve(async () => await Promise.reject(new Error("defect")));
    expect(await exchange(port, "GET /v2/x HTTP/1.1\r\nHost: a.test\r\n\r\n")).toBe("");
    expect(reported).toMatchObject([{ message: "defect" }]);
  });
});
