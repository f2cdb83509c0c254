import type { PinnedChart } from "../../engine/chart/reference.ts";
import type { Descriptor } from "../../engine/oci/descriptor.ts";

/** A chart as a request, a receiver or a command names it. */
export interface WantedChart {
  /** `oci://HOST/PROJECT/NAME[:VERSION|@DIGEST]`, `PROJECT/NAME`, or an https URL. */
  readonly reference: string;
  /** A version or constraint, where the reference has none. */
  readonly version?: string;
  /** Pre-releases count too. */
  readonly devel?: boolean;
}

/** A chart in a list. */
export interface ChartItem {
  readonly project: string;
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  readonly description?: string;
  readonly digest: string;
  readonly deprecated?: boolean;
}

/** A page of charts or versions. */
export interface ChartPage {
  readonly items: readonly ChartItem[];
  readonly next?: string;
}

/** A manifest that refers to a chart, with the blobs that it names. */
export interface NewAttachment {
  readonly manifest: Uint8Array;
  readonly blobs: readonly Uint8Array[];
}

/** What lies beside pinned charts in the registry. Throws an `EngineError` for charts that are not there. */
export interface AttachmentStore {
  /** The chart's manifest; undefined when the registry no longer has it. */
  readonly subject: (chart: PinnedChart, signal?: AbortSignal) => Promise<Descriptor | undefined>;
  readonly list: (chart: PinnedChart, signal?: AbortSignal) => Promise<readonly Descriptor[]>;
  readonly attach: (chart: PinnedChart, attachments: readonly NewAttachment[]) => Promise<void>;
}

/** The charts of the registry, whatever they came from. */
export interface ChartCatalog {
  /** The project that a reference leads to, for access; undefined when it leads to none of ours. */
  readonly projectOf: (reference: string) => string | undefined;
  /** The digest that a wish stands for now. Throws an `EngineError` when there is none, or an upstream fails. */
  readonly resolve: (wanted: WantedChart, signal?: AbortSignal) => Promise<PinnedChart>;
  /** The archive of a pinned chart; undefined when the registry no longer has it. */
  readonly openArchive: (chart: PinnedChart, signal?: AbortSignal) => Promise<Uint8Array | undefined>;
  /** The provenance file of a pinned chart; undefined when it has none. */
  readonly openProvenance?: (chart: PinnedChart, signal?: AbortSignal) => Promise<Uint8Array | undefined>;
  readonly attachments: AttachmentStore;
  /** The newest version of each chart of a project, by name. */
  readonly list: (
    project: string,
    options: { readonly query?: string; readonly after?: string; readonly limit: number },
  ) => Promise<ChartPage>;
  /** All versions of a chart, newest first. Empty when there is no such chart. */
  readonly versions: (project: string, name: string) => Promise<readonly ChartItem[]>;
}
