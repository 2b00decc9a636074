import * as pulumi from "@pulumi/pulumi";
import { canonicalUid, normalizeEmail, normalizeOrganization, normalizeTeamId } from "../schema/identity.js";
import { quoted } from "../schema/text.js";

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
    const keys = await keysOf("team", args.team, resource());
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
  const places = await keysOf(within, place, resource);
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

/** Every name of a place that can be known now; a resource has one even before it exists. */
async function keysOf(within: Within, place: unknown, resource: pulumi.CustomResource): Promise<string[]> {
  if (pulumi.CustomResource.isInstance(place)) return resourceKeys(within, place, resource);
  const text = await knownValue(place);
  if (text !== undefined) return [textKey(text, resource)];
  const [only, ...more] = await dependenciesOf(place);
  return more.length === 0 && pulumi.CustomResource.isInstance(only) ? resourceKeys(within, only, resource) : [];
}

/** A team is not named by its slug, which other organizations may have too. */
async function resourceKeys(
  within: Within,
  place: pulumi.CustomResource,
  resource: pulumi.CustomResource,
): Promise<string[]> {
  const { slug } = place as { slug?: unknown };
  const texts = await Promise.all([knownValue(place.id), within === "organization" ? knownValue(slug) : undefined]);
  const known = texts.filter((text) => text !== undefined).map((text) => textKey(text, resource));
  return [`resource ${await knownValue(place.urn)}`, ...known];
}

/** A uid names one place in the world; a slug, one of a deployment, and so of a provider. */
function textKey(text: string, resource: pulumi.CustomResource): string {
  const id = normalizeTeamId(text) ?? canonicalUid(text);
  return id ?? `${providerOf(resource)} ${normalizeOrganization(text)}`;
}

const providers = new WeakMap<object, number>();
let providerCount = 0;

function providerOf(resource: pulumi.CustomResource): string {
  const { __prov: provider } = resource as unknown as { __prov?: object };
  if (provider === undefined) return "default";
  if (!providers.has(provider)) providers.set(provider, ++providerCount);
  return `provider ${providers.get(provider)}`;
}

/** `undefined` while it is unknown, as in the preview of what does not exist yet. */
function knownValue(value: unknown): Promise<string | undefined> {
  const output = pulumi.output(value) as unknown as { promise(): Promise<unknown>; isKnown: Promise<boolean> };
  return output.isKnown.then(async (isKnown) => {
    const known = isKnown ? await output.promise() : undefined;
    return typeof known === "string" ? known : undefined;
  });
}

async function dependenciesOf(value: unknown): Promise<unknown[]> {
  const { resources } = pulumi.output(value) as { resources?: () => Set<unknown> | Promise<Set<unknown>> };
  return resources === undefined ? [] : [...(await resources())];
}
