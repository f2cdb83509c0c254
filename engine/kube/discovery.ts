import type { KubeVersion } from "../chart/capabilities.ts";
import type { GroupVersionKind } from "../object/object.ts";
import { formatApiVersion } from "../object/gvk.ts";
import { quote } from "../go/quote.ts";
import { KubeError } from "./error.ts";
import type { ResourceMapping } from "./mapping.ts";

/** One kind that a version serves. */
export interface DiscoveredResource {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** One version of a group. */
export interface DiscoveredVersion {
  readonly version: string;
  /** The aggregated server behind this version did not answer: what is listed may be old or nothing. */
  readonly stale: boolean;
  readonly resources: readonly DiscoveredResource[];
  /** Kinds of subresources, e.g. `Scale`: named in `.Capabilities.APIVersions`, reached by no path of their own. */
  readonly otherKinds: readonly string[];
}

/** One group; `versions` in the server's order of preference. */
export interface DiscoveredGroup {
  /** Empty for the core API. */
  readonly group: string;
  readonly versions: readonly DiscoveredVersion[];
}

/** What a server serves: plain JSON, to be cached by whoever reads it (`openDiscovery` gives it its functions back). */
export interface DiscoveryData {
  readonly format: 1;
  readonly server: ServerVersion;
  readonly groups: readonly DiscoveredGroup[];
}

/** `/version`, as far as anyone asks. */
export interface ServerVersion {
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
}

/** Discovery with its index. */
export interface Discovery {
  readonly data: DiscoveryData;
  /** How exactly this version is reached; `undefined` when the server does not serve it. */
  readonly mappingFor: (gvk: GroupVersionKind) => ResourceMapping | undefined;
  /** How the kind is reached in the version that the server prefers. */
  readonly preferredFor: (of: { readonly group: string; readonly kind: string }) => ResourceMapping | undefined;
}

/** Indexes and versions of what is still in use: the operations on one cluster share its discovery data. */
const indexes = new WeakMap<DiscoveryData, ReadonlyMap<string, ResourceMapping>>();
const versionTexts = new WeakMap<DiscoveryData, readonly string[]>();

/** Gives discovery data its index. Built on first use, once. */
export function openDiscovery(data: DiscoveryData): Discovery {
  const find = (key: string): ResourceMapping | undefined => remembered(indexes, data, indexOf).get(key);
  return {
    data,
    mappingFor: (gvk) => find(`${gvk.group}/${gvk.kind}/${gvk.version}`),
    preferredFor: (of) => find(`${of.group}/${of.kind}/`),
  };
}

function indexOf(data: DiscoveryData): Map<string, ResourceMapping> {
  const index = new Map<string, ResourceMapping>();
  for (const { group, versions } of data.groups) {
    for (const { version, resources } of versions) {
      for (const resource of resources) {
        const mapping = { group, version, ...resource };
        const exact = `${group}/${resource.kind}/${version}`;
        const preferred = `${group}/${resource.kind}/`;
        if (!index.has(exact)) index.set(exact, mapping);
        if (!index.has(preferred)) index.set(preferred, mapping);
      }
    }
  }
  return index;
}

/**
 * `.Capabilities.APIVersions` of a live cluster: each `group/version`, each `group/version/Kind`, subresource kinds too; once each,
 * sorted.
 */
export function apiVersions(data: DiscoveryData): readonly string[] {
  return remembered(versionTexts, data, versionTextsOf);
}

function remembered<T>(made: WeakMap<DiscoveryData, T>, data: DiscoveryData, make: (data: DiscoveryData) => T): T {
  const known = made.get(data);
  if (known !== undefined) return known;
  const value = make(data);
  made.set(data, value);
  return value;
}

function versionTextsOf(data: DiscoveryData): readonly string[] {
  const out = new Set<string>();
  for (const { group, versions } of data.groups) {
    for (const { version, resources, otherKinds } of versions) {
      const apiVersion = formatApiVersion({ group, version });
      out.add(apiVersion);
      for (const { kind } of resources) out.add(`${apiVersion}/${kind}`);
      for (const kind of otherKinds) out.add(`${apiVersion}/${kind}`);
    }
  }
  return [...out].sort();
}

/**
 * `.Capabilities.KubeVersion` of a live cluster.
 * Helm compatibility: a live version keeps its suffix (`v1.33.4-gke.1`) in constraints; only `--kube-version` is normalised.
 */
export function kubeVersionOf(data: DiscoveryData): KubeVersion {
  const { gitVersion, major, minor } = data.server;
  return { version: gitVersion, normalized: gitVersion, major, minor };
}

/** client-go's refusal for a kind that is not served: `no matches for kind "Foo" in version "example.com/v1"`. */
export function noMatchError(gvk: GroupVersionKind): KubeError {
  const text = `no matches for kind ${quote(gvk.kind)} in version ${quote(formatApiVersion(gvk))}`;
  return new KubeError("no-match", text, { group: gvk.group, kind: gvk.kind });
}
