import type { ManifestHead } from "../content/manifests.ts";
import type { TagPage } from "../content/tags.ts";

/** Something that is given to whoever asked. */
export interface Given {
  /** True where it stands in for what the upstream, which fails, does not give now: it may be out of date. */
  readonly stale?: boolean | undefined;
}

/** A manifest on its way to whoever asked for it. */
export interface GivenManifest extends ManifestHead, Given {
  /** True where it is known, without opening the chart, that its publisher gave it up. */
  readonly deprecated?: boolean;
}

/** A page of tags on its way to whoever asked for it. */
export interface GivenTags extends TagPage, Given {}

/** What holds as long as something does not change. */
export interface Epoch extends Given {
  readonly key: string;
}
