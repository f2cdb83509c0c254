import { S3ServiceException } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { requiring } from "../../../infra/s3/s3-error.ts";

const failure = (name: string): S3ServiceException =>
  new S3ServiceException({ name, message: "m", $fault: "server", $metadata: { httpStatusCode: 409 } });

describe("a call of S3", () => {
  it.each([
    ["ExistingObjectIsDirectory", 1, 2, "done"],
    ["ExistingObjectIsDirectory", 4, 5, "done"],
    ["ExistingObjectIsDirectory", 9, 5, "S3 refuses: ExistingObjectIsDirectory"],
    ["SlowDown", 1, 1, "S3 refuses: SlowDown"],
    ["NoSuchBucket", 1, 1, "S3 refuses: NoSuchBucket"],
  ])("that ends in %s %d times is made %d times: %s", async (name, failures, calls, outcome) => {
    let made = 0;
    const call = async (): Promise<string> => {
      made++;
      if (made <= failures) throw failure(name);
      return "done";
    };
    const ended = await requiring(call).catch((error: unknown) => (error instanceof Error ? error.message : error));
    expect([made, ended]).toEqual([calls, outcome]);
  });
});
