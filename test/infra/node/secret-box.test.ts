import { expect, test } from "vitest";
import { createSecretBox } from "../../../functions/http/secret-box.ts";
import { systemRandom } from "../../../infra/node/clock.ts";
import { createNodeSecretBox } from "../../../infra/node/secret-box.ts";

const KEY = new Uint8Array(32).fill(7);
const web = await createSecretBox(KEY, { randomBytes: systemRandom });
const node = createNodeSecretBox(KEY, { randomBytes: systemRandom });
const text = new TextEncoder().encode("what is stored");

test.each([
  { by: "WebCrypto", from: web, of: "Node", to: node },
  { by: "Node", from: node, of: "WebCrypto", to: web },
  { by: "Node", from: node, of: "Node", to: node },
])("what $by sealed is opened by $of, for its owner alone and undamaged", async ({ from, to }) => {
  for (const plain of [text, new Uint8Array(), new Uint8Array(1000).fill(1)]) {
    expect(await to.open(await from.seal(plain, "mé"), "mé")).toEqual(plain);
    const sealed = await from.sealBytes(plain, "mé");
    expect(sealed.length).toBe(12 + plain.length + 16);
    expect(await to.openBytes(sealed, "mé")).toEqual(plain);
    expect(await to.openBytes(sealed, "me")).toBeUndefined();
    for (const at of [0, 12, sealed.length - 1]) {
      expect(await to.openBytes(sealed.with(at, (sealed[at] ?? 0) ^ 1), "mé")).toBeUndefined();
    }
  }
});

test("both sign alike, otherwise for each purpose, and open nothing that is too short", async () => {
  for (const purpose of ["tokens", "cursors"]) {
    expect(await node.sign(text, purpose)).toEqual(await web.sign(text, purpose));
  }
  expect(await node.sign(text, "tokens")).not.toEqual(await node.sign(text, "cursors"));
  for (const length of [0, 11, 12, 27]) {
    const short = new Uint8Array(length);
    expect([await node.openBytes(short, "me"), await web.openBytes(short, "me")]).toEqual([undefined, undefined]);
  }
  expect(await node.open("no base64 !", "me")).toBeUndefined();
});

test("no text is sealed alike twice, and a key of another length is refused", async () => {
  expect(await node.seal(text, "me")).not.toBe(await node.seal(text, "me"));
  expect(() => createNodeSecretBox(new Uint8Array(31), { randomBytes: systemRandom })).toThrow(/31 bytes/u);
});
