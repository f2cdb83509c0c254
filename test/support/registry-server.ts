import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";

/** A server on loopback for one test. */
export interface TestServer {
  readonly origin: string;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** Serves `fetch` on a free port of 127.0.0.1, or on `port`. */
export async function serveFetch(fetch: (request: Request) => Promise<Response>, port = 0): Promise<TestServer> {
  const listener = getRequestListener(fetch);
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    server,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Random bytes for registries in tests. */
export const random = (size: number): Uint8Array => new Uint8Array(randomBytes(size));
