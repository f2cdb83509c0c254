import { deepEqual } from "../go/deep-equal.ts";
import { typeName } from "../go/format-value.ts";
import { kindName } from "./elements.ts";
import { ANY, TEXT, binary, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** Sprig's questions about Go types and kinds. */
export const reflectFunctions: readonly Entry[] = [
  ["typeOf", unary(ANY, typeName)],
  ["typeIs", binary(TEXT, ANY, (name, value) => name === typeName(value))],
  ["typeIsLike", binary(TEXT, ANY, (name, value) => [name, `*${name}`].includes(typeName(value)))],
  ["kindOf", unary(ANY, kindName)],
  ["kindIs", binary(TEXT, ANY, (name, value) => name === kindName(value))],
  ["deepEqual", binary(ANY, ANY, (a, b) => deepEqual(a, b))],
];
