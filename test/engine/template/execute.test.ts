import { describe, expect, it } from "vitest";
import { GoFailure, goInt, GoList, GoMap, goMap } from "../../../engine/go/value.ts";
import type { GoValue } from "../../../engine/go/value.ts";
import {
  Budget,
  createTemplateSet,
  executeTemplate,
  parseTemplate,
  Pending,
  TemplateError,
} from "../../../engine/template/index.ts";
import { failure, functions, options, run } from "./run.ts";

function errorOf(text: string | Readonly<Record<string, string>>, data?: GoValue): TemplateError {
  const error = failure(text, data);
  if (error instanceof TemplateError) return error;
  throw error;
}

describe("a template set", () => {
  it("lets the last parsed define win, and an empty one never", () => {
    expect(run({ z: '{{ define "q" }}z{{ end }}', a: '{{ define "q" }}a{{ end }}', t: '{{ include "q" . }}' })).toBe(
      "a",
    );
    expect(
      run({ z: '{{ define "q" }}z{{ end }}', a: '{{ define "q" }} {{/* c */}}{{ end }}', t: '{{ include "q" . }}' }),
    ).toBe("z");
    expect(run({ t: 'own{{ define "a" }}d{{ end }}', a: "file a" }, undefined)).toBe("own");
  });

  it("knows files by name and lets a define replace a file", () => {
    expect(run({ a: "[{{ . }}]", t: '{{ include "a" 1 }}' })).toBe("[1]");
    expect(run({ t: "first", z: '{{ define "t" }}second{{ end }}' })).toBe("second");
  });

  it("says what it does not know", () => {
    expect(() => executeTemplate(createTemplateSet([], functions), "x", null, options())).toThrow(
      'template: no template "x" associated with template "gotpl"',
    );
  });

  it("runs other files after one failed", () => {
    const files = ["a", "b"].map((name) =>
      parseTemplate(
        name,
        name === "a" ? '{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}' : "fine",
        functions,
      ),
    );
    const set = createTemplateSet(files, functions);
    const shared = options();
    for (let i = 0; i < 3; i++) {
      expect(() => executeTemplate(set, "a", null, shared)).toThrow("nested reference name: r");
      expect(executeTemplate(set, "b", null, shared)).toBe("fine");
    }
  });

  it("may be used again: parsed files and sets keep nothing of a run", () => {
    const set = createTemplateSet(
      [
        parseTemplate(
          "t",
          '{{ $x := . }}{{ tpl "{{ define `d` }}{{ . }}{{ end }}{{ include `d` . }}" $x }}',
          functions,
        ),
      ],
      functions,
    );
    expect([1, 2, 1].map((n) => executeTemplate(set, "t", goInt(n), options()))).toEqual(["1", "2", "1"]);
  });
});

describe("variables and control", () => {
  it.each([
    ["012", "{{ range 3 }}{{ . }}{{ end }}"],
    ["0a1b", "{{ range $i, $e := list `a` `b` }}{{ $i }}{{ $e }}{{ end }}"],
    ["none", "{{ range list }}x{{ else }}none{{ end }}"],
    ["a=1;b=2;", "{{ range $k, $v := dict `b` 2 `a` 1 }}{{ $k }}={{ $v }};{{ end }}"],
    ["02", "{{ range 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}"],
    ["5", "{{ $x := 1 }}{{ range 3 }}{{ $x = 5 }}{{ end }}{{ $x }}"],
    ["1", "{{ $x := 1 }}{{ range 3 }}{{ $x := 5 }}{{ end }}{{ $x }}"],
    ["2", "{{ if $x := 0 }}a{{ else if $y := 2 }}{{ $y }}{{ end }}"],
    ["[]", "{{ with $x := list }}a{{ else }}{{ $x }}{{ end }}"],
    ["11", "{{ $x := 1 }}{{ $x }}{{ with $x }}{{ $x := 2 }}{{ end }}{{ $x }}"],
    ["0:0,0:1,1:0,1:1,", "{{ range $a := until 2 }}{{ range $b := until 2 }}{{ $a }}:{{ $b }},{{ end }}{{ end }}"],
    ["xx", "{{ range 2 }}{{ range list }}{{ else }}x{{ break }}{{ end }}{{ end }}"],
  ])("print %s for %s", (wanted, text) => {
    expect(run(text)).toBe(wanted);
  });

  it("ranges over the entries that a map had at the start", () => {
    const map = goMap([
      ["a", 1],
      ["b", 2],
    ]);
    const spy = new Map(functions).set("grow", { parameters: [], call: () => (map.entries.set("c", 3), "") });
    const set = createTemplateSet([parseTemplate("t", "{{ range $k, $v := . }}{{ grow }}{{ $k }}{{ end }}", spy)], spy);
    expect(executeTemplate(set, "t", map, options())).toBe("ab");
  });
});

describe("errors", () => {
  it("tell file, line, column in bytes, template and node", () => {
    const error = errorOf(
      { _h: '\n{{ define "h" }}é{{ .a.b }}{{ end }}', t: '{{ include "h" . }}' },
      goMap([["a", "s"]]),
    );
    expect(error.place).toEqual({ file: "t", line: 1, column: 3, offset: 3, template: "t", node: 'include "h" .' });
    expect(error.cause).toBeInstanceOf(TemplateError);
    expect(error.cause).toMatchObject({
      code: "exec",
      message: 'template: _h:2:23: executing "h" at <.a.b>: can\'t evaluate field b in type interface {}',
      reason: "can't evaluate field b in type interface {}",
      place: { file: "_h", line: 2, column: 23, template: "h", node: ".a.b" },
    });
    expect(error.message).toBe(
      `template: t:1:3: executing "t" at <include "h" .>: error calling include: ${(error.cause as Error).message}`,
    );
  });

  it("keep what a function failed with as their cause", () => {
    const error = errorOf("{{ fail `no` }}");
    expect(error.message).toBe('template: t:1:3: executing "t" at <fail `no`>: error calling fail: no');
    expect(error.cause).toBeInstanceOf(GoFailure);
  });

  it("wrap a failing tpl as Helm does, the cause within the cause", () => {
    const failed = errorOf('{{ tpl "{{ .a.b }}" . }}', goMap([["a", "s"]]));
    expect(failed.message).toContain(
      'error calling tpl: error during tpl function execution for "{{ .a.b }}": template: gotpl:1:5:',
    );
    expect((failed.cause as Error).cause).toBeInstanceOf(TemplateError);
    expect(errorOf('{{ tpl "{{ nope }}" . }}').message).toContain(
      'error calling tpl: cannot parse template "{{ nope }}": template: gotpl:1: function "nope" not defined',
    );
  });

  it.each([
    ["a%d", "{{ fail `no` }}", 'a%!d(string=fail):1:3: executing "a%d" at <fail `no`>: error calling no: %!w(MISSING)'],
    [
      "b%d",
      "{{ .a.b }}",
      'b%!d(string=b):1:5: executing "b%d" at <.a.b>: can\'t evaluate field interface {} in type %!s(MISSING)',
    ],
    ["c%", "{{ fail `no` }}", 'c%!:(string=fail)1:3: executing "c%" at <fail `no`>: error calling no: %!w(MISSING)'],
  ])("garble the file name %s as Go does", (name, text, wanted) => {
    const set = createTemplateSet([parseTemplate(name, text, functions)], functions);
    expect(() => executeTemplate(set, name, goMap([["a", "x"]]), options())).toThrow(`template: ${wanted}`);
  });

  it.each([
    ["undefined variable: $y", "{{ $y = 1 }}"],
    ["nil is not a command", "{{ nil }}"],
    ["indirection through explicit nil in nil.a", "{{ (nil).a }}", "nil is not a command"],
    ["99999999999999999 overflows int", "{{ 9999999999999999999 }}", "9999999999999999999 overflows int"],
    ["can't give argument to non-function 1", "{{ 1 2 }}"],
    ["expected string; found 1", "{{ upper 1 }}"],
    ["expected integer; found 1.5", "{{ until 1.5 }}"],
    ['expected bool; found "a"', '{{ boolean "a" }}'],
    ['expected float; found "a"', '{{ float "a" }}'],
    ["expected unsigned integer; found -1", "{{ small -1 }}"],
    ["cannot assign nil to string", "{{ upper nil }}"],
    ["can't handle 1 for arg of type map[string]interface {}", "{{ keys 1 }}"],
    ["wrong number of args for upper: want 1 got 2", '{{ upper "a" "b" }}'],
    ["wrong number of args for default: want at least 1 got 0", "{{ default }}"],
    ["wrong number of args for and: want at least 1 got 0", "{{ and }}"],
    ["range can't iterate over str", '{{ range "str" }}{{ end }}'],
    ["can't use 3 to iterate over more than one variable", "{{ range $a, $b := 3 }}{{ end }}"],
    ['template "nope" not defined', '{{ template "nope" }}'],
    ["error calling call: non-function 1 of type int", "{{ call 1 }}"],
  ])("say %s", (_name, text, wanted = _name) => {
    expect(errorOf(text).reason).toBe(wanted);
  });
});

describe("recursion", () => {
  const countdown = (call: string): string =>
    `{{ define "r" }}{{ if gt . 0 }}{{ ${call} "r" (sub . 1) }}{{ else }}done{{ end }}{{ end }}{{ ${call} "r" . }}`;

  it("lets a name stand 1001 times in a chain of includes, and no more", () => {
    expect(run(countdown("include"), goInt(1000))).toBe("done");
    expect(failure(countdown("include"), goInt(1001))).toMatchObject({
      message: expect.stringMatching(/rendering template has a nested reference name: r: unable to execute template$/),
    });
  });

  it("lets templates nest thousands deep on a small stack", () => {
    expect(run(countdown("template"), goInt(9000))).toBe("done");
    expect(run(countdown("template"), goInt(9000), { stackedDepth: 0 })).toBe("done");
  });

  it("ends endless recursion with Go's message", () => {
    expect(errorOf('{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}').message).toBe(
      'template: t:1:28: executing "r" at <{{template "r" .}}>: exceeded maximum template depth (100000)',
    );
    expect(errorOf('{{ define "r" }}{{ tpl . . }}{{ end }}{{ tpl . . }}', "{{ tpl . . }}").code).toBe("budget");
  });

  it("names every level of a failing chain", () => {
    let error: unknown = failure(countdown("include"), goInt(1001));
    let levels = 0;
    for (; error instanceof TemplateError; error = error.cause) levels++;
    expect(levels).toBe(1002);
    expect(error).toBeInstanceOf(GoFailure);
  });
});

describe("what is no failure of a template", () => {
  it("passes through as it is: a pending question", () => {
    const question = new Pending({ kind: "dns", key: "k", host: "h" });
    const ask = new Map(functions).set("ask", {
      parameters: [],
      call: () => {
        throw question;
      },
    });
    for (const text of [
      "{{ ask }}",
      '{{ define "a" }}{{ ask }}{{ end }}{{ include "a" . | upper }}',
      "{{ tpl `{{ ask }}` . }}",
    ]) {
      const set = createTemplateSet([parseTemplate("t", text, ask)], ask);
      for (const stackedDepth of [0, 100]) {
        let thrown: unknown;
        try {
          executeTemplate(set, "t", null, options({ stackedDepth }));
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBe(question);
      }
    }
  });

  it("passes through as it is: a defect", () => {
    const broken = new Map(functions).set("broken", {
      parameters: [],
      call: () => {
        throw new TypeError("ours");
      },
    });
    const set = createTemplateSet([parseTemplate("t", "{{ broken }}", broken)], broken);
    expect(() => executeTemplate(set, "t", null, options())).toThrow(TypeError);
  });
});

describe("the budget", () => {
  const small = (): Budget => new Budget({ units: 1000, bytes: 10_000 });

  it.each([
    ["an endless range", "{{ range 1000000000 }}{{ end }}"],
    ["ranges in ranges", "{{ range 1000 }}{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}{{ end }}"],
    [
      "doubling output",
      "{{ define `d` }}{{ . }}{{ . }}{{ end }}{{ $x := `0123456789` }}{{ range 30 }}{{ $x = include `d` $x }}{{ end }}",
    ],
    ["doubling by printf", "{{ $x := `0123456789` }}{{ range 30 }}{{ $x = printf `%s%s` $x $x }}{{ end }}"],
    ["endless padding", "{{ range 30 }}{{ printf `%999999d` 1 }}{{ end }}"],
    [
      "templates that call each other twice",
      "{{ define `a` }}{{ template `b` . }}{{ template `b` . }}{{ end }}{{ define `b` }}{{ if gt . 0 }}{{ template `a` (sub . 1) }}{{ end }}{{ end }}{{ template `a` 60 }}",
    ],
  ])("ends %s", (_name, text) => {
    for (const stackedDepth of [0, 100]) {
      expect(failure(text, null, { budget: small(), stackedDepth })).toMatchObject({ code: "budget" });
    }
  });

  it("is shared by the files of a render", () => {
    const budget = small();
    expect(run("{{ range 6000 }}{{ end }}", null, { budget })).toBe("");
    expect(failure("{{ range 6000 }}{{ end }}", null, { budget })).toMatchObject({ code: "budget" });
  });

  it("refuses to print what contains itself", () => {
    const map = new GoMap();
    map.entries.set("self", new GoList([map]));
    expect(errorOf("{{ . }}", map).message).toContain("nested too deeply");
    expect(errorOf("{{ printf `%q` . }}", map).message).toContain("nested too deeply");
  });
});
