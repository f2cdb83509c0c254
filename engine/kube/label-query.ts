import { compareBytes } from "../go/value.ts";
import { quote } from "../go/quote.ts";
import { KubeError } from "./error.ts";

/** A test of labels. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** No query that a person wrote is longer. */
const MAX_LENGTH = 16_384;

type TokenKind = "name" | "=" | "==" | "!=" | "!" | "(" | ")" | "," | ">" | "<" | "in" | "notin" | "end";

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/**
 * A label query as Kubernetes reads it: `a=b,c!=d,e,!f,g in (h,i),j notin (k),l>1`. An empty one takes everything. Throws a `KubeError`
 * of code `bad-name` with Kubernetes' text.
 */
export function parseLabelQuery(text: string): LabelTest {
  if (text.length > MAX_LENGTH) throw refusal(`a label query of more than ${MAX_LENGTH} characters`);
  const reader = { tokens: tokensOf(text), at: 0 };
  const tests = readTests(reader);
  return (labels) => tests.every((test) => test(labels));
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

const END: Token = { kind: "end", text: "" };
const TOKEN = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/gy;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [, word = ""] of text.matchAll(TOKEN)) tokens.push({ kind: kindOf(word), text: word });
  return tokens;
}

const KINDS: readonly TokenKind[] = ["=", "==", "!=", "!", "(", ")", ",", ">", "<", "in", "notin"];

function kindOf(word: string): TokenKind {
  return KINDS.find((kind) => kind === word) ?? "name";
}

/** `values`: the words `in` and `notin` are values there. */
function peek(reader: Reader, context: "keys" | "values" = "keys"): Token {
  const token = reader.tokens[reader.at] ?? END;
  return context === "values" && (token.kind === "in" || token.kind === "notin") ? { ...token, kind: "name" } : token;
}

function take(reader: Reader, context: "keys" | "values" = "keys"): Token {
  const token = peek(reader, context);
  reader.at++;
  return token;
}

function readTests(reader: Reader): readonly LabelTest[] {
  const tests: LabelTest[] = [];
  for (;;) {
    const next = peek(reader);
    if (next.kind === "end" && tests.length === 0) return tests;
    if (next.kind !== "name" && next.kind !== "!" && next.kind !== "in" && next.kind !== "notin")
      throw refusal(`found '${next.text}', expected: !, identifier, or 'end of string'`);
    tests.push(readTest(reader));
    const after = take(reader);
    if (after.kind === "end") return tests;
    if (after.kind !== ",") throw refusal(`found '${after.text}', expected: ',' or 'end of string'`);
    const following = peek(reader);
    if (!["name", "!", "in", "notin"].includes(following.kind))
      throw refusal(`found '${following.text}', expected: identifier after ','`);
  }
}

function readTest(reader: Reader): LabelTest {
  const absent = peek(reader).kind === "!";
  if (absent) take(reader);
  const name = take(reader, "values");
  if (name.kind !== "name") throw inRequirement(`found '${name.text}', expected: identifier`);
  checkName(name.text);
  const next = peek(reader);
  if (next.kind === "end" || next.kind === ",") return (labels) => Object.hasOwn(labels, name.text) !== absent;
  if (absent) return () => false;
  return readComparison(reader, name.text);
}

function readComparison(reader: Reader, name: string): LabelTest {
  const operator = take(reader);
  switch (operator.kind) {
    case "in":
    case "notin":
      return isAmong(name, readList(reader), operator.kind === "in");
    case "=":
    case "==":
    case "!=":
      return isAmong(name, [checkValue(readValue(reader))], operator.kind !== "!=");
    case ">":
    case "<":
      return isBeyond(name, readValue(reader), operator.kind);
    default:
      throw inRequirement(`found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

/** Without the label an exclusion holds. */
function isAmong(name: string, values: readonly string[], wanted: boolean): LabelTest {
  return (labels) => (Object.hasOwn(labels, name) && values.includes(labels[name] ?? "")) === wanted;
}

function isBeyond(name: string, limit: string, side: ">" | "<"): LabelTest {
  if (!/^[-+]?[0-9]+$/.test(limit)) {
    const text = "for 'Gt', 'Lt' operators, the value must be an integer";
    throw inRequirement(`values[0]: Invalid value: ${quote(limit)}: ${text}`);
  }
  return (labels) => {
    const value = labels[name] ?? "";
    if (!/^[-+]?[0-9]+$/.test(value)) return false;
    return side === ">" ? BigInt(value) > BigInt(limit) : BigInt(value) < BigInt(limit);
  };
}

/** A missing value is the empty one. */
function readValue(reader: Reader): string {
  const next = peek(reader, "values");
  if (next.kind === "end" || next.kind === ",") return "";
  take(reader, "values");
  if (next.kind === "name") return next.text;
  throw inRequirement(`found '${next.text}', expected: identifier`);
}

function readList(reader: Reader): readonly string[] {
  const open = take(reader, "values");
  if (open.kind !== "(") throw inRequirement(`found '${open.text}' expected: '('`);
  const values: string[] = [];
  let wanted = true;
  for (;;) {
    const next = take(reader, "values");
    if (next.kind === "name" && wanted) {
      values.push(checkValue(next.text));
      wanted = false;
    } else if (next.kind === "," || next.kind === ")") {
      if (wanted) values.push("");
      if (next.kind === ")") return values.sort(compareBytes);
      wanted = true;
    } else {
      throw inRequirement(`found '${next.text}', expected: ',' or ')'`);
    }
  }
}

const PART = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u;
const PREFIX = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
const PART_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const MAX_PART = 63;

function checkName(name: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw inRequirement(`<nil>: Invalid value: ${quote(name)}: ${problem}`);
}

function nameProblem(name: string): string | undefined {
  const parts = name.split("/");
  if (parts.length > 2) {
    return `a valid label key ${PART_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  }
  const part = parts.at(-1) ?? "";
  if (parts.length === 2 && !PREFIX.test(parts[0] ?? "")) {
    return "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  }
  if (part === "") return "name part must be non-empty";
  if (part.length > MAX_PART) return `name part must be no more than ${MAX_PART} bytes`;
  return PART.test(part) ? undefined : `name part ${PART_RULE}`;
}

function checkValue(value: string): string {
  if (value === "" || (PART.test(value) && value.length <= MAX_PART)) return value;
  const rule = value.length > MAX_PART ? `must be no more than ${MAX_PART} bytes` : VALUE_RULE;
  throw inRequirement(`values[0][]: Invalid value: ${quote(value)}: ${rule}`);
}

function inRequirement(text: string): KubeError {
  return refusal(`unable to parse requirement: ${text}`);
}

function refusal(text: string): KubeError {
  return new KubeError("bad-name", text);
}
