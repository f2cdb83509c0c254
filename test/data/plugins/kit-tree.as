// AssemblyScript: answers with the trees that the kit reads. Input: `{"texts": […], "only": […]}`; of each text its problem, and of each document
// kind, style, start, end, column, tag, whether it is fixed, keys and values.
import { input, output } from "../../../infra/plugins/kit/host";
import { jsonList } from "../../../infra/plugins/kit/json";
import { Node } from "../../../infra/plugins/kit/node";
import { quote } from "../../../infra/plugins/kit/text";
import { DocumentStream, parseOne } from "../../../infra/plugins/kit/yaml";

export { slipway_answer, slipway_message } from "../../../infra/plugins/kit/host";

export function helm_plugin_main(): i32 {
  const message = parseOne(input()).roots[0];
  const texts = message.get("texts");
  const names = message.get("only");
  const only: string[] = [];
  if (names != null) for (let i = 0; i < names.values.length; i++) only.push(names.values[i].text());
  const made: string[] = [];
  if (texts != null)
    for (let i = 0; i < texts.values.length; i++) made.push(treesOf(texts.values[i].text(), only.length > 0 ? only : null));
  return output(jsonList(made));
}

function treesOf(text: string, only: string[] | null): string {
  const stream = new DocumentStream(text, only);
  const trees: string[] = [];
  for (let root = stream.next(); root != null; root = stream.next(root)) trees.push(treeOf(root));
  return '{"problem":' + quote(stream.problem) + ',"trees":' + jsonList(trees) + "}";
}

function treeOf(node: Node): string {
  const keys: string[] = [];
  const values: string[] = [];
  for (let i = 0; i < node.keys.length; i++) keys.push(treeOf(node.keys[i]));
  for (let i = 0; i < node.values.length; i++) values.push(treeOf(node.values[i]));
  const place = [node.start, node.end, node.column].join(",");
  const what = [i32(node.kind), i32(node.style)].join(",");
  return "[" + [what, place, quote(node.tag), node.fixed ? "1" : "0", jsonList(keys), jsonList(values)].join(",") + "]";
}
