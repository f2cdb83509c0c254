import { afterAll, describe, expect, it } from "vitest";
import {
  admitPlugin,
  NO_GRANT,
  parsePluginYaml,
  PluginError,
  type PluginSource,
} from "../../../engine/plugin/index.ts";
import { getterInput, readGetterOutput } from "../../../engine/plugin/index.ts";
import { compile } from "../../../infra/build-plugins.ts";
import { openPluginHost } from "../../../infra/node/plugin-host.ts";
import { digestOf } from "../../support/plugin.ts";
import { answering } from "../../support/plugin-egress.ts";
import { HTTP_REFUSED, HTTP_TABLE } from "./http-table.ts";

const YAML =
  "apiVersion: v1\nname: asking\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig: {protocols: [get]}\n" +
  "runtimeConfig: {allowedHosts: ['*.example']}\n";
const OPTIONS = {
  URL: "",
  AcceptHeader: "",
  Username: "",
  Password: "",
  PassCredentialsAll: false,
  UserAgent: "",
  Version: "",
  Timeout: 0,
};

describe("requests by the kit for AssemblyScript", async () => {
  const bytes = await compile("test/data/plugins/kit-http.ts");
  const source: PluginSource = { name: "asking", digest: digestOf(bytes), bytes, metadata: parsePluginYaml(YAML) };
  const { host, close } = openPluginHost(answering);
  afterAll(close);

  const ask = async (href: string, base = "https://granted.example"): Promise<string> => {
    const plugin = admitPlugin(source, { ...NO_GRANT, hosts: ["granted.example"], config: { base } });
    const { output } = await host.call({ plugin, input: getterInput(href, OPTIONS) });
    return new TextDecoder().decode(readGetterOutput(plugin, output));
  };

  it.each(HTTP_TABLE)("of %s give %j", async (href, wanted) => {
    expect(await ask(href)).toBe(wanted);
  });

  it.each(HTTP_REFUSED)("to %s end the call: %s, %s", async (base, code, problem) => {
    const ended = ask("get:///echo", base);
    await expect(ended).rejects.toThrow(PluginError);
    await expect(ended).rejects.toMatchObject({ code, message: expect.stringContaining(problem) });
  });

  it("make a module that is refused without a granted host", () => {
    expect(() => admitPlugin(source, NO_GRANT)).toThrow("and no hosts are granted");
  });
});
