import * as pulumi from "@pulumi/pulumi";
import { normalizeEmail } from "../core/address.js";
import { canonicalUid, normalizeOrganization, normalizeTeamId } from "../core/identity.js";
import { quoted } from "../core/text.js";
import { isOfKind } from "./base.js";
import { knownValue } from "./references.js";

/** What kind of place: one person may be in one organization and in each of its teams. */
type Within = "organization" | "team";

/** What a resource says of the person and the place that it stands for. */
interface Declaration {
  kind: string;
  name: string;
  within: Within;
  place: unknown;
  /** The resource itself, once its constructor has run: its provider tells deployments apart. */
  resource(): pulumi.CustomResource;
}

/** Names of the resources that stand for somebody, by place and person. One run of one program has one. */
type Register = Map<string, string>;

const code = "AVALA_DECLARED_TWICE";
const registers = new WeakMap<object, Register>();

/** The inputs of a resource that stands for a person. */
interface PersonArgs {
  organization?: unknown;
  team?: unknown;
  user?: unknown;
  email?: unknown;
}

/**
 * The person's names as given, for a resource's inputs. Where another resource of the program stands for the same person
 * in the same place, the resource fails before anything is sent, in preview already, with both names. Spellings that only
 * the service can tell to be the same are refused at creation.
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
  const declaration = { kind, name, within, place: args.team ?? args.organization, resource } as const;
  const named = (["user", "email"] as const).filter((key) => args[key] !== undefined && args[key] !== null);
  return Object.fromEntries(named.map((key) => [key, checked(register, declaration, args[key])]));
}

/**
 * The people of a roster as given, for its inputs. Where another resource of the program stands for the people of the same
 * team, one by one or as a whole, the later of the two fails in the same way.
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
    const mine = `${kind} "${name}"`;
    const others = keys.flatMap((key) => [register.get(`roster ${key}`), register.get(`edges ${key}`)]);
    for (const key of keys) register.set(`roster ${key}`, mine);
    refuseBeside(mine, others);
    return known;
  });
  return { members };
}

/** What is only read is nobody's declaration. Without a stack, as with mocks, no run can be told from the next. */
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
  const { kind, name, within, place } = declaration;
  const person = canonicalUid(who) ?? normalizeEmail(who);
  const resource = declaration.resource();
  const places = await keysOf(place, resource);
  const keys = places.map((key) => `${within} ${key} ${person}`);
  const mine = `${kind} "${name}"`;
  if (within === "team") {
    for (const key of places) register.set(`edges ${key}`, mine);
    refuseBeside(
      mine,
      places.map((key) => register.get(`roster ${key}`)),
    );
  }
  const others = keys.map((key) => register.get(key)).filter((other) => other !== undefined);
  for (const key of keys) register.set(key, mine);
  if (others.length > 0)
    throw twice(`${others[0]} and ${mine} stand for one person, ${quoted(person)}, in one ${within}.`);
}

function refuseBeside(mine: string, others: (string | undefined)[]): void {
  const other = others.find((name) => name !== undefined);
  if (other !== undefined) throw twice(`${other} and ${mine} stand for people of one team, one of them as a whole.`);
}

function twice(what: string): pulumi.RunError {
  const error = new pulumi.RunError(
    `${what} They would work against each other: remove one of the two from the program. [${code}]`,
  );
  // Thrown out of an input, it would be printed with a stack of this package's own frames.
  error.stack = "";
  return error;
}

/**
 * Every name of a place that can be known now. One that is not known yet is the same as itself alone: the very output, not
 * another output of the same resource.
 */
async function keysOf(place: unknown, resource: pulumi.CustomResource): Promise<string[]> {
  const names = namesOf(place);
  const texts = await Promise.all(names.map(knownValue));
  const known = texts.filter((text) => text !== undefined).map((text) => textKey(text, resource));
  return [...names.filter(pulumi.Output.isInstance).map(outputKey), ...known];
}

/** What names the place. A team is not named by its slug, which other organizations may have too. */
function namesOf(place: unknown): unknown[] {
  if (!pulumi.CustomResource.isInstance(place)) return [place];
  const { id, uid, slug } = place as { id: unknown; uid?: unknown; slug?: unknown };
  return isOfKind(place, "Organization") ? [id, uid, slug] : [id];
}

/** A uid names one place in the world; a slug, one of a deployment, and so of a provider. */
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

/** Tells objects of this process apart. */
function numberOf(object: object): number {
  const number = numbers.get(object) ?? ++count;
  numbers.set(object, number);
  return number;
}
