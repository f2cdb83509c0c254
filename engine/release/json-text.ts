import { jsonString } from "../encoding/json-encode.ts";

/** Go's `encoding/json` text of a string. */
export function stringText(text: string): string {
  return jsonString(text, true);
}

/** Writes one JSON object member by member in the order given, as Go writes structs with `omitempty`. */
export interface ObjectText {
  /** A member whose value is already JSON text. */
  readonly raw: (name: string, json: string) => ObjectText;
  /** A string; left out when empty or absent. */
  readonly text: (name: string, value: string | undefined) => ObjectText;
  /** An integer; left out when 0 or absent. */
  readonly integer: (name: string, value: number | undefined) => ObjectText;
  /** `true`; left out otherwise. */
  readonly flag: (name: string, value: boolean | undefined) => ObjectText;
  /** A list of JSON texts; left out when empty or absent. */
  readonly list: (name: string, items: readonly string[] | undefined) => ObjectText;
  readonly end: () => string;
}

/** Starts a JSON object. */
export function objectText(): ObjectText {
  const members: string[] = [];
  const self: ObjectText = {
    raw: (name, json) => {
      members.push(`"${name}":${json}`);
      return self;
    },
    text: (name, value) => (value === undefined || value === "" ? self : self.raw(name, stringText(value))),
    integer: (name, value) => (value === undefined || value === 0 ? self : self.raw(name, String(value))),
    flag: (name, value) => (value === true ? self.raw(name, "true") : self),
    list: (name, items) => (items === undefined || items.length === 0 ? self : self.raw(name, listText(items))),
    end: () => `{${members.join(",")}}`,
  };
  return self;
}

/** A JSON list of JSON texts. */
export function listText(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

/** A JSON object of strings with sorted keys, as Go writes a map. */
export function stringMapText(map: Readonly<Record<string, string>>): string {
  const names = Object.keys(map).sort();
  return `{${names.map((name) => `${stringText(name)}:${stringText(map[name] ?? "")}`).join(",")}}`;
}
