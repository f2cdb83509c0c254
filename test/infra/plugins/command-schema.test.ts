import { describe, expect, it } from "vitest";
import { COMMAND_INPUTS, COMMAND_OUTPUTS } from "./command-table.ts";
import { schemaProblem } from "./message-schema.ts";

describe("the schema of cli/v1", () => {
  it.each(COMMAND_INPUTS)("takes what helm sends for %j with %s", (_args, _config, message) => {
    expect(schemaProblem("cli/v1", "input", message)).toBe("");
  });

  it.each([[{}], [{ extraArgs: null }], [{ extraArgs: "a" }], [{ extraArgs: [1] }]])(
    "refuses %j, which helm does not send",
    (message) => {
      expect(schemaProblem("cli/v1", "input", message)).not.toBe("");
    },
  );

  it.each(COMMAND_OUTPUTS)("takes of answers what helm takes: %j, %s", (output, taken) => {
    expect(schemaProblem("cli/v1", "output", output) === "").toBe(taken);
  });
});
