import { encodeYaml, YamlError } from "../encoding/index.ts";
import { quote } from "../go/quote.ts";
import { ANY_MAP, GoFailure, GoMap, VALUES_MAP } from "../go/value.ts";
import type { GoMapType, GoMethod, GoTypeName, GoValue } from "../go/value.ts";

/** Helm's `common.Values` as templates see it: a map with methods, which come before entries of the same name. */
const VALUES: GoMapType = {
  ...VALUES_MAP,
  methods: new Map<string, GoMethod>([
    ["AsMap", method([], (self) => new GoMap(self.entries))],
    ["YAML", method([], yaml)],
    ["Table", method(["string"], (self, path) => table(self, path.split(".")))],
    ["PathValue", method(["string"], pathValue)],
    ["Encode", method(["io.Writer"], () => undefined)],
  ]),
};

/** The same entries as `common.Values`. */
export function createValues(entries: Map<string, GoValue>): GoMap {
  return new GoMap(entries, VALUES);
}

function method(parameters: readonly GoTypeName[], call: (self: GoMap, path: string) => GoValue): GoMethod {
  return {
    parameters,
    call: (self, [path]) => call(self instanceof GoMap ? self : new GoMap(), typeof path === "string" ? path : ""),
  };
}

function yaml(self: GoMap): string {
  try {
    return encodeYaml(self);
  } catch (error) {
    throw error instanceof YamlError ? new GoFailure(error.message) : error;
  }
}

function table(self: GoMap, path: readonly string[]): GoMap {
  let at = self;
  for (const name of path) {
    const next = at.entries.get(name);
    if (!(next instanceof GoMap) || !(isPlain(next) || next.type.name === VALUES.name))
      throw new GoFailure(`${quote(name)} is not a table`);
    at = next;
  }
  return at === self ? at : new GoMap(at.entries, VALUES);
}

/** Helm compatibility: the value at a dotted path that is no table; of a path that leads nowhere the last name is blamed. */
function pathValue(self: GoMap, path: string): GoValue {
  if (path === "") throw new GoFailure("YAML path cannot be empty");
  const names = path.split(".");
  const key = names.at(-1) ?? "";
  const value = tableOrNothing(self, names.slice(0, -1))?.entries.get(key);
  if (value === undefined || (value instanceof GoMap && isPlain(value)))
    throw new GoFailure(`${quote(key)} is not a value`);
  return value;
}

function tableOrNothing(self: GoMap, path: readonly string[]): GoMap | undefined {
  try {
    return table(self, path);
  } catch {
    return undefined;
  }
}

function isPlain(map: GoMap): boolean {
  return map.type.name === ANY_MAP.name;
}
