import type { PartStore } from "./action.ts";
import type { Part } from "./state.ts";

/** Texts up to this length stay in the state: some of them together are far below a state's 64 KiB. */
const INLINE = 2048;

/** Keeps a text: in the state when short, else in the store. */
export async function keepText(store: PartStore, text: string, signal?: AbortSignal): Promise<Part> {
  if (text.length <= INLINE) return { text };
  return { digest: await store.put(new TextEncoder().encode(text), signal) };
}

/** The text again. A part that the store lost is a defect of the store. */
export async function readText(store: PartStore, part: Part, signal?: AbortSignal): Promise<string> {
  if ("text" in part) return part.text;
  const bytes = await store.get(part.digest, signal);
  if (bytes === undefined) throw new Error(`the part ${part.digest} of an operation is gone`);
  return new TextDecoder().decode(bytes);
}
