import type { Egress, EgressPolicy, EgressRequest } from "../../engine/oci/egress.ts";
import { EgressError } from "../../engine/oci/egress-error.ts";
import { DEFAULT_FRESHNESS, type ClassicUpstream, type OciUpstream } from "../../registry/upstream/upstream.ts";
import type { Registry } from "../../registry/registry.ts";

/** What a fake upstream answers; undefined is no answer at all. */
export type Answer = (request: EgressRequest) => Response | undefined | Promise<Response | undefined>;

/** An `Egress` to upstreams that live in the test. */
export interface FakeEgress extends Egress {
  readonly requests: EgressRequest[];
  /** Method and path of every request since the last call. */
  readonly take: () => readonly string[];
  /** No upstream answers while true. */
  down: boolean;
}

/** An egress that asks `answer`. */
export function fakeEgress(answer: Answer): FakeEgress {
  const requests: EgressRequest[] = [];
  let taken = 0;
  const egress: FakeEgress = {
    requests,
    down: false,
    take: () => {
      const fresh = requests.slice(taken).map(({ method, url }) => `${method} ${new URL(url).pathname}`);
      taken = requests.length;
      return fresh;
    },
    send: async (request) => {
      requests.push(request);
      const response = egress.down ? undefined : await answer(request);
      if (response === undefined) throw new EgressError("unreachable", "no answer");
      return { status: response.status, headers: response.headers, body: response.body };
    },
  };
  return egress;
}

const POLICY: EgressPolicy = { name: "upstream test", hosts: ["up.test"], elsewhere: "public" };
export const FRESHNESS = { ...DEFAULT_FRESHNESS, ttl: 60_000, negativeTtl: 10_000, staleIfError: 1_000_000 };

/** A chart repository at https://up.test/repo. */
export function classicUpstream(more: Partial<ClassicUpstream> = {}): ClassicUpstream {
  return { kind: "classic", url: "https://up.test/repo", policy: POLICY, freshness: FRESHNESS, ...more };
}

/** A registry at https://up.test. */
export function ociUpstream(more: Partial<OciUpstream> = {}): OciUpstream {
  return { kind: "oci", url: "https://up.test", policy: POLICY, freshness: FRESHNESS, ...more };
}

/** Answers out of another registry of ours. */
export function answerFrom(registry: Registry): Answer {
  return async ({ method, url, headers = {} }) => await registry.fetch(new Request(url, { method, headers }));
}

/** Answers out of a table of paths; anything else is 404. A function is called for each request. */
export function answerFiles(files: Record<string, string | Uint8Array | (() => Response)>): Answer {
  return ({ url }) => {
    const file = files[new URL(url).pathname];
    if (file === undefined) return new Response("nothing here", { status: 404 });
    if (typeof file === "function") return file();
    const bytes = typeof file === "string" ? new TextEncoder().encode(file) : new Uint8Array(file);
    return new Response(bytes, { headers: { "content-length": String(bytes.length) } });
  };
}
