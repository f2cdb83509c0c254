// Two template functions. Start here: keep the exports, change what they answer. Other types: readPostRender, readGetter, readPlan.
import { FunctionCall, readCall, writeError, writeValue } from "../kit/function";
import { Kind } from "../kit/node";
import { toJson } from "../kit/json";
import { quote, Text } from "../kit/text";

export { slipway_answer, slipway_message } from "../kit/host";

/** Helm's name of the entry. */
export function helm_plugin_main(): i32 {
  const call = readCall();
  if (call.name == "slug") return slug(call);
  if (call.name == "same") return same(call);
  return writeError('function "' + call.name + '" is not in this plugin');
}

/** Tells the type of a module that has no plugin.yaml beside it. */
export function function_v1(): i32 {
  return helm_plugin_main();
}

/** `{{ slug "Web Shop 2" }}` is `web-shop-2`. */
function slug(call: FunctionCall): i32 {
  if (call.args.length != 1 || call.args[0].kind != Kind.Scalar) return writeError("slug takes one text");
  const text = call.args[0].text();
  const out = new Text(text.length);
  let gap = false;
  for (let i = 0; i < text.length && out.size() < 63; i++) {
    const code = text.charCodeAt(i);
    const small = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    const word = (small >= 0x61 && small <= 0x7a) || (small >= 0x30 && small <= 0x39);
    if (word && gap && out.size() > 0 && out.size() < 62) out.unit(0x2d);
    if (word) out.unit(small);
    gap = !word;
  }
  return writeValue(quote(out.toString()));
}

/** `{{ same . }}` is its argument: any value goes in and out. */
function same(call: FunctionCall): i32 {
  return call.args.length == 1 ? writeValue(toJson(call.args[0])) : writeError("same takes one value");
}
