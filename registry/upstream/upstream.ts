import type { EgressPolicy } from "../../engine/oci/egress.ts";

/** How long an answer of an upstream is good, in milliseconds. */
export interface Freshness {
  /** A tag or an index is asked for again after this. */
  readonly ttl: number;
  /** An upstream in error: what was known is served for this long beyond `ttl`; without end when infinite. */
  readonly staleIfError: number;
  /** "There is none" is believed for this long. */
  readonly negativeTtl: number;
  /** An upstream that does not answer by then is in error. */
  readonly deadline: number;
}

/** What is usual: a minute of freshness, and survival without the upstream. */
export const DEFAULT_FRESHNESS: Freshness = {
  ttl: 60_000,
  staleIfError: Number.POSITIVE_INFINITY,
  negativeTtl: 30_000,
  deadline: 20_000,
};

/** Credentials of one upstream; they go to its own host and to its listed token realms only. */
export interface UpstreamCredentials {
  readonly username: string;
  readonly password: string;
}

interface UpstreamBase {
  readonly policy: EgressPolicy;
  readonly freshness: Freshness;
  readonly credentials?: () => Promise<UpstreamCredentials | undefined>;
  /** Simultaneous requests to this upstream from one process. */
  readonly concurrency?: number;
  /** More than this are not asked by one process; what is known is served meanwhile. */
  readonly rate?: Rate;
}

/** So many requests within so many milliseconds. */
export interface Rate {
  readonly requests: number;
  readonly per: number;
}

/** Another registry. Repository `PROJECT/x` is `prefix` + `x` there. */
export interface OciUpstream extends UpstreamBase {
  readonly kind: "oci";
  /** `https://registry.example`, without a path. */
  readonly url: string;
  /** Ends with `/` when not empty. */
  readonly prefix?: string;
  /** Hosts whose token service may be given the credentials, beside the registry's own. */
  readonly tokenRealms?: readonly string[];
}

/** A chart repository with an index.yaml. */
export interface ClassicUpstream extends UpstreamBase {
  readonly kind: "classic";
  /** What `helm repo add` takes. */
  readonly url: string;
  /** Send the credentials to other hosts that the index names, as Helm's `--pass-credentials`. */
  readonly passCredentials?: boolean;
}

/** Where a proxy project's content comes from. */
export type Upstream = OciUpstream | ClassicUpstream;
