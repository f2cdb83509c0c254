/** A chart that was resolved: from here on only the digest counts. */
export interface PinnedChart {
  /** What was asked for, e.g. `oci://127.0.0.1:8080/charts/web:1.2.0`. Never carries credentials. */
  readonly reference: string;
  readonly name: string;
  readonly version: string;
  /** Digest of the OCI manifest, or of the archive where the chart came as bytes. */
  readonly digest: string;
}
