import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { bitString, encodeDer, integer, objectId, octetString, sequence, TAG, tagged } from "../../engine/go/der.ts";

/** A certificate of a test, with its key. */
export interface TestCertificate {
  readonly der: Uint8Array;
  readonly pem: string;
  /** PKCS#8. */
  readonly keyPem: string;
  readonly key: KeyObject;
  readonly name: Uint8Array;
}

/** What a certificate says; a leaf for code signing that is valid in the years 2020 to 2040 unless told otherwise. */
export interface CertificateWish {
  readonly subject: readonly (readonly [string, string])[];
  readonly parent?: TestCertificate;
  readonly rsa?: boolean;
  readonly authority?: boolean;
  readonly pathLength?: number;
  /** `YYYYMMDDhhmmssZ`. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly usage?: string;
  readonly uri?: string;
  readonly mail?: string;
  readonly issuer?: string;
  readonly critical?: string;
}

const OIDS: Readonly<Record<string, string>> = { C: "2.5.4.6", ST: "2.5.4.8", O: "2.5.4.10", CN: "2.5.4.3" };
const text = (tag: number, value: string): Uint8Array => encodeDer(tag, new TextEncoder().encode(value));
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
let serial = 0;

const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;

/** Makes a certificate; without a parent it signs itself. */
export function makeCertificate(wish: CertificateWish): TestCertificate {
  const pair =
    wish.rsa === true
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(
    ...wish.subject.map(([type, value]) =>
      encodeDer(TAG.set, sequence(objectId(OIDS[type] ?? type), text(TAG.utf8String, value))),
    ),
  );
  const signer = wish.parent?.key ?? pair.privateKey;
  const isRsa = signer.asymmetricKeyType === "rsa";
  const algorithm = isRsa
    ? sequence(objectId("1.2.840.113549.1.1.11"), encodeDer(TAG.nothing))
    : sequence(objectId("1.2.840.10045.4.3.2"));
  const publicKey = pair.publicKey.export({ type: "spki", format: "der" });
  const body = sequence(
    tagged(0, integer(2n)),
    integer(BigInt(++serial)),
    algorithm,
    wish.parent?.name ?? name,
    sequence(
      text(TAG.generalizedTime, wish.notBefore ?? "20200101000000Z"),
      text(TAG.generalizedTime, wish.notAfter ?? "20400101000000Z"),
    ),
    name,
    publicKey,
    tagged(3, sequence(...extensionsOf(wish))),
  );
  const der = sequence(body, algorithm, bitString(sign("sha256", body, signer)));
  const keyPem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { der, pem: pemOf("CERTIFICATE", der), keyPem, key: pair.privateKey, name };
}

function extensionsOf(wish: CertificateWish): readonly Uint8Array[] {
  const { authority = false, uri, mail, issuer, critical, pathLength, usage = CODE_SIGNING } = wish;
  const yes = encodeDer(TAG.boolean, Uint8Array.of(0xff));
  const one = (id: string, isCritical: boolean, value: Uint8Array): Uint8Array =>
    sequence(objectId(id), ...(isCritical ? [yes] : []), octetString(value));
  const names = [...(mail === undefined ? [] : [text(0x81, mail)]), ...(uri === undefined ? [] : [text(0x86, uri)])];
  const limits = pathLength === undefined ? [] : [integer(BigInt(pathLength))];
  return [
    one("2.5.29.15", true, authority ? bitString(Uint8Array.of(0x06), 1) : bitString(Uint8Array.of(0x80), 7)),
    one("2.5.29.19", true, sequence(...(authority ? [yes, ...limits] : []))),
    ...(authority ? [] : [one("2.5.29.37", false, sequence(objectId(usage)))]),
    ...(names.length === 0 ? [] : [one("2.5.29.17", false, sequence(...names))]),
    ...(issuer === undefined
      ? []
      : [
          one("1.3.6.1.4.1.57264.1.1", false, new TextEncoder().encode(issuer)),
          one("1.3.6.1.4.1.57264.1.8", false, text(TAG.utf8String, issuer)),
        ]),
    ...(critical === undefined ? [] : [one(critical, true, octetString(new Uint8Array(1)))]),
  ];
}

/** A promise of a transparency log: a Rekor entry of version 1, signed by `log`. */
export function makeLogEntry(
  log: KeyObject,
  logPublicKey: Uint8Array,
  entry: { readonly record: object; readonly integratedTime: number },
): {
  readonly body: string;
  readonly logId: string;
  readonly integratedTime: number;
  readonly logIndex: number;
  readonly promise: string;
} {
  const body = Buffer.from(JSON.stringify(entry.record)).toString("base64");
  const logId = createHash("sha256").update(logPublicKey).digest("hex");
  const { integratedTime } = entry;
  const canonical = JSON.stringify({ body, integratedTime, logID: logId, logIndex: 7 });
  const promise = sign("sha256", Buffer.from(canonical), log).toString("base64");
  return { body, logId, integratedTime, logIndex: 7, promise };
}
