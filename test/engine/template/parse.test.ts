import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTemplate, printNode, TemplateError } from "../../../engine/template/index.ts";
import { functions } from "./run.ts";

function parse(text: string): string {
  return printNode(parseTemplate("f", text, functions).main.tree);
}

describe("parse errors", () => {
  it.each([
    ["f:1: unclosed action", "{{ .a"],
    ['f:1: unexpected "}" in operand', "{{ .a }"],
    ["f:1: unexpected EOF", "{{ if .a }}"],
    ["f:1: unexpected {{end}}", "{{ end }}"],
    ["f:1: unexpected {{else}}", "{{ else }}"],
    ["f:1: missing value for if", "{{ if }}{{ end }}"],
    ["f:1: missing value for command", "{{ }}"],
    ["f:1: missing value for parenthesized pipeline", "{{ () }}"],
    ['f:1: function "nope" not defined', "{{ nope }}"],
    ['f:1: undefined variable "$x"', "{{ $x }}"],
    ['f:1: undefined variable "$x"', "{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}"],
    ['f:1: unexpected "|" in command', "{{ | .a }}"],
    ['f:1: unexpected "@" in command', "{{ @ }}"],
    ["f:1: unrecognized character in action: U+00A7 '§'", "{{ § }}"],
    ["f:1: bad character U+002D '-'", "{{ .a-b }}"],
    ['f:1: bad number syntax: "1a"', "{{ 1a }}"],
    ['f:1: integer overflow: "99999999999999999999"', "{{ 99999999999999999999 }}"],
    ["f:1: malformed character constant: 'ab'", "{{ 'ab' }}"],
    ["f:1: unterminated quoted string", '{{ "a'],
    ["f:1: unterminated raw quoted string", "{{ `a"],
    ["f:1: unterminated character constant", "{{ 'a"],
    ["f:1: invalid syntax", '{{ "\\q" }}'],
    ["f:1: unclosed comment", "{{/* a"],
    ["f:1: comment ends before closing delimiter", "{{/* a */ }}"],
    ["f:1: unclosed left paren", "{{ (1 }}"],
    ["f:1: unexpected right paren", "{{ 1) }}"],
    ["f:1: expected :=", "{{ 1 : 2 }}"],
    ["f:1: non executable command in pipeline stage 2", "{{ 1 | 2 }}"],
    ['f:1: unexpected . after term "nil"', "{{ nil.a }}"],
    ['f:1: unexpected . after term "\\"a\\""', '{{ "a".b }}'],
    ["f:1: range can only initialize variables", "{{ range $a, 1 := . }}{{ end }}"],
    ["f:1: too many declarations in range", "{{ range $a, $b, $c := . }}{{ end }}"],
    ["f:1: too many declarations in command", "{{ $a, $b := . }}"],
    ["f:1: expected end; found {{else}}", "{{ if 1 }}{{ else }}{{ else }}{{ end }}"],
    ["f:1: {{break}} outside {{range}}", "{{ break }}"],
    ["f:1: {{continue}} outside {{range}}", "{{ range . }}{{ end }}{{ continue }}"],
    ["f:1: {{break}} outside {{range}}", '{{ range . }}{{ block "b" . }}{{ break }}{{ end }}{{ end }}'],
    ["f:1: unexpected <define> in command", '{{ if 1 }}{{ define "a" }}{{ end }}{{ end }}'],
    ["f:1: unexpected {{else}} in define clause", '{{ define "a" }}{{ else }}{{ end }}'],
    ['f:1: unexpected "a" in template clause', "{{ template a }}"],
    ["f:1: unexpected <if> in input", "{{ with 1 }}{{ else if 2 }}{{ end }}"],
    ['f:1: template: multiple definition of template "q"', '{{ define "q" }}a{{ end }}{{ define "q" }}b{{ end }}'],
    ['f:1: unexpected "1234567890"... in define clause', "{{ define 12345678901 }}"],
    ['f:2: unexpected "/" in command', "a\n{{ /* c */ }}"],
    ["f:3: unclosed action started at f:1", "{{ if\n\n"],
    ["f:2: unterminated quoted string in action started at f:1", '{{ print\n"a'],
  ])("says %s", (message, text) => {
    expect(() => parse(text)).toThrow(`template: ${message}`);
  });

  it("are TemplateErrors with file, line and the bare message", () => {
    try {
      parse("a\n{{ nope }}");
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateError);
      expect(error).toMatchObject({
        code: "syntax",
        place: { file: "f", line: 2, offset: 5 },
        reason: 'function "nope" not defined',
      });
    }
  });

  it("garble a file name with a percent sign as Go does", () => {
    expect(() => parseTemplate("a%d.yaml", "{{ nope }}", functions)).toThrow(
      "template: a%!d(string=nope).yaml:1: function %!q(MISSING) not defined",
    );
  });
});

describe("node text", () => {
  it.each([
    ["{{.a.b}}", "{{ .a.b }}"],
    ["{{.a | printf `%s` 1.50}}", "{{   .a|printf `%s`   1.50 }}"],
    ["{{(print 1).a.b}}", "{{ ( print 1 ).a.b }}"],
    ["{{$x := 1}}{{$x.a}}{{$x = 2}}", "{{ $x:=1 }}{{ $x.a }}{{ $x =2 }}"],
    ["{{range $i, $e := .}}a{{else}}b{{end}}", "{{range $i,$e:=.}}a{{else}}b{{end}}"],
    ["{{if 1}}a{{else}}{{if 2}}b{{end}}{{end}}", "{{ if 1 }}a{{ else if 2 }}b{{ end }}"],
    ['{{template "a" .}}', "{{ template `a` . }}"],
    ["ab", "a {{- /* c */ -}} b"],
    ["{{range .}}{{break}}{{continue}}{{end}}", "{{range .}}{{break}}{{continue}}{{end}}"],
    ["{{nil}}{{true}}{{'a'}}{{0x10}}{{1+2i}}{{.}}{{$}}", "{{nil}}{{true}}{{'a'}}{{0x10}}{{1+2i}}{{.}}{{$}}"],
  ])("is %s for %s", (wanted, text) => {
    expect(parse(text)).toBe(wanted);
  });
});

describe("hostile texts", () => {
  it("end with an error, however deep they nest", () => {
    const deep = 100_000;
    expect(() => parse(`{{ ${"(".repeat(deep)} }}`)).toThrow("max expression depth exceeded");
    expect(() => parse("{{ if 1 }}".repeat(deep))).toThrow("nested more than 500 deep");
    expect(() => parse('{{ block "a" . }}'.repeat(deep))).toThrow("nested more than 500 deep");
    expect(() => parse(`{{ if 1 }}${"{{ else if 1 }}".repeat(deep)}{{ end }}`)).toThrow("nested more than 500 deep");
  });

  it("parse or fail with a TemplateError, whatever they are", () => {
    const pieces = [
      "{{",
      "}}",
      "{{- ",
      " -}}",
      "if ",
      "end",
      "range $i, $e := ",
      'define "a"',
      ".a.b",
      "(",
      ")",
      "|",
      "1e",
      '"',
      "`",
      "/*",
      "*/",
      "$x",
      ":=",
      "\n",
      "\udcff",
    ];
    const unit = string({ unit: "grapheme", maxLength: 3 });
    assert(
      property(unit, unit, (a, b) => {
        for (const x of pieces) for (const y of pieces) expectTemplate(`${x}${a}{{ ${y}${b} }}`);
      }),
      { numRuns: 20 },
    );
  });
});

function expectTemplate(text: string): void {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateError);
  }
}
