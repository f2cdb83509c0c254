import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createRegistryListener, type NodeListener } from "../../infra/node/registry-listener.ts";
import type { Registry } from "../../registry/registry.ts";

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
  return await listen((incoming, outgoing) => void listener(incoming, outgoing), port);
}

async function listen(listener: NodeListener, port: number): Promise<TestServer> {
  const server = createServer(listener);
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

/** Serves a registry as the Node server does. */
export async function serveRegistry(
  { answer, fetch }: Pick<Registry, "answer" | "fetch">,
  port = 0,
): Promise<TestServer> {
  const general = getRequestListener(fetch);
  return await listen(
    createRegistryListener({
      answer,
      otherwise: (incoming, outgoing) => void general(incoming, outgoing),
      report: () => undefined,
    }),
    port,
  );
}

/** Random bytes for registries in tests. */
export const random = (size: number): Uint8Array => new Uint8Array(randomBytes(size));
