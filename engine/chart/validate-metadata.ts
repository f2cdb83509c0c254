import { basePath } from "../go/path.ts";
import { isPrint, quote } from "../go/quote.ts";
import { isSpaceCode } from "../go/unicode.ts";
import type { Dependency, Maintainer, Metadata } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { isVersion } from "./compatible.ts";
import type { OpenMetadata } from "./metadata.ts";

const ALIAS = /^[a-zA-Z0-9_-]+$/;

/** Checks and cleans Chart.yaml as Helm does on loading. Throws {@link ChartError} `invalid-metadata` with Helm's `validation: …`. */
export function validateMetadata(open: OpenMetadata): Metadata {
  const { maintainers, dependencies, ...rest } = sanitizeFields(open);
  checkFields(rest);
  const checkedMaintainers = maintainers?.map(checkMaintainer);
  const checkedDependencies = dependencies?.map(checkDependency);
  checkUnique(checkedDependencies ?? []);
  return {
    ...rest,
    ...(checkedMaintainers === undefined ? {} : { maintainers: checkedMaintainers }),
    ...(checkedDependencies === undefined ? {} : { dependencies: checkedDependencies }),
  };
}

function sanitizeFields(open: OpenMetadata): OpenMetadata {
  return {
    ...open,
    name: sanitize(open.name),
    ...sanitized(open, ["description", "home", "icon", "condition", "tags", "appVersion", "kubeVersion"]),
    ...(open.sources === undefined ? {} : { sources: open.sources.map(sanitize) }),
    ...(open.keywords === undefined ? {} : { keywords: open.keywords.map(sanitize) }),
  };
}

function checkFields(metadata: Omit<OpenMetadata, "maintainers" | "dependencies">): void {
  const { name, version, type } = metadata;
  if (name === "") throw invalid("chart.metadata.name is required");
  if (name === "." || name === "..") throw invalid(`chart.metadata.name ${quote(name)} is not allowed`);
  if (name !== basePath(name)) throw invalid(`chart.metadata.name ${quote(name)} is invalid`);
  if (version === "") throw invalid("chart.metadata.version is required");
  if (!isVersion(version)) throw invalid(`chart.metadata.version ${quote(version)} is invalid`);
  if (type !== undefined && type !== "application" && type !== "library") {
    throw invalid("chart.metadata.type must be application or library");
  }
}

function checkMaintainer(maintainer: Maintainer | undefined): Maintainer {
  if (maintainer === undefined) throw invalid("maintainers must not contain empty or null nodes");
  return { ...maintainer, ...sanitized(maintainer, ["name", "email", "url"]) };
}

function checkDependency(dependency: Dependency | undefined): Dependency {
  if (dependency === undefined) throw invalid("dependencies must not contain empty or null nodes");
  const clean: Dependency = {
    ...dependency,
    name: sanitize(dependency.name),
    ...sanitized(dependency, ["version", "repository", "condition"]),
    ...(dependency.tags === undefined ? {} : { tags: dependency.tags.map(sanitize) }),
  };
  if (clean.alias !== undefined && !ALIAS.test(clean.alias)) {
    throw invalid(`dependency ${quote(clean.name)} has disallowed characters in the alias`);
  }
  return clean;
}

function checkUnique(dependencies: readonly Dependency[]): void {
  const seen = new Set<string>();
  for (const { name, alias } of dependencies) {
    const key = alias ?? name;
    if (seen.has(key)) throw invalid(`more than one dependency with name or alias ${quote(key)}`);
    seen.add(key);
  }
}

function sanitized<K extends string>(
  from: { readonly [P in K]?: string | undefined },
  names: readonly K[],
): { readonly [P in K]?: string } {
  const out: { [P in K]?: string } = {};
  for (const name of names) {
    const value = from[name];
    if (value !== undefined) out[name] = sanitize(value);
  }
  return out;
}

/** Every white space becomes a blank, every other character that does not print goes. */
function sanitize(text: string): string {
  let out = "";
  for (const rune of text) {
    const code = rune.codePointAt(0) ?? 0;
    if (isSpaceCode(code)) out += " ";
    else if (isPrint(code)) out += rune;
  }
  return out;
}

function invalid(message: string): ChartError {
  return new ChartError("invalid-metadata", `validation: ${message}`);
}
