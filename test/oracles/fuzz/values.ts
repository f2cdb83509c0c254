import type { Random } from "./random.ts";
import { tree, type Tree } from "./tree.ts";

const SCALARS = {
  s: [
    "foo",
    "bar-baz",
    '""',
    "'it''s'",
    '"a\\tb\\u00e9"',
    "a b  c",
    "été",
    "日本",
    '"123"',
    "'true'",
    "|\n    l1\n    l2",
    ">-\n    f1\n    f2",
    '"😀"',
    "1.2.3",
    "v1.25.0",
    "/a/b",
    "a#b",
    "http://h:1/p",
    '"\\x00"',
    '"{{ .Values.i1 }}"',
    "-x",
    "2024-01-01",
  ],
  i: [
    "0",
    "1",
    "3",
    "-7",
    "80",
    "8080",
    "0x1F",
    "0o17",
    "010",
    "1_000",
    "9007199254740993",
    "1000000",
    "20971520",
    "9223372036854775807",
    "18446744073709551615",
    "-0",
  ],
  f: ["1.5", "0.1", "1e3", "-2.50", "1e21", "1.0", ".5", "3.14159265358979", "1e-9", "123456789.0", "+1.5"],
  b: ["true", "false", "True", "FALSE", "yes", "no", "on", "off"],
  odd: [
    "~",
    "null",
    "",
    "2001-12-14t21:59:43.10-05:00",
    "[]",
    "{}",
    "0777",
    "1:30",
    "!!str 5",
    "&a x",
    "12e03",
    "0b1010",
    "_",
    "=",
    "'\u2028'",
    "[a, [b, {c: d}]]",
    "{a: {b: ~}}",
    "1.",
    "0o8",
    "+12",
    "!!float 3",
    "y",
    "n",
    "|+\n    x\n\n",
  ],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** What no values file may hold: it must be rare, as the whole case is its error. */
const REFUSED = [
  ".inf",
  "- a",
  "-.inf",
  ".nan",
  "<<",
  "!!binary aGVsbG8=",
  "{~: z}",
  "[",
  "@x",
  "*missing",
  "{<<: 1}",
  "!!int x",
] as const;
const REFUSED_CHANCE = 0.01;

const LISTS = [
  "[1, 2, 3]",
  "[]",
  "[a, 1, ~, true, 1.5]",
  "[[1], [2, [3]]]",
  "[{name: a, v: 1}, {name: b}]",
  "\n  - x\n  - y: 1\n    z: 2\n  -",
] as const;
const STRING_LISTS = ["[a, b, c]", "[]", '["", x]', "[b, a, b]", '["1", "true"]'] as const;
const DICTS = [
  "{}",
  "{k: v}",
  "{a: 1, b: {c: 2}, l: [1]}",
  '{"é": 1, "a.b": 2, "": 3}',
  "{1: x, true: y, 1.5: z}",
  "{x: ~}",
  "{b: 2, a: 1, B: 3, a1: 4, a10: 5, a2: 6}",
] as const;

/** Values with the keys that expressions name; each line may be left out by a reduction. */
export function values(random: Random, density: number): Tree {
  const lines: string[] = [];
  const add = (indent: string, key: string, value: string): void => {
    if (random.chance(density)) lines.push(`${indent}${key}: ${value}\n`);
  };
  add("", "s1", random.pick(SCALARS.s));
  add("", "s2", random.pick(SCALARS.s));
  add("", "i1", random.pick(SCALARS.i));
  add("", "i2", random.pick(SCALARS.i));
  add("", "f1", random.pick(SCALARS.f));
  add("", "f2", random.pick(SCALARS.f));
  add("", "b1", random.pick(SCALARS.b));
  add("", "b2", random.pick(SCALARS.b));
  add("", "n", "~");
  add("", "odd", random.pick(SCALARS.odd));
  add("", "odd2", random.chance(REFUSED_CHANCE) ? random.pick([...REFUSED]) : random.pick(SCALARS.odd));
  add("", "l1", random.pick([...LISTS]));
  add("", "l2", random.pick([...STRING_LISTS]));
  add("", "e", random.pick([...DICTS]));
  add(
    "",
    "tpl",
    random.pick(["'{{ .Values.s1 }}-{{ .Release.Name }}'", "'{{ . }}'", "'{{ .Values.d.s | quote }}'", "plain"]),
  );
  lines.push(
    nested(random, "d", density),
    nested(random, "sub", density * 0.6),
    nested(random, "global", density * 0.5),
  );
  return tree(lines.filter((line) => line !== "").map((line) => tree([line], [""])));
}

function nested(random: Random, key: string, density: number): string {
  if (!random.chance(density)) return "";
  if (random.chance(0.08)) return `${key}: ${random.pick(["~", "{}", "x", "[1]", "1"])}\n`;
  const inner = [
    `  s: ${random.pick(SCALARS.s).replace(/\n {4}/g, "\n      ")}`,
    `  i: ${random.pick(SCALARS.i)}`,
    `  l: ${random.pick([...STRING_LISTS])}`,
    `  m: ${random.pick([...DICTS])}`,
    `  g: ${random.pick(SCALARS.b)}`,
    "  s1: ~",
    `  s1: ${random.pick(SCALARS.s).replace(/\n {4}/g, "\n      ")}`,
  ].filter(() => random.chance(0.6));
  if (inner.length === 0) return `${key}: {}\n`;
  return `${key}:\n${[...new Map(inner.map((line) => [line.split(":")[0], line])).values()].join("\n")}\n`;
}
