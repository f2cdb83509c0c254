import { createPlugin } from "@extism/extism";
import { parseAllDocuments } from "yaml";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { isJsonObject } from "../../engine/object/json.ts";
import { buildPlugin } from "../../infra/build-plugins.ts";

/** What a call ended with: the plugin's answer, or its refusal. */
export type PluginAnswer = { readonly output: JsonValue } | { readonly error: string };

type Config = Readonly<Record<string, string>>;
type Call = (input: JsonValue, config?: Config) => Promise<PluginAnswer>;

/** A module under Extism's own host, a new instance for each call. */
export function openModule(bytes: Uint8Array, useWasi = false): Call {
  const compiled = WebAssembly.compile(new Uint8Array(bytes));
  return async (input, config = {}) => {
    const plugin = await createPlugin({ wasm: [{ module: await compiled }] }, { config: { ...config }, useWasi });
    try {
      const answer = await plugin.call("helm_plugin_main", JSON.stringify(input));
      return { output: answer === null ? null : (JSON.parse(answer.text()) as JsonValue) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { error: message.replace(/^Plugin-originated error: /, "") };
    } finally {
      await plugin.close();
    }
  };
}

/** A plugin of infra/plugins, built from its sources. */
export async function openPlugin(name: string): Promise<Call> {
  return openModule(await buildPlugin(name));
}

/** Calls a post-renderer: the documents that it made, or its refusal behind `error: `. */
export async function postRender(call: Call, manifests: string, config: Config = {}): Promise<string> {
  const answer = await call({ manifests, extraArgs: null }, config);
  if ("error" in answer) return `error: ${answer.error}`;
  const made = isJsonObject(answer.output) ? answer.output["manifests"] : undefined;
  if (typeof made !== "string") throw new Error(`no manifests: ${JSON.stringify(answer.output)}`);
  return made;
}

/** The documents of a text, by a reader that is not ours. */
export function documentsOf(text: string): JsonValue[] {
  const documents = parseAllDocuments(text, { uniqueKeys: false, merge: true, version: "1.1" });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    return document.toJS({ maxAliasCount: -1 }) as JsonValue;
  });
}

/** `edit` over every object of the documents: of a list, over its items. */
export function editObjects(documents: readonly JsonValue[], edit: (object: JsonObject) => JsonObject): JsonValue[] {
  return documents.map((document) => {
    if (!isJsonObject(document) || typeof document["kind"] !== "string") return document;
    const { items } = document;
    if (!document["kind"].endsWith("List") || !Array.isArray(items)) return edit(document);
    return { ...document, items: editObjects(items, edit) };
  });
}
