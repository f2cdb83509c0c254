import { fstatSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { quote } from "../../engine/go/quote.ts";
import { CommandError, print } from "./command.ts";
import type { CommandIo } from "./command.ts";

const STDIN = 0;

/** The passphrase of a key: the first line of a file, `-` being standard input, or what a person types. Throws {@link CommandError}. */
export async function readPassphrase(name: string, file: string, io: CommandIo): Promise<string> {
  if (file === "") return await ask(name, io);
  if (file === "-" && !fstatSync(STDIN).isFIFO()) {
    throw new CommandError("specified reading passphrase from stdin, without input on stdin");
  }
  const data = file === "-" ? io.files.readInput() : io.files.read(file);
  if (data.length === 0) throw new CommandError("EOF");
  return /^[^\n]*/.exec(new TextDecoder().decode(data))?.[0].replace(/\r$/, "") ?? "";
}

async function ask(name: string, io: CommandIo): Promise<string> {
  print(io, `Password for key ${quote(name)} >  `);
  if (!process.stdin.isTTY) {
    print(io, "\n");
    throw new CommandError("inappropriate ioctl for device");
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  const line = await new Promise<string>((resolve) => {
    lines.question("", resolve);
  });
  lines.close();
  print(io, "\n");
  return line;
}
