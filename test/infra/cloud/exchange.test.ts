import { createVerify, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Egress, EgressRequest } from "../../../engine/oci/egress.ts";
import { createExchange } from "../../../infra/cloud/exchange.ts";
import type { Exchange } from "../../../infra/cloud/token-service.ts";
import { signedHeaders } from "../../../infra/cloud/signature.ts";

const START = Date.parse("2024-06-01T00:00:00Z");

function world(
  exchange: Exchange,
  secret: { username: string; password: string },
  answer: (request: EgressRequest) => Response,
) {
  const requests: EgressRequest[] = [];
  const clock = { now: START };
  const egress: Egress = {
    send: async (request) => {
      requests.push(request);
      const response = answer(request);
      return { status: response.status, headers: response.headers, body: response.body };
    },
  };
  return { requests, clock, credentials: createExchange({ egress, now: () => clock.now }, exchange, secret) };
}

const bodyOf = ({ body }: EgressRequest): string => (body instanceof Uint8Array ? new TextDecoder().decode(body) : "");

describe("signature version 4", () => {
  it("is that of AWS's own example", async () => {
    const headers = await signedHeaders({
      method: "GET",
      url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: "",
      key: { id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
      scope: { region: "us-east-1", service: "iam" },
      time: new Date("2015-08-30T12:36:00Z"),
    });
    expect(headers["authorization"]).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, " +
        "SignedHeaders=content-type;host;x-amz-date, " +
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    );
  });
});

describe("credentials by exchange", () => {
  const secret = { username: "id", password: "canary-secret" };

  it("are ECR's for an access key, kept until shortly before they end", async () => {
    const answer = () => Response.json({ authorizationData: [{ authorizationToken: btoa("AWS:short:lived") }] });
    const { requests, clock, credentials } = world({ kind: "ecr", region: "eu-west-1" }, secret, answer);
    expect(await credentials()).toEqual({ username: "AWS", password: "short:lived" });
    await credentials();
    expect(requests.map(({ url, policy }) => [url, policy.hosts])).toEqual([
      ["https://api.ecr.eu-west-1.amazonaws.com/", ["api.ecr.eu-west-1.amazonaws.com"]],
    ]);
    expect(JSON.stringify(requests)).not.toContain("canary-secret");
    clock.now += 12 * 3_600_000;
    await credentials();
    expect(requests).toHaveLength(2);
  });

  it.each([
    ["cn-north-1", "api.ecr.cn-north-1.amazonaws.com.cn"],
    ["us-gov-west-1", "api.ecr.us-gov-west-1.amazonaws.com"],
  ])("are those of ECR in %s by its own partition", async (region, host) => {
    const answer = () => Response.json({ authorizationData: [{ authorizationToken: btoa("AWS:p") }] });
    const { requests, credentials } = world({ kind: "ecr", region }, secret, answer);
    await credentials();
    expect(requests.map(({ url }) => new URL(url).host)).toEqual([host]);
  });

  it("are Google's for a service account's key, by a JWT that it signed", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const password = JSON.stringify({ client_email: "a@b.iam", private_key: pem });
    const answer = () => Response.json({ access_token: "ya29", expires_in: 600 });
    const { requests, credentials } = world({ kind: "gcp" }, { username: "", password }, answer);
    expect(await credentials()).toEqual({ username: "oauth2accesstoken", password: "ya29" });
    const form = new URLSearchParams(bodyOf(requests[0] ?? ({} as never)));
    const [header = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    const verify = createVerify("RSA-SHA256").update(`${header}.${claims}`);
    expect(verify.verify(publicKey, signature, "base64url")).toBe(true);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      iss: "a@b.iam",
      aud: "https://oauth2.googleapis.com/token",
      iat: START / 1000,
    });
  });

  it("are an Azure registry's for an application's secret, which the registry never sees", async () => {
    const answer = ({ url }: EgressRequest) =>
      Response.json(url.includes("microsoftonline") ? { access_token: "aad" } : { refresh_token: "short" });
    const exchange = { kind: "azure", tenant: "t1", registry: "team.azurecr.io" } as const;
    const { requests, credentials } = world(exchange, secret, answer);
    expect(await credentials()).toEqual({ username: "00000000-0000-0000-0000-000000000000", password: "short" });
    expect(requests.map(({ url }) => new URL(url).host)).toEqual(["login.microsoftonline.com", "team.azurecr.io"]);
    expect(requests.map((request) => bodyOf(request).includes("canary-secret"))).toEqual([true, false]);
  });

  it.each([
    ["a refusal", () => new Response("canary-secret", { status: 403 })],
    ["a page", () => new Response("<html>canary-secret")],
    ["an answer without a token", () => Response.json({})],
  ])("are an error that says nothing secret for %s", async (_name, answer) => {
    const { credentials } = world({ kind: "ecr", region: "eu-west-1" }, secret, answer);
    const error: unknown = await credentials().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "UNAVAILABLE" });
    expect(String(error)).toContain("api.ecr.eu-west-1.amazonaws.com gave no token");
    expect(String(error)).not.toContain("canary-secret");
  });

  it("name the secret that is no key", async () => {
    const { credentials } = world({ kind: "gcp" }, secret, () => Response.json({}));
    await expect(credentials()).rejects.toThrow("no key of a service account");
  });
});
