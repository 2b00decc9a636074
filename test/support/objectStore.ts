import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Server {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}
type Options = Record<"address" | "directory", string> & {
  port: number;
  silent: boolean;
  configureBuckets: { name: string }[];
};
const S3Server = require("@20minutes/s3rver") as new (options: Options) => Server;

const bucket = "states";
/** The only credentials that this server knows. */
const credentials = "S3RVER";

/** An S3-compatible object store on a free port of 127.0.0.1, and what the environment of the CLI needs to use it. */
export async function startObjectStore() {
  const directory = mkdtempSync(join(tmpdir(), "avala-object-store-"));
  const configureBuckets = [{ name: bucket }];
  const server = new S3Server({ address: "127.0.0.1", port: 0, silent: true, directory, configureBuckets });
  const { port } = await server.run();
  const query = new URLSearchParams({
    endpoint: `127.0.0.1:${port}`,
    disableSSL: "true",
    s3ForcePathStyle: "true",
    region: "us-east-1",
  });
  return {
    environment: {
      PULUMI_BACKEND_URL: `s3://${bucket}?${query}`,
      AWS_ACCESS_KEY_ID: credentials,
      AWS_SECRET_ACCESS_KEY: credentials,
      AWS_EC2_METADATA_DISABLED: "true",
    },
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
