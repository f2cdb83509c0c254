import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Ended } from "../../support/helm.ts";
import { runTool } from "../../support/run-tool.ts";
import { toolCases, writeCase } from "../../support/tool-cases.ts";

/** Recorded from helm 4.3.1 by the oracle suite `tools` with UPDATE_GOLDEN=1. */
const answers = JSON.parse(readFileSync(new URL("../../data/tool-answers.json", import.meta.url), "utf8")) as Readonly<
  Record<string, readonly Ended[]>
>;
const work = mkdtempSync(join(tmpdir(), "slipway-cli-"));

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("the chart commands answer as helm does", () => {
  it.each(toolCases.map((one, index) => [one.name, index, one] as const))(
    "on %s",
    async (name, index, { files, runs }) => {
      const folder = join(work, String(index), "w");
      mkdirSync(folder, { recursive: true });
      writeCase(folder, files);
      const mask = (text: string): string => text.replaceAll(join(work, String(index)), "WORK");
      const ends: Ended[] = [];
      for (const argv of runs) {
        const { code, stdout, stderr } = await runTool(argv, {
          cwd: folder,
          env: { HOME: join(work, String(index), "home") },
        });
        ends.push({ code, stdout: mask(stdout), stderr: mask(stderr) });
      }
      expect(ends).toEqual(answers[name]);
    },
  );

  it("every case has a recorded answer, and every answer a case", () => {
    expect(Object.keys(answers).sort()).toEqual(toolCases.map(({ name }) => name).sort());
  });
});
