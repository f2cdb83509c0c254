import { parseArgs } from "node:util";
import { UsageError } from "./usage.ts";

const DEFAULT_SERVER = "http://127.0.0.1:8080";
/** What a server is given to answer. */
const TIME_LIMIT = 60_000;

/**
 * `slipway hold` and `unhold`: what a running server lets nobody change, and what it lets be changed again. The server's token comes in
 * SLIPWAY_TOKEN. Commands that work on a cluster without a server know of no hold.
 */
export async function holdCommand(command: "hold" | "unhold", argv: readonly string[]): Promise<number> {
  const { release, reason, cluster, namespace, server } = readFlags(command, argv);
  const path = `/v1/clusters/${encodeURIComponent(cluster)}/namespaces/${encodeURIComponent(namespace)}/releases/${encodeURIComponent(release)}/${command}`;
  const token = process.env["SLIPWAY_TOKEN"] ?? "";
  const answer = await fetch(new URL(path, server), {
    method: "POST",
    headers: {
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      ...(command === "hold" ? { "content-type": "application/json" } : {}),
    },
    ...(command === "hold" ? { body: JSON.stringify({ reason }) } : {}),
    signal: AbortSignal.timeout(TIME_LIMIT),
  }).catch((error: unknown) => {
    throw new UsageError(`${command}: ${server} does not answer: ${String(error)}; name a running server by --server`);
  });
  if (!answer.ok) {
    process.stderr.write(`Error: ${await problemText(answer)}\n`);
    return 1;
  }
  process.stdout.write(`release ${JSON.stringify(release)} is ${command === "hold" ? "" : "no longer "}on hold\n`);
  return 0;
}

function readFlags(command: "hold" | "unhold", argv: readonly string[]) {
  const options = {
    reason: { type: "string" },
    cluster: { type: "string", default: "default" },
    namespace: { type: "string", short: "n", default: "default" },
    server: { type: "string", default: process.env["SLIPWAY_SERVER"] ?? DEFAULT_SERVER },
  } as const;
  const { values, positionals } = parsed(command, () =>
    parseArgs({ args: [...argv], options, allowPositionals: true }),
  );
  const [release, ...others] = positionals;
  if (release === undefined || others.length > 0) throw new UsageError(`${command}: name one release`);
  const { reason = "" } = values;
  if (command === "hold" && reason === "") throw new UsageError("hold: say why by --reason");
  if (command === "unhold" && reason !== "") throw new UsageError("unhold: takes no --reason");
  if (!URL.canParse(values.server)) throw new UsageError(`${command}: --server ${values.server}: not a URL`);
  return { ...values, release, reason };
}

function parsed<Result>(command: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(`${command}: ${error.message}`) : error;
  }
}

async function problemText(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const problem: unknown = JSON.parse(text);
    const detail: unknown =
      typeof problem === "object" && problem !== null ? Reflect.get(problem, "detail") : undefined;
    if (typeof detail === "string") return detail;
  } catch {
    return `the server answered ${answer.status}`;
  }
  return `the server answered ${answer.status}`;
}
