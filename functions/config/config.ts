import type { ConflictPolicy, WaitStrategy } from "../../engine/action/request.ts";
import type { GrantEntry } from "../../engine/plugin/index.ts";
import type { RecordDriver } from "../../engine/release/storage.ts";
import type { Grant } from "../access/grant.ts";

/** A reference to a secret as written: `env:NAME`, `file:PATH`. */
export type SecretReference = string;

/** A cluster that releases live on. */
export interface ClusterConfig {
  readonly name: string;
  /** `embedded`: the local cluster of this process; `in-cluster`: the one that the server runs in. */
  readonly kind: "kubeconfig" | "in-cluster" | "embedded";
  readonly kubeconfig?: SecretReference | undefined;
  readonly context?: string | undefined;
  /** `get`: no `list` right is needed, at the price of more requests. */
  readonly reads: "list" | "get";
  readonly conflicts?: ConflictPolicy | undefined;
  /** Where its release records are, Helm's `HELM_DRIVER`; absent: in Secrets. */
  readonly records?: RecordDriver | undefined;
  readonly postRenderers?: readonly PostRendererConfig[] | undefined;
}

/** A post-renderer that releases of a cluster go through unless a request names others. */
export interface PostRendererConfig {
  /** `PROJECT/NAME:TAG` or `PROJECT/NAME@sha256:…` of this registry. */
  readonly plugin: string;
  readonly args: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  /** `NAMESPACE/NAME` of the releases, with `*`; absent: all. */
  readonly releases?: readonly string[] | undefined;
}

/** A plugin whose template functions every chart may call. */
export interface FunctionPluginConfig {
  readonly plugin: string;
  readonly config: Readonly<Record<string, string>>;
}

/** A plugin that fetches what URLs of its schemes stand for. */
export interface GetterConfig {
  readonly plugin: string;
  /** Schemes of upstreams that it serves, such as `s3`. */
  readonly protocols: readonly string[];
  /** URLs that requests to the chart tools may name, `*` for any run of characters; none where absent. */
  readonly requests?: readonly string[] | undefined;
  readonly config: Readonly<Record<string, string>>;
}

/** A plugin that judges every change of the releases that match, before anything is written. Absent patterns are everything. */
export interface PolicyConfig {
  readonly plugin: string;
  readonly config: Readonly<Record<string, string>>;
  readonly clusters?: readonly string[] | undefined;
  /** `NAMESPACE/NAME`, with `*`. */
  readonly releases?: readonly string[] | undefined;
}

/** What a plugin is granted. Nothing that reaches out of the sandbox is there for one that is not named; its `config` is over what a request says. */
export type PluginConfig = GrantEntry;

/** Where charts and sealed parts are kept, instead of the runtime's own place. */
export interface StorageConfig {
  readonly kind: "s3";
  readonly bucket: string;
  readonly region: string;
  /** Before every key; ends with `/`. */
  readonly prefix?: string | undefined;
  /** Absent: AWS itself. */
  readonly endpoint?: string | undefined;
  /** Absent: the platform's own chain (environment, role, metadata). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: SecretReference } | undefined;
}
/** A cloud that gives short-lived credentials of its registries: for an access key, a service account's key, an application's secret. */
export type ExchangeConfig =
  | { readonly kind: "ecr"; readonly region: string }
  | { readonly kind: "gcp" }
  | { readonly kind: "azure"; readonly tenant: string };

/** A registry or chart repository that proxies read. */
export interface UpstreamConfig {
  readonly name: string;
  readonly kind: "oci" | "classic";
  readonly url: string;
  readonly credentials?:
    | {
        readonly username: string;
        readonly password: SecretReference;
        /** They are exchanged for the registry's own. */
        readonly exchange?: ExchangeConfig | undefined;
      }
    | undefined;
  readonly plainHttp: boolean;
  readonly privateAddresses: boolean;
  /** A Go duration after which tags and indexes are asked for again. */
  readonly freshness?: string | undefined;
  /** How long beyond that an upstream in error is stood in for. */
  readonly staleIfError?: string | undefined;
  /** How long "there is none" is believed. */
  readonly negative?: string | undefined;
  /** How long an answer may take to begin, and each piece of it. */
  readonly deadline?: string | undefined;
  /** Simultaneous requests of one process. */
  readonly concurrency?: number | undefined;
  /** Requests of one process within `per`. */
  readonly rate?: { readonly requests: number; readonly per: string } | undefined;
  /** Further hosts that it may lead to, in private networks too where `privateAddresses` says so. */
  readonly hosts?: readonly string[] | undefined;
  /** Hosts of token services that may be given the credentials. */
  readonly tokenRealms?: readonly string[] | undefined;
  /** Gives the credentials to all hosts that a classic index names. */
  readonly passCredentials?: boolean | undefined;
}

/** Charts of an upstream that may be pulled. */
export interface AllowConfig {
  readonly charts: string;
  /** A constraint. */
  readonly versions?: string | undefined;
}

/** Charts that a proxy pulls before anybody asks. */
export interface PrefetchConfig extends AllowConfig {
  /** So many versions, the newest first. */
  readonly newest: number;
}

/** A member of a group project. */
export interface GroupMemberConfig {
  readonly project: string;
  readonly own?: readonly string[] | undefined;
}

/** When what nothing names is taken out of the store, and retention applied: Go durations. */
export interface CollectionConfig {
  /** From one collection to the next, where a server has a timer of its own. */
  readonly every: string;
  /** How long unused content stays. */
  readonly grace: string;
}

/** What collection keeps of the tags that match; what no rule keeps goes. */
export interface RetentionConfig {
  readonly repositories?: string | undefined;
  readonly tags?: string | undefined;
  /** Newest versions, by precedence. */
  readonly keepLast?: number | undefined;
  /** A Go duration since the last push. */
  readonly keepNewer?: string | undefined;
}

/** A project of the registry. `anonymousPull`: nobody needs a token to read it. */
export type ProjectConfig =
  | {
      readonly kind: "hosted";
      readonly name: string;
      readonly anonymousPull: boolean;
      readonly immutableTags: boolean;
      /** An image may name blobs that are not here, as a partial copy does. */
      readonly sparseImages: boolean;
      /** Bytes. */
      readonly quota?: number | undefined;
      readonly retention?: readonly RetentionConfig[] | undefined;
    }
  | {
      readonly kind: "proxy";
      readonly name: string;
      readonly anonymousPull: boolean;
      readonly upstream: string;
      /** Bytes of pulled content that are kept. */
      readonly cap?: number | undefined;
      readonly prefetch?: readonly PrefetchConfig[] | undefined;
      readonly allow?: readonly AllowConfig[] | undefined;
      /** A Go duration that a version must be old. */
      readonly cooldown?: string | undefined;
      readonly agedFrom?: "published" | "first-seen" | undefined;
    }
  | {
      readonly kind: "group";
      readonly name: string;
      readonly anonymousPull: boolean;
      readonly members: readonly GroupMemberConfig[];
      readonly merge?: readonly string[] | undefined;
    };

/** Public key material: a text in PEM or OpenPGP armor, or a reference to one. It is no secret. */
export type KeyMaterial = string;

/** A signature that content must have; one of the keys or identities that it names is enough. */
export type RequirementConfig =
  | {
      readonly kind: "provenance";
      /** Armored OpenPGP public keys. */
      readonly keyring: KeyMaterial;
      /** Of the primary keys that count; absent: every key of the keyring. */
      readonly fingerprints?: readonly string[] | undefined;
    }
  | { readonly kind: "cosign-key"; readonly keys: readonly KeyMaterial[] }
  | {
      readonly kind: "cosign-identity";
      /** Certificates of the authority (Fulcio, or one's own), intermediates included. */
      readonly roots: KeyMaterial;
      /** Mail address or URI in the certificate; `*` stands for any characters. */
      readonly identity: string;
      /** The OIDC issuer in the certificate, likewise. */
      readonly issuer: string;
      /** Public key of the transparency log (Rekor, version 1) whose signed time counts. */
      readonly log?: KeyMaterial | undefined;
    }
  | {
      readonly kind: "notation";
      readonly roots: KeyMaterial;
      /** `x509.subject: C=…, ST=…, O=…`; absent: every certificate of these roots. */
      readonly identities?: readonly string[] | undefined;
    };

/** What of the registry may be pulled only when it is signed. Every rule that matches counts, with all that it requires. */
export interface SignatureConfig {
  readonly projects: readonly string[];
  /** Below the project; absent: all. */
  readonly repositories?: readonly string[] | undefined;
  readonly require: readonly RequirementConfig[];
}

/** An OIDC issuer whose tokens are exchanged for short tokens of ours. */
export interface OidcConfig {
  readonly name: string;
  /** The `iss` of its tokens, to the letter. */
  readonly issuer: string;
  /** The `aud` that jobs have to ask for. */
  readonly audience: string;
  /** Where its keys are; absent: what its discovery document says. */
  readonly jwksUri?: string | undefined;
  readonly plainHttp: boolean;
  readonly privateAddresses: boolean;
  /** A Go duration by which clocks may differ; five minutes at most. */
  readonly clockSkew: string;
  readonly rules: readonly {
    readonly claims: Readonly<Record<string, string | readonly string[]>>;
    readonly grants: readonly Grant[];
    /** A Go duration; fifteen minutes at most. */
    readonly lifetime: string;
  }[];
}

/** A release that a receiver or a chat command may deploy, and from what. The message never chooses beyond it. */
export interface Deployment {
  readonly cluster: string;
  readonly namespace: string;
  readonly release: string;
  /** `PROJECT/NAME`. */
  readonly chart: string;
  /** A constraint on the versions that may be deployed. */
  readonly version?: string | undefined;
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  readonly install: boolean;
  readonly createNamespace: boolean;
  readonly wait?: WaitStrategy | undefined;
  readonly timeout?: string | undefined;
  readonly rollbackOnFailure?: boolean | undefined;
  readonly reuseValues?: boolean | undefined;
  /** Goes on beside Argo CD or Flux that manages the same objects. */
  readonly alongside?: boolean | undefined;
  /** Cluster-scoped kinds that the chart may write, as in a grant. */
  readonly clusterScoped?: readonly string[] | undefined;
}

/** A webhook that is listened to. `name` is a part of its URL. */
export type ReceiverConfig =
  | {
      readonly kind: "github";
      readonly name: string;
      readonly deploy: readonly Deployment[];
      readonly secret: SecretReference;
      /** `OWNER/NAME`. */
      readonly repository: string;
      readonly branches?: readonly string[] | undefined;
      readonly tags?: readonly string[] | undefined;
      /** Only pushes that change one of these paths. */
      readonly paths?: readonly string[] | undefined;
    }
  | {
      readonly kind: "registry";
      readonly name: string;
      readonly deploy: readonly Deployment[];
      /** What another registry puts behind `Bearer`. Absent: it hears the pushes to this server's own registry, and takes no deliveries. */
      readonly secret?: SecretReference | undefined;
      /** Which tags start a deployment; absent: all. */
      readonly tags?: readonly string[] | undefined;
    }
  | {
      readonly kind: "standard";
      readonly name: string;
      readonly deploy: readonly Deployment[];
      readonly secret: SecretReference;
    };

/** Fields that are no drift, of what all patterns match. An absent list is everything. */
export interface DriftRule extends Pick<Grant, "clusters" | "namespaces" | "releases"> {
  /** `Kind`, or `group/Kind`. */
  readonly kinds?: readonly string[] | undefined;
  /** JSON pointers; `*`, or a key of the item, stands for an item of a list. */
  readonly ignore: readonly string[];
}

/** A person in a chat, by the chat's own id. */
export interface ChatUser {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** A Slack application. */
export interface SlackConfig {
  readonly signingSecret: SecretReference;
  /** Team ids that commands may come from. */
  readonly teams: readonly string[];
  readonly users: readonly ChatUser[];
  /** What `/slipway upgrade RELEASE` may deploy. */
  readonly deploy: readonly Deployment[];
}

/** `slipway.yaml`, checked. Secrets are references. */
export interface Config {
  /** Scheme, host and port that clients use. */
  readonly publicUrl?: string | undefined;
  readonly storage?: StorageConfig | undefined;
  readonly collection: CollectionConfig;
  readonly clusters: readonly ClusterConfig[];
  readonly upstreams: readonly UpstreamConfig[];
  readonly projects: readonly ProjectConfig[];
  readonly tokens: readonly {
    readonly name: string;
    readonly token: SecretReference;
    readonly grants: readonly Grant[];
  }[];
  readonly receivers: readonly ReceiverConfig[];
  readonly chat: { readonly slack?: SlackConfig | undefined };
  readonly conflicts: ConflictPolicy;
  readonly drift: readonly DriftRule[];
  readonly plugins: readonly PluginConfig[];
  readonly functions: readonly FunctionPluginConfig[];
  readonly getters: readonly GetterConfig[];
  readonly policies: readonly PolicyConfig[];
  readonly signatures: readonly SignatureConfig[];
  readonly oidc: readonly OidcConfig[];
}
