import type { UpstreamCredentials } from "../../registry/upstream/upstream.ts";
import { askTokenService, type Exchange, type ExchangeDeps, noToken, type ShortLived } from "./token-service.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
/** The user that a registry's refresh token belongs to. */
const TOKEN_USER = "00000000-0000-0000-0000-000000000000";
/** Refresh tokens live three hours. */
const LIFETIME_MS = 3 * 3_600_000;

/** A refresh token of an Azure registry, for an application: its secret for an access token, and that for the registry's own. */
export async function exchangeAzure(
  deps: ExchangeDeps,
  { tenant, registry }: Extract<Exchange, { kind: "azure" }>,
  secret: UpstreamCredentials,
): Promise<ShortLived> {
  const access = await askForm(deps, `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, "access_token", {
    grant_type: "client_credentials",
    client_id: secret.username,
    client_secret: secret.password,
    scope: "https://containerregistry.azure.net/.default",
  });
  const refresh = await askForm(deps, `https://${registry}/oauth2/exchange`, "refresh_token", {
    grant_type: "access_token",
    service: registry,
    tenant,
    access_token: access,
  });
  return { username: TOKEN_USER, password: refresh, expires: deps.now() + LIFETIME_MS };
}

async function askForm(
  deps: ExchangeDeps,
  url: string,
  name: string,
  form: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await askTokenService(deps, { url, headers: FORM, body: new URLSearchParams(form).toString() });
  const token = answer[name];
  if (typeof token !== "string") throw noToken(new URL(url).host, "an answer without a token");
  return token;
}
