import * as pulumi from "@pulumi/pulumi";
import type { ResourceSchema } from "../schema/index.js";
import { addressKey, providerText, typeToken } from "../schema/token.js";

export { providerText, typeToken };

/**
 * The arguments of the SDK's constructor for a dynamic resource. Its handlers are loaded by one constant line of text,
 * the same for all users and versions: nothing of the program is captured, and no upgrade causes a diff.
 *
 * The classes call it themselves, without a base class of this package between them and the SDK's: the SDK records the
 * caller at that distance as the line of the program that declares the resource.
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

/** The fields of the SDK's resources from which a URN is composed. */
interface Named {
  __pulumiType?: string;
  __parentResource?: pulumi.Resource;
}

/**
 * Identifies a resource within its stack, until it is moved: the types of its parents, its kind and its name, as in its
 * URN.
 */
export function addressOf(kind: string, name: string, parent: pulumi.Resource | undefined): string {
  const { __pulumiType: type, __parentResource: above } = (parent ?? {}) as Named;
  if (type === undefined || type === "pulumi:pulumi:Stack") return `${kind}::${name}`;
  return addressOf(`${type}$${kind}`, name, above);
}

/** Stack frames from the SDK's constructors to the line of the program. */
const framesToProgram = 4;

/**
 * Shortens stack traces until the returned function is called. The SDK takes four stack traces for each property of a
 * resource. With source maps, as in every program of the Node language host, they are most of the cost of declaring
 * one.
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

/** From this version on, the SDK passes a read of a dynamic resource by id to its handlers. */
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
