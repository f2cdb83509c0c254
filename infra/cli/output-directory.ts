import { printedHooks } from "../../engine/render/index.ts";
import type { OutputOptions, Rendered } from "../../engine/render/index.ts";
import { printed } from "../../engine/render/output.ts";
import type { FileSystem } from "./file-system.ts";

/** Where `--output-dir` writes, and how. */
export interface OutputDirectory extends OutputOptions {
  readonly directory: string;
  /** With `--release-name`: a directory between {@link directory} and the templates; CRDs never go there. */
  readonly release: string | undefined;
  readonly print: (text: string) => void;
}

/**
 * Writes each document below the directory, the first of a path anew, later ones behind it, and prints a line for each.
 *
 * Helm compatibility: a hook is added to a file that exists already, even one of an earlier run.
 */
export function writeOutput(files: FileSystem, rendered: Rendered, target: OutputDirectory): void {
  const { directory, release } = target;
  const templates = release === undefined ? directory : `${directory.replace(/\/+$/, "")}/${release}`;
  const written = new Set<string>();
  const write = (root: string, path: string, content: string): void => {
    const file = `${root}/${path}`;
    files.write(file, printed(path, content), written.has(path));
    written.add(path);
    target.print(`wrote ${file}\n`);
  };
  if (target.includeCrds === true) for (const crd of rendered.crds) write(directory, crd.filename, crd.content);
  written.clear();
  for (const { path, content } of rendered.manifests) write(templates, path, content);
  for (const { path, content } of printedHooks(rendered, target)) {
    if (files.stat(`${templates}/${path}`) !== undefined) written.add(path);
    write(templates, path, content);
  }
}
