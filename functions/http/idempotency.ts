import { sha256Hex, toBytes, toHex } from "./digest.ts";
import type { Clock, RandomSource } from "./clock.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { isJsonObject, numberAt, objectAt, parseJson, stringAt } from "./json.ts";
import { ProblemError } from "./problem.ts";
import type { RecordStore, StoredRecord } from "./record-store.ts";
import type { SecretBox } from "./secret-box.ts";

/** How long a key is remembered: the draft's example, and longer than any CI job retries. */
export const KEY_LIFETIME: number = 24 * 60 * 60 * 1000;
/** After this a request that never answered is taken as dead, and its key goes on with the next request. */
const RUNNING_GRACE = 2 * 60 * 1000;
/** A larger answer is replayed without its body: a record holds 64 KiB, sealed and in base64. */
const MAX_REPLAY_BYTES = 32 * 1024;
/** Keys are the caller's; the draft's are UUIDs. */
const MAX_KEY_LENGTH = 255;
const REPLAYED_HEADERS = ["content-type", "location", "preference-applied"] as const;

export interface IdempotencyDeps {
  readonly records: RecordStore;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly randomBytes: RandomSource;
}

/** What makes two requests the same. */
export interface KeyedRequest {
  readonly key: string;
  readonly principal: string;
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The value of an `Idempotency-Key` header: a structured-field string, or bare. Throws `invalid-request`. */
export function parseIdempotencyKey(header: string): string {
  const text = header.trim();
  const key = text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text;
  if (key === "" || key.length > MAX_KEY_LENGTH || !/^[\x20-\x7e]+$/.test(key)) {
    throw new ProblemError("invalid-request", `Idempotency-Key must be 1 to ${MAX_KEY_LENGTH} printable characters`);
  }
  return key;
}

/**
 * Runs `work` once per key. A finished answer is replayed with `Idempotency-Replayed: true`; one that a retry may better (429, 409,
 * 5xx) is forgotten. `work` is told a nonce that stays the same when a request died half-way and the key comes again: what it creates
 * is named by it. Throws `idempotency-in-progress` or `idempotency-mismatch`.
 */
export async function once(
  deps: IdempotencyDeps,
  request: KeyedRequest,
  work: (nonce: string) => Promise<Response>,
): Promise<Response> {
  const [name, head, body] = await Promise.all([
    sha256Hex(`${request.principal}\n${request.key}`),
    sha256Hex(`${request.method}\n${request.path}\n`),
    sha256Hex(request.body),
  ]);
  const recordKey = `idempotency/${name}`;
  const fingerprint = `${head}.${body}`;
  const claim = await claimKey(deps, recordKey, fingerprint);
  if (claim.kind === "replay") return claim.response;
  try {
    const response = await work(claim.nonce);
    return await remember(deps, recordKey, { fingerprint, claim, response });
  } catch (thrown) {
    await forget(deps, recordKey, claim.version);
    throw thrown;
  }
}

interface Claimed {
  readonly kind: "claimed";
  readonly nonce: string;
  readonly version: string;
}
type Claim = Claimed | { readonly kind: "replay"; readonly response: Response };

async function claimKey(deps: IdempotencyDeps, key: string, fingerprint: string): Promise<Claim> {
  const now = deps.clock.now();
  const known = await deps.records.get(key);
  if (known !== undefined) return await claimKnown(deps, known, fingerprint);
  const nonce = toHex(deps.randomBytes(16));
  const value = { fingerprint, state: "running", nonce, started: now };
  const version = await deps.records.put(key, value, { expires: now + KEY_LIFETIME });
  if (version === undefined) throw inProgress();
  return { kind: "claimed", nonce, version };
}

async function claimKnown(deps: IdempotencyDeps, known: StoredRecord, fingerprint: string): Promise<Claim> {
  const value = isJsonObject(known.value) ? known.value : {};
  if (stringAt(value, "fingerprint") !== fingerprint) {
    throw new ProblemError("idempotency-mismatch", "this Idempotency-Key was used for another request");
  }
  if (stringAt(value, "state") === "done") return { kind: "replay", response: await replay(deps, known.key, value) };
  const now = deps.clock.now();
  if (now - (numberAt(value, "started") ?? 0) < RUNNING_GRACE) throw inProgress();
  const nonce = stringAt(value, "nonce") ?? toHex(deps.randomBytes(16));
  const options = { version: known.version, expires: now + KEY_LIFETIME };
  const version = await deps.records.put(known.key, { ...value, nonce, started: now }, options);
  if (version === undefined) throw inProgress();
  return { kind: "claimed", nonce, version };
}

function inProgress(): ProblemError {
  return new ProblemError("idempotency-in-progress", "a request with this Idempotency-Key is being worked on", {
    headers: { "retry-after": "2" },
  });
}

async function remember(
  deps: IdempotencyDeps,
  key: string,
  done: { readonly fingerprint: string; readonly claim: Claimed; readonly response: Response },
): Promise<Response> {
  const { status } = done.response;
  if (status >= 500 || status === 429 || status === 409) {
    await forget(deps, key, done.claim.version);
    return done.response;
  }
  const body = new Uint8Array(await done.response.arrayBuffer());
  const headers: Record<string, string> = {};
  for (const name of REPLAYED_HEADERS) {
    const value = done.response.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  const kept = body.length <= MAX_REPLAY_BYTES ? new TextDecoder().decode(body) : "{}";
  const sealed = await deps.box.seal(toBytes(JSON.stringify({ status, headers, body: kept })), key);
  await deps.records.put(
    key,
    { fingerprint: done.fingerprint, state: "done", sealed },
    { version: done.claim.version, expires: deps.clock.now() + KEY_LIFETIME },
  );
  return new Response(body, { status, headers: done.response.headers });
}

async function replay(deps: IdempotencyDeps, key: string, value: JsonObject): Promise<Response> {
  const opened = await deps.box.open(stringAt(value, "sealed") ?? "", key);
  const stored = opened === undefined ? undefined : parseJson(new TextDecoder().decode(opened));
  if (!isJsonObject(stored)) throw new Error("idempotency: a stored answer cannot be opened");
  const headers = new Headers({ "cache-control": "no-store", "idempotency-replayed": "true" });
  for (const [name, text] of Object.entries(objectAt(stored, "headers") ?? {})) {
    if (typeof text === "string") headers.set(name, text);
  }
  return new Response(stringAt(stored, "body") ?? "", { status: numberAt(stored, "status") ?? 200, headers });
}

async function forget(deps: IdempotencyDeps, key: string, version: string): Promise<void> {
  const known = await deps.records.get(key);
  if (known?.version === version) await deps.records.delete(key);
}
