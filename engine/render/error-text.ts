import { TemplateError } from "../template/error.ts";

/**
 * What Helm prints for a template that does not parse: the place, then the last piece of Go's text.
 *
 * Helm compatibility: Go's text is cut at every `: `, so a message that holds one loses its beginning.
 */
export function parseErrorText(file: string, error: Error): string {
  const pieces = error.message.split(": ");
  if (pieces.length === 1) return `parse error in (${file}): ${error.message}`;
  return `parse error at (${pieces[1]}): ${pieces.at(-1)}`;
}

/**
 * What Helm prints for a template that failed while running: the message of `required` or `fail` at the outermost place, else a trace of
 * all levels if each of them is a template error, else Go's text as it is.
 */
export function execErrorText(file: string, error: Error): string {
  const text = error.message;
  if (!chainOf(error).some((link) => link instanceof TemplateError && link.code === "exec")) return text;
  const pieces = cutTwice(text);
  if (pieces === undefined) return `execution error in (${file}): ${text}`;
  const warned = warning(pieces.rest);
  if (warned !== undefined) return `execution error at (${pieces.place}): ${warned}`;
  return traceText(error) ?? text;
}

/** The longest chain of causes that is followed: more than Helm's deepest include. */
const MAX_CHAIN = 10_000;

function chainOf(error: Error): readonly Error[] {
  const chain = [error];
  for (let next = error.cause; next instanceof Error && chain.length < MAX_CHAIN; next = next.cause) chain.push(next);
  return chain;
}

function cutTwice(text: string): { readonly place: string; readonly rest: string } | undefined {
  const first = text.indexOf(": ");
  const second = first < 0 ? -1 : text.indexOf(": ", first + 2);
  return second < 0 ? undefined : { place: text.slice(first + 2, second), rest: text.slice(second + 2) };
}

const START = "HELM_ERR_START";
const END = "HELM_ERR_END";

/** What stands between the first start mark and the last end mark. */
function warning(text: string): string | undefined {
  const start = text.indexOf(START);
  const end = text.lastIndexOf(END);
  return start < 0 || end < start + START.length ? undefined : text.slice(start + START.length, end);
}

/** One level of a trace; absent parts are empty. */
interface Level {
  readonly place: string;
  readonly executing: string;
  readonly message: string;
}

function traceText(error: Error): string | undefined {
  let out = "";
  let last = "";
  for (const link of chainOf(error)) {
    const level = parseLevel(link.message);
    if (level === undefined) return undefined;
    const text = levelText(level);
    if (text !== last) out += text;
    last = text;
  }
  return out.trim();
}

function levelText({ place, executing, message }: Level): string {
  const first = place === "" ? "" : `${place}\n  `;
  const second = executing === "" ? "" : `${executing}\n    `;
  return `${first}${second}${message === "" ? "" : `${message}\n`}`;
}

function parseLevel(text: string): Level | undefined {
  const prefix = "template: ";
  if (!text.startsWith(prefix)) return undefined;
  const rest = text.slice(prefix.length);
  if (rest.startsWith("no template ")) return { place: "", executing: "", message: text };
  return parseExecuting(rest) ?? parseSimple(rest);
}

/** `PLACE: executing "NAME" at <NODE>: MESSAGE`. */
function parseExecuting(text: string): Level | undefined {
  const mark = ": executing ";
  const at = text.indexOf(mark);
  const after = at < 0 ? "" : text.slice(at + mark.length);
  const quote = after.startsWith('"') ? after.indexOf('"', 1) : -1;
  if (quote < 0) return undefined;
  const name = after.slice(1, quote);
  const node = after.slice(quote + 1);
  const end = node.indexOf(">: ");
  if (!node.startsWith(" at <") || end < 0) return undefined;
  return {
    place: text.slice(0, at),
    executing: `executing "${name}" at <${node.slice(" at <".length, end)}>:`,
    message: withoutNext(node.slice(end + 3)),
  };
}

function parseSimple(text: string): Level | undefined {
  const at = text.lastIndexOf(": ");
  return at < 0 ? undefined : { place: text.slice(0, at), executing: "", message: withoutNext(text.slice(at + 2)) };
}

/** The message without the error chained behind it. */
function withoutNext(message: string): string {
  const next = message.indexOf(" template:");
  return next < 0 ? message : message.slice(0, next);
}
