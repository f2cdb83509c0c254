import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type IndexChart, readIndex } from "../../../registry/upstream/read-index.ts";

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 1000): Promise<readonly IndexChart[]> {
  const charts: IndexChart[] = [];
  for await (const chart of readIndex(chunks(text, size))) charts.push(chart);
  return charts;
}

const versions = async (text: string) =>
  (await read(text)).map((chart) => [chart.name, ...chart.entries.map((entry) => entry.version)]);
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
