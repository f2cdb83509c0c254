import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program; never throws for its exit code. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly onStart?: (child: ChildProcess) => void;
  } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    options.onStart?.(child);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** The real `helm` with a home of its own, on the cluster of KUBECONFIG. A failure throws with what it printed. */
export type Helm = (...args: readonly string[]) => Promise<string>;

/** Finds the program by HELM, as the oracle runner sets it. */
export function createHelm(): Helm & { readonly tried: (...args: readonly string[]) => Promise<Ended> } {
  const program = required("HELM");
  const home = mkdtempSync(join(tmpdir(), "slipway-helm-"));
  const env = { PATH: process.env["PATH"], HOME: home, KUBECONFIG: process.env["KUBECONFIG"], TZ: "UTC" };
  const tried = (...args: readonly string[]): Promise<Ended> => runProgram(program, args, { env, cwd: home });
  const helm = async (...args: readonly string[]): Promise<string> => {
    const end = await tried(...args);
    if (end.code !== 0) throw new Error(`helm ${args.join(" ")} ended with ${end.code}:\n${end.stderr}${end.stdout}`);
    return end.stdout;
  };
  return Object.assign(helm, { tried });
}

/** `kubectl` on the cluster of KUBECONFIG. A failure throws with what it printed. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  const end = await runProgram(required("KUBECTL"), args);
  if (end.code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${end.code}:\n${end.stderr}`);
  return end.stdout;
}

/** A variable that the oracle runner must have set. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set: run this by npm run oracles`);
  return value;
}
