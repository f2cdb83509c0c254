import { input, output } from "./host";
import { JsonObject } from "./json";
import { Node } from "./node";
import { parseOne } from "./yaml";

/** What a `getter/v1` plugin gets. */
export class GetterInput {
  href: string = "";
  protocol: string = "";
  private options: Node | null = null;

  constructor(root: Node | null) {
    if (root != null) {
      this.href = root.textAt("href");
      this.protocol = root.textAt("protocol");
      this.options = root.get("options");
    }
  }

  /** An option by its Go name, as `Username`; numbers and flags as they are written. Empty when it is not there. */
  option(name: string): string {
    const options = this.options;
    return options == null ? "" : options.textAt(name);
  }
}

/** Reads the message. */
export function readGetter(): GetterInput {
  const read = parseOne(input());
  return new GetterInput(read.problem == "" ? read.roots[0] : null);
}

/** Answers with what stands at the address. */
export function writeData(data: Uint8Array): i32 {
  return output(new JsonObject().text("data", base64(data)).toString());
}

const LETTERS: string = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function base64(data: Uint8Array): string {
  const units = new Uint16Array(((data.length + 2) / 3) * 4);
  for (let i = 0, to = 0; i < data.length; i += 3, to += 4) {
    const left = data.length - i;
    const triple =
      ((<u32>data[i]) << 16) | (left > 1 ? (<u32>data[i + 1]) << 8 : 0) | (left > 2 ? <u32>data[i + 2] : 0);
    for (let n = 0; n < 4; n++)
      units[to + n] = n > left ? 0x3d : <u16>LETTERS.charCodeAt((triple >> (18 - 6 * n)) & 63);
  }
  return String.UTF16.decode(units.buffer);
}
