import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const SOURCES = ["bin", "engine", "functions", "infra", "registry", "package.json", "package-lock.json"];

/** A checkout of its own, with the packages of this one: what keeps something beside the sources or the pinned Node keeps it there. Gives the folder. */
export function copyCheckout(): string {
  const copy = mkdtempSync(join(tmpdir(), "slipway-checkout-"));
  for (const name of SOURCES) cpSync(join(root, name), join(copy, name), { recursive: true });
  const [from, to] = [join(root, "node_modules"), join(copy, "node_modules")];
  const packages = readdirSync(from).filter((name) => !name.startsWith("."));
  for (const name of packages) if (name !== "node") link(join(from, name), join(to, name));
  placeNode(join(to, "node"));
  copyFileSync(join(from, ".slipway-lock"), join(to, ".slipway-lock"));
  return copy;
}

/** A folder of its own for the pinned Node, because the command keeps its snapshot in there. */
export function placeNode(folder: string): void {
  const from = join(root, "node_modules", "node");
  link(join(from, "bin", "node"), join(folder, "bin", "node"));
  copyFileSync(join(from, "package.json"), join(folder, "package.json"));
}

/** A symbolic link, and the folders above it. */
export function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
