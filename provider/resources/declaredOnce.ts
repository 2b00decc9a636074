import * as pulumi from "@pulumi/pulumi";
import { normalizeEmail } from "../core/address.js";
import { canonicalUid, normalizeOrganization, normalizeTeamId } from "../core/identity.js";
import { quoted } from "../core/text.js";
import { isOfKind } from "./base.js";
import { knownValue } from "./references.js";

/** One person may be declared once in an organization and once in each of its teams. */
type Within = "organization" | "team";

/** The person and the organization or team (the scope) that a resource manages. */
interface Declaration {
  kind: string;
  name: string;
  within: Within;
  scope: unknown;
  /** The resource itself, after its constructor has run: its provider identifies the deployment. */
  resource(): pulumi.CustomResource;
}

/** Names of the resources that manage people, by scope and person. There is one register for each run of a program. */
type Register = Map<string, string>;

const code = "AVALA_DECLARED_TWICE";
const registers = new WeakMap<object, Register>();

/** The inputs of a resource that manages one person. */
interface PersonArgs {
  organization?: unknown;
  team?: unknown;
  user?: unknown;
  email?: unknown;
}

/**
 * The inputs `user` and `email` as given. If a different resource of the program manages the same person in the same
 * organization or team, this one fails before anything is sent, in the preview already, with both names. Spellings that
 * only the service knows to be the same person are refused at creation.
 */
export function namedOnce(
  kind: string,
  name: string,
  args: PersonArgs,
  opts: pulumi.CustomResourceOptions | undefined,
  resource: () => pulumi.CustomResource,
): PersonArgs {
  const register = registerOf(opts);
  if (register === undefined) return {};
  const within = args.team === undefined ? "organization" : "team";
  const declaration = { kind, name, within, scope: args.team ?? args.organization, resource } as const;
  const named = (["user", "email"] as const).filter((key) => args[key] !== undefined && args[key] !== null);
  return Object.fromEntries(named.map((key) => [key, checked(register, declaration, args[key])]));
}

/**
 * The input `members` as given. If a different resource of the program manages people of the same team, one person or
 * all, the later of the two fails in the same way.
 */
export function rosterOnce(
  kind: string,
  name: string,
  args: { team?: unknown; members?: unknown },
  opts: pulumi.CustomResourceOptions | undefined,
  resource: () => pulumi.CustomResource,
): { members?: unknown } {
  const register = registerOf(opts);
  if (register === undefined) return {};
  const members = pulumi.output(args.members as object).apply(async (known) => {
    const keys = await keysOf(args.team, resource());
    const mine = `${kind} ${quoted(name)}`;
    const others = keys.flatMap((key) => [register.get(`roster ${key}`), register.get(`edges ${key}`)]);
    for (const key of keys) register.set(`roster ${key}`, mine);
    refuseBeside(mine, others);
    return known;
  });
  return { members };
}

/**
 * A resource that is only read by id declares nothing. Without a stack, as with mocks, runs cannot be distinguished.
 */
function registerOf(opts: pulumi.CustomResourceOptions | undefined): Register | undefined {
  const stack = opts?.id === undefined ? pulumi.runtime.getStackResource() : undefined;
  if (stack === undefined) return undefined;
  const register = registers.get(stack) ?? new Map<string, string>();
  registers.set(stack, register);
  return register;
}

function checked(register: Register, declaration: Declaration, who: unknown): pulumi.Output<unknown> {
  return pulumi.output(who as string | undefined).apply(async (known) => {
    if (typeof known === "string") await enter(register, declaration, known);
    return known;
  });
}

async function enter(register: Register, declaration: Declaration, who: string): Promise<void> {
  const { kind, name, within, scope } = declaration;
  const person = canonicalUid(who) ?? normalizeEmail(who);
  const resource = declaration.resource();
  const scopeKeys = await keysOf(scope, resource);
  const keys = scopeKeys.map((key) => `${within} ${key} ${person}`);
  const mine = `${kind} ${quoted(name)}`;
  if (within === "team") {
    for (const key of scopeKeys) register.set(`edges ${key}`, mine);
    refuseBeside(
      mine,
      scopeKeys.map((key) => register.get(`roster ${key}`)),
    );
  }
  const others = keys.map((key) => register.get(key)).filter((other) => other !== undefined);
  for (const key of keys) register.set(key, mine);
  if (others.length > 0)
    throw twice(`${others[0]} and ${mine} declare the same person, ${quoted(person)}, in the same ${within}.`);
}

function refuseBeside(mine: string, others: (string | undefined)[]): void {
  const other = others.find((name) => name !== undefined);
  if (other !== undefined)
    throw twice(`${other} and ${mine} declare people of the same team, which a TeamRoster declares as a whole.`);
}

function twice(what: string): pulumi.RunError {
  const error = new pulumi.RunError(
    `${what} They would overwrite each other's changes: remove one of them from the program. [${code}]`,
  );
  // An error that an input throws is printed with its stack, which would show frames of this package.
  error.stack = "";
  return error;
}

/**
 * Keys of all names of an organization or team that are known now. A name that is unknown equals only itself: the same
 * output object, not a different output of the same resource.
 */
async function keysOf(scope: unknown, resource: pulumi.CustomResource): Promise<string[]> {
  const names = namesOf(scope);
  const texts = await Promise.all(names.map(knownValue));
  const known = texts.filter((text) => text !== undefined).map((text) => textKey(text, resource));
  return [...names.filter(pulumi.Output.isInstance).map(outputKey), ...known];
}

/**
 * The names of an organization or team. A team's slug is not one of them, because teams of other organizations may have
 * it too.
 */
function namesOf(scope: unknown): unknown[] {
  if (!pulumi.CustomResource.isInstance(scope)) return [scope];
  const { id, uid, slug } = scope as { id: unknown; uid?: unknown; slug?: unknown };
  return isOfKind(scope, "Organization") ? [id, uid, slug] : [id];
}

/** A uid is unique everywhere; a slug is unique in a deployment, and so for a provider. */
function textKey(text: string, resource: pulumi.CustomResource): string {
  const id = normalizeTeamId(text) ?? canonicalUid(text);
  return id ?? `${providerOf(resource)} ${normalizeOrganization(text)}`;
}

function providerOf(resource: pulumi.CustomResource): string {
  const { __prov: provider } = resource as unknown as { __prov?: object };
  return provider === undefined ? "default" : `provider ${numberOf(provider)}`;
}

function outputKey(output: object): string {
  return `output ${numberOf(output)}`;
}

const numbers = new WeakMap<object, number>();
let count = 0;

/** A number that identifies an object within this process. */
function numberOf(object: object): number {
  const number = numbers.get(object) ?? ++count;
  numbers.set(object, number);
  return number;
}
