// Records the checksums of the Pulumi CLI that the set-up fetches, after CLI_VERSION has changed: about 1.2 GB are fetched.
import { EnvHttpProxyAgent, fetch } from "undici";
import { CHECKSUMS, recordChecksums } from "./checksums.mjs";
import { say } from "./project.mjs";
import { CLI_VERSION, RELEASES } from "./pulumi.mjs";

const dispatcher = new EnvHttpProxyAgent();
await recordChecksums({
  version: CLI_VERSION,
  published: `https://github.com/pulumi/pulumi/releases/download/v${CLI_VERSION}/SHA512SUMS`,
  releases: RELEASES,
  fetch: (url) => fetch(url, { dispatcher }),
  log: say,
});
say(`Every archive has the published checksum. They are recorded in ${CHECKSUMS}.`);
