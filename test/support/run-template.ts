import { templateCommand } from "../../infra/cli/template.ts";
import { nodeFiles } from "../../infra/cli/node-files.ts";
import { resolvePending } from "./resolve-pending.ts";

process.exitCode = await templateCommand(process.argv.slice(2), {
  files: nodeFiles(process.cwd()),
  stdout: (bytes) => process.stdout.write(bytes),
  stderr: (text) => process.stderr.write(text),
  now: Date.now(),
  seed: crypto.getRandomValues(new Uint8Array(32)),
  resolve: resolvePending,
});
