import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom } from "../node/clock.ts";
import { nodeFiles } from "./node-files.ts";
import { answerPending } from "../compose/pending.ts";
import { serveCommand } from "./serve.ts";
import { templateCommand } from "./template.ts";
import { tokenCommand } from "./token.ts";
import { UsageError } from "./usage.ts";

const SEED_BYTES = 32;

const usage = `slipway: Helm 4 as stateless functions, with an OCI chart registry in front

Usage:
  slipway serve [--config FILE] [--data DIR] [--host ADDRESS] [--port N] [--kubeconfig FILE] [--context NAME] [--no-sample]
  slipway token create [--admin | --grant JSON ...] [--name NAME] [--expires DURATION] [--data DIR]
  slipway template [NAME] CHART [helm's flags]
  slipway version
`;

/** Runs one command line and gives the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case "serve":
      return await serveCommand(rest, version());
    case "token":
      return await tokenCommand(rest);
    case "template":
      return await templateCommand(rest, {
        files: nodeFiles(process.cwd()),
        stdout: (bytes) => void process.stdout.write(bytes),
        stderr: (text) => void process.stderr.write(text),
        now: Date.now(),
        seed: systemRandom(SEED_BYTES),
        resolve: answerPending,
        ...namespaceOf(process.env["HELM_NAMESPACE"]),
      });
    case "version":
      process.stdout.write(`slipway ${version()}\n`);
      return 0;
    case undefined:
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(usage);
      return 0;
    default:
      process.stderr.write(`slipway: unknown command ${JSON.stringify(command)}\n\n${usage}`);
      return 2;
  }
}

function namespaceOf(namespace: string | undefined): { readonly namespace?: string } {
  return namespace === undefined || namespace === "" ? {} : { namespace };
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8"));
  const found: unknown =
    typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "version") : undefined;
  return typeof found === "string" ? found : "0.0.0";
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`slipway: ${error.message}\n`);
  process.exitCode = 2;
}
