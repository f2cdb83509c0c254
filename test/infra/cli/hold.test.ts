import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { holdCommand } from "../../../infra/cli/hold.ts";

interface Seen {
  readonly request: string;
  readonly token: string | undefined;
  readonly body: string;
}

let server: Server;
let url: string;
let seen: Seen[];
let answer: { readonly status: number; readonly body: string };
let printed: { out: string; err: string };

beforeEach(async () => {
  seen = [];
  answer = { status: 200, body: "{}" };
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      seen.push({ request: `${request.method} ${request.url}`, token: request.headers.authorization, body });
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  url = `http://127.0.0.1:${address.port}`;
  printed = { out: "", err: "" };
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed.out += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((printed.err += String(text)), true));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await new Promise((resolve) => server.close(resolve));
});

describe("slipway hold and unhold", () => {
  it("ask the server that is named, with the token of the environment", async () => {
    vi.stubEnv("SLIPWAY_TOKEN", "t1");
    expect(await holdCommand("hold", ["web", "--reason", "freeze", "--server", url, "-n", "shop"])).toBe(0);
    expect(await holdCommand("unhold", ["web", "--server", url, "--cluster", "prod"])).toBe(0);
    expect(seen).toEqual([
      {
        request: "POST /v1/clusters/default/namespaces/shop/releases/web/hold",
        token: "Bearer t1",
        body: '{"reason":"freeze"}',
      },
      { request: "POST /v1/clusters/prod/namespaces/default/releases/web/unhold", token: "Bearer t1", body: "" },
    ]);
    expect(printed).toEqual({ out: 'release "web" is on hold\nrelease "web" is no longer on hold\n', err: "" });
  });

  it.each([
    [{ status: 404, body: '{"detail":"release: not found"}' }, "Error: release: not found\n"],
    [{ status: 502, body: "<html>" }, "Error: the server answered 502\n"],
  ])("tell the server's refusal %j", async (refusal, text) => {
    answer = refusal;
    expect(await holdCommand("unhold", ["web", "--server", url])).toBe(1);
    expect(printed).toEqual({ out: "", err: text });
  });

  it.each([
    ["hold", ["web"], "say why by --reason"],
    ["hold", ["--reason", "x"], "name one release"],
    ["unhold", ["a", "b"], "name one release"],
    ["unhold", ["a", "--reason", "x"], "takes no --reason"],
    ["unhold", ["a", "--server", "nowhere"], "not a URL"],
    ["hold", ["a", "--until", "x"], "unhold|hold: "],
    ["unhold", ["a", "--server", "http://127.0.0.1:1"], "does not answer"],
  ] as const)("%s refuses %j", async (command, argv, text) => {
    await expect(holdCommand(command, argv)).rejects.toThrow(new RegExp(text));
    expect(seen).toEqual([]);
  });
});
