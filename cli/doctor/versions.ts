import { printable } from "../../provider/core/text.js";
import { supported, version } from "../../provider/core/version.js";
import { failed, ok, warning, type Check } from "./check.js";

/** Of this command. */
export const ownVersion = version;
/** `>=20.19` */
const oldestNode = supported.node.replace(/^>=\s*/, "");
/** `^3.216.0`: this one, or newer ones of the same major version. */
const oldestSdk = supported.sdk.replace(/^\^/, "");
/** From here on `get` of a resource reaches its handlers. */
const getsFrom = "3.268.0";
/** From here on `pulumi import` takes dynamic resources. */
const importsFrom = "3.254.0";
/** What today's SDK runs on; this package and older SDKs do with less. */
const newestSdkNeedsNode = "22";
/** The first one without the programming interface that the SDK needs. */
const typescriptBelow = 7;

function numbers(version: string): number[] {
  return /\d+(?:\.\d+)*/.exec(version)?.[0].split(".").map(Number) ?? [];
}

/** Whether a version is not older than another; what follows a hyphen does not count. */
function isAtLeast(version: string, other: string): boolean {
  const [mine, least] = [numbers(version), numbers(other)];
  for (const [index, wanted] of least.entries()) {
    const given = mine[index] ?? 0;
    if (given !== wanted) return given > wanted;
  }
  return true;
}

export function nodeCheck(version: string): Check {
  if (isAtLeast(version, oldestNode)) return ok("node", `Node ${version}`);
  return failed("node", `Node ${printable(version)} is older than ${oldestNode}.`, "Install a newer Node.");
}

/** @param version of the program's own; undefined where it has none */
export function typescriptCheck(version: string | undefined): Check {
  if (version === undefined)
    return ok("typescript", "TypeScript of the Pulumi SDK; the program does not install its own");
  if (numbers(version)[0]! < typescriptBelow) return ok("typescript", `TypeScript ${printable(version)}`);
  return failed(
    "typescript",
    `TypeScript ${printable(version)} is not supported by the Pulumi SDK, which runs the program with it.`,
    "npm install --save-dev typescript@6",
  );
}

/**
 * @param version undefined where the program has none
 * @param node the version that the SDK is to run on
 */
export function sdkCheck(version: string | undefined, node: string): Check {
  const fix = installSdk("latest", node);
  if (version === undefined) return failed("sdk", "@pulumi/pulumi cannot be resolved from the program's folder.", fix);
  const shown = `@pulumi/pulumi ${printable(version)}`;
  if (!isAtLeast(version, oldestSdk)) return failed("sdk", `${shown} is older than ${oldestSdk}.`, fix);
  if (numbers(version)[0] !== numbers(oldestSdk)[0]) {
    return failed("sdk", `${shown} has a different major version than ${oldestSdk}.`, installSdk("3", node));
  }
  if (!isAtLeast(version, getsFrom)) return warning("sdk", `${shown}: get() of resources requires ${getsFrom}.`, fix);
  return ok("sdk", shown);
}

function installSdk(tag: string, node: string): string {
  const command = `npm install @pulumi/pulumi@${tag}`;
  if (isAtLeast(node, newestSdkNeedsNode)) return command;
  return `Install Node ${newestSdkNeedsNode} or newer, which the latest SDK requires, then run: ${command}`;
}

/** @param version as `pulumi version` prints it; undefined where there is no CLI */
export function pulumiCheck(version: string | undefined): Check {
  const fix = "See https://www.pulumi.com/docs/install/.";
  if (version === undefined) return failed("pulumi", "The Pulumi CLI is not on the PATH.", fix);
  if (isAtLeast(version, importsFrom)) return ok("pulumi", `Pulumi ${printable(version)}`);
  return warning(
    "pulumi",
    `Pulumi ${printable(version)}: the import of existing objects requires ${importsFrom}; everything else works.`,
    fix,
  );
}

/** @param version of the package as resolved from the program; undefined if it is not found */
export function packageCheck(version: string | undefined): Check {
  if (version === undefined) {
    return failed(
      "package",
      "pulumi-avala/provider cannot be resolved from the program's folder, where the engine looks for it.",
      "Make pulumi-avala a direct dependency of the program: npm install pulumi-avala",
    );
  }
  if (version === ownVersion) return ok("package", `pulumi-avala ${ownVersion}, resolved from the program's folder`);
  return warning(
    "package",
    `The program uses pulumi-avala ${printable(version)}, this command is ${ownVersion}.`,
    "Run the command as npx pulumi-avala in the program's folder.",
  );
}
