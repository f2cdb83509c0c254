import * as z from "zod";
import type { JsonObject } from "../../engine/errors.ts";
import type { Clock, RandomSource } from "../http/clock.ts";
import { equalInConstantTime, sha256Hex, toBase64Url, toHex } from "../http/digest.ts";
import { parseJson } from "../http/json.ts";
import type { RecordStore, StoredRecord } from "../http/record-store.ts";
import { type Grant, grantSchema } from "./grant.ts";
import type { Principal } from "./principal.ts";

const ID_BYTES = 8;
const SECRET_BYTES = 32; // 256 bits: not to be guessed, so no limit on tries is needed
const MAX_TOKEN_LENGTH = 256;
const PREFIX = "tokens/";

export interface TokenDeps {
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly randomBytes: RandomSource;
}

/** A token that the configuration names; `secret` is its whole text. */
export interface ConfiguredToken {
  readonly name: string;
  readonly secret: string;
  readonly grants: readonly Grant[];
}

/** What is known of a token besides its secret. Times are milliseconds since 1970. */
export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly created: number;
  readonly createdBy: string;
  readonly expires?: number | undefined;
}

const storedToken = z.strictObject({
  id: z.string(),
  name: z.string(),
  hash: z.string(),
  grants: z.array(grantSchema),
  created: z.number(),
  createdBy: z.string(),
  expires: z.number().optional(),
});

/** Makes a token `slw_ID_SECRET`. Its text is told this once; stored is its SHA-256. */
export async function createToken(
  deps: TokenDeps,
  token: { readonly name: string; readonly grants: readonly Grant[]; readonly expires?: number; readonly by: string },
): Promise<{ readonly info: TokenInfo; readonly token: string }> {
  const id = toHex(deps.randomBytes(ID_BYTES));
  const text = `slw_${id}_${toBase64Url(deps.randomBytes(SECRET_BYTES))}`;
  const info: TokenInfo = {
    id,
    name: token.name,
    grants: token.grants,
    created: deps.clock.now(),
    createdBy: token.by,
    ...(token.expires === undefined ? {} : { expires: token.expires }),
  };
  const value = parseJson(JSON.stringify({ ...info, hash: await sha256Hex(text) }));
  await deps.records.put(PREFIX + id, value, token.expires === undefined ? {} : { expires: token.expires });
  return { info, token: text };
}

/** The principal of a token's text; undefined when it is unknown, expired or revoked. */
export async function verifyToken(
  deps: Pick<TokenDeps, "records">,
  configured: readonly ConfiguredToken[],
  text: string,
): Promise<Principal | undefined> {
  if (text.length > MAX_TOKEN_LENGTH) return undefined;
  const hash = await sha256Hex(text);
  let found: Principal | undefined;
  for (const token of configured) {
    if (equalInConstantTime(await sha256Hex(token.secret), hash)) {
      found = { kind: "token", name: token.name, grants: token.grants };
    }
  }
  return found ?? (await verifyStored(deps.records, text, hash));
}

async function verifyStored(records: RecordStore, text: string, hash: string): Promise<Principal | undefined> {
  const id = /^slw_([0-9a-f]{16})_/.exec(text)?.[1];
  if (id === undefined) return undefined;
  const record = await records.get(PREFIX + id);
  const stored = record === undefined ? undefined : storedToken.safeParse(record.value).data;
  if (stored === undefined || !equalInConstantTime(stored.hash, hash)) return undefined;
  return { kind: "token", name: `${stored.name}/${stored.id}`, grants: stored.grants };
}

/** A page of the stored tokens, by id. */
export async function listTokens(
  deps: Pick<TokenDeps, "records">,
  options: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly JsonObject[]; readonly next?: string }> {
  const after = options.after === undefined ? {} : { after: PREFIX + options.after };
  const page = await deps.records.list(PREFIX, { limit: options.limit, ...after });
  const items = page.items.flatMap((record) => describeToken(record));
  return page.next === undefined ? { items } : { items, next: page.next.slice(PREFIX.length) };
}

function describeToken(record: StoredRecord): readonly JsonObject[] {
  const stored = storedToken.safeParse(record.value).data;
  return stored === undefined ? [] : [tokenJson(stored)];
}

/** A token as lists and answers show it: no hash, times in RFC 3339. */
export function tokenJson(info: TokenInfo): JsonObject {
  return {
    id: info.id,
    name: info.name,
    grants: parseJson(JSON.stringify(info.grants)),
    created: new Date(info.created).toISOString(),
    createdBy: info.createdBy,
    ...(info.expires === undefined ? {} : { expires: new Date(info.expires).toISOString() }),
  };
}

/** True when there was such a token. */
export async function revokeToken(deps: Pick<TokenDeps, "records">, id: string): Promise<boolean> {
  if ((await deps.records.get(PREFIX + id)) === undefined) return false;
  await deps.records.delete(PREFIX + id);
  return true;
}
