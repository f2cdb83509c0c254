import type { GoMap } from "../go/value.ts";

/** A file of a chart: its path below the chart's root with `/`, and its bytes with a UTF-8 BOM taken off. */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** RFC 3339, as the archive or file system had it. */
  readonly modTime?: string;
}

/** A maintainer in Chart.yaml. */
export interface Maintainer {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
}

/** A dependency in Chart.yaml or requirements.yaml. */
export interface Dependency {
  readonly name: string;
  readonly version?: string;
  readonly repository?: string;
  readonly condition?: string;
  readonly tags?: readonly string[];
  readonly enabled?: boolean;
  /** Strings, or maps with `child` and `parent`; plain JSON. */
  readonly importValues?: readonly (string | { readonly child: string; readonly parent: string })[];
  readonly alias?: string;
}

/** Chart.yaml, as `chart.Metadata` of Helm. Absent means empty. */
export interface Metadata {
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly home?: string;
  readonly sources?: readonly string[];
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly maintainers?: readonly Maintainer[];
  readonly icon?: string;
  readonly condition?: string;
  readonly tags?: string;
  readonly appVersion?: string;
  readonly deprecated?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kubeVersion?: string;
  readonly dependencies?: readonly Dependency[];
  readonly type?: string;
}

/** Chart.lock. */
export interface Lock {
  readonly generated: string;
  readonly digest: string;
  readonly dependencies: readonly Dependency[];
}

/** A loaded chart. Immutable: processing dependencies gives another one. */
export interface Chart {
  readonly metadata: Metadata;
  readonly lock?: Lock;
  /** The chart's own default values. Never written: coalescing copies. */
  readonly values: GoMap;
  readonly schema?: ChartFile;
  readonly templates: readonly ChartFile[];
  readonly files: readonly ChartFile[];
  readonly raw: readonly ChartFile[];
  readonly modTime?: string;
  readonly dependencies: readonly Chart[];
}
