import type { Capabilities } from "../chart/capabilities.ts";
import type { Chart } from "../chart/chart.ts";
import type { GoMap } from "../go/value.ts";
import type { Hook } from "../manifest/hook.ts";
import type { ForeignFunction } from "./foreign.ts";
import type { PendingAnswer, PendingRequest } from "../template/pending.ts";

/** Answers the questions of one pass, in the order asked. Called with at least one request; results match by position. */
export type PendingResolver = (
  requests: readonly PendingRequest[],
  signal: AbortSignal | undefined,
) => Promise<readonly PendingAnswer[]>;

/** Everything that a render depends on. Equal inputs and answers give equal bytes. */
export interface RenderInput {
  readonly chart: Chart;
  /** The user's values, merged from all sources, not yet coalesced with the chart's. */
  readonly values: GoMap;
  readonly release: {
    readonly name: string;
    readonly namespace: string;
    readonly revision: number;
    readonly isUpgrade: boolean;
    /** `!isUpgrade` where absent; `helm lint` has neither. */
    readonly isInstall?: boolean;
  };
  /** `required` and `fail` warn instead of stopping, as in `helm lint`. */
  readonly lint?: boolean;
  readonly capabilities: Capabilities;
  /** `off`: `lookup` gives an empty map, as in a client dry run. */
  readonly lookup: "off" | "live";
  readonly dns: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly subchartNotes?: boolean;
  /** Leaves the text of Secrets that are no hooks out of `manifest`. */
  readonly hideSecret?: boolean;
  /** 32 bytes that all template randomness comes from. */
  readonly seed: Uint8Array;
  /** Milliseconds since 1970 that `now` and certificates see. */
  readonly now: number;
  /** Template functions beside Helm's, answered by `resolve`. */
  readonly functions?: readonly ForeignFunction[];
  /** Without one, an unanswered question is a defect of the caller. */
  readonly resolve?: PendingResolver;
  /** Helm's post-rendering: gets all rendered files but the notes, and gives those that count. */
  readonly postRender?: (files: ReadonlyMap<string, string>) => Promise<ReadonlyMap<string, string>>;
  readonly signal?: AbortSignal;
  readonly onWarning?: (warning: RenderWarning) => void;
  /** Hears of each chart of the tree before its schema is checked, with the number of its sub-charts: what Helm logs under `--debug`. */
  readonly onSchemaCheck?: (chart: string, dependencies: number) => void;
}

/** A line that Helm would log on standard error. `attributes` keep their order. */
export interface RenderWarning {
  readonly level: "INFO" | "WARN";
  readonly message: string;
  readonly attributes: readonly (readonly [string, string])[];
}

/** A rendered document that is no hook: its head, its text, and the template that it came from. */
export interface RenderedManifest {
  readonly path: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly content: string;
}

/** A CRD file of `crds/`, own ones first, then each dependency's. */
export interface RenderedCrd {
  /** Chart full path and file name. */
  readonly filename: string;
  readonly content: string;
}

/** What a release is made of. */
export interface Rendered {
  /** The chart with its dependencies processed: what a release record stores. */
  readonly chart: Chart;
  /** In install order. */
  readonly manifests: readonly RenderedManifest[];
  /** The release's `manifest`: every document behind `---` and `# Source: PATH`, as Helm joins them. */
  readonly manifest: string;
  readonly hooks: readonly Hook[];
  readonly crds: readonly RenderedCrd[];
  readonly notes: string;
}
