import { joinBytes, readParts } from "../../engine/bytes.ts";
import { ProblemError } from "./problem.ts";

/** A JSON request with values and values files: Helm's own release records end at 1 MiB compressed, so nothing larger deploys. */
export const MAX_JSON_BYTES: number = 4 * 1024 * 1024;
/** A signed delivery or chat command: senders stay far below; the signature needs the whole body in memory. */
export const MAX_HOOK_BYTES: number = 1024 * 1024;
/** Nesting of a JSON body: Kubernetes objects stay below 30. */
export const MAX_JSON_DEPTH = 64;
/** Items of one page of a list, unless asked for fewer or more. */
export const PAGE_SIZE = 100;
/** Items of one page at most. */
export const MAX_PAGE_SIZE = 500;

/** The body's bytes. Throws `payload-too-large` as soon as more than `limit` bytes came, whatever Content-Length says. */
export async function readBody(
  request: Pick<Request, "headers" | "body">,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > limit) throw tooLarge(limit);
  if (request.body === null) return new Uint8Array(0);
  const parts = await readParts(request.body, limit);
  if (parts === undefined) throw tooLarge(limit);
  return joinBytes(parts);
}

function tooLarge(limit: number): ProblemError {
  return new ProblemError("payload-too-large", `the body is larger than ${limit} bytes`, { detail: { limit } });
}
