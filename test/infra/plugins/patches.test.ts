import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { documentsOf, openPlugin, postRender } from "../../support/first-party-plugin.ts";
import { PATCHES_TABLE } from "./patches-table.ts";

const call = await openPlugin("patches");
const run = async (manifests: string, patches: string): Promise<string> =>
  await postRender(call, manifests, { patches });

const OBJECT = "kind: A\nmetadata: {name: a}\n";
const patchOf = (patch: unknown, more: object = { target: { kind: "A" } }): string =>
  JSON.stringify([{ ...more, patch }]);

const REFUSALS: readonly (readonly [manifests: string, patches: string, message: string])[] = [
  [OBJECT, "{}", "config patches must be a list"],
  [OBJECT, "[{}]", "patch 1 has no patch"],
  [OBJECT, "[{patch: x}]", "patch 1 must be a map (strategic merge) or a list (JSON 6902)"],
  [OBJECT, "[{patch: []}]", "patch 1 has no target"],
  [OBJECT, "[{patch: 'a: b: c'}]", "patch 1: line 1: a mapping begins in the middle of a text; quote the text"],
  [OBJECT, "[{target: {kind: A}, patch: {x: &x 1}}]", "patch 1 has an anchor, an alias or a tag; write it out"],
  [OBJECT, patchOf({}, { target: { kind: "B" } }), "patch 1 matches no object; mend its target, or say optional: true"],
  [
    OBJECT,
    patchOf([{ op: "add", path: "/x/y", value: 1 }]),
    "A/a (line 1): patch 1: operation 1 (/x/y): there is nothing to add to",
  ],
  [
    OBJECT,
    patchOf([{ op: "test", path: "/kind", value: "B" }]),
    "A/a (line 1): patch 1: operation 1 (/kind): the value there is another one",
  ],
  [OBJECT, patchOf([{ op: "remove", path: "/x" }]), "A/a (line 1): patch 1: operation 1 (/x): there is nothing there"],
  [
    OBJECT,
    patchOf([{ op: "mend", path: "/x" }]),
    'A/a (line 1): patch 1: operation 1 (/x): the operation "mend" does not exist',
  ],
  [
    OBJECT,
    patchOf([{ op: "move", from: "/metadata", path: "/metadata/x" }]),
    "A/a (line 1): patch 1: operation 1 (/metadata/x): a value cannot be moved into itself",
  ],
  [
    OBJECT,
    patchOf({ "$setElementOrder/x": [] }),
    "A/a (line 1): patch 1: the directive $setElementOrder/x is not supported",
  ],
  ["kind: A\nx: &x 1\n", patchOf({ y: 1 }), "A (line 1): it has an anchor, an alias or a tag; write it out"],
];

describe("patches", () => {
  it.each(PATCHES_TABLE.map((row) => [row.what, row] as const))("%s", async (_what, { object, patches, wanted }) => {
    for (const manifests of [
      stringify(object),
      JSON.stringify(object),
      stringify(object, { defaultStringType: "QUOTE_SINGLE" }),
    ])
      expect(documentsOf(await run(manifests, JSON.stringify(patches)))).toEqual([wanted]);
  });

  it.each(REFUSALS)("refuses %j with %s", async (manifests, patches, message) => {
    expect(await run(manifests, patches)).toBe(`error: patches: ${message}`);
  });

  it("leaves other objects as they are, to the byte, and comments outside of what it patches", async () => {
    const manifests =
      "# one\nkind: A\nx: 1 # a\n---\n# two\nkind: B # b\ny:   'z'\n---\nkind: List\nitems:\n- kind: A\n  x: |\n    t\n- kind: C\n";
    const made = await run(manifests, patchOf({ new: { more: "010" }, text: "a\nb\n" }));
    expect(made).toBe(
      '# one\nkind: A\nx: 1\nnew:\n  more: "010"\ntext: "a\\nb\\n"\n---\n# two\nkind: B # b\ny:   \'z\'\n---\nkind: List\nitems:\n- kind: A\n  x: |\n    t\n  new:\n    more: "010"\n  text: "a\\nb\\n"\n- kind: C\n',
    );
  });

  it("keeps blocks of text as blocks, at the end of the text too", async () => {
    const made = await run(
      "kind: A # a\nx: 1 # b",
      JSON.stringify([{ target: { kind: "A" }, patch: "t: |\n  a\n  # b\n\n  c\ns: >-\n  a\n  b\n" }]),
    );
    const indented = await run("kind: A\nx: 1\n  # a\n   \n# b\n---\nkind: B\n", patchOf("t: |-\n  a\n  b\n"));
    expect(indented).toBe("kind: A\nx: 1\nt: |-\n  a\n  b\n# b\n---\nkind: B\n");
    expect(made).toBe("kind: A\nx: 1\nt: |\n  a\n  # b\n\n  c\ns: |-\n  a b\n");
  });

  it("deletes a document, and matches by name and namespace", async () => {
    const manifests = "kind: A\nmetadata: {name: a}\n---\nkind: A\nmetadata: {name: b, namespace: team}\n";
    expect(
      documentsOf(await run(manifests, patchOf({ kind: "A", metadata: { name: "a" }, $patch: "delete" }, {}))),
    ).toEqual([{ kind: "A", metadata: { name: "b", namespace: "team" } }]);
    const target = { name: "b", namespace: "team" };
    expect(await run(manifests, patchOf({ x: 1 }, { target }))).toBe(
      "kind: A\nmetadata: {name: a}\n---\nkind: A\nmetadata:\n  name: b\n  namespace: team\nx: 1\n",
    );
  });

  it("says nothing of an optional patch that matches nothing", async () => {
    expect(await run(OBJECT, patchOf({}, { target: { kind: "B" }, optional: true }))).toBe(OBJECT);
  });
});
