import {
  AttestationError,
  openTrustStore,
  openVerifyingKey,
  parseIdentity,
  type Requirement,
} from "../../engine/attestation/index.ts";
import { ChartError } from "../../engine/chart/index.ts";
import type { SignatureReader } from "../../engine/chart/provenance.ts";
import type { Config, RequirementConfig } from "../../functions/config/config.ts";
import { ConfigError } from "../../functions/config/parse.ts";
import { materialText, type Secrets } from "../../functions/config/secret.ts";
import { matchesPattern } from "../../registry/projects/pattern.ts";
import type { SignatureRule } from "../../registry/projects/signing.ts";

/** Where a configuration comes from, and what its rules are opened with. */
export interface SignatureOptions {
  /** For messages. */
  readonly file: string;
  /** Reads what the keys of an armored keyring signed. Absent where the runtime has no OpenPGP: such rules are refused. */
  readonly openKeyring?: (shown: string, text: string) => Promise<SignatureReader>;
}

/** The rules of a checked configuration with their keys opened. Throws `ConfigError` for keys and identities that are none. */
export async function signatureRules(
  config: Config,
  secrets: Secrets,
  options: SignatureOptions,
): Promise<readonly SignatureRule[]> {
  const rules: SignatureRule[] = [];
  for (const [index, { projects, repositories, require }] of config.signatures.entries()) {
    const opened: Requirement[] = [];
    for (const [at, one] of require.entries()) {
      const fault = faultAt(options.file, `/signatures/${index}/require/${at}`);
      opened.push(await openRequirement(one, (text) => materialText(secrets, text), options).catch(fault));
    }
    rules.push({ projects, ...(repositories === undefined ? {} : { repositories }), require: opened });
  }
  return rules;
}

function faultAt(file: string, pointer: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof AttestationError) && !(error instanceof ChartError)) throw error;
    throw new ConfigError(file, [{ pointer, detail: error.message }]);
  };
}

const NO_OPENPGP = "this runtime checks no PGP provenance; require a cosign or notation signature";

async function openRequirement(
  one: RequirementConfig,
  text: (material: string) => string,
  { openKeyring }: SignatureOptions,
): Promise<Requirement> {
  switch (one.kind) {
    case "provenance": {
      if (openKeyring === undefined) throw new ChartError("provenance", NO_OPENPGP);
      const reader = await openKeyring("keyring", text(one.keyring));
      return { kind: one.kind, reader, fingerprints: one.fingerprints ?? [] };
    }
    case "cosign-key":
      return {
        kind: one.kind,
        keys: await Promise.all(one.keys.map(async (key) => await openVerifyingKey(text(key)))),
      };
    case "notation":
      return {
        kind: one.kind,
        trust: openTrustStore(text(one.roots)),
        identities: (one.identities ?? []).map(identityOf),
      };
    default: {
      const { kind, roots, identity, issuer, log } = one;
      return {
        kind,
        trust: openTrustStore(text(roots)),
        identity: (name) => matchesPattern(identity, name),
        issuer: (name) => matchesPattern(issuer, name),
        ...(log === undefined ? {} : { log: await openVerifyingKey(text(log)) }),
      };
    }
  }
}

function identityOf(text: string): ReturnType<typeof parseIdentity> & object {
  const identity = parseIdentity(text);
  if (identity !== undefined) return identity;
  const wanted = "must be `x509.subject:` and attributes, among them C, ST and O";
  throw new AttestationError("invalid-key", `the identity ${JSON.stringify(text)} ${wanted}`);
}
