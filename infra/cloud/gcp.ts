import { asObject } from "../../engine/oci/descriptor.ts";
import type { UpstreamCredentials } from "../../registry/upstream/upstream.ts";
import { askTokenService, type ExchangeDeps, noToken, type ShortLived } from "./token-service.ts";

const TOKEN_URL = "https://oauth2.googleapis.com/token";
const SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only";
const LIFETIME_SECONDS = 3600;

/** An access token for a service account, by a JWT that its key signs (RFC 7523). */
export async function exchangeGcp(deps: ExchangeDeps, secret: UpstreamCredentials): Promise<ShortLived> {
  const key = readKey(secret.password);
  const now = Math.floor(deps.now() / 1000);
  const claims = { iss: key.email, scope: SCOPE, aud: TOKEN_URL, iat: now, exp: now + LIFETIME_SECONDS };
  const signed = `${base64Url({ alg: "RS256", typ: "JWT" })}.${base64Url(claims)}`;
  const assertion = `${signed}.${await sign(key.pem, signed)}`;
  const form = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  const answer = await askTokenService(deps, {
    url: TOKEN_URL,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  });
  const { access_token: token, expires_in: seconds } = answer;
  if (typeof token !== "string") throw noToken(new URL(TOKEN_URL).host, "an answer without a token");
  const lifetime = typeof seconds === "number" ? seconds : LIFETIME_SECONDS;
  return { username: "oauth2accesstoken", password: token, expires: deps.now() + lifetime * 1000 };
}

function readKey(text: string): { readonly email: string; readonly pem: string } {
  let key: unknown;
  try {
    key = JSON.parse(text);
  } catch {
    key = undefined;
  }
  const { client_email: email, private_key: pem } = asObject(key) ?? {};
  if (typeof email !== "string" || typeof pem !== "string") {
    throw noToken("gcp", "the secret is no key of a service account; it must be its JSON");
  }
  return { email, pem };
}

async function sign(pem: string, text: string): Promise<string> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const der = Uint8Array.from(atob(pem.replaceAll(/-----[A-Z ]+-----|\s/g, "")), (char) => char.charCodeAt(0));
  const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(text));
  return toBase64Url(String.fromCharCode(...new Uint8Array(signature)));
}

function base64Url(value: object): string {
  return toBase64Url(JSON.stringify(value));
}

function toBase64Url(binary: string): string {
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
