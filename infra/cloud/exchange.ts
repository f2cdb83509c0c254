import type { UpstreamCredentials } from "../../registry/upstream/upstream.ts";
import { exchangeAzure } from "./azure.ts";
import { exchangeEcr } from "./ecr.ts";
import { exchangeGcp } from "./gcp.ts";
import type { Exchange, ExchangeDeps, ShortLived } from "./token-service.ts";

/** They are not used in their last minutes. */
const MARGIN_MS = 5 * 60_000;

/** Credentials for a registry that are fetched anew before they end. Throws OciError `UNAVAILABLE` when the cloud gives none. */
export function createExchange(
  deps: ExchangeDeps,
  exchange: Exchange,
  secret: UpstreamCredentials,
): () => Promise<UpstreamCredentials> {
  let known: ShortLived | undefined;
  return async () => {
    if (known === undefined || known.expires - MARGIN_MS <= deps.now())
      known = await exchangeBy(deps, exchange, secret);
    return { username: known.username, password: known.password };
  };
}

async function exchangeBy(deps: ExchangeDeps, exchange: Exchange, secret: UpstreamCredentials): Promise<ShortLived> {
  switch (exchange.kind) {
    case "ecr":
      return await exchangeEcr(deps, exchange, secret);
    case "gcp":
      return await exchangeGcp(deps, secret);
    default:
      return await exchangeAzure(deps, exchange, secret);
  }
}
