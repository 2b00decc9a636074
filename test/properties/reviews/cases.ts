import type { Seed } from "../../../emulator/src/index.js";
import { ref, type Declared } from "../../support/pulumi.js";

/*
 * Random programs, each in an organization of its own: what is declared first, what happens in Avala, and what is declared
 * then. Many share the runs of one engine.
 */

export interface Case {
  slug: string;
  seed: NonNullable<Seed["organizations"]>[number];
  people: string[];
  before: Declared[];
  /** What others do between the two programs. */
  acts: Act[];
  after: Declared[];
  /** Names of resources that the second run replaces (`--replace`). */
  replaced: string[];
  run: Run;
  /** Resources that the second run leaves out (`--exclude`). */
  excluded: Chosen[];
  /** Resources to which the second run is limited (`--target`); none of the others if there are none. */
  targeted: Chosen[];
}

/** What the second run is about: it is the same for all programs that share a run. */
export interface Run {
  /** Only targets (`--target`), or everything except what is excluded. */
  isTargeted: boolean;
  /** Also what depends on them (`--target-dependents`, `--exclude-dependents`). */
  withDependents: boolean;
}

/** Resources of this name: of the state, or also what only the program declares, by a pattern. */
export interface Chosen {
  name: string;
  isRecorded: boolean;
}

/** A data file of People, which is written beside the program. */
export interface DataFile {
  name: string;
  content: { people: Listed[]; defaults?: Record<string, unknown> };
}

export type Act =
  | { act: "accept" | "join" | "leave" | "expire"; email: string }
  | { act: "removeFromTeam" | "addToTeam"; email: string; team: string };

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  some<Item>(items: readonly Item[], probability: number): Item[] {
    return items.filter(() => this.chance(probability));
  }
}

export const owner = "owner@example.com";
/** Variable with the key of explicit providers. */
export const tenantKey = "TENANT_AVALA_API_KEY";
const names = ["ada", "bob", "cleo", "dan", "eve", "fay"];
const teamNames = ["Core", "Crew"];

/** A program as data that a change can edit: what each resource declares, by its key. */
type Program = Map<string, Declared>;

export function caseOf(number: number): Case {
  const dice = new Dice(number * 7919 + 1);
  const slug = `c${number}`;
  const people = names.map((name) => `${name}@${slug}.example.com`);
  const inside = dice.some(people, 0.6);
  const seed = {
    name: slug,
    members: [
      { email: owner, role: "owner" as const },
      ...inside.map((email) => ({ email, role: dice.chance(0.2) ? ("admin" as const) : ("member" as const) })),
    ],
    teams: [
      {
        name: "Core",
        members: dice.some(inside, 0.5).map((email) => ({ email, role: dice.one(["lead", "member"] as const) })),
      },
    ],
  };
  const before = firstProgram(dice, slug, people);
  const acts = actsOn(dice, people);
  const after = changed(dice, slug, people, before);
  const [first, second] = gathered(new Dice(number * 15_485_863 + 3), slug, people, [before, after]);
  const recorded = first.flatMap(namesOf);
  const both = second.flatMap(namesOf).filter((name) => recorded.includes(name));
  const replaced = dice.chance(0.25) && both.length > 0 ? [dice.one(both)] : [];
  const further = new Dice(number * 104_729 + 7);
  const surrounded = moved(further, slug, second);
  const all = [...new Set([...recorded, ...surrounded.flatMap(namesOf)])].filter((name) => !replaced.includes(name));
  const run = runs[number % runs.length]!;
  const chosen = chosenFor(further, run, all, surrounded.filter(isInfrastructure).flatMap(namesOf));
  return { slug, seed, people, before: first, acts, after: surrounded, replaced, run, ...chosen };
}

/** Most runs are whole; each of the others is among five programs in a row. */
const runs: readonly Run[] = [
  { isTargeted: false, withDependents: false },
  { isTargeted: true, withDependents: false },
  { isTargeted: false, withDependents: false },
  { isTargeted: true, withDependents: true },
  { isTargeted: false, withDependents: true },
];

/** What people's resources depend on. */
const isInfrastructure = ({ kind }: Declared) => ["Component", "Provider", "Organization", "Team"].includes(kind);

/** Mostly with what the targets depend on: without it, the engine refuses a new one. */
function chosenFor(
  dice: Dice,
  { isTargeted, withDependents }: Run,
  names: readonly string[],
  infrastructure: readonly string[],
): Pick<Case, "excluded" | "targeted"> {
  const chosen = (name: string): Chosen => ({ name, isRecorded: dice.chance(0.3) });
  if (isTargeted) {
    const below = dice.chance(0.8) ? infrastructure.map((name) => ({ name, isRecorded: false })) : [];
    return { excluded: [], targeted: [...below, ...dice.some(names, dice.one([0.2, 0.5, 0.9])).map(chosen)] };
  }
  const isExcluding = dice.chance(withDependents ? 0.8 : 0.2) && names.length > 0;
  return { excluded: isExcluding ? [chosen(dice.one(names))] : [], targeted: [] };
}

/** Names of the resources of a declaration. */
function namesOf({ kind, name, args }: Declared): string[] {
  if (kind !== "People") return [name];
  return [name, ...listedIn(args).flatMap(({ email, teams }) => namesOfPerson(`${name}-${email}`, teams))];
}

const namesOfPerson = (own: string, teams: Listed["teams"]) => [
  own,
  ...Object.keys(teams).map((team) => `${own}-${team}`),
];

/** A person in a list of People. */
export interface Listed {
  email: string;
  teams: Record<string, unknown>;
  [field: string]: unknown;
}

/** The list of a declaration of People, also where a file contains it. */
function listedIn({ file, people = [] }: Declared["args"] = {}): Listed[] {
  return isDataFile(file) ? file.content.people : (people as Listed[]);
}

export function isDataFile(value: unknown): value is DataFile {
  return typeof value === "object" && value !== null && "content" in value;
}

/** The same People with one person less, in every way. */
export function withoutPerson({ args, ...declared }: Declared): Declared[] {
  const listed = listedIn(args);
  return [...listed.keys()].map((at) => {
    const [file, people] = [args!["file"], listed.toSpliced(at, 1)];
    const less = isDataFile(file) ? { file: { ...file, content: { ...file.content, people } } } : { people };
    return { ...declared, args: { ...args, ...less } };
  });
}

/** In some cases, People declare some persons and their team memberships: before the change, after it, or both. */
function gathered(
  dice: Dice,
  slug: string,
  people: readonly string[],
  programs: readonly [Program, Program],
): [Declared[], Declared[]] {
  const sides = dice.one(["none", "none", "before", "after", "both", "both", "both"]);
  const members = new Set(dice.some(people, 0.6));
  const isRenamed = dice.chance(0.15);
  const [first, second] = programs;
  const name = `${slug} people`;
  return [
    sides === "before" || sides === "both" ? withPeople(dice, slug, name, members, first) : [...first.values()],
    sides === "after" || sides === "both"
      ? withPeople(dice, slug, isRenamed ? `${slug} staff` : name, members, second)
      : [...second.values()],
  ];
}

const plain = (value: unknown) =>
  typeof value === "object" && value !== null && "$secret" in value ? value.$secret : value;

/** The program with People in place of members whom it declares one by one, and of their team memberships. */
function withPeople(dice: Dice, slug: string, name: string, people: ReadonlySet<string>, program: Program): Declared[] {
  if (!program.has("org")) return [];
  const isListed = (email: string) => people.has(email) && program.get(email)?.kind === "OrganizationMember";
  const emailOf = (key: string) => key.split(" ").at(-1)!;
  const taken = [...program.keys()].filter((key) => isListed(emailOf(key)));
  const listed = taken
    .filter((key) => !key.includes(" "))
    .map((email): Listed => {
      const { organization: _, ...fields } = program.get(email)!.args!;
      const teams = taken.filter((key) => key.endsWith(` ${email}`));
      const roles = teams.map((key) => [key.split(" ")[0]!, plain(program.get(key)!.args!["role"])]);
      const values = Object.entries(fields).map(([field, value]) => [field, plain(value)]);
      return { ...(Object.fromEntries(values) as Listed), teams: Object.fromEntries(roles) };
    });
  const defaults = dice.chance(0.3)
    ? { onExpiry: "resend", ...(dice.chance(0.3) && { onDestroy: "retain" }) }
    : undefined;
  const teams = teamNames.filter((team) => program.has(team)).map((team) => [team, ref(teamKey(slug, team))]);
  const file: DataFile = { name: `${slug}.yaml`, content: { people: listed, ...(defaults && { defaults }) } };
  const args = {
    organization: ref(organizationKey(slug)),
    teams: Object.fromEntries(teams) as object,
    ...(dice.chance(0.5) ? { file } : { people: listed, ...(defaults && { defaults }) }),
  };
  const rest = [...program].filter(([key]) => !taken.includes(key)).map(([, declared]) => declared);
  return [...rest, { kind: "People", name, args }];
}

/** Some resources move into a component, some to another provider of the same deployment. */
function moved(dice: Dice, slug: string, program: readonly Declared[]): Declared[] {
  const movable = program.filter(({ kind }) => kind !== "Organization" && kind !== "Team");
  const [inside, atTenant] = [dice.chance(0.3), dice.chance(0.3)].map(
    (isDone) => new Set(isDone ? dice.some(movable, 0.4) : []),
  ) as [Set<Declared>, Set<Declared>];
  const box: Declared = { kind: "Component", name: `${slug} box` };
  const tenant: Declared = { kind: "Provider", name: `${slug} tenant`, args: { apiKeyEnv: tenantKey } };
  const resources = program.map((one) => ({
    ...one,
    options: {
      ...one.options,
      ...(inside.has(one) && { parent: ref(box.name) }),
      ...(atTenant.has(one) && { provider: ref(tenant.name) }),
    },
  }));
  return [...(inside.size > 0 ? [box] : []), ...(atTenant.size > 0 ? [tenant] : []), ...resources];
}

function maybeSecret(dice: Dice, value: unknown): unknown {
  return dice.chance(0.15) ? { $secret: value } : value;
}

const organizationKey = (slug: string) => `${slug} org`;
const teamKey = (slug: string, team: string) => `${slug} ${team}`;

function organization(dice: Dice, slug: string): Declared {
  const args = {
    name: slug,
    adopt: slug,
    ...(dice.chance(0.3) ? { onDestroy: maybeSecret(dice, dice.one(["delete", "retain"])) } : {}),
    ...(dice.chance(0.5) ? { forceDestroy: maybeSecret(dice, true) } : {}),
  };
  return { kind: "Organization", name: organizationKey(slug), args };
}

function team(dice: Dice, slug: string, name: string): Declared {
  return {
    kind: "Team",
    name: teamKey(slug, name),
    args: {
      organization: ref(organizationKey(slug)),
      name,
      ...(name === "Core" ? { adopt: "core" } : {}),
      ...(dice.chance(0.5) ? { forceDestroy: maybeSecret(dice, true) } : {}),
    },
    options: {
      ...(dice.chance(0.15) ? { retainOnDelete: true } : {}),
      ...(dice.chance(0.15) ? { deleteBeforeReplace: true } : {}),
    },
  };
}

function member(dice: Dice, slug: string, email: string): Declared {
  const isInvitation = dice.chance(0.2);
  const role = dice.chance(0.25) ? "admin" : "member";
  return {
    kind: isInvitation ? "Invitation" : "OrganizationMember",
    name: `${slug} ${email}`,
    args: {
      organization: ref(organizationKey(slug)),
      email,
      role: maybeSecret(dice, role),
      ...(!isInvitation && dice.chance(0.2) ? { onDestroy: maybeSecret(dice, "retain") } : {}),
      ...(!isInvitation && dice.chance(0.3) ? { onExpiry: maybeSecret(dice, "resend") } : {}),
      ...(!isInvitation && dice.chance(0.2) ? { maxEmails: maybeSecret(dice, dice.one([1, 5])) } : {}),
    },
    options: dice.chance(0.1) ? { retainOnDelete: true } : {},
  };
}

function membership(dice: Dice, slug: string, name: string, email: string): Declared {
  return {
    kind: "TeamMembership",
    name: `${slug} ${name} ${email}`,
    args: {
      team: ref(teamKey(slug, name)),
      email,
      role: maybeSecret(dice, dice.one(["lead", "member"])),
      ...(dice.chance(0.15) ? { onDestroy: maybeSecret(dice, "retain") } : {}),
    },
    options: {
      ...(dice.chance(0.1) ? { retainOnDelete: true } : {}),
      ...(dice.chance(0.15) ? { deletedWith: ref(teamKey(slug, name)) } : {}),
    },
  };
}

function roster(dice: Dice, slug: string, name: string, people: readonly string[]): Declared {
  const members = Object.fromEntries(dice.some(people, 0.5).map((email) => [email, dice.one(["lead", "member"])]));
  return {
    kind: "TeamRoster",
    name: `${slug} ${name} roster`,
    args: {
      team: ref(teamKey(slug, name)),
      members: maybeSecret(dice, members),
      ...(dice.chance(0.4) ? { unmanaged: maybeSecret(dice, dice.one(["report", "remove"])) } : {}),
    },
  };
}

function firstProgram(dice: Dice, slug: string, people: readonly string[]): Program {
  const program: Program = new Map([["org", organization(dice, slug)]]);
  const declared = dice.some(people, 0.7);
  for (const email of declared) program.set(email, member(dice, slug, email));
  for (const name of dice.some(teamNames, 0.8)) addTeam(dice, slug, name, declared, program);
  return program;
}

function addTeam(dice: Dice, slug: string, name: string, people: readonly string[], program: Program): void {
  program.set(name, team(dice, slug, name));
  if (dice.chance(0.4)) {
    program.set(`${name} people`, roster(dice, slug, name, people));
    return;
  }
  for (const email of dice.some(people, 0.5)) program.set(`${name} ${email}`, membership(dice, slug, name, email));
}

function actsOn(dice: Dice, people: readonly string[]): Act[] {
  return people.flatMap((email): Act[] => [
    ...(dice.chance(0.4) ? [{ act: "accept", email } as const] : []),
    ...(dice.chance(0.1) ? [{ act: "join", email } as const] : []),
    ...(dice.chance(0.15) ? [{ act: "expire", email } as const] : []),
    ...(dice.chance(0.1) ? [{ act: "leave", email } as const] : []),
    ...(dice.chance(0.1) ? [{ act: "removeFromTeam", email, team: "Core" } as const] : []),
    ...(dice.chance(0.1) ? [{ act: "addToTeam", email, team: dice.one(teamNames) } as const] : []),
  ]);
}

type Edit = (dice: Dice, slug: string, people: readonly string[], program: Program) => void;

const isOfTeam = (key: string, name: string) => key === name || key.startsWith(`${name} `);
const keysOf = (program: Program, kinds: readonly string[]) =>
  [...program].filter(([, { kind }]) => kinds.includes(kind)).map(([key]) => key);

const edits: Record<string, Edit> = {
  "takes a person out"(dice, _slug, _people, program) {
    const keys = keysOf(program, ["OrganizationMember", "Invitation", "TeamMembership", "TeamRoster"]);
    if (keys.length > 0) program.delete(dice.one(keys));
  },
  "adds a person"(dice, slug, people, program) {
    const email = dice.one(people);
    if (!program.has(email)) program.set(email, member(dice, slug, email));
  },
  "declares a person anew"(dice, slug, people, program) {
    const email = dice.one(people);
    if (program.has(email)) program.set(email, member(dice, slug, email));
  },
  "renames a resource"(dice, _slug, _people, program) {
    const key = dice.one(keysOf(program, ["OrganizationMember", "Invitation", "TeamMembership", "TeamRoster"]));
    const declared = key === undefined ? undefined : program.get(key)!;
    if (declared) program.set(key, { ...declared, name: `${declared.name} renamed` });
  },
  "takes a team out"(dice, _slug, _people, program) {
    const name = dice.one(teamNames);
    for (const key of program.keys()) if (isOfTeam(key, name)) program.delete(key);
  },
  "adds a team, or declares it anew"(dice, slug, people, program) {
    const name = dice.one(teamNames);
    for (const key of program.keys()) if (isOfTeam(key, name)) program.delete(key);
    addTeam(dice, slug, name, people, program);
  },
  "changes what a roster says"(dice, slug, people, program) {
    const key = dice.one(keysOf(program, ["TeamRoster"]));
    if (key !== undefined) program.set(key, roster(dice, slug, key.split(" ")[0]!, people));
  },
  "changes a team membership"(dice, slug, _people, program) {
    const key = dice.one(keysOf(program, ["TeamMembership"]));
    const [name, email] = key?.split(" ") ?? [];
    if (name !== undefined) program.set(key!, membership(dice, slug, name, email!));
  },
  "asks for another email"(dice, _slug, _people, program) {
    const key = dice.one(keysOf(program, ["OrganizationMember", "Invitation"]));
    const declared = key === undefined ? undefined : program.get(key)!;
    const resend = maybeSecret(dice, dice.one(["one", "two"]));
    if (declared) program.set(key, { ...declared, args: { ...declared.args, resend } });
  },
  "declares the organization anew"(dice, slug, _people, program) {
    program.set("org", organization(dice, slug));
  },
  "moves a person to another address"(dice, _slug, people, program) {
    const key = dice.one(keysOf(program, ["OrganizationMember", "TeamMembership"]));
    const declared = key === undefined ? undefined : program.get(key)!;
    const others = new Set([...program.values()].map(({ args }) => args?.["email"]));
    const free = people.filter((email) => !others.has(email));
    if (declared && free.length > 0)
      program.set(key, { ...declared, args: { ...declared.args, email: dice.one(free) } });
  },
  "takes everything out"(dice, _slug, _people, program) {
    if (dice.chance(0.3)) program.clear();
  },
};

function changed(dice: Dice, slug: string, people: readonly string[], before: Program): Program {
  const program: Program = new Map(before);
  const count = 1 + Math.floor(dice.one([0, 1, 2, 3]));
  for (let edit = 0; edit < count; edit++) dice.one(Object.values(edits))(dice, slug, people, program);
  // Without its organization nothing of a program is declared.
  return program.has("org") ? program : new Map();
}
