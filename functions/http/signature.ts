import { joinBytes } from "../../engine/bytes.ts";
import { equalInConstantTime, fromBase64, hmacSha256, toBase64, toBytes, toHex } from "./digest.ts";
import { ProblemError } from "./problem.ts";

/** A signed time may differ from ours by so much: Standard Webhooks' and Slack's own number. */
const TOLERANCE = 5 * 60 * 1000;

/** All signatures are refused in the same words: which part was wrong is nobody's business. */
function refuse(): ProblemError {
  return new ProblemError("invalid-signature", "the delivery is not signed with the receiver's secret");
}

/** GitHub's `X-Hub-Signature-256: sha256=HEX` over the raw body. Throws `invalid-signature`. */
export async function verifyGithub(headers: Headers, body: Uint8Array<ArrayBuffer>, secret: string): Promise<void> {
  const expected = `sha256=${toHex(await hmacSha256(toBytes(secret), body))}`;
  if (!equalInConstantTime(headers.get("x-hub-signature-256") ?? "", expected)) throw refuse();
}

/** Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,BASE64 …` over `ID.TIME.BODY`. Gives the id. */
export async function verifyStandard(
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  options: { readonly secret: string; readonly now: number },
): Promise<string> {
  const id = headers.get("webhook-id") ?? "";
  const time = headers.get("webhook-timestamp") ?? "";
  const key = fromBase64(options.secret.replace(/^whsec_/, ""));
  if (key === undefined || id === "" || !isRecent(time, options.now)) throw refuse();
  const expected = `v1,${toBase64(await hmacSha256(key, joinBytes([toBytes(`${id}.${time}.`), body])))}`;
  const given = (headers.get("webhook-signature") ?? "").split(" ").slice(0, 10);
  if (!given.some((signature) => equalInConstantTime(signature, expected))) throw refuse();
  return id;
}

/** Slack's `X-Slack-Signature: v0=HEX` over `v0:TIME:BODY`. Throws `invalid-signature`. */
export async function verifySlack(
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  options: { readonly secret: string; readonly now: number },
): Promise<void> {
  const time = headers.get("x-slack-request-timestamp") ?? "";
  if (!isRecent(time, options.now)) throw refuse();
  const signed = joinBytes([toBytes(`v0:${time}:`), body]);
  const expected = `v0=${toHex(await hmacSha256(toBytes(options.secret), signed))}`;
  if (!equalInConstantTime(headers.get("x-slack-signature") ?? "", expected)) throw refuse();
}

/** `Authorization: Bearer SECRET`, or the secret alone as senders such as Harbor put it. */
export function verifyBearer(headers: Headers, secret: string): void {
  const header = headers.get("authorization") ?? "";
  const bare = equalInConstantTime(header, secret);
  if (!bare && !equalInConstantTime(header, `Bearer ${secret}`)) throw refuse();
}

function isRecent(seconds: string, now: number): boolean {
  return /^\d{1,12}$/.test(seconds) && Math.abs(now - Number(seconds) * 1000) <= TOLERANCE;
}
