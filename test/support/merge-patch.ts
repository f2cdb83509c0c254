import { expect } from "vitest";
import type { JsonObject } from "../../engine/errors.ts";
import type { ClusterTransport } from "../../engine/kube/transport.ts";

/** What somebody else changes in a cluster, under the name of a field manager. */
export async function mergePatch(
  transport: ClusterTransport,
  path: string,
  manager: string,
  body: JsonObject,
): Promise<void> {
  const answer = await transport.send({
    method: "PATCH",
    path,
    query: [["fieldManager", manager]],
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}
