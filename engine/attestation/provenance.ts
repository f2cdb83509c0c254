import type { Dependency } from "../chart/chart.ts";
import type { JsonObject } from "../errors.ts";

/** How a chart came to be, as far as its maker knows. */
export interface ProvenanceInput {
  readonly chart: { readonly name: string; readonly version: string };
  /** The charts in it, as Chart.lock or Chart.yaml has them. */
  readonly dependencies: readonly Dependency[];
  /** A URI: who vouches for the run. */
  readonly builder: string;
  /** A URI of what it was made from, with `@` and a commit of 40 hex digits where there is one. */
  readonly source?: string | undefined;
  /** RFC 3339, in UTC. */
  readonly finished: string;
}

/** The builder where nobody names one. */
export const OWN_BUILDER = "urn:slipway:builder";
const BUILD_TYPE = "urn:slipway:build:package-chart:v1";

/** The predicate of SLSA provenance v1. It holds no values: they may be secret. */
export function provenancePredicate({ chart, dependencies, builder, source, finished }: ProvenanceInput): JsonObject {
  return {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: {
        chart: { name: chart.name, version: chart.version },
        ...(source === undefined ? {} : { source }),
      },
      resolvedDependencies: [...(source === undefined ? [] : [sourceOf(source)]), ...dependencies.map(dependencyOf)],
    },
    runDetails: { builder: { id: builder }, metadata: { finishedOn: finished } },
  };
}

function sourceOf(source: string): JsonObject {
  const commit = /@([0-9a-f]{40})$/.exec(source)?.[1];
  return { uri: source, ...(commit === undefined ? {} : { digest: { gitCommit: commit } }) };
}

function dependencyOf({ name, version = "", repository = "" }: Dependency): JsonObject {
  return { name, ...(repository === "" ? {} : { uri: repository }), annotations: { version } };
}
