import { quote } from "../go/quote.ts";
import { numberError, parseUint64 } from "../go/strconv.ts";
import type { Capabilities, HelmVersion, KubeVersion } from "./capabilities.ts";
import { OFFLINE_API_VERSIONS } from "./capabilities-table.ts";
import { ChartError } from "./chart-error.ts";

/** The build that templates are told of where the caller says nothing else. */
export const HELM_VERSION: HelmVersion = {
  version: "v4.3.1",
  gitCommit: "",
  gitTreeState: "",
  goVersion: "go1.27.3",
  kubeClientVersion: "v1.37",
};

const DEFAULT_KUBE_VERSION: KubeVersion = { version: "v1.37.0", normalized: "v1.37.0", major: "1", minor: "37" };

/** What a chart is told without a cluster: Helm 4.3.1's own defaults, with what the caller knows better. */
export function defaultCapabilities(
  known: {
    readonly kubeVersion?: KubeVersion;
    /** Added behind the default list, as `--api-versions` does. */
    readonly apiVersions?: readonly string[];
    readonly helmVersion?: HelmVersion;
  } = {},
): Capabilities {
  return {
    kubeVersion: known.kubeVersion ?? DEFAULT_KUBE_VERSION,
    apiVersions: [...OFFLINE_API_VERSIONS, ...(known.apiVersions ?? [])],
    helmVersion: known.helmVersion ?? HELM_VERSION,
  };
}

/**
 * Reads a Kubernetes version as `--kube-version` does: at least two numeric fields, the rest ignored. Throws {@link ChartError}
 * `invalid-kube-version` with Helm's text.
 */
export function parseKubeVersion(text: string): KubeVersion {
  const numbers = /^\s*v?([0-9]+(?:\.[0-9]+)*)[^\n]*$/.exec(text)?.[1];
  if (numbers === undefined) throw invalid(text, `could not parse ${quote(text)} as version`);
  const components = numbers.split(".");
  if (components.length < 2) throw invalid(text, `illegal version string ${quote(text)}`);
  const first = components[0] ?? "";
  if (first.startsWith("0") && first !== "0") {
    throw invalid(text, `illegal zero-prefixed version component ${quote(first)} in ${quote(text)}`);
  }
  const fields = components.map((component) => field(component, text));
  const [major = "0", minor = "0"] = fields;
  return { version: text.startsWith("v") ? text : `v${text}`, normalized: `v${fields.join(".")}`, major, minor };
}

function field(component: string, text: string): string {
  const { value, failure } = parseUint64(component);
  if (failure === undefined) return String(value);
  const cause = numberError("ParseUint", component, failure);
  throw invalid(text, `illegal non-numeric version component ${quote(component)} in ${quote(text)}: ${cause}`);
}

function invalid(text: string, reason: string): ChartError {
  return new ChartError("invalid-kube-version", `invalid kube version '${text}': ${reason}`);
}
