import { input, output } from "./host";
import { JsonObject } from "./json";
import { Node } from "./node";
import { parseOne } from "./yaml";

/** One call of a template function. */
export class FunctionCall {
  name: string = "";
  args: Node[] = [];
}

/** Reads the message of a `function/v1` plugin; a name that is empty has no function. */
export function readCall(): FunctionCall {
  const call = new FunctionCall();
  const read = parseOne(input());
  if (read.problem != "") return call;
  call.name = read.roots[0].textAt("name");
  const args = read.roots[0].get("args");
  if (args != null) call.args = args.values;
  return call;
}

/** Answers with a value, which is JSON: `return writeValue(quote("text"))`. */
export function writeValue(json: string): i32 {
  return output(new JsonObject().json("value", json).toString());
}

/** Ends the render with this message. */
export function writeError(message: string): i32 {
  return output(new JsonObject().text("error", message).toString());
}
