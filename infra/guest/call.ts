import type { AdmittedPlugin, PluginErrorCode, PluginLog } from "../../engine/plugin/index.ts";

/** A call as it travels to where the guest runs; plain data. */
export interface GuestCall extends Pick<AdmittedPlugin, "entry" | "config" | "limits" | "pure"> {
  readonly input: string;
}

/** A request that a guest makes. */
export interface GuestRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** What became of it. Header names are lower-cased. */
export type GuestResponse =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  /** The message is the guest's end: a request that is refused, or that nobody answers, is no answer. */
  | { readonly kind: "refused"; readonly code: "not-granted" | "unreachable"; readonly message: string };

/** The way out of a guest, where hosts are granted. */
export type GuestHttp = (request: GuestRequest) => Promise<GuestResponse>;

/** How a call ended, and what was logged in it; plain data. */
export type GuestResult = GuestEnd & { readonly logs: readonly PluginLog[] };

/** How a call ended. */
export type GuestEnd =
  | { readonly kind: "reply"; readonly output: string }
  | {
      readonly kind: "failed";
      readonly code: PluginErrorCode;
      readonly problem: string;
      /** The guest's own words. */
      readonly guest?: string;
      readonly exitCode?: number;
    };
