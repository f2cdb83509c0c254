import { afterAll, describe, expect, it } from "vitest";
import { openPluginHost } from "../../../infra/node/plugin-host.ts";
import { describePluginHost, ECHO, logs } from "../../contracts/plugin-host.ts";
import { answering } from "../../support/plugin-egress.ts";
import { admitted, grantOf } from "../../support/plugin.ts";
import { FOREVER, i32, type TestModule } from "../../support/wasm.ts";

const { host, close } = openPluginHost(answering);
afterAll(close);

describePluginHost("a worker thread", async () => host);

describe("a guest that does not end", () => {
  const spins: TestModule = { code: () => [...FOREVER, ...i32(0)] };

  it("is ended by the clock, and the next call has a thread again", async () => {
    const plugin = admitted(spins, grantOf({ milliseconds: 200 }));
    await expect(host.call({ plugin, input: "" })).rejects.toMatchObject({ code: "timeout", logs: [] });
    expect((await host.call({ plugin: admitted(ECHO), input: "on" })).output).toBe("on");
  });

  it("gives what it logged before the clock ended it", async () => {
    const module: TestModule = { ...logs(2), code: (to) => [...logs(2).code(to), ...FOREVER] };
    const call = host.call({ plugin: admitted(module, grantOf({ milliseconds: 200 })), input: "" });
    const line = { level: "info", text: "line" };
    await expect(call).rejects.toMatchObject({ code: "timeout", logs: [line, line] });
  });

  it("is ended when its caller goes away", async () => {
    const leaving = new AbortController();
    const call = host.call({ plugin: admitted(spins), input: "", signal: leaving.signal });
    setTimeout(() => leaving.abort(new Error("gone")), 50);
    await expect(call).rejects.toThrow("gone");
  });

  it("does not keep who goes away, and nobody for longer than is waited", async () => {
    const narrow = openPluginHost(answering, { places: 1, longestWait: 300 });
    const running = narrow.host.call({ plugin: admitted(spins, grantOf({ milliseconds: 1000 })), input: "" });
    const leaving = new AbortController();
    const ended: string[] = [];
    const note = (text: string) => () => void ended.push(text);
    const left = narrow.host.call({ plugin: admitted(ECHO), input: "", signal: leaving.signal });
    const late = narrow.host.call({ plugin: admitted(ECHO), input: "" });
    leaving.abort(new Error("gone"));
    await Promise.all([running.catch(note("ran")), left.catch(note("left")), late.catch(note("late"))]);
    expect(ended).toEqual(["left", "late", "ran"]);
    await expect(late).rejects.toMatchObject({ code: "busy" });
    await narrow.close();
  });
});
