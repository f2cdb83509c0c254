import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EgressPolicy, EgressRequest } from "../../../engine/oci/egress.ts";
import { EgressError } from "../../../engine/oci/egress-error.ts";
import { isPublicAddress } from "../../../infra/node/address.ts";
import { openEgress } from "../../../infra/node/egress.ts";

describe("an address", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ["1.1.1.1", true],
    ["93.184.216.34", true],
    ["2606:4700:4700::1111", true],
    ["127.0.0.1", false],
    ["10.1.2.3", false],
    ["172.16.0.1", false],
    ["172.32.0.1", true],
    ["192.168.1.1", false],
    ["169.254.169.254", false],
    ["100.64.0.1", false],
    ["0.0.0.0", false],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
    ["::1", false],
    ["::", false],
    ["fe80::1", false],
    ["fd00::1", false],
    ["ff02::1", false],
    ["::ffff:127.0.0.1", false],
    ["::ffff:10.0.0.1", false],
    ["::ffff:1.1.1.1", true],
    ["64:ff9b::127.0.0.1", false],
    ["64:ff9b::1.1.1.1", true],
    ["2002:7f00:1::", false],
  ];
  for (const [address, isPublic] of rows) {
    it(`${address} is ${isPublic ? "public" : "refused"}`, () => expect(isPublicAddress(address)).toBe(isPublic));
  }
});

describe("a request to the world", () => {
  let server: Server;
  let host = "";
  const { egress, close } = openEgress();
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === "/redirect")
        return void response.writeHead(302, { location: "http://169.254.169.254/" }).end();
      if (request.url === "/broken") {
        response.writeHead(200, { "content-length": 100 }).write("half");
        return void setTimeout(() => response.destroy(), 10);
      }
      response.end(`${request.method} ${request.url}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  });
  afterAll(async () => {
    await close();
    server.close();
  });

  const policy = (changes: Partial<EgressPolicy> = {}): EgressPolicy => ({
    name: "test",
    hosts: [host],
    elsewhere: "listed",
    plainHttp: true,
    privateAddresses: true,
    ...changes,
  });
  const codeOf = async (request: Partial<EgressRequest> & { readonly policy: EgressPolicy }): Promise<string> => {
    try {
      const response = await egress.send({ method: "GET", url: `http://${host}/x`, ...request });
      return `${response.status} ${await new Response(response.body).text()}`;
    } catch (error) {
      if (error instanceof EgressError) return `${error.code}: ${error.message.replaceAll(host, "HOST")}`;
      throw error;
    }
  };

  const rows: readonly {
    readonly name: string;
    readonly request: () => Partial<EgressRequest> & { readonly policy: EgressPolicy };
    readonly gives: string;
  }[] = [
    { name: "goes to a listed host", request: () => ({ policy: policy() }), gives: "200 GET /x" },
    {
      name: "is not redirected by itself",
      request: () => ({ policy: policy(), url: `http://${host}/redirect` }),
      gives: "302 ",
    },
    {
      name: "goes to no other host",
      request: () => ({ policy: policy({ hosts: ["elsewhere.example"] }) }),
      gives: "refused: test: HOST is not one of its hosts",
    },
    {
      name: "may not be led to plain http",
      request: () => ({ policy: policy({ hosts: [], elsewhere: "public" }), led: true }),
      gives: "refused: test: HOST is not one of its hosts",
    },
    {
      name: "needs leave for plain http",
      request: () => ({ policy: policy({ plainHttp: false }) }),
      gives: "refused: test: http: is not allowed",
    },
    {
      name: "needs leave for a private address",
      request: () => ({ policy: policy({ privateAddresses: false }) }),
      gives: "refused: test: HOST is a private address",
    },
    {
      name: "needs leave for a name that resolves to a private address",
      request: () => ({
        policy: policy({ privateAddresses: false, hosts: ["localhost"] }),
        url: `http://localhost:${host.split(":")[1]}/x`,
      }),
      gives: `refused: test: localhost:PORT resolves to a private address`,
    },
    {
      name: "knows no other scheme",
      request: () => ({ policy: policy({ hosts: ["etc"] }), url: "file://etc/passwd" }),
      gives: "refused: test: file: is not allowed",
    },
    {
      name: "says when nobody answers",
      request: () => ({ policy: policy({ hosts: ["127.0.0.1:1"] }), url: "http://127.0.0.1:1/" }),
      gives: "unreachable: test: 127.0.0.1:1 did not answer (ECONNREFUSED)",
    },
  ];
  for (const { name, request, gives } of rows) {
    it(name, async () => {
      const port = host.split(":")[1] ?? "";
      expect((await codeOf(request())).replaceAll(`localhost:${port}`, "localhost:PORT")).toBe(gives);
    });
  }

  it("says when the answer breaks off", async () => {
    const response = await egress.send({ method: "GET", url: `http://${host}/broken`, policy: policy() });
    await expect(new Response(response.body).text()).rejects.toMatchObject({ code: "broken" });
  });
});
