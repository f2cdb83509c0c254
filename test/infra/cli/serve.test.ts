import { describe, expect, it } from "vitest";
import { tokenHint } from "../../../infra/cli/serve.ts";

describe("the start of a server that wants tokens", () => {
  it("tells how the first one is made, and nothing where one is stored or configured", () => {
    expect(tokenHint(0, "/var/lib/slipway")).toEqual([
      "every request needs a token and there is none yet; run",
      "  slipway token create --admin --data /var/lib/slipway",
    ]);
    expect(tokenHint(1, "/var/lib/slipway")).toEqual([]);
  });
});
