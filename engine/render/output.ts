import { ChartError } from "../chart/chart-error.ts";
import { pathMatch } from "../chart/path-match.ts";
import { splitManifests } from "../manifest/split.ts";
import { trimSpace } from "../go/unicode.ts";
import type { Rendered } from "./input.ts";
import { RenderError } from "./render-error.ts";

/** What of a rendered release is printed. */
export interface OutputOptions {
  readonly includeCrds?: boolean;
  readonly noHooks?: boolean;
  readonly skipTests?: boolean;
  /** Patterns of template paths below the chart, e.g. `templates/*.yaml`; empty prints all. */
  readonly showOnly?: readonly string[];
}

/**
 * What `helm template` prints on standard output. Throws {@link RenderError} `template-not-found` for a pattern of `showOnly` that no
 * printed document matches.
 *
 * Helm compatibility: a document that ended with a newline is followed by a blank line, but for the last manifest.
 */
export function templateOutput(
  rendered: Pick<Rendered, "manifest" | "hooks" | "crds">,
  options: OutputOptions = {},
): string {
  const crds = options.includeCrds === true ? rendered.crds.map((crd) => printed(crd.filename, crd.content)) : [];
  const hooks = printedHooks(rendered, options).map((hook) => printed(hook.path, hook.content));
  const all = `${trimSpace(crds.join("") + rendered.manifest)}\n${hooks.join("")}`;
  const patterns = options.showOnly ?? [];
  return patterns.length === 0 ? all : shown(all, patterns);
}

/** A document under the path that it came from. */
export interface PrintedDocument {
  readonly path: string;
  readonly content: string;
}

/** The hooks that are printed behind the manifests. */
export function printedHooks(rendered: Pick<Rendered, "hooks">, options: OutputOptions): readonly PrintedDocument[] {
  if (options.noHooks === true) return [];
  const hooks =
    options.skipTests === true ? rendered.hooks.filter((hook) => !hook.events.includes("test")) : rendered.hooks;
  return hooks.map((hook) => ({ path: hook.path, content: hook.manifest }));
}

/** One document as Helm prints it. */
export function printed(path: string, content: string): string {
  return `---\n# Source: ${path}\n${content}\n`;
}

function shown(text: string, patterns: readonly string[]): string {
  const documents = splitManifests(text).map((content) => ({
    content,
    path: /# Source: [^/]+\/(.+)/.exec(content)?.[1],
  }));
  let out = "";
  for (const pattern of patterns) {
    const found = documents.filter(({ path }) => path !== undefined && matches(pattern, path));
    if (found.length === 0) {
      throw new RenderError("template-not-found", `could not find template ${pattern} in chart`, { pattern });
    }
    for (const { content } of found) out += `---\n${content}\n`;
  }
  return out;
}

/** A malformed pattern matches nothing. */
function matches(pattern: string, path: string): boolean {
  try {
    return pathMatch(pattern, path);
  } catch (error) {
    if (error instanceof ChartError) return false;
    throw error;
  }
}
