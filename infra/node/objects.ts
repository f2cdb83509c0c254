import { join } from "node:path";
import type { Config } from "../../functions/config/config.ts";
import type { Secrets } from "../../functions/config/secret.ts";
import type { ObjectStore } from "../../registry/content/object-store.ts";
import { createFilesystemStore } from "./filesystem-store.ts";

/** Where a server keeps content: the data folder, or the bucket of the configuration. The client for S3 is large: it is loaded where it is used. */
export async function openObjects({ storage }: Config, secrets: Secrets, data: string): Promise<ObjectStore> {
  if (storage === undefined) return createFilesystemStore(join(data, "objects"));
  const { createS3Store } = await import("../s3/s3-store.ts");
  const { bucket, region, prefix, endpoint, credentials } = storage;
  return createS3Store({
    bucket,
    region,
    ...(prefix === undefined ? {} : { prefix }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: secrets.reveal(credentials.secretAccessKey),
          },
        }),
  });
}
