import { type ChildProcess, spawn } from "node:child_process";
import { createConnection, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a server and waits until its port answers. */
export async function startServer(
  file: string,
  args: readonly string[],
  options: { readonly port: number; readonly env?: Record<string, string> },
): Promise<ChildProcess> {
  const child = spawn(file, [...args], { env: { ...process.env, ...options.env }, stdio: "ignore" });
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
    if (await answers(options.port)) return child;
    await delay(50);
  }
  child.kill();
  throw new Error(`${file} does not answer`);
}

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
