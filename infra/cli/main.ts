import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "./usage.ts";

const usage = `slipway: Helm 4 as stateless functions, with an OCI chart registry in front

Usage:
  slipway serve [--config FILE] [--data DIR] [--host ADDRESS] [--port N] [--kubeconfig FILE] [--context NAME] [--no-sample]
  slipway token create [--admin | --grant JSON ...] [--name NAME] [--expires DURATION] [--data DIR]
  slipway registry collect [--dry-run] | usage | fsck | pins [release CLUSTER] [--config FILE] [--data DIR]
  slipway template [NAME] CHART [helm's flags]
  slipway install [NAME] CHART | upgrade RELEASE CHART | rollback RELEASE [REVISION] | uninstall RELEASE ... | test RELEASE
  slipway plan RELEASE CHART [flags of upgrade] | rollback RELEASE [REVISION] | uninstall RELEASE [--detailed-exitcode]
  slipway ownership RELEASE | drift RELEASE [--ignore POINTER] [--detailed-exitcode]
  slipway unlock RELEASE [--revision N]
  slipway hold RELEASE --reason TEXT | unhold RELEASE [--cluster NAME] [--namespace NAME] [--server URL]
  slipway list | status RELEASE | history RELEASE | get all|hooks|manifest|metadata|notes|values RELEASE
  slipway create NAME | lint PATH ... | package PATH ... | verify FILE|oci://CHART [--cosign-key FILE] | plugin list
  slipway plugin inspect|test NAME|FOLDER|FILE.wasm|oci://PLUGIN
  slipway show all|chart|values|readme|crds CHART
  slipway dependency list|build|update [CHART]
  slipway pull CHART ... | push FILE oci://HOST/PATH [--cosign-key FILE] [--sbom] [--slsa-provenance]
  slipway version
`;

/** Runs one command line and gives the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [command = "help", ...rest] = argv;
  if (isOwn(command) && rest.some((arg) => arg === "--help" || arg === "-h")) return help(usageOf(command));
  switch (command) {
    case "serve":
      return await (await import("./serve.ts")).serveCommand(rest, version());
    case "token":
      return await (await import("./token.ts")).tokenCommand(rest);
    case "hold":
    case "unhold":
      return await (await import("./hold.ts")).holdCommand(command, rest);
    case "registry":
      return await (await import("./registry.ts")).registryCommand(rest);
    case "template":
      return await (await import("./template-main.ts")).templateMain(rest);
    case "version":
      process.stdout.write(`slipway ${version()}\n`);
      return 0;
    case "help":
      return await helpCommand(rest);
    case "--help":
    case "-h":
      return help(usage);
    default:
      return (await (await import("./release/main.ts")).releaseMain(argv)) ?? (await chartCommand(argv));
  }
}

/** The commands that helm does not have, or not so. */
function isOwn(command: string): boolean {
  return ["serve", "token", "registry", "hold", "unhold", "version"].includes(command);
}

function usageOf(command: string): string {
  const lines = usage.split("\n").filter((line) => `${line} `.startsWith(`  slipway ${command} `));
  return `Usage:\n${lines.join("\n")}\n`;
}

function help(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** `slipway help COMMAND …`. Helm compatibility: what is no command is told, with success. */
async function helpCommand(topic: readonly string[]): Promise<number> {
  const [command = "help"] = topic;
  if (command === "help") return help(usage);
  if (await isCommand(topic)) return await main([...topic, "--help"]);
  process.stderr.write(`Unknown help topic [${topic.map((word) => `\`${word}\``).join(" ")}]\n${usage}`);
  return 0;
}

async function isCommand(topic: readonly string[]): Promise<boolean> {
  const [command = ""] = topic;
  if (isOwn(command) || command === "template") return true;
  const { findReleaseCommand } = await import("./release/find.ts");
  const { findChartCommand } = await import("./chart-commands.ts");
  return ((await findReleaseCommand(topic)) ?? (await findChartCommand(topic))) !== undefined;
}

/** The commands about charts, as Helm has them. */
async function chartCommand(argv: readonly string[]): Promise<number> {
  const code = await (await import("./chart-main.ts")).chartMain(argv);
  if (code !== undefined) return code;
  process.stderr.write(`slipway: unknown command ${JSON.stringify(argv[0])}\n\n${usage}`);
  return 2;
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
