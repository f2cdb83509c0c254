import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  decodeYaml,
  decodeYamlList,
  decodeYamlMap,
  encodeJson,
  encodeYaml,
  encodeYamlPretty,
  YamlError,
} from "../../../engine/encoding/index.ts";
import { quote } from "../../../engine/go/quote.ts";
import { goMap, GoList } from "../../../engine/go/value.ts";
import type { GoMap, GoValue } from "../../../engine/go/value.ts";
import { parseVectorAnswers, parseVectorInput } from "../../support/vector-file.ts";

const folder = new URL("../../vectors/", import.meta.url);

function vectors(name: string) {
  const cases = parseVectorInput(readFileSync(new URL(`${name}.in`, folder), "utf8"));
  const answers = parseVectorAnswers(readFileSync(new URL(`${name}.out`, folder), "utf8"), cases);
  return cases.map((entry, i) => ({
    name: entry.name,
    template: entry.files.get("templates/t.txt") ?? "",
    values: decodeYamlMap(entry.values),
    answer: answers[i] ?? "",
  }));
}

/** Helm's toYaml and toYamlPretty: one newline less, nothing on an error. */
function shorten(encode: (value: GoValue) => string, value: GoValue): string {
  try {
    return encode(value).replace(/\n$/, "");
  } catch (error) {
    if (error instanceof YamlError) return "";
    throw error;
  }
}

const toYaml = (value: GoValue): string => shorten(encodeYaml, value);
const toYamlPretty = (value: GoValue): string => shorten(encodeYamlPretty, value);

function fromYaml(text: string): GoMap {
  try {
    return decodeYamlMap(text);
  } catch (error) {
    if (error instanceof YamlError) return goMap([["Error", error.message]]);
    throw error;
  }
}

function fromYamlArray(text: string): GoList {
  try {
    return decodeYamlList(text);
  } catch (error) {
    if (error instanceof YamlError) return new GoList([error.message]);
    throw error;
  }
}

function textOf(value: GoValue): string {
  if (typeof value !== "string") throw new Error("the vector holds no text");
  return value;
}

const reading = "{{ fromYaml .Values.s | toJson }} {{ fromYamlArray .Values.s | toJson }}";

describe("reading YAML that is malformed or odd", () => {
  const cases = vectors("yaml-input-errors").filter((entry) => entry.template === reading);
  it("has the recorded cases", () => expect(cases.length).toBe(100));
  it.each(cases)("answers $name as Helm does", ({ values, answer }) => {
    const input = textOf(values.entries.get("s"));
    expect(`${encodeJson(fromYaml(input))} ${encodeJson(fromYamlArray(input))}`).toBe(answer);
  });
});

const writing = [
  "{{ toYaml .Values.v }}",
  '{{ toYaml (dict "k" .Values.v "l" (list .Values.v)) }}',
  '{{ toYamlPretty (dict "k" .Values.v "l" (list .Values.v)) }}',
  '{{ (fromYaml (toYaml (dict "k" .Values.v))).k | toJson }}',
].join("\n=\n");

describe("writing strings and reading them back", () => {
  const cases = vectors("yaml-roundtrip").filter((entry) => entry.template === writing);
  it("has the recorded cases", () => expect(cases.length).toBeGreaterThan(140));
  it.each(cases)("answers $name as Helm does", ({ values, answer }) => {
    const v = values.entries.get("v");
    const both = goMap([
      ["k", v],
      ["l", new GoList([v])],
    ]);
    const back = fromYaml(toYaml(goMap([["k", v]]))).entries.get("k");
    const parts = [toYaml(v), toYaml(both), toYamlPretty(both), encodeJson(back ?? null)];
    expect(parts.join("\n=\n")).toBe(answer);
  });
});

describe("quoting scalars", () => {
  const [entry] = vectors("yaml-scalar-quoting");
  const list = entry?.values.entries.get("l");
  const items = list instanceof GoList ? list.items : [];
  const lines = entry?.answer.split("\n") ?? [];
  it.each(items.map((item, i) => [textOf(item), lines[i] ?? ""] as const))("writes %j as Helm does", (item, line) => {
    const inMap = goMap([["k", item]]);
    const written = [toYaml(item), toYaml(inMap), toYamlPretty(item), item].map(quote);
    expect(`${encodeJson(item)} => ${written.join(" | ")}`).toBe(line);
  });
});

describe("the first document", () => {
  it("is all that a stream gives", () => {
    expect(encodeJson(decodeYaml("a: 1\n---\nb: 2"))).toBe('{"a":1}');
  });
});
