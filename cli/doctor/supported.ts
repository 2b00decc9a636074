import { supported } from "../../provider/core/version.js";

/**
 * The versions that this package works with. `doctor` checks them; docs/reference/versions.md, the manifests, the CI
 * workflow and the documents are compared with them in test/unit/versions.test.ts.
 */
export const versions = {
  node: {
    /** `>=20.19` */
    oldest: supported.node.replace(/^>=\s*/, ""),
    /** CI runs all tests with each. */
    tested: ["20.19", "22", "24"],
    /** What today's SDK runs on; this package and older SDKs do with less. */
    newestSdkNeeds: "22",
  },
  sdk: {
    /** `^3.216.0`: this one, or newer ones of the same major version. */
    oldest: supported.sdk.replace(/^\^/, ""),
    /** From here on `get` of a resource reaches its handlers. */
    getsFrom: "3.268.0",
    /** The newest that the tests use. */
    tested: "3.270.0",
  },
  cli: {
    /** From here on `pulumi import` takes dynamic resources. */
    importsFrom: "3.254.0",
    /** The one that the tests use if none is on the PATH. */
    tested: "3.259.0",
  },
  typescript: {
    /** The first one without the programming interface that the SDK needs. */
    below: 7,
    tested: "6.0",
  },
} as const;
