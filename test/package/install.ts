import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDirectory, readTarGz } from "../../engine/archive/index.ts";
import { link, placeNode } from "../support/checkout.ts";

const root = join(import.meta.dirname, "..", "..");

/** `npm pack`, and what `npm install` of the archive leaves in a new folder: the package, its command, and the packages that it depends on. Gives the folder. */
export async function installPackage(): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), "slipway-package-"));
  const packed = spawnSync("npm", ["pack", "--json", "--pack-destination", project], { cwd: root, encoding: "utf8" });
  if (packed.status !== 0) throw new Error(`npm pack: ${packed.stderr}`);
  const archive = readdirSync(project).find((name) => name.endsWith(".tgz")) ?? "";
  const modules = join(project, "node_modules");
  await unpack(join(project, archive), modules);
  const manifest = JSON.parse(readFileSync(join(modules, "slipway", "package.json"), "utf8")) as Manifest;
  for (const name of Object.keys(manifest.dependencies)) {
    if (name === "node") placeNode(join(modules, name));
    else link(join(root, "node_modules", name), join(modules, name));
  }
  for (const [name, path] of Object.entries(manifest.bin)) {
    chmodSync(join(modules, "slipway", path), 0o755);
    link(join("..", "slipway", path), join(modules, ".bin", name));
  }
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  return project;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
}

async function unpack(archive: string, modules: string): Promise<void> {
  for await (const { name, data } of readTarGz(readFileSync(archive), (header) => !isDirectory(header))) {
    const target = join(modules, name.replace(/^package\//, "slipway/"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, data);
  }
}
