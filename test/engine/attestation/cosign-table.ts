// Written by cosign v3.1.3: `generate-key-pair` with the password `secret`, and `sign` and `sign-blob` with that key.

export const PASSWORD = "secret";

export const PRIVATE_KEY = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiJuelpoTDU0djdQa3lVQzlUR1BWbEIyY1oxbGhKeVNW
cm8xM2ZzaUg5YU5rPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiJGZFZDT2lYTk9iUUowdndFTlRwS3ZHdDdJL3A3dWJzRCJ9LCJj
aXBoZXJ0ZXh0Ijoia3RiclgwL1FVWHR0b1h6aWdybkJ6TG94RjNDZ2RnSXhsa2s2
OUdXbUd6OGsra0dCRG5wVUtRR0JBYzl0a2NpYWsvTnZRcEU1VUYxTjVRQitGc0h6
YnQ5VnpzQUhPMnlmSEhaWFVGK0NKeWJONGJoTkhtNGFBTGFnamsrVXRTTG1FZFhX
ejVVVldQOUJMWlpIMkRGVmNFY2s3Ky9SaXF1YlB4THd1eEgzMDM1N1pqNEE5Z29a
NzJpV3NXS1MzVVNvVDRZakJCeUR1ZU9YUWc9PSJ9
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
`;

export const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/XpOSyKa/0aVGbTLCCt7ViwhQxFh
DaQMElfCfRiZRUzBex/Jg22pwaokppjVcaxQAFaqkdUKGBJlJrffWVzbZQ==
-----END PUBLIC KEY-----
`;

/** Base64 of the SHA-256 of the public key, as cosign writes it into bundles. */
export const HINT = "JoZiQ0NHUk9jbTDWqPR7HA9ztpqZfI3X/0NeBLWincw=";

/** `cosign sign` of a manifest with this digest. */
export const SIGNED_DIGEST = "sha256:33e73f9dbc985c150d1068fae936c6d5a7906136a1c8a523cd610c86db721e45";
export const SIGN_BUNDLE = `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial":{"publicKey":{"hint":"JoZiQ0NHUk9jbTDWqPR7HA9ztpqZfI3X/0NeBLWincw="}}, "dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCAic3ViamVjdCI6W3siZGlnZXN0Ijp7InNoYTI1NiI6IjMzZTczZjlkYmM5ODVjMTUwZDEwNjhmYWU5MzZjNmQ1YTc5MDYxMzZhMWM4YTUyM2NkNjEwYzg2ZGI3MjFlNDUifSwgImFubm90YXRpb25zIjp7fX1dLCAicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vc2lnc3RvcmUuZGV2L2Nvc2lnbi9zaWduL3YxIiwgInByZWRpY2F0ZSI6e319", "payloadType":"application/vnd.in-toto+json", "signatures":[{"sig":"MEUCIQDFfMJZIbvCPcrb74Y5003Lisw9MqxdsB2u14eEmM/scAIgfW96haQI8zkP9gAsMdHH8mW1dBQxoBMKSdZk0ghih2Y="}]}}`;

/** `cosign sign-blob` of a file with the five bytes of `hello`. */
export const BLOB_BUNDLE = `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial":{"publicKey":{"hint":"JoZiQ0NHUk9jbTDWqPR7HA9ztpqZfI3X/0NeBLWincw="}}, "messageSignature":{"messageDigest":{"algorithm":"SHA2_256", "digest":"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}, "signature":"MEUCIQDuWm/+DbDo4lTEfX2oXMfNcN1gsC5gkGMjAj+Kv9HoLAIgVWRuxOxBPdKJjJpCLq7nOPfsuSvSi4ykasjUfDIjz4E="}}`;
