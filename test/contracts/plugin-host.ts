import { describe, expect, it } from "vitest";
import { type AdmittedPlugin, type PluginHost } from "../../engine/plugin/index.ts";
import { admitted, grantOf } from "../support/plugin.ts";
import {
  block,
  caught,
  DROP,
  giveBlock,
  grow,
  i32,
  i64,
  localGet,
  localSet,
  loop,
  type TestModule,
  THROW,
  UNREACHABLE,
} from "../support/wasm.ts";

const TEXT = ["alloc", "store_u8"] as const;
const GIVE = [...TEXT, "length", "output_set"] as const;

/** Gives its input back. */
export const ECHO: TestModule = {
  imports: ["input_offset", "input_length", "output_set"],
  code: (call) => [...call("input_offset"), ...call("input_length"), ...call("output_set"), ...i32(0)],
};
const says = (text: string | Uint8Array, code = 0): TestModule => ({
  imports: GIVE,
  code: (call) => [...block(text, call), ...giveBlock(call), ...i32(code)],
});
const complains = (text: string, code: number): TestModule => ({
  imports: [...TEXT, "error_set"],
  code: (call) => [...block(text, call), ...localGet(0), ...call("error_set"), ...i32(code)],
});
/** Asks for a URL and gives the answer's body. */
export const asks = (url: string): TestModule => ({
  imports: [...GIVE, "http_request"],
  code: (call) => [
    ...block(JSON.stringify({ url, method: "GET", headers: { "X-Asked": "1" } }), call),
    ...localGet(0),
    ...i64(0),
    ...call("http_request"),
    ...localSet(0),
    ...giveBlock(call),
    ...i32(0),
  ],
});
/** Gives the value of a variable, or of a config key, and leaves a variable behind. */
const remembers: TestModule = {
  imports: [...GIVE, "var_get", "var_set"],
  code: (call) => [
    ...block("k", call),
    ...localGet(0),
    ...call("var_get"),
    ...localSet(1),
    ...block("k", call),
    ...localGet(0),
    ...localGet(0),
    ...call("var_set"),
    ...localGet(1),
    ...localSet(0),
    ...giveBlock(call),
    ...i32(0),
  ],
};
const configured: TestModule = {
  imports: [...GIVE, "config_get"],
  code: (call) => [
    ...block("key", call),
    ...localGet(0),
    ...call("config_get"),
    ...localSet(0),
    ...giveBlock(call),
    ...i32(0),
  ],
};
export const logs = (times: number): TestModule => ({
  imports: [...TEXT, "log_info"],
  code: (call) => [
    ...block("line", call),
    ...i32(times),
    ...localSet(2),
    ...loop([...localGet(0), ...call("log_info"), ...localGet(2), ...i32(1), 0x6b, 0x22, 2]),
    ...i32(0),
  ],
});

const STORE_BYTE: readonly number[] = [0x3a, 0, 0];

/** Takes its message in its own memory. */
const direct = (place: Partial<NonNullable<TestModule["direct"]>>, code: readonly number[] = i32(0)): TestModule => ({
  direct: { message: 64, at: 64, size: 9, ...place },
  code: () => code,
});

/** Gives eight bytes that it got from the clock, or at random, as ASCII. */
const looksAround = (what: "clock_time_get" | "random_get"): TestModule => ({
  imports: ["alloc", "store_u64", "length", "output_set", `wasi:${what}`],
  code: (call) => [
    ...(what === "random_get" ? [...i32(0), ...i32(8)] : [...i32(0), ...i64(0), ...i32(0)]),
    ...call(`wasi:${what}`),
    ...DROP,
    ...i64(8),
    ...call("alloc"),
    ...localSet(0),
    ...localGet(0),
    // The eight bytes at address 0, the high bit of each cleared.
    ...i32(0),
    0x29,
    0,
    0,
    0x42,
    ...SEVEN_BITS,
    0x83,
    ...call("store_u64"),
    ...giveBlock(call),
    ...i32(0),
  ],
});
/** 0x7f7f7f7f7f7f7f7f as a signed LEB128. */
const SEVEN_BITS: readonly number[] = [0xff, 0xfe, 0xfd, 0xfb, 0xf7, 0xef, 0xdf, 0xbf, 0xff, 0x00];

/** What every `PluginHost` must do. `open` gives a host whose egress is `answering` of test/support. */
export function describePluginHost(name: string, open: () => Promise<PluginHost>): void {
  const call = async (plugin: AdmittedPlugin, input = "{}") => (await open()).call({ plugin, input });

  describe(`${name} as a plugin host`, () => {
    it("gives a plugin its input and gives its output back", async () => {
      const input = JSON.stringify({ manifests: "é🙂".repeat(10_000), extraArgs: null });
      expect(await call(admitted(ECHO), input)).toEqual({ output: input, logs: [] });
    });

    it("writes the input into the memory of a plugin that names a place, and takes its output from there", async () => {
      expect((await call(admitted(direct({})), '{"a":"é"}')).output).toBe('{"a":"é"');
      expect((await call(admitted(direct({ at: 69, size: 4 })), '{"a":"é"}')).output).toBe('"é"');
    });

    it("gives configuration, and nothing for a key that is not there", async () => {
      const plugin = admitted(configured, grantOf({}, { config: { key: "value" } }));
      expect((await call(plugin)).output).toBe("value");
      expect((await call(admitted(configured))).output).toBe("");
    });

    it("starts every call anew: no variable of one call is there in the next", async () => {
      const plugin = admitted(remembers);
      expect([(await call(plugin)).output, (await call(plugin)).output]).toEqual(["", ""]);
    });

    it.each(["clock_time_get", "random_get"] as const)("gives what is pure the same %s in every call", async (what) => {
      const plugin = admitted(looksAround(what));
      const pure = { ...plugin, pure: true };
      const outputs = [await call(pure), await call(pure)].map(({ output }) => output);
      expect(outputs[0]).toBe(outputs[1]);
      expect((await call(plugin)).output).not.toBe(outputs[0]);
    });

    it("keeps log lines as long as there is room, and says how many there were beyond", async () => {
      expect((await call(admitted(logs(2)))).logs).toEqual([
        { level: "info", text: "line" },
        { level: "info", text: "line" },
      ]);
      const { logs: few } = await call(admitted(logs(1000), grantOf({ logBytes: 50 })));
      expect(few.at(-1)).toEqual({ level: "warn", text: "998 more log lines were left out" });
    });

    it("gives the lines of a call that fails with its error", async () => {
      const module: TestModule = { ...logs(2), code: (to) => [...logs(2).code(to), ...UNREACHABLE] };
      const error: unknown = await call(admitted(module)).catch((thrown: unknown) => thrown);
      const line = { level: "info", text: "line" };
      expect(error).toMatchObject({ code: "trap", logs: [line, line] });
    });

    it("runs many calls at the same time", async () => {
      const plugin = admitted(ECHO);
      const host = await open();
      const inputs = Array.from({ length: 8 }, (_, index) => String(index));
      const replies = await Promise.all(inputs.map((input) => host.call({ plugin, input })));
      expect(replies.map(({ output }) => output)).toEqual(inputs);
    });

    it("sends requests to granted hosts, under the egress's rules", async () => {
      const grant = grantOf({}, { hosts: ["granted.example"] });
      expect((await call(admitted(asks("https://granted.example/x"), grant))).output).toBe("told");
    });

    it("sends requests while a plugin starts up", async () => {
      const grant = grantOf({ httpRequests: 2 }, { hosts: ["granted.example"] });
      const module: TestModule = { ...asks("https://granted.example/x"), startsUp: true };
      expect((await call(admitted(module, grant))).output).toBe("told");
      const once = grantOf({ httpRequests: 1 }, { hosts: ["granted.example"] });
      await expect(call(admitted(module, once))).rejects.toMatchObject({ code: "not-granted" });
    });

    it("gives a redirect as an answer, and follows none", async () => {
      const grant = grantOf({}, { hosts: ["granted.example"] });
      expect((await call(admitted(asks("https://granted.example/away"), grant))).output).toBe("moved");
    });

    it.each<[string, TestModule, ReturnType<typeof grantOf>, object]>([
      [
        "an error that it tells",
        complains("no such thing", 1),
        grantOf(),
        { code: "guest-error", guest: "no such thing" },
      ],
      [
        "an error that it tells although it returns 0",
        complains("no", 0),
        grantOf(),
        { code: "guest-error", guest: "no" },
      ],
      ["a code other than 0", says("x", 7), grantOf(), { code: "exit-code", exitCode: 7 }],
      [
        "ending itself",
        { imports: ["wasi:proc_exit"], code: (to) => [...i32(3), ...to("wasi:proc_exit"), ...i32(0)] },
        grantOf(),
        { code: "exit-code", exitCode: 3 },
      ],
      ["a trap", { code: () => UNREACHABLE }, grantOf(), { code: "trap" }],
      ["a stack without end", { code: () => [0x10, 0x00] }, grantOf(), { code: "trap" }],
      [
        "reading what is not its own",
        { imports: ["load_u8"], code: (to) => [...i64(2 ** 40), ...to("load_u8")] },
        grantOf(),
        { code: "trap" },
      ],
      [
        "growing its memory beyond the cap",
        { code: () => [...loop([...grow(1), ...i32(-1), 0x47]), ...UNREACHABLE] },
        grantOf({ pages: 16 }),
        { code: "out-of-memory" },
      ],
      [
        "messages beyond the cap",
        {
          imports: ["alloc"],
          code: (to) => [...loop([...i64(100_000), ...to("alloc"), ...DROP, ...i32(1)]), ...i32(0)],
        },
        grantOf({ pages: 16 }),
        { code: "out-of-memory" },
      ],
      [
        "one enormous message",
        { imports: ["alloc"], code: (to) => [...i64(2 ** 50), ...to("alloc"), ...DROP, ...i32(0)] },
        grantOf(),
        { code: "out-of-memory" },
      ],
      ["an exception that it throws", { throws: true, code: () => THROW }, grantOf(), { code: "trap" }],
      [
        "an exception that it throws while it starts up",
        { throws: true, startsUp: true, code: () => THROW },
        grantOf(),
        { code: "trap" },
      ],
      [
        "output beyond the cap that it was told of",
        {
          imports: ["input_offset", "input_length", "output_set"],
          code: (to) => [...caught([...to("input_offset"), ...to("input_length"), ...to("output_set")]), ...i32(0)],
        },
        grantOf({ outputBytes: 1 }),
        { code: "output-too-large" },
      ],
      [
        "a refused request that it was told of",
        {
          ...asks("https://other.example/"),
          code: (to) => [...caught([...asks("https://other.example/").code(to), ...DROP]), ...i32(0)],
        },
        grantOf({}, { hosts: ["granted.example"] }),
        { code: "not-granted" },
      ],
      [
        "a request to a granted host that does not answer",
        asks("https://granted.example/silent"),
        grantOf({}, { hosts: ["granted.example"] }),
        { code: "unreachable" },
      ],
      [
        "an answer that breaks off",
        asks("https://granted.example/broken"),
        grantOf({}, { hosts: ["granted.example"] }),
        { code: "unreachable" },
      ],
      ["variables beyond the cap", remembers, grantOf({ varBytes: 1 }), { code: "out-of-memory" }],
      ["output beyond the cap", ECHO, grantOf({ outputBytes: 1 }), { code: "output-too-large" }],
      ["a place for its input outside of its memory", direct({ message: 65_535 }), grantOf(), { code: "trap" }],
      ["a place for its input below its memory", direct({ message: -2 }), grantOf(), { code: "trap" }],
      ["a place of its output outside of its memory", direct({ at: 65_530 }), grantOf(), { code: "trap" }],
      ["output in its memory beyond the cap", direct({}), grantOf({ outputBytes: 8 }), { code: "output-too-large" }],
      ["a code although it named its output", direct({}, i32(7)), grantOf(), { code: "exit-code", exitCode: 7 }],
      [
        "output in its memory that is no text",
        direct({}, [...i32(64), ...i32(0xff), ...STORE_BYTE, ...i32(0)]),
        grantOf(),
        { code: "malformed-output" },
      ],
      ["output that is no text", says(Uint8Array.from([0xff, 0xfe])), grantOf(), { code: "malformed-output" }],
      [
        "a host function called with other types",
        { imports: ["x/alloc"], code: (to) => to("x/alloc") },
        grantOf(),
        { code: "not-granted" },
      ],
      [
        "a request to a host that is not granted",
        asks("https://other.example/"),
        grantOf({}, { hosts: ["granted.example"] }),
        { code: "not-granted" },
      ],
      [
        "a request by address",
        asks("https://169.254.169.254/latest"),
        grantOf({}, { hosts: ["granted.example"] }),
        { code: "not-granted" },
      ],
      [
        "plain http where it is not granted",
        asks("http://granted.example/"),
        grantOf({}, { hosts: ["granted.example"] }),
        { code: "not-granted" },
      ],
      [
        "more requests than granted",
        asks("https://granted.example/"),
        grantOf({ httpRequests: 0 }, { hosts: ["granted.example"] }),
        { code: "not-granted" },
      ],
      [
        "an answer larger than granted",
        asks("https://granted.example/"),
        grantOf({ httpResponseBytes: 2 }, { hosts: ["granted.example"] }),
        { code: "not-granted" },
      ],
    ])("ends %s with its own error, and goes on", async (_name, module, grant, expected) => {
      const { code, ...detail } = expected as { code: string };
      const run = async () => call(admitted(module, grant));
      await expect(run()).rejects.toMatchObject({ name: "PluginError", code, detail: { plugin: "sample", ...detail } });
      expect((await call(admitted(ECHO), "on")).output).toBe("on");
    });
  });
}
