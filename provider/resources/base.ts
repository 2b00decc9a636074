import * as pulumi from "@pulumi/pulumi";
import type { ResourceSchema } from "../schema/index.js";
import { addressKey, providerText, typeToken } from "../schema/token.js";

export { providerText, typeToken };

/**
 * What the SDK's constructor is given for a dynamic resource whose handlers are found by one constant line of text, the
 * same for all users and versions: nothing of the program is captured, and no upgrade makes a diff.
 *
 * The classes call it themselves, without a base of ours between them and the SDK's: the SDK takes the caller at that
 * distance for the line of the program that declares the resource, and records it.
 */
export function registration(
  schema: ResourceSchema,
  name: string,
  args: object,
  opts: pulumi.CustomResourceOptions = {},
): [string, string, object, pulumi.CustomResourceOptions] {
  if (opts.id !== undefined) requireReadableSdk();
  const placeholders = Object.fromEntries(
    [...Object.keys(schema.inputs), ...Object.keys(schema.outputs)].map((key) => [key, undefined]),
  );
  const hidden = { [addressKey]: addressOf(schema.kind, name, opts.parent), __provider: providerText(schema.key) };
  return [typeToken(schema.kind), name, { ...placeholders, ...args, ...hidden }, opts];
}

/** The fields of the SDK's resources that make up a URN. */
interface Named {
  __pulumiType?: string;
  __parentResource?: pulumi.Resource;
}

/**
 * What tells a resource from the others of its stack, and stays as long as it is not moved: the types of its parents, its
 * kind and its name, as in its URN.
 */
export function addressOf(kind: string, name: string, parent: pulumi.Resource | undefined): string {
  const { __pulumiType: type, __parentResource: above } = (parent ?? {}) as Named;
  if (type === undefined || type === "pulumi:pulumi:Stack") return `${kind}::${name}`;
  return addressOf(`${type}$${kind}`, name, above);
}

/** From the SDK's constructors to the line of the program. */
const framesToProgram = 4;

/**
 * Shortens the stack traces that are taken until the function that is answered is called. The SDK takes four for each
 * property of a resource, and where source maps are in use, as in every program of the Node language host, that is
 * most of what declaring one costs.
 */
export function shortStacks(): () => void {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Math.min(limit, framesToProgram);
  return () => {
    Error.stackTraceLimit = limit;
  };
}

export function isOfKind(object: unknown, kind: string): boolean {
  return (object as { __pulumiType?: string } | undefined)?.__pulumiType === typeToken(kind);
}

const firstReadableSdk = [3, 268];

/** Reading a dynamic resource by id reaches its handlers from this version of the SDK on. */
function requireReadableSdk(): void {
  const { version } = require("@pulumi/pulumi/version.js") as { version: string };
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const [neededMajor, neededMinor] = firstReadableSdk as [number, number];
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new pulumi.RunError(
    `get() needs @pulumi/pulumi ${firstReadableSdk.join(".")}.0 or newer; this program uses ${version}. ` +
      "Upgrade it with: npm install @pulumi/pulumi@latest",
  );
}
