import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import type { ClusterTransport } from "../../../engine/kube/transport.ts";
import { openLocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { listenCluster } from "../../../infra/local-cluster/listen.ts";

afterEach(() => void vi.restoreAllMocks());

it("a watch whose reader leaves is no error that the server prints", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const cluster = openLocalCluster({ now: Date.now, randomBytes, readyAfter: 50 });
  let left: (() => void) | undefined;
  const isLeft = new Promise<void>((resolve) => (left = resolve));
  const transport: ClusterTransport = {
    send: async (request) => {
      request.signal?.addEventListener("abort", () => left?.());
      return await cluster.transport.send(request);
    },
  };
  const listening = await listenCluster(transport);
  const leaving = new AbortController();
  const watch = await fetch(`${listening.url}/api/v1/configmaps?watch=1`, { signal: leaving.signal });
  expect(watch.status).toBe(200);
  leaving.abort();
  await isLeft;
  await delay(20);
  await listening.close();
  cluster.close();
  expect(printed.mock.calls).toEqual([]);
});
