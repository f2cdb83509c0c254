import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromUtf8, toUtf8 } from "../../../engine/go/utf8.ts";
import {
  GoBytes,
  goInt,
  GoInt,
  goInt64,
  GoList,
  GoMap,
  goMap,
  GoObject,
  STRING_MAP,
  VALUES_MAP,
} from "../../../engine/go/value.ts";
import type { GoMapType, GoMethod, GoStructType, GoValue } from "../../../engine/go/value.ts";
import { TemplateError } from "../../../engine/template/index.ts";
import { run } from "./run.ts";

const { cases } = JSON.parse(readFileSync(new URL("../../data/go-templates/cases.json", import.meta.url), "utf8")) as {
  readonly cases: readonly (readonly [string, string])[];
};

function bytes(text: string): GoBytes {
  return new GoBytes(toUtf8(text));
}

function content(files: GoValue, [name]: readonly GoValue[]): string {
  const file = files instanceof GoMap ? files.entries.get(String(name)) : undefined;
  return file instanceof GoBytes ? fromUtf8(file.data) : "";
}

const filesType: GoMapType = {
  name: "main.files",
  zero: bytes(""),
  methods: new Map<string, GoMethod>([
    ["Get", { parameters: ["string"], call: content }],
    [
      "Lines",
      { parameters: ["string"], call: (self, args) => new GoList(content(self, args).split("\n"), "[]string") },
    ],
  ]),
};

function versionText(self: GoValue): GoValue {
  return self instanceof GoObject ? self.fields.get("Version") : undefined;
}

const versionCopy: GoStructType = {
  name: "main.Ver",
  fields: ["Version", "Major"],
  hidden: ["normalized"],
  methods: new Map<string, GoMethod>(),
};

const versionType: GoStructType = {
  ...versionCopy,
  methods: new Map<string, GoMethod>([
    ["Git", { parameters: [], call: versionText }],
    ["String", { parameters: [], call: versionText }],
  ]),
  printAddressed: (self) => String(versionText(self)),
  copy: versionCopy,
};

const capabilitiesType: GoStructType = {
  name: "*main.C",
  fields: ["KubeVersion", "APIVersions"],
  methods: new Map<string, GoMethod>(),
};

const has: GoMethod = {
  parameters: ["string"],
  call: (self, [name]) => self instanceof GoList && self.items.includes(name),
};

/** The data that record.go runs its templates on. */
function data(): GoMap {
  const version = new GoObject(
    versionType,
    new Map([
      ["Version", "v1"],
      ["normalized", "v1n"],
      ["Major", "1"],
    ]),
  );
  const versions = new GoList(["v1", "apps/v1"], "main.VS", false, new Map([["Has", has]]));
  const entries: readonly (readonly [string, GoValue])[] = [
    ["s", "str"],
    ["e", ""],
    ["i", goInt(7)],
    ["f", 1.5],
    ["z", 0],
    ["t", true],
    ["n", null],
    ["l", new GoList([goInt(1), "a", null, 2.5])],
    ["el", new GoList([])],
    [
      "m",
      goMap([
        ["a", "x"],
        [
          "b",
          goMap([
            ["c", null],
            ["d", 3],
          ]),
        ],
      ]),
    ],
    ["em", goMap()],
    ["sl", new GoList(["p", "q"], "[]string")],
    ["sm", new GoMap(new Map([["k", "v"]]), STRING_MAP)],
    ["by", bytes("hi")],
    ["d", new GoInt("time.Duration", 3n)],
    ["i64", goInt64(-3n)],
    ["u", new GoInt("uint64", 9n)],
    ["Files", new GoMap(new Map([["a.txt", bytes("one\ntwo")]]), filesType)],
    [
      "Cap",
      new GoObject(
        capabilitiesType,
        new Map<string, GoValue>([
          ["KubeVersion", version],
          ["APIVersions", versions],
        ]),
      ),
    ],
    ["vals", new GoMap(new Map([["q", "r"]]), { ...VALUES_MAP, name: "main.Values" })],
    ["uni", "é😀"],
  ];
  return new GoMap(new Map(entries), { ...VALUES_MAP, name: "main.Values" });
}

function answer(text: string, stackedDepth?: number): string {
  try {
    return `OK ${run(text, data(), stackedDepth === undefined ? {} : { stackedDepth })}`;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `${error.code === "syntax" ? "PARSE" : "ERR"} ${error.message}`;
  }
}

describe("recorded templates", () => {
  it("give Go's output or message, byte for byte", () => {
    expect(cases.length).toBeGreaterThan(700);
    for (const [text, wanted] of cases) expect(answer(text), text).toBe(wanted);
  });

  it("give the same when no nested template runs on the machine's stack", () => {
    for (const [text, wanted] of cases) expect(answer(text, 0), text).toBe(wanted);
  });
});
