// Not an import: the file stands outside the compiled tree, equally far from source and build.
const manifest = require("../../package.json") as {
  version: string;
  engines: { node: string };
  peerDependencies: Record<string, string>;
};

/** The version of pulumi-avala. */
export const version = manifest.version;

/** The versions that it runs with, as ranges of npm. */
export const supported = { node: manifest.engines.node, sdk: manifest.peerDependencies["@pulumi/pulumi"]! };
