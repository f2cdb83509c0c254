import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openLocalCluster } from "../../../infra/local-cluster/cluster.ts";
import { disagreements, play, type Answer } from "./play.ts";
import { scenarios } from "./scenarios.ts";

const recorded = JSON.parse(
  readFileSync(new URL("../../data/local-cluster-answers.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly Answer[]>>;

describe("the simulated cluster answers as a real API server did", () => {
  for (const scenario of scenarios) {
    it(scenario.name, async () => {
      const cluster = openLocalCluster({
        now: Date.now,
        randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
        readyAfter: 1_000_000,
      });
      const answers = await play(cluster.transport, scenario, "scene");
      cluster.close();
      const real = recorded[scenario.name] ?? [];
      expect(answers.length).toBe(scenario.steps.length);
      expect(
        answers.flatMap((answer, index) => disagreements({ ...answer }, { ...real[index] }, `step ${index + 1}`)),
      ).toEqual([]);
    });
  }
});
