import { EgressError } from "../../engine/oci/egress-error.ts";
import type { Egress, EgressRequest, EgressResponse } from "../../engine/oci/egress.ts";
import { allowedUrl } from "../../infra/compose/egress-policy.ts";

/**
 * An egress under its own rules: `/away` leads to a host that is not granted, `/silent` and `/broken` fail, `/echo` answers with what it was sent,
 * all else is `told`.
 */
export const answering: Egress = {
  send: async (request) => {
    const { pathname } = allowedUrl(request);
    if (pathname === "/silent") throw new EgressError("unreachable", "granted.example does not answer");
    if (pathname === "/broken") return { status: 200, headers: new Headers(), body: brokenBody() };
    if (pathname === "/echo") return await echoed(request);
    if (pathname !== "/away") return { status: 200, headers: new Headers(), body: new Response("told").body };
    const headers = new Headers({ location: "https://other.example/" });
    return { status: 302, headers, body: new Response("moved").body };
  },
};

async function echoed({ method, headers = {}, body }: EgressRequest): Promise<EgressResponse> {
  const sent = [...new Headers(headers)].map(([name, value]) => `${name}=${value};`).join("");
  const answer = `${method} ${sent} ${await new Response(body instanceof Uint8Array ? new Uint8Array(body) : (body ?? null)).text()}`;
  const told = new Headers([
    ["Content-Type", "text/plain"],
    ["X-None", "a"],
    ["X-None", "b"],
  ]);
  return { status: 418, headers: told, body: method === "HEAD" ? null : new Response(answer).body };
}

function brokenBody(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull: (controller) => controller.error(new EgressError("broken", "the answer of granted.example broke off")),
  });
}
