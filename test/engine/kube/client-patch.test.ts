import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { clientPatch } from "../../../engine/kube/client-patch.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import { parseObject } from "../../../engine/object/read.ts";

/** Recorded from client-go by `test/oracles/patch.oracle.ts`. */
interface Row {
  readonly title: string;
  readonly original: JsonObject;
  readonly modified: JsonObject;
  readonly current: JsonObject;
  readonly threeWay: boolean;
  readonly answer: { readonly type: string; readonly patch?: JsonValue; readonly error?: string };
}

const rows = JSON.parse(
  readFileSync(new URL("../../data/client-patches.json", import.meta.url), "utf8"),
) as readonly Row[];

function object(json: JsonObject): KubeObject {
  const parsed = parseObject(json);
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

test.each(rows)("the patch of $title is client-go's", ({ original, modified, current, threeWay, answer }) => {
  const make = () =>
    clientPatch({ original: object(original), target: object(modified), live: object(current), threeWay });
  if (answer.error !== undefined) expect(make).toThrow(answer.error);
  else if (JSON.stringify(answer.patch) === "{}") expect(make()).toBeUndefined();
  else expect(make()).toEqual({ type: answer.type, body: answer.patch });
});
