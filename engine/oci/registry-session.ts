import type { JsonValue } from "../errors.ts";
import { GoList, GoMap } from "../go/value.ts";
import { sprintf } from "../go/fmt.ts";
import type { GoValue } from "../go/value.ts";
import { parseChallenge } from "./challenge.ts";
import { type AuthOptions, createAuthorizer, parseJson, readText } from "./client-auth.ts";
import { asObject } from "./descriptor.ts";
import type { EgressResponse } from "./egress.ts";
import { sendFollowing } from "./follow.ts";
import { statusText } from "./status-text.ts";
import { TransferError } from "./transfer-error.ts";

/** One request to a registry, below its origin. */
export interface SessionRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  /** An absolute URL of the registry. */
  readonly url: string;
  readonly repository: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A registry as `helm pull` and `helm push` speak to it. */
export interface RegistrySession {
  readonly origin: string;
  readonly send: (request: SessionRequest) => Promise<EgressResponse>;
}

/** What a session needs; `scopes` are the actions that tokens are asked for, e.g. `pull,push`. */
export interface SessionOptions extends AuthOptions {
  readonly actions: string;
}

/** Opens a session: requests are sent, signed where the registry asks for it, and GETs follow redirects. */
export function openSession(options: SessionOptions): RegistrySession {
  const authorizer = createAuthorizer(options);
  return {
    origin: options.origin,
    send: async (request) => {
      const scope = `repository:${request.repository}:${options.actions}`;
      const known = authorizer.known(scope);
      const first = await sendOnce(options, request, known);
      if (first.status !== 401) return first;
      const challenge = parseChallenge(first.headers.get("www-authenticate"));
      const header =
        challenge === undefined ? undefined : await authorizer.answer(challenge, { scope, refused: known });
      if (header === undefined) return first;
      await first.body?.cancel();
      return await sendOnce(options, request, header);
    },
  };
}

async function sendOnce(
  options: SessionOptions,
  request: SessionRequest,
  authorization: string | undefined,
): Promise<EgressResponse> {
  const { method, url, headers = {}, body } = request;
  if (method === "GET" || method === "HEAD") {
    const signed = authorization === undefined ? {} : { authorization };
    return await sendFollowing(options.egress, { method, url, headers, policy: options.policy, ...signed });
  }
  return await options.egress.send({
    method,
    url,
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    policy: options.policy,
    ...(body === undefined ? {} : { body }),
  });
}

const MAX_ERROR_BYTES = 8192;

/** An answer that is no success, in the words of oras-go. */
export async function responseError(request: SessionRequest, response: EgressResponse): Promise<TransferError> {
  const text = await readText(response, MAX_ERROR_BYTES).catch(() => "");
  const errors = asObject(parseJson(text))?.["errors"];
  const known = Array.isArray(errors) ? errors.map(errorText).filter((part) => part !== "") : [];
  const reason = known.length === 0 ? statusText(response.status) : known.join("; ");
  const message = `${request.method} "${request.url}": response status code ${response.status}: ${reason}`;
  return new TransferError(response.status === 404 ? "not-found" : "refused", message);
}

function errorText(value: JsonValue): string {
  const error = asObject(value);
  const code = error?.["code"];
  if (error === undefined || typeof code !== "string") return "";
  const message = error["message"];
  const head = `${code.toLowerCase().replaceAll("_", " ")}: ${typeof message === "string" ? message : ""}`;
  const detail = error["detail"];
  return detail === undefined || detail === null ? head : `${head}: ${sprintf("%v", [goValue(detail)])}`;
}

function goValue(value: JsonValue): GoValue {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return new GoList(value.map(goValue));
  return new GoMap(new Map(Object.entries(value).map(([key, inner]) => [key, goValue(inner)])));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
