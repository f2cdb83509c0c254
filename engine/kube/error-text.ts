import { quote } from "../go/quote.ts";

/** What a message is made of when the server sent no `metav1.Status`. */
export interface ResponseContext {
  readonly method: string;
  readonly status: number;
  /** `plural` or `plural.group`; empty when the request named no resource. */
  readonly resource: string;
  /** Empty when the request named no object. */
  readonly name: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** A body that is no Status is quoted up to here. */
const MAX_QUOTED = 2048;

/**
 * The message that client-go gives to an answer without a `metav1.Status`.
 * Helm compatibility: 403 and 415 show the body itself, whatever it is.
 */
export function genericMessage(context: ResponseContext, text: string): string {
  const server = text.length > MAX_QUOTED ? text.slice(0, MAX_QUOTED) : text;
  const message = messageOf(context.status, server.trim() === "" ? "unknown" : server.trim());
  if (context.resource === "") return message;
  const verb = context.method.toLowerCase();
  return context.name === ""
    ? `${message} (${verb} ${context.resource})`
    : `${message} (${verb} ${context.resource} ${context.name})`;
}

function messageOf(status: number, server: string): string {
  const fixed = MESSAGES.get(status);
  if (fixed !== undefined) return fixed;
  if (status === 403 || status === 415) return server;
  if (status === 406) {
    return server === "unknown"
      ? "the server was unable to respond with a content type that the client supports"
      : server;
  }
  if (status >= 500) return `an error on the server (${quote(server)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

const MESSAGES: ReadonlyMap<number, string> = new Map([
  [400, "the server rejected our request for an unknown reason"],
  [401, "the server has asked for the client to provide credentials"],
  [404, "the server could not find the requested resource"],
  [405, "the server does not allow this method on the requested resource"],
  [409, "the server reported a conflict"],
  [422, "the server rejected our request due to an error in our request"],
  [429, "the server has received too many requests and has asked us to try again later"],
  [503, "the server is currently unable to handle the request"],
  [504, "the server was unable to return a response in the time allotted, but may still be processing the request"],
]);
