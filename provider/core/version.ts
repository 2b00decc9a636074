// Not an import: the file is outside the compiled tree, at the same relative path from source and build.
const manifest = require("../../package.json") as {
  version: string;
  engines: { node: string };
  peerDependencies: Record<string, string>;
};

/** The version of pulumi-avala. */
export const version = manifest.version;

/** The supported versions, as npm ranges. */
export const supported = { node: manifest.engines.node, sdk: manifest.peerDependencies["@pulumi/pulumi"]! };
