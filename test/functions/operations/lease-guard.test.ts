import { expect, it } from "vitest";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import {
  createLeaseGuard,
  LEASE_TIME,
  leaseTransport,
  REQUEST_TIME,
} from "../../../functions/operations/lease-guard.ts";
import { createWorld, WEB_KEY } from "./harness.ts";

it("a request is told until when it may leave: before the lease ends, and never without a lease that outlives it", async () => {
  const world = await createWorld([]);
  const taken = await world.inner.acquire(WEB_KEY, "one", LEASE_TIME);
  if (taken.kind !== "acquired") throw new Error("the lease is another's");
  const sent: ClusterRequest[] = [];
  const inner = { send: async (request: ClusterRequest) => (sent.push(request), new Response("{}")) };
  const transport = leaseTransport(inner, createLeaseGuard(world.inner, world.deps.clock, taken.lease));
  const begun = world.time.now;
  await transport.send({ method: "GET", path: "/" });
  world.time.now += LEASE_TIME - REQUEST_TIME;
  await transport.send({ method: "GET", path: "/" });
  expect(sent.map((request) => request.leaveBefore)).toEqual([
    begun + LEASE_TIME - 5000,
    world.time.now + LEASE_TIME - 5000,
  ]);
  world.time.now += LEASE_TIME;
  await expect(transport.send({ method: "GET", path: "/" })).rejects.toThrow("the lease was lost");
  expect(sent).toHaveLength(2);
});
