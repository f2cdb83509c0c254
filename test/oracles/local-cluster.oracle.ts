import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openKubeconfig } from "../../infra/node/cluster-transport.ts";
import { play, type Answer } from "../infra/local-cluster/play.ts";
import { scenarios } from "../infra/local-cluster/scenarios.ts";

const file = new URL("../data/local-cluster-answers.json", import.meta.url);
const update = process.env["UPDATE_ANSWERS"] === "1";
const recorded = JSON.parse(update ? "{}" : readFileSync(file, "utf8")) as Record<string, readonly Answer[]>;

describe("the recorded answers are the real API server's", async () => {
  const { transport } = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  const run = Date.now().toString(36);
  scenarios.forEach((scenario, index) => {
    it(scenario.name, async () => {
      const answers = await play(transport, scenario, `scene-${run}-${index}`);
      if (update) {
        recorded[scenario.name] = answers;
        writeFileSync(file, `${JSON.stringify(recorded, null, 1)}\n`);
      }
      expect(answers).toEqual(recorded[scenario.name]);
    });
  });
});
