import type { Egress } from "../../engine/oci/egress.ts";
import { allowedUrl } from "../../infra/compose/egress-policy.ts";

/** An egress under its own rules: `/away` leads to a host that is not granted, all else is `told`. */
export const answering: Egress = {
  send: async (request) => {
    const { pathname } = allowedUrl(request);
    if (pathname !== "/away") return { status: 200, headers: new Headers(), body: new Response("told").body };
    const headers = new Headers({ location: "https://other.example/" });
    return { status: 302, headers, body: new Response("moved").body };
  },
};
