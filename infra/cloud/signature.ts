/** A request to sign. The URL's query is in the order that AWS wants. */
export interface Signable {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly key: { readonly id: string; readonly secret: string };
  readonly scope: { readonly region: string; readonly service: string };
  readonly time: Date;
}

const encoder = new TextEncoder();

/** AWS signature version 4: the headers with which the request may be sent. */
export async function signedHeaders(request: Signable): Promise<Readonly<Record<string, string>>> {
  const { method, url, body, key, scope } = request;
  const { host, pathname, search } = new URL(url);
  const time = request.time.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const headers: Record<string, string> = { ...request.headers, host, "x-amz-date": time };
  const names = Object.keys(headers).sort();
  const listed = names.join(";");
  const lines = names.map((name) => `${name}:${headers[name] ?? ""}\n`).join("");
  const canonical = [method, pathname, search.slice(1), lines, listed, await sha256(body)].join("\n");
  const place = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, place, await sha256(canonical)].join("\n");
  let signing: Uint8Array<ArrayBuffer> = encoder.encode(`AWS4${key.secret}`);
  for (const part of [day, scope.region, scope.service, "aws4_request"]) signing = await hmac(signing, part);
  const signature = hex(await hmac(signing, text));
  const { host: _host, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${key.id}/${place}, SignedHeaders=${listed}, Signature=${signature}`,
  };
}

async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
