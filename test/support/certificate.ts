import { generateKeyPairSync, randomBytes } from "node:crypto";
import { encodePem } from "../../engine/go/pem.ts";
import { parsePrivateKey } from "../../engine/sprig/private-key.ts";
import { createCertificate } from "../../engine/sprig/x509.ts";
import type { Identity } from "./faulty-upstream.ts";

/** Validity in milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

/** A certificate for 127.0.0.1 that signs itself: whoever trusts it, trusts it within its validity. */
export function selfSigned({ from, until }: Validity): Identity {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const own = parsePrivateKey(key);
  const template = {
    serial: BigInt(`0x01${randomBytes(8).toString("hex")}`),
    commonName: "upstream of a test",
    addresses: [Uint8Array.of(127, 0, 0, 1)],
    dnsNames: ["localhost"],
    notBefore: BigInt(from) * 1_000_000n,
    notAfter: BigInt(until) * 1_000_000n,
    isAuthority: true,
  };
  const bytes = createCertificate(template, own, { key: own, remember: (_name, make) => make() });
  return { key, cert: encodePem({ type: "CERTIFICATE", bytes }) };
}
