import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../engine/errors.ts";
import { goMap } from "../../engine/go/value.ts";
import type { Release } from "../../engine/release/release.ts";
import { installedRelease } from "../support/release-record.ts";
import { CANARY, createTestApp, READER_TOKEN, SUCCEEDED, type TestApp, WEB } from "./harness.ts";

const SECRET = `---\n# Source: web/templates/s.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: ${CANARY}}\n`;
const MAP = "---\n# Source: web/templates/m.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n";
const DRY = { chart: "charts/web", dryRun: "server", values: { password: CANARY } };
const WAIT = { headers: { prefer: "wait=10" } };

function made(): Release {
  const plain = installedRelease({ version: 2 });
  return {
    ...plain,
    manifest: SECRET + MAP,
    info: { ...plain.info, notes: "Well done.\n" },
    config: goMap([["password", CANARY]]),
    hooks: [
      {
        name: "s",
        kind: "Secret",
        path: "web/templates/h.yaml",
        manifest: SECRET.slice(4),
        events: ["pre-upgrade"],
        weight: 0,
        deletePolicies: [],
        outputLogPolicies: [],
        lastRun: { phase: "" },
      },
    ],
  };
}

/** An application whose engine makes {@link made} of every request. */
async function dry(): Promise<TestApp> {
  const test = await createTestApp();
  test.behave = (deps) => {
    deps.onRelease?.(made());
    const summary = { name: "web", revision: 2, dryRun: true };
    return { ...SUCCEEDED, next: { kind: "done", outcome: { kind: "succeeded", release: summary, undo: "" } } };
  };
  return test;
}

async function asked(test: TestApp): Promise<{ readonly id: string; readonly release: JsonObject }> {
  return await (await test.call("POST", `${WEB}/upgrade`, { json: DRY, ...WAIT })).json();
}

describe("a dry run", () => {
  it("answers with manifest, hooks, notes and values as they are, to who may read secrets, and writes that down", async () => {
    const test = await dry();
    const { id, release: told } = await asked(test);
    expect(told).toMatchObject({
      dryRun: true,
      revision: 2,
      manifest: made().manifest,
      notes: "Well done.\n",
      config: { password: CANARY },
      hooks: [{ manifest: made().hooks[0]?.manifest, events: ["pre-upgrade"] }],
    });
    expect((await (await test.call("GET", `/v1/operations/${id}`)).json()).release).toEqual(told);
    expect(JSON.stringify((await test.deps.records.list("audit/", { limit: 100 })).items)).toContain("secrets:read");
  });

  it("hides secrets from all others, in the open journal and in events", async () => {
    const test = await dry();
    const { id } = await asked(test);
    const seen = await (await test.call("GET", `/v1/operations/${id}`, { token: READER_TOKEN })).json();
    expect(seen.release.manifest).toContain(MAP);
    expect(seen.release.manifest).toMatch(/password: \(masked [0-9a-f]{12}\)/);
    expect(seen.release.config.password).toMatch(/^\(masked /);
    const texts = [
      JSON.stringify(seen),
      await (await test.call("GET", `/v1/operations/${id}/events?after=0`)).text(),
      JSON.stringify(await test.deps.operations.read(id, 0, 100)),
      JSON.stringify(test.log),
    ];
    for (const text of texts) expect(text).not.toContain(CANARY);
    expect(texts[1]?.match(/sha256:[0-9a-f]+/g)).toEqual([`sha256:${"200".padStart(64, "0")}`]);
  });

  it("is told of alone: what changes a release answers with its summary", async () => {
    const test = await dry();
    test.behave = (deps) => {
      deps.onRelease?.(made());
      return SUCCEEDED;
    };
    expect((await asked(test)).release).toEqual({ name: "web", revision: 2 });
  });

  it.each([
    ["install", { chart: "charts/web", hideSecret: true }],
    ["upgrade", { chart: "charts/web", hideSecret: true }],
    ["plan", { action: "upgrade", chart: "charts/web", hideSecret: true }],
  ])("alone hides Secrets: %s %j is refused in helm's words", async (action, json) => {
    const test = await dry();
    const answer = await test.call("POST", `${WEB}/${action}`, { json });
    expect(answer.status).toBe(400);
    const [error] = (await answer.json()).errors;
    expect(error).toEqual({ pointer: "/hideSecret", detail: "hiding Kubernetes secrets requires a dry-run mode" });
  });

  it("hides them where it is asked to", async () => {
    const test = await dry();
    await test.call("POST", `${WEB}/install`, { json: { chart: "charts/web", hideSecret: true, dryRun: true } });
    expect(test.requests).toMatchObject([{ action: "install", hideSecret: true, dryRun: "client" }]);
  });
});
