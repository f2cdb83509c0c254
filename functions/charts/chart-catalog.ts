import type { PinnedChart } from "../../engine/chart/reference.ts";
import type { Descriptor } from "../../engine/oci/descriptor.ts";
import type { RegistryPlace } from "../../registry/projects/own-reference.ts";

/** A chart as a request, a receiver or a command names it. */
export interface WantedChart {
  /** `oci://HOST/PROJECT/NAME[:VERSION|@DIGEST]`, `PROJECT/NAME`, or an https URL. */
  readonly reference: string;
  /** A version or constraint, where the reference has none. */
  readonly version?: string;
  /** Pre-releases count too. */
  readonly devel?: boolean;
  /** A chart will do that is not signed as its project wants it: to look at its signatures, or to sign it. */
  readonly unsigned?: boolean;
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
  readonly keywords?: readonly string[];
  /** Names, or addresses of those without one. */
  readonly maintainers?: readonly string[];
  /** RFC 3339. */
  readonly created?: string;
}

/** Which charts of a project are wanted. */
export interface ChartSearch {
  /** Words that all have to be found: in name, description, keywords, maintainers or the application's version. */
  readonly query?: string;
  /** A constraint: the newest version that satisfies it is shown, and charts without one are not. */
  readonly version?: string;
  /** Pre-releases count too. */
  readonly devel?: boolean;
  /** Only deprecated charts, or only others. */
  readonly deprecated?: boolean;
  /** Names that may be shown; absent: all. */
  readonly readable?: (name: string) => boolean;
  readonly after?: string;
  readonly limit: number;
}

/** What the publisher of a chart's repository says of it: Artifact Hub's metadata. */
export interface PublisherInfo {
  readonly repositoryId?: string;
  readonly owners: readonly { readonly name: string; readonly email: string }[];
}

/** Where the archive of a chart came from that was pulled through an upstream chart repository. */
export interface OriginInfo {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly fetched: number;
  readonly archive: string;
  readonly provenance?: string;
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
  /** Where a reference leads to, for access; undefined when that is no project of ours. */
  readonly placeOf: (reference: string) => RegistryPlace | undefined;
  /** The digest that a wish stands for now. Throws an `EngineError` when there is none, or an upstream fails. */
  readonly resolve: (wanted: WantedChart, signal?: AbortSignal) => Promise<PinnedChart>;
  /** The archive of a pinned chart; undefined when the registry no longer has it. */
  readonly openArchive: (
    chart: PinnedChart & Pick<WantedChart, "unsigned">,
    signal?: AbortSignal,
  ) => Promise<Uint8Array | undefined>;
  /** The provenance file of a pinned chart; undefined when it has none. */
  readonly openProvenance?: (chart: PinnedChart, signal?: AbortSignal) => Promise<Uint8Array | undefined>;
  readonly attachments: AttachmentStore;
  /** Where a pinned chart came from; undefined where that was not written down. */
  readonly origin?: (chart: PinnedChart, signal?: AbortSignal) => Promise<OriginInfo | undefined>;
  /** The newest wanted version of each wanted chart of a project, by name. What the publisher wants ignored is not there. */
  readonly list: (project: string, search: ChartSearch) => Promise<ChartPage>;
  /** All versions of a chart but those that the publisher wants ignored, newest first. Empty when there is no such chart. */
  readonly versions: (project: string, name: string) => Promise<readonly ChartItem[]>;
  readonly publisher?: (project: string, name: string) => Promise<PublisherInfo | undefined>;
}
