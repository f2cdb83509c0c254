import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createSecureServer, type Http2SecureServer, type Http2ServerResponse } from "node:http2";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KubeError } from "../../../engine/kube/error.ts";
import { readText } from "../../../engine/kube/body.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import { openBriefly } from "../../../infra/node/brief-transport.ts";
import { openKubeconfig, type OpenCluster } from "../../../infra/node/cluster-transport.ts";
import { janeCertificate, otherCertificate, serverCertificate } from "../../support/certificates-table.ts";

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage["headersDistinct"];
  readonly peer: string;
}

const seen: Seen[] = [];
const open: OpenCluster[] = [];
const servers: (Server | Http2SecureServer)[] = [];
afterAll(async () => {
  await Promise.all(open.map((cluster) => cluster.close()));
  for (const server of servers) server.close();
});

function answer(request: IncomingMessage, respond: (status: number, body: string) => void): void {
  const certificate = "getPeerCertificate" in request.socket ? request.socket.getPeerCertificate : undefined;
  const subject: unknown = typeof certificate === "function" ? certificate.call(request.socket)?.subject?.CN : "";
  seen.push({
    line: `${request.method} ${request.url}`,
    headers: request.headersDistinct,
    peer: String(subject ?? ""),
  });
  respond(request.url === "/missing" ? 404 : 200, `answer to ${request.url}`);
}

function listen(server: Server | Http2SecureServer): Promise<string> {
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(String((server.address() as AddressInfo).port)));
  });
}

const plain = (): Promise<string> =>
  listen(
    createHttp((request, response) =>
      answer(request, (status, body) =>
        response.setHeader("warning", ["299 - a", "299 - b"]).writeHead(status).end(body),
      ),
    ),
  );

interface ConfigParts {
  readonly cluster?: object;
  readonly user?: object;
}

function kubeconfig(server: string, parts: ConfigParts = {}): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "main",
    clusters: [{ name: "c", cluster: { server, ...parts.cluster } }],
    users: [{ name: "u", user: parts.user ?? {} }],
    contexts: [
      { name: "main", context: { cluster: "c", user: "u", namespace: "shop" } },
      { name: "bare", context: { cluster: "c", user: "u" } },
      { name: "broken", context: { cluster: "none", user: "u" } },
    ],
  });
}

async function opened(
  text: string,
  options: { context?: string; by?: typeof openKubeconfig } = {},
): Promise<OpenCluster> {
  const { context, by = openKubeconfig } = options;
  const cluster = await by({ trust: "stored", text, ...(context === undefined ? {} : { context }) });
  open.push(cluster);
  return cluster;
}

async function send(cluster: OpenCluster, request: Partial<ClusterRequest> = {}): Promise<string> {
  const response = await cluster.transport.send({ method: "GET", path: "/", ...request });
  return `${response.status} ${await readText(response.body, 1000)}`;
}

async function refusal(of: Promise<unknown>): Promise<string> {
  const error: unknown = await of.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof KubeError) return `${error.code}: ${error.message}`;
  throw new Error(`expected a KubeError, got ${String(error)}`);
}

/** A server's transport, and a command's. */
const openers = [
  { of: "a server", by: openKubeconfig },
  { of: "a command", by: openBriefly },
] as const;

describe.each(openers)("requests of $of", ({ by }) => {
  let port: string;
  beforeAll(async () => {
    port = await plain();
  });

  it("go to the server with path, query in order, body and headers", async () => {
    const cluster = await opened(kubeconfig(`http://127.0.0.1:${port}/prefix/`, { user: { token: "secret" } }), { by });
    expect([cluster.server, cluster.namespace]).toEqual([`http://127.0.0.1:${port}/prefix`, "shop"]);
    const text = await send(cluster, {
      method: "PATCH",
      path: "/api/v1",
      query: [
        ["b", "x y"],
        ["a", "&="],
      ],
      headers: {
        "Content-Type": "application/apply-patch+yaml",
        Authorization: "Basic stolen",
        "Impersonate-User": "root",
      },
      body: "{}",
    });
    expect(text).toBe("200 answer to /prefix/api/v1?b=x%20y&a=%26%3D");
    expect(seen.at(-1)).toMatchObject({
      line: "PATCH /prefix/api/v1?b=x%20y&a=%26%3D",
      headers: { authorization: ["Bearer secret"], "content-type": ["application/apply-patch+yaml"] },
    });
    expect(seen.at(-1)?.headers["impersonate-user"]).toBeUndefined();
  });

  it("impersonate users, groups and extras", async () => {
    const cluster = await opened(kubeconfig(`http://127.0.0.1:${port}`), { by });
    await send(cluster, { as: { user: "jane", groups: ["a", "b"], uid: "7", extra: { "Scopes/X": ["one", "two"] } } });
    expect(seen.at(-1)?.headers).toMatchObject({
      "impersonate-user": ["jane"],
      "impersonate-group": ["a", "b"],
      "impersonate-uid": ["7"],
      "impersonate-extra-scopes%2fx": ["one", "two"],
    });
    const before = seen.length;
    for (const user of ["", "a\r\nx: y", " a", "ä"]) {
      expect(await refusal(send(cluster, { as: { user } }))).toMatch(/^unauthorized/);
    }
    expect(seen.length).toBe(before);
  });

  it("give every status and repeated headers back", async () => {
    const cluster = await opened(kubeconfig(`http://127.0.0.1:${port}`), { by });
    const { status, headers, body } = await cluster.transport.send({ method: "GET", path: "/missing" });
    await body?.cancel();
    expect([status, headers.get("warning")]).toEqual([404, "299 - a, 299 - b"]);
  });

  it("end with what the signal says", async () => {
    const cluster = await opened(kubeconfig(`http://127.0.0.1:${port}`), { by });
    await expect(send(cluster, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
  });

  it("tell the length of a body that their method rarely has", async () => {
    const cluster = await opened(kubeconfig(`http://127.0.0.1:${port}`), { by });
    expect(await send(cluster, { method: "DELETE", path: "/one", body: '{"ä":1}' })).toBe("200 answer to /one");
    expect(seen.at(-1)?.headers["content-length"]).toEqual(["8"]);
    expect(await send(cluster, { path: "/two" })).toBe("200 answer to /two");
  });

  it("give a body as it comes, until its reader or the signal ends it", async () => {
    const slow = await listen(
      createHttp((request, response) => answer(request, (status) => response.writeHead(status).write("first"))),
    );
    const { transport } = await opened(kubeconfig(`http://127.0.0.1:${slow}`), { by });
    const stop = new AbortController();
    const watched = { method: "GET", path: "/", query: [["watch", "1"]], signal: stop.signal } as const;
    const [left, stopped] = [await transport.send(watched), await transport.send(watched)];
    const readers = [left, stopped].map(({ body }) => body?.getReader());
    for (const reader of readers) expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("first");
    await readers[0]?.cancel();
    stop.abort(new Error("stopped"));
    await expect(readers[1]?.read()).rejects.toThrow("stopped");
  });

  it("do not leave when their time is over, also where they waited for a connection", async () => {
    const held: (() => void)[] = [];
    const slow = await listen(
      createHttp((request, response) => {
        answer(request, (status, body) => held.push(() => response.writeHead(status).end(body)));
      }),
    );
    const { transport } = await opened(kubeconfig(`http://127.0.0.1:${slow}`), { by });
    const late = { method: "DELETE", path: "/late", leaveBefore: Date.now() - 1 } as const;
    await expect(transport.send(late)).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("its time was over before it could leave"),
    });
    const time = Date.now() + 60_000;
    const busy = Array.from({ length: 16 }, () =>
      transport.send({ method: "GET", path: "/busy", leaveBefore: time }).then((got) => readText(got.body, 100)),
    );
    while (held.length < 16) await new Promise((resolve) => setTimeout(resolve, 5));
    const leaveBefore = Date.now() + 20;
    const waiting = transport.send({ method: "DELETE", path: "/waiting", leaveBefore });
    waiting.catch(() => undefined);
    while (Date.now() <= leaveBefore) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const respond of held) respond();
    await Promise.all(busy);
    await expect(waiting).rejects.toMatchObject({ code: "unreachable" });
    expect(seen.map(({ line }) => line).filter((line) => /late|waiting/u.test(line))).toEqual([]);
  });

  it("that reach nobody say so in Go's words, without credentials", async () => {
    const cluster = await opened(kubeconfig("http://127.0.0.1:1", { user: { token: "secret" } }), { by });
    expect(await refusal(send(cluster, { path: "/version" }))).toBe(
      'unreachable: Get "http://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
    );
  });
});

describe.each(openers)("TLS of $of", ({ by }) => {
  const data = (pem: string): string => Buffer.from(pem).toString("base64");

  it("trusts the kubeconfig's CA and nothing else, and shows the client certificate", async () => {
    const [server, client, other] = [serverCertificate, janeCertificate, otherCertificate];
    const options = {
      cert: server.cert,
      key: server.key,
      ca: client.cert,
      requestCert: true,
      rejectUnauthorized: false,
    };
    const port = await listen(
      createHttps(options, (request, response) =>
        answer(request, (status, body) => response.writeHead(status).end(body)),
      ),
    );
    const url = `https://127.0.0.1:${port}`;
    const user = { "client-certificate-data": data(client.cert), "client-key-data": data(client.key) };
    const good = await opened(kubeconfig(url, { cluster: { "certificate-authority-data": data(server.cert) }, user }), {
      by,
    });
    expect(await send(good)).toBe("200 answer to /");
    expect(seen.at(-1)?.peer).toBe("jane");
    const before = seen.length;
    for (const cluster of [{ "certificate-authority-data": data(other.cert) }, {}]) {
      expect(await refusal(send(await opened(kubeconfig(url, { cluster }), { by })))).toMatch(
        /^unreachable: Get "https:/,
      );
    }
    expect(seen.length).toBe(before);
  });
});

describe("answers that wait for their reader", () => {
  const text = (length: number): string =>
    Array.from({ length }, (_, i) => String.fromCharCode(97 + (i % 26))).join("");
  const respond = (path: string, response: ServerResponse | Http2ServerResponse): void => {
    const body = text(Number(path.slice(path.lastIndexOf("/") + 1)));
    if (path.startsWith("/known")) response.setHeader("content-length", body.length);
    response.end(body);
  };
  const protocols = [
    {
      of: "HTTP/1.1",
      url: async () =>
        `http://127.0.0.1:${await listen(createHttp((request, response) => respond(request.url ?? "", response)))}`,
    },
    {
      of: "HTTP/2",
      url: async () => {
        const server = createSecureServer(serverCertificate, (request, response) => respond(request.url, response));
        return `https://127.0.0.1:${await listen(server)}`;
      },
    },
  ] as const;

  it.each(protocols)("come to their end over $of, whatever their length", async ({ url }) => {
    const ca = Buffer.from(serverCertificate.cert).toString("base64");
    const { transport } = await opened(kubeconfig(await url(), { cluster: { "certificate-authority-data": ca } }));
    for (const length of [0, 1, 1000, 70_000, 3_000_000]) {
      for (const path of [`/known/${length}`, `/chunked/${length}`]) {
        const got = await transport.send({ method: "GET", path });
        // Until nothing more of it comes by itself.
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
        expect(await readText(got.body, length)).toBe(text(length));
      }
    }
    const left = await transport.send({ method: "GET", path: "/known/3000000" });
    await left.body?.cancel();
    expect((await transport.send({ method: "GET", path: "/known/1" })).status).toBe(200);
  });
});

describe("kubeconfigs", () => {
  it("choose a context", async () => {
    const cluster = await opened(kubeconfig("http://127.0.0.1:1"), { context: "bare" });
    expect(cluster.namespace).toBe("default");
  });
  const refused: [string, string, string | undefined, string][] = [
    ["an unknown context", kubeconfig("http://127.0.0.1:1"), "none", 'bad-kubeconfig: context "none" does not exist'],
    [
      "a context of an unknown cluster",
      kubeconfig("http://127.0.0.1:1"),
      "broken",
      "bad-kubeconfig: the context names a cluster that does not exist",
    ],
    [
      "a server that is no URL",
      kubeconfig("nonsense"),
      undefined,
      "bad-kubeconfig: the cluster's server is no http or https URL",
    ],
    [
      "a socks proxy",
      kubeconfig("http://127.0.0.1:1", { cluster: { "proxy-url": "socks5://127.0.0.1:1" } }),
      undefined,
      "bad-kubeconfig: socks proxies are not supported",
    ],
    [
      "a command, when handed in",
      kubeconfig("http://127.0.0.1:1", {
        user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "touch", args: ["x"] } },
      }),
      undefined,
      "bad-kubeconfig: the kubeconfig runs a command (exec), which is allowed only in the operator's own",
    ],
    [
      "a file, when handed in",
      kubeconfig("http://127.0.0.1:1", { cluster: { "certificate-authority": "/etc/passwd" } }),
      undefined,
      "bad-kubeconfig: the kubeconfig names a file (certificate-authority), which is allowed only in the operator's own",
    ],
    [
      "a token file, when handed in",
      kubeconfig("http://127.0.0.1:1", { user: { tokenFile: "/etc/passwd" } }),
      undefined,
      "bad-kubeconfig: the kubeconfig names a file (tokenFile), which is allowed only in the operator's own",
    ],
  ];
  for (const [title, text, context, message] of refused) {
    it(`refuse ${title}`, async () => {
      expect(await refusal(opened(text, context === undefined ? {} : { context }))).toBe(message);
    });
  }
  it("of the operator may run a command for a token", async () => {
    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: "minted" },
    };
    const args = ["-e", `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`];
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args };
    const text = kubeconfig(`http://127.0.0.1:${await plain()}`, { user: { exec } });
    const cluster = await openKubeconfig({ trust: "operator", text });
    open.push(cluster);
    await send(cluster);
    expect(seen.at(-1)?.headers["authorization"]).toEqual(["Bearer minted"]);
  });
  it("that cannot be read show nothing of their text", async () => {
    expect(await refusal(opened("users: [\n  token: hunter2"))).not.toContain("hunter2");
  });
});
