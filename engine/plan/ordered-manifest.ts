import { printed } from "../render/output.ts";
import type { OrderedRender } from "./ordered-render.ts";

/**
 * The manifest of a render in its order, with the lines around each resource group that HIP-0025 has. What is no resource comes first; a
 * list stands where its first resource does.
 */
export function orderedManifest({ rendered, sequence, documents }: OrderedRender): string {
  const placed = new Set<number>();
  const take = (indexes: readonly number[]): string =>
    indexes
      .filter((index) => !placed.has(index) && placed.add(index))
      .map((index) => printed(rendered.manifests[index]?.path ?? "", rendered.manifests[index]?.content ?? ""))
      .join("");
  const known = new Set(documents);
  let out = take([...rendered.manifests.keys()].filter((index) => !known.has(index)));
  for (const { chart, group, items } of sequence.batches.flat()) {
    const text = take(items.map((item) => documents[item] ?? 0));
    const name = `resource-group: ${chart.replaceAll("/charts/", "/")} ${group}`;
    out += group === "" || text === "" ? text : `## START ${name}\n${text}## END ${name}\n`;
  }
  return out;
}
