import { printable } from "../../provider/core/text.js";
import { version } from "../../provider/core/version.js";
import { failed, ok, warning, type Check } from "./check.js";
import { versions } from "./supported.js";

/** Of this command. */
export const ownVersion = version;
const { node, sdk, cli, typescript } = versions;

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
  if (isAtLeast(version, node.oldest)) return ok("node", `Node ${version}`);
  return failed("node", `Node ${printable(version)} is older than ${node.oldest}.`, "Install a newer Node.");
}

/** @param version of the program's own; undefined where it has none */
export function typescriptCheck(version: string | undefined): Check {
  if (version === undefined)
    return ok("typescript", "TypeScript of the Pulumi SDK; the program does not install its own");
  if (numbers(version)[0]! < typescript.below) return ok("typescript", `TypeScript ${printable(version)}`);
  return failed(
    "typescript",
    `TypeScript ${printable(version)} is not supported by the Pulumi SDK, which runs the program with it.`,
    "npm install --save-dev typescript@6",
  );
}

/**
 * @param version undefined where the program has none
 * @param runsOn the version of Node that the SDK is to run on
 */
export function sdkCheck(version: string | undefined, runsOn: string): Check {
  const fix = installSdk("latest", runsOn);
  if (version === undefined) return failed("sdk", "@pulumi/pulumi cannot be resolved from the program's folder.", fix);
  const shown = `@pulumi/pulumi ${printable(version)}`;
  if (!isAtLeast(version, sdk.oldest)) return failed("sdk", `${shown} is older than ${sdk.oldest}.`, fix);
  if (numbers(version)[0] !== numbers(sdk.oldest)[0]) {
    return failed("sdk", `${shown} has a different major version than ${sdk.oldest}.`, installSdk("3", runsOn));
  }
  if (!isAtLeast(version, sdk.getsFrom))
    return warning("sdk", `${shown}: get() of resources requires ${sdk.getsFrom}.`, fix);
  return ok("sdk", shown);
}

function installSdk(tag: string, runsOn: string): string {
  const command = `npm install @pulumi/pulumi@${tag}`;
  if (isAtLeast(runsOn, node.newestSdkNeeds)) return command;
  return `Install Node ${node.newestSdkNeeds} or newer, which the latest SDK requires, then run: ${command}`;
}

/** @param version as `pulumi version` prints it; undefined where there is no CLI */
export function pulumiCheck(version: string | undefined): Check {
  const fix = "See https://www.pulumi.com/docs/install/.";
  if (version === undefined) return failed("pulumi", "The Pulumi CLI is not on the PATH.", fix);
  if (isAtLeast(version, cli.importsFrom)) return ok("pulumi", `Pulumi ${printable(version)}`);
  return warning(
    "pulumi",
    `Pulumi ${printable(version)}: the import of existing objects requires ${cli.importsFrom}, and older versions are not tested.`,
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
