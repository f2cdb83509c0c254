import type { JsonValue } from "../../../engine/errors.ts";

/** Arguments of a helm command that is a cli/v1 plugin, and the message that helm gives to it. */
export const COMMAND_INPUTS: readonly (readonly [args: readonly string[], config: string, message: JsonValue])[] = [
  [[], "{}", { extraArgs: [] }],
  [["a", "b c", "--flag=y", "ü"], "{}", { extraArgs: ["a", "b c", "--flag=y", "ü"] }],
  [["a", "--namespace", "x", "-n=y", "--", "b"], "{}", { extraArgs: ["a", "--", "b"] }],
  [["a", "--flag"], "{ignoreFlags: true}", { extraArgs: [] }],
];

/** Answers of such a plugin, and whether helm takes them. */
export const COMMAND_OUTPUTS: readonly (readonly [output: JsonValue, taken: boolean])[] = [
  [{}, true],
  [{ data: null }, true],
  [{ data: {} }, true],
  [{ data: { a: 1 } }, true],
  [{ other: 1 }, true],
  [{ data: "x" }, false],
  [{ data: [] }, false],
  [{ data: 1 }, false],
  [{ data: true }, false],
];
