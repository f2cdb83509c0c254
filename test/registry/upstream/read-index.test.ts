import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IndexChart } from "../../../registry/upstream/index-chart.ts";
import { readIndex } from "../../../registry/upstream/read-index.ts";

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 1000): Promise<readonly IndexChart[]> {
  const charts: IndexChart[] = [];
  for await (const chart of readIndex(chunks(text, size))) charts.push(chart);
  return charts;
}

const versions = async (text: string, size?: number) =>
  (await read(text, size)).map((chart) => [chart.name, ...chart.entries.map((entry) => entry.version)]);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = "a".repeat(64);

const GO_STYLE = `apiVersion: v1
entries:
  web:
  - annotations:
      artifacthub.io/changes: |
        - kind: changed
          description: "- a list inside a text"

        # not a comment
    apiVersion: v2
    created: "2024-05-01T10:11:12.123456789Z"
    dependencies:
    - name: common
      repository: https://charts.example.com
      version: 2.x.x
    description: A long text that goes
      on here
    digest: ${hex}
    name: web
    urls:
    - https://example.com/web-1.1.0.tgz
    - mirror/web-1.1.0.tgz
    version: 1.1.0
  - apiVersion: v2
    name: web
    urls: [web-1.0.0.tgz]
    version: 1.0.0
  "db":
    - name: db
      version: "2"
      urls:
        - db-2.tgz
      digest: sha256:${hex.toUpperCase()}
generated: "2024-05-01T10:11:12Z"
serverInfo: {}
`;

describe("an index", () => {
  it("as Helm writes it is read chart by chart, cut anywhere", async () => {
    const expected = [
      {
        name: "web",
        entries: [
          {
            version: "1.1.0",
            digest: hex,
            created: "2024-05-01T10:11:12.123456789Z",
            urls: ["https://example.com/web-1.1.0.tgz", "mirror/web-1.1.0.tgz"],
            fields: {
              apiVersion: "v2",
              name: "web",
              version: "1.1.0",
              description: "A long text that goes on here",
              annotations: {
                "artifacthub.io/changes":
                  '- kind: changed\n  description: "- a list inside a text"\n\n# not a comment\n',
              },
              dependencies: [{ name: "common", repository: "https://charts.example.com", version: "2.x.x" }],
            },
          },
          { version: "1.0.0", urls: ["web-1.0.0.tgz"], fields: { apiVersion: "v2", name: "web", version: "1.0.0" } },
        ],
      },
      {
        name: "db",
        entries: [
          { version: "2", urls: ["db-2.tgz"], digest: hex, fields: { apiVersion: "v1", name: "db", version: "2" } },
        ],
      },
    ];
    for (const size of [1, 7, 64, 100_000]) expect(await read(GO_STYLE, size)).toEqual(expected);
    expect(await read(GO_STYLE.replaceAll("\n", "\r\n"))).toHaveLength(2);
  });

  it("may be JSON, or YAML in flow style", async () => {
    const entry = { name: "web", version: "1.0.0", urls: ["x.tgz"] };
    const json = { apiVersion: "v1", entries: { web: [entry], "with space": [] } };
    expect(await versions(JSON.stringify(json))).toEqual([["web", "1.0.0"], ["with space"]]);
    expect(await versions(JSON.stringify(json, null, 2))).toEqual([["web", "1.0.0"], ["with space"]]);
    expect(await versions(`---\n# a comment\napiVersion: v1\nentries:\n  web: []\n`)).toEqual([]);
    expect(await versions(`apiVersion: v1\nentries: {}\n`)).toEqual([]);
  });

  const web = "{name: web, version: 1.0.0, urls: [a.tgz]}";
  const db = "  db:\n  - name: db\n    version: 1.0.0\n    urls: [b]\n";
  const both = [
    ["web", "1.0.0"],
    ["db", "1.0.0"],
  ];
  it.each([
    ["entries in braces", `entries: {web: [${web}], db: [${web.replace("web", "db")}]}\ngenerated: "2024"\n`, both],
    ["braces that close at the margin", `entries: {\n  web: [${web}]\n}\n`, [["web", "1.0.0"]]],
    ["a list in brackets", `entries:\n  web: [${web}]\n${db}`, both],
    ["a list in brackets over lines", `entries:\n  web: [\n    ${web}\n  ]\n${db}`, both],
    ["brackets that close at the margin", `entries:\n  web: [\n    ${web}\n]\ngenerated: "2024"\n`, [["web", "1.0.0"]]],
    ["an anchored list", `entries:\n  web: &a\n  - ${web}\n${db}`, both],
    ["a tagged mapping", `entries: !!map\n  web:\n  - ${web}\n`, [["web", "1.0.0"]]],
    ["blanks before colons", `entries :\n  web :\n  - ${web}\n${db}`, both],
    ["an explicit key", `entries:\n  ? web\n  : - ${web}\n${db}`, both],
    ["nothing", "entries: null\n", []],
    ["charts without a list", `entries:\n  old: null\n  older: {a: b}\n${db}`, [["db", "1.0.0"]]],
  ])("in block style may hold %s, as for Helm", async (_name, text, expected) => {
    for (const size of [1, 1000]) expect(await versions(`apiVersion: v1\n${text}`, size)).toEqual(expected);
  });

  it.each([
    ["a text", "entries: hello\n"],
    ["a list", "entries: [a]\n"],
    ["broken braces", `entries: {web: [${web}\n`],
    ["an alias to nothing", "entries: *gone\n"],
    ["nothing but a chart that cannot be read", `entries:\n  web: [${web}\ngenerated: "2024"\n`],
  ])("is refused, and replaces none, with %s as its entries", async (_name, text) => {
    await expect(read(`apiVersion: v1\n${text}`)).rejects.toMatchObject({ code: "UNAVAILABLE", status: 502 });
  });

  it("loses a chart in brackets that cannot be read and nothing else", async () => {
    expect(await versions(`apiVersion: v1\nentries:\n  web: [${web}\n${db}`)).toEqual([["db", "1.0.0"]]);
  });

  it.each([
    ["without urls", "- name: web\n    version: 1.0.0"],
    ["of another name", "- name: other\n    version: 1.0.0\n    urls: [a]"],
    ["with a version that is a number", "- name: web\n    version: 1.0\n    urls: [a]"],
    ["with a malformed digest", "- name: web\n    version: 1.0.0\n    urls: [a]\n    digest: abc"],
    ["that is null", "- null"],
    ["that is a text", "- text"],
    ["that is broken YAML", "- name: 'web\n    version: 1.0.0"],
    ["with an anchor from elsewhere", "- name: web\n    version: 1.0.0\n    urls: *a"],
  ])("loses an entry %s and nothing else", async (_name, entry) => {
    const good = (version: string) => `  - name: web\n    version: ${version}\n    urls: [a]\n`;
    const text = `apiVersion: v1\nentries:\n  web:\n${good("3.0.0")}  ${entry}\n${good("2.0.0")}`;
    expect(await versions(text)).toEqual([["web", "3.0.0", "2.0.0"]]);
  });

  it.each([
    ["a page", "<!doctype html>\n<html></html>\n"],
    ["a text", "404 page not found"],
    ["nothing", ""],
    ["a list", "- a\n- b\n"],
    ["a JSON document without entries", '{"errors":[]}'],
    ["broken JSON", '{"entries":{'],
    ["bytes", "\0\u0001\u0002"],
  ])("is not %s", async (_name, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: "UNAVAILABLE", status: 502 });
  });

  it("of any text is read or refused, never more", async () => {
    const line = fc.oneof(
      fc.constantFrom(
        "entries:",
        "  web:",
        "  - name: web",
        "    version: 1.0.0",
        "    urls: [a]",
        "- x",
        "apiVersion: v1",
      ),
      fc.string({ maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
        try {
          await read(lines.join("\n"), 11);
        } catch (error) {
          expect(error).toMatchObject({ code: "UNAVAILABLE" });
        }
      }),
      { numRuns: 300 },
    );
  });

  it("drops an entry that never ends, however it goes on, and reads the next", async () => {
    async function* huge(line: string): AsyncGenerator<Uint8Array> {
      const encoder = new TextEncoder();
      yield encoder.encode("apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [a]\n");
      const chunk = encoder.encode(line.repeat(Math.ceil(65_536 / line.length)));
      for (let size = 0; size < 8 * 1024 * 1024; size += chunk.length) yield chunk;
      yield encoder.encode("\n  - name: web\n    version: 2.0.0\n    urls: [a]\n");
    }
    for (const line of ["\n", "    a: b\n", "# comment\n"]) {
      const charts: IndexChart[] = [];
      for await (const chart of readIndex(huge(line))) charts.push(chart);
      expect(charts.map((chart) => chart.entries.map((entry) => entry.version))).toEqual([["2.0.0"]]);
    }
  });

  describe("in JSON of many megabytes", () => {
    const entry = (chart: string, i: number, text: string) =>
      JSON.stringify({ name: chart, version: `1.${i}.0`, urls: ["a"], description: `${text} "}],\\ é` });
    const filler = "x".repeat(1 << 20);
    async function* json(
      size: number,
      { from = '{ "apiVersion":"v1",', list = "entries", to = ',"generated":"2024"}\n' } = {},
    ): AsyncGenerator<Uint8Array> {
      const text = [
        `${from}"annotations":{"entries":{"no":[1]},"x":"entries"},"${list}":{`,
        `"web":[${[1, 2, 3].map((i) => entry("web", i, filler)).join(" , ")}],"none":[],"null":null,"other":{"a":[{}]},`,
        `"d\\u0062":[${[1, 2, 3].map((i) => entry("db", i, filler)).join(",")}]}${to}`,
      ];
      yield* chunks(text.join(""), size);
    }
    const charts = async (stream: AsyncIterable<Uint8Array>) => {
      const found: (readonly [string, ...string[]])[] = [];
      for await (const { name, entries } of readIndex(stream)) {
        for (const { fields } of entries) expect(fields["description"]).toBe(`${filler} "}],\\ é`);
        found.push([name, ...entries.map((item) => item.version)]);
      }
      return found;
    };
    const expected = [["web", "1.1.0", "1.2.0", "1.3.0"], ["none"], ["db", "1.1.0", "1.2.0", "1.3.0"]];

    it.each([1000, 65_537, 1 << 26])("on one line is read chart by chart, in pieces of %i bytes", async (size) => {
      expect(await charts(json(size))).toEqual(expected);
    });

    it("may stand behind a comment", async () => {
      expect(await charts(json(65_536, { from: '# made by hand\n---\n  {"apiVersion":"v1",' }))).toEqual(expected);
    });

    it.each([
      ["breaks off", { to: "" }],
      ["goes on behind its end", { to: "} {}" }],
      ["closes what it did not open", { to: "]}" }],
      ["has no entries", { list: "charts" }],
      ["has a text for its entries", { to: ',"entries":"x"}' }],
      ["has a list for its entries", { to: ',"entries":[1]}' }],
      ["has an entry that is no JSON", { to: ',"entries":{"a":[{b}]}}' }],
    ])("is refused when it %s", async (_name, how) => {
      await expect(charts(json(65_536, how))).rejects.toMatchObject({ code: "UNAVAILABLE", status: 502 });
    });

    it("is read beyond what fits into memory, but for an entry that is too large", async () => {
      async function* huge(): AsyncGenerator<Uint8Array> {
        yield utf8('{"apiVersion":"v1","entries":{"web":[');
        for (let i = 0; i < 26; i++) yield utf8(`${entry("web", i, filler)},`);
        yield utf8(entry("web", 99, filler.repeat(5)));
        yield utf8(`],"db":[${entry("db", 1, filler)}]}}`);
      }
      // A chart's text has a budget of its own.
      expect((await charts(huge())).map(([name, ...list]) => [name, list.length])).toEqual([
        ["web", 23],
        ["db", 1],
      ]);
    });
  });

  it("of many megabytes is read without holding them", async () => {
    const entry = (i: number) =>
      `  - name: web\n    version: 1.${i}.0\n    urls: [a]\n    description: ${"x".repeat(1000)}\n`;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode("apiVersion: v1\nentries:\n");
      for (let chart = 0; chart < 100; chart++) {
        const text = `  web:\n${Array.from({ length: 100 }, (_, i) => entry(i)).join("")}`;
        yield new TextEncoder().encode(text);
      }
    }
    let seen = 0;
    for await (const chart of readIndex(endless())) seen += chart.entries.length;
    expect(seen).toBe(10_000);
  });
});
