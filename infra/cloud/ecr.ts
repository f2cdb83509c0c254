import type { UpstreamCredentials } from "../../registry/upstream/upstream.ts";
import { askTokenService, type Exchange, type ExchangeDeps, noToken, type ShortLived } from "./token-service.ts";
import { signedHeaders } from "./signature.ts";

/** ECR's tokens end after this, whatever the answer says about it. */
const LIFETIME_MS = 12 * 3_600_000;

/** `GetAuthorizationToken` of ECR: a password for the user AWS. */
export async function exchangeEcr(
  deps: ExchangeDeps,
  { region }: Extract<Exchange, { kind: "ecr" }>,
  secret: UpstreamCredentials,
): Promise<ShortLived> {
  // China has a partition of its own.
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const url = `https://api.ecr.${region}.${domain}/`;
  const body = "{}";
  const headers = await signedHeaders({
    method: "POST",
    url,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
    },
    body,
    key: { id: secret.username, secret: secret.password },
    scope: { region, service: "ecr" },
    time: new Date(deps.now()),
  });
  const answer = await askTokenService(deps, { url, headers, body });
  const [first] = Array.isArray(answer["authorizationData"]) ? answer["authorizationData"] : [];
  const token: unknown = first === undefined ? undefined : Reflect.get(Object(first), "authorizationToken");
  const pair = typeof token === "string" ? decode(token) : "";
  const colon = pair.indexOf(":");
  if (colon < 1) throw noToken(new URL(url).host, "an answer without a token");
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1), expires: deps.now() + LIFETIME_MS };
}

function decode(token: string): string {
  try {
    return atob(token);
  } catch {
    return "";
  }
}
