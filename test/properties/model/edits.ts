import type { Kind } from "../../support/host.js";
import { isPersonKind, isTeamPersonKind, nameOf, valuesOf, type Item } from "./program.js";
import { acme, address, core, people, type Dice, type Move, type World } from "./world.js";

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

/** Organizations and teams that declarations can name. */
export const organizationsOf = ({ items }: World): string[] => [
  ...new Set(["acme", ...itemsOf(items, "organization").map(([, { organization }]) => organization)]),
];

function teamsOf(world: World): { team: string; organization: string }[] {
  const declared = itemsOf(world.items, "team").map(([, item]) => ({
    team: item.team!,
    organization: item.organization,
  }));
  const isCore = declared.some(({ team }) => team === "core");
  return isCore || !coreNow(world) ? declared : [{ team: "core", organization: "acme" }, ...declared];
}

const coreNow = (world: World) => world.organization(acme)?.teams.find(({ uid }) => uid === core);

function itemsOf(items: ReadonlyMap<string, Item>, ...kinds: Kind[]): [string, Item][] {
  return [...items].filter(([, { kind }]) => kinds.includes(kind));
}

/** How the program can write an organization; `undefined` is the resource. */
function organizationTexts(world: World, organization: string): (string | undefined)[] {
  const isDeclared = nameOf(world.items, "organization", organization) !== undefined;
  if (organization !== "acme") return isDeclared ? [undefined] : [];
  return isDeclared ? [undefined, acme] : [acme, world.organization(acme)!.slug];
}

function teamTexts(world: World, team: string): (string | undefined)[] {
  const name = nameOf(world.items, "team", team);
  if (name === undefined) return [`${acme}/${core}`];
  const id = world.stack.resources.get(name)?.id;
  const isThere = id !== undefined && world.organization(id.split("/")[0]!)?.teams.some(({ uid }) => id.endsWith(uid));
  return [undefined, ...(isThere ? [id] : [])];
}

/** How the program can write a person: an address in any case, or a uid if one is known in the organization. */
function spellings(world: World, who: string, kind: Kind, organization: string): NonNullable<Item["spelling"]>[] {
  const email = world.addresses.get(who)!;
  const uid = world.uid(who);
  const isMember = organization === "acme" && world.organization(acme)!.members.some((row) => row.email === email);
  const byUid = kind !== "invitation" && uid !== undefined && isMember;
  return [{ email }, { email: email.toUpperCase() }, ...(byUid ? [{ user: uid }] : [])];
}

/** Whether a person, or their current address, is declared in the scope already. */
function isTaken(
  world: World,
  { kind, organization, team, who }: Pick<Item, "kind" | "organization" | "team"> & { who: string },
) {
  const email = world.addresses.get(who)!;
  const isThem = ({ who: other, spelling }: Item) =>
    other === who || (spelling && "email" in spelling && spelling.email.toLowerCase() === email);
  return [...world.items.values()].some((other) =>
    isPersonKind(kind)
      ? isPersonKind(other.kind) && other.organization === organization && isThem(other)
      : isTeamPersonKind(other.kind) && other.team === team && (isThem(other) || other.kind === "teamRoster"),
  );
}

function someFields(kind: Kind, organization: string, dice: Dice): Item["fields"] {
  const values = valuesOf({ kind, organization });
  const names = Object.keys(values).filter(() => dice.roll(4) === 3);
  const fields = Object.fromEntries(names.map((name) => [name, dice.pick(values[name]!)]));
  return { ...fields, ...(kind === "teamMembership" && { role: dice.pick(["member", "lead"]) }) };
}

const say = (kind: Kind, fields: object): string =>
  `${kind}${Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ""}`;

const declare = (world: World, item: Item, what: string) => {
  const name = `${item.who ?? item.kind}${world.count + 1}`;
  return {
    line: `declare ${name}: ${what}`,
    take: () => {
      world.count += 1;
      world.items.set(name, item);
    },
  };
};

const declareOrganization: Move = (world, dice) => {
  const adopts = dice.roll(2) === 0;
  if (adopts) {
    if (nameOf(world.items, "organization", "acme") !== undefined) return undefined;
    const fields = { name: world.organization(acme)!.name, adopt: acme, ...someFields("organization", "acme", dice) };
    return declare(world, { kind: "organization", organization: "acme", fields }, say("organization", fields));
  }
  // The creator of an organization owns it: the owner's key could not delete one that the admin's key has created.
  if (world.isAdmins || organizationsOf(world).some((name) => name !== "acme")) return undefined;
  const organization = `beta${world.count}`;
  const fields = { name: `Beta ${world.count}`, ...someFields("organization", organization, dice) };
  return declare(world, { kind: "organization", organization, fields }, say("organization", fields));
};

const declareTeam: Move = (world, dice) => {
  const organization = dice.pick(organizationsOf(world))!;
  const scope = dice.pick(organizationTexts(world, organization));
  const adopts = organization === "acme" && dice.roll(2) === 1;
  if (adopts && (!coreNow(world) || nameOf(world.items, "team", "core") !== undefined)) return undefined;
  const name = adopts ? { name: coreNow(world)!.name, adopt: core } : { name: `Team ${world.count}` };
  const fields = { ...name, ...someFields("team", organization, dice) };
  const team = adopts ? "core" : `team${world.count}`;
  const item: Item = { kind: "team", organization, team, ...(scope && { scope }), fields };
  return declare(world, item, `${say("team", fields)} in ${scope ?? organization}`);
};

const declarePerson: Move = (world, dice) => {
  const kind = dice.roll(4) === 3 ? "invitation" : "organizationMember";
  const [organization, who] = [dice.pick(organizationsOf(world))!, dice.pick(world.declarable)!];
  if (isTaken(world, { kind, organization, who })) return undefined;
  const scope = dice.pick(organizationTexts(world, organization));
  const spelling = dice.pick(spellings(world, who, kind, organization))!;
  const fields = someFields(kind, organization, dice);
  const item: Item = { kind, organization, ...(scope && { scope }), who, spelling, fields };
  return declare(world, item, `${say(kind, { ...spelling, ...fields })} in ${scope ?? organization}`);
};

const declareTeamMembership: Move = (world, dice) => {
  const [where, who] = [dice.pick(teamsOf(world)), dice.pick(world.declarable)!];
  if (!where || isTaken(world, { kind: "teamMembership", ...where, who })) return undefined;
  const scope = dice.pick(teamTexts(world, where.team));
  const spelling = dice.pick(spellings(world, who, "teamMembership", where.organization))!;
  const fields = someFields("teamMembership", where.organization, dice);
  const item: Item = { kind: "teamMembership", ...where, ...(scope && { scope }), who, spelling, fields };
  return declare(world, item, `${say("teamMembership", { ...spelling, ...fields })} in ${where.team}`);
};

/** A person at the other deployment, which begins with the slugs, uids and people of this one. */
const declareTwin: Move = (world, dice) => {
  if (!world.hasTwin) return undefined;
  const [kind, who] = [dice.pick(["organizationMember", "teamMembership"] as const)!, dice.pick(people)!];
  const where = { organization: "twin", ...(kind === "teamMembership" && { team: "twin core" }) };
  if (isTaken(world, { kind, ...where, who })) return undefined;
  const scope = kind === "teamMembership" ? `${acme}/${core}` : dice.pick([acme, "acme"])!;
  const spelling = { email: address(who) };
  const fields = someFields(kind, "twin", dice);
  const item: Item = { kind, ...where, scope, who, spelling, fields, provider: "twin" };
  return declare(world, item, `${say(kind, { ...spelling, ...fields })} at the other deployment`);
};

const declareRoster: Move = (world, dice) => {
  const where = dice.pick(teamsOf(world));
  if (!where || [...world.items.values()].some(({ kind, team }) => isTeamPersonKind(kind) && team === where.team))
    return undefined;
  const scope = dice.pick(teamTexts(world, where.team));
  const names = [
    ...new Set([dice.pick(world.declarable)!, dice.pick(world.declarable)!, dice.pick(world.declarable)!]),
  ];
  const members = Object.fromEntries(names.map((who) => [who, entry(world, who, where.organization, dice)]));
  const fields = someFields("teamRoster", where.organization, dice);
  const item: Item = { kind: "teamRoster", ...where, ...(scope && { scope }), fields, members };
  return declare(world, item, `${say("teamRoster", fields)} of ${names.join(", ")} in ${where.team}`);
};

function entry(world: World, who: string, organization: string, dice: Dice): { text: string; role: string } {
  const spelling = dice.pick(spellings(world, who, "teamRoster", organization))!;
  return { text: "email" in spelling ? spelling.email : spelling.user, role: dice.pick(["member", "lead"])! };
}

/** One person more or less in a roster, or with another role or spelling. */
const changeRoster: Move = (world, dice) => {
  const [name, item] = dice.pick(itemsOf(world.items, "teamRoster")) ?? [];
  const who = dice.pick(world.declarable)!;
  if (!name || !item) return undefined;
  const { [who]: present, ...others } = item.members!;
  const removes = present !== undefined && dice.roll(2) === 0;
  const row = entry(world, who, item.organization, dice);
  const members = removes ? others : { ...others, [who]: row };
  return {
    line: removes ? `take ${who} out of ${name}` : `have ${who} in ${name} as ${row.text}, ${row.role}`,
    take: () => void world.items.set(name, { ...item, members }),
  };
};

const changeField: Move = (world, dice) => {
  const [name, item] = dice.pick([...world.items]) ?? [];
  if (!name || !item) return undefined;
  const number = world.count;
  const isScope = item.kind === "organization" || item.kind === "team";
  const own: Record<string, unknown[]> =
    item.kind === "organization" && item.organization === "acme"
      ? { slug: [`slug-${number}`, undefined], handle: [`handle_${number}`, undefined] }
      : {};
  const values: Record<string, unknown[]> = {
    ...valuesOf(item),
    ...(isScope && { name: [`${item.kind === "team" ? "Team" : "Acme"} ${number}`] }),
    ...own,
  };
  const field = dice.pick(Object.keys(values))!;
  const value = dice.pick(values[field]!);
  if (value === item.fields[field]) return undefined;
  return {
    line: `change ${field} of ${name} to ${shown(value)}`,
    take: () => {
      world.count += 1;
      const { [field]: _, ...others } = item.fields;
      world.items.set(name, { ...item, fields: value === undefined ? others : { ...others, [field]: value } });
    },
  };
};

/** Removes a declaration, and with an organization or team everything in it. */
const remove: Move = (world, dice) => {
  const [name, item] = dice.pick([...world.items]) ?? [];
  if (!name || !item) return undefined;
  return { line: `remove ${name}`, take: () => take(world, name, item) };
};

function take(world: World, name: string, { kind, organization, team }: Item): void {
  world.items.delete(name);
  for (const [other, item] of world.items) {
    if (kind === "team" && item.team === team) world.items.delete(other);
    if (kind !== "organization" || item.organization !== organization) continue;
    // An adopted object stays when the resource is removed.
    if (organization !== "acme") world.items.delete(other);
    else if (!isTeamPersonKind(item.kind)) world.items.set(other, { ...item, scope: acme });
  }
}

/** Removes all people who are declared one by one in an organization or team: possibly more than a run may remove. */
const clear: Move = (world, dice) => {
  const people = [...world.items].filter(([, { who }]) => who !== undefined);
  const [, chosen] = dice.pick(people) ?? [];
  if (!chosen) return undefined;
  const rows = people.filter(
    ([, { kind, organization, team }]) =>
      kind === chosen.kind && organization === chosen.organization && team === chosen.team,
  );
  if (rows.length < 2) return undefined;
  return {
    line: `remove ${rows.map(([name]) => name).join(", ")}`,
    take: () => rows.forEach(([name]) => world.items.delete(name)),
  };
};

/** Two resources swap their people. */
const swap: Move = (world, dice) => {
  const [name, item] = dice.pick([...world.items].filter(([, row]) => row.who !== undefined)) ?? [];
  if (!name || !item) return undefined;
  const others = [...world.items].filter(
    ([, row]) =>
      row.kind === item.kind &&
      row.organization === item.organization &&
      row.team === item.team &&
      row.who !== item.who,
  );
  const [otherName, other] = dice.pick(others) ?? [];
  if (!otherName || !other) return undefined;
  return {
    line: `swap the people of ${name} and ${otherName}`,
    take: () => {
      world.items.set(name, { ...item, who: other.who!, spelling: other.spelling! });
      world.items.set(otherName, { ...other, who: item.who!, spelling: item.spelling! });
    },
  };
};

/** Another logical name, and perhaps the other provider. Organizations and teams are adopted under it. */
const rename: Move = (world, dice) => {
  const [name, item] = dice.pick([...world.items]) ?? [];
  if (!name || !item) return undefined;
  const moves = item.kind !== "organization" && item.kind !== "team" && item.provider !== "twin" && dice.roll(3) === 2;
  const provider = moves ? (item.provider === "tenant" ? undefined : "tenant") : item.provider;
  const { provider: _, ...plain } = item;
  const id = world.stack.resources.get(name)?.id;
  const isScope = item.kind === "organization" || item.kind === "team";
  if (isScope && id === undefined) return undefined;
  const adopt = isScope ? { adopt: id!.split("/").at(-1) } : {};
  const newName = `${name.replace(/\d+$/, "")}${world.count + 1}`;
  return {
    line: `rename ${name} to ${newName}${moves ? `, to provider ${provider ?? "default"}` : ""}`,
    take: () => {
      world.count += 1;
      world.items.delete(name);
      world.items.set(newName, {
        ...plain,
        fields: { ...item.fields, ...adopt },
        ...(provider && { provider }),
      });
    },
  };
};

/** The option `deletedWith`, which wins over what the classes set. */
const goWith: Move = (world, dice) => {
  const [name, item] = dice.pick([...world.items].filter(([, { kind }]) => kind !== "organization")) ?? [];
  if (!name || !item) return undefined;
  const { goesWith: before, ...others } = item;
  const goesWith = dice.pick([true, false, undefined].filter((value) => value !== before));
  return {
    line: `have ${name} go with what it is in: ${shown(goesWith)}`,
    take: () => void world.items.set(name, { ...others, ...(goesWith !== undefined && { goesWith }) }),
  };
};

/** The option `deleteBeforeReplace`: on an organization or team it takes along what is in it. */
const deleteFirst: Move = (world, dice) => {
  const [name, item] = dice.pick(itemsOf(world.items, "organization", "team", "organizationMember")) ?? [];
  if (!name || !item) return undefined;
  const { deleteFirst: before, ...others } = item;
  return {
    line: `have ${name} be deleted ${before ? "last" : "first"} where it is replaced`,
    take: () => void world.items.set(name, before ? others : { ...others, deleteFirst: true }),
  };
};

/** From single memberships to a roster, or back. */
const handOver: Move = (world, dice) => {
  const where = dice.pick(teamsOf(world));
  const rows = where
    ? [...world.items].filter(([, { kind, team }]) => isTeamPersonKind(kind) && team === where.team)
    : [];
  if (!where || rows.length === 0) return undefined;
  const [first] = rows;
  const scope = first![1].scope;
  const number = world.count + 1;
  const change = (made: [string, Item][]) => () => {
    world.count += 1;
    for (const [name] of rows) world.items.delete(name);
    for (const [name, item] of made) world.items.set(name, item);
  };
  if (first![1].kind === "teamRoster") {
    const made = Object.entries(first![1].members!).map(([who, { text, role }]): [string, Item] => [
      `${who}${number}`,
      {
        kind: "teamMembership",
        ...where,
        ...(scope && { scope }),
        who,
        fields: { role },
        spelling: text.includes("@") ? { email: text } : { user: text },
      },
    ]);
    return {
      line: `from roster ${first![0]} to single memberships ${made.map(([name]) => name).join(", ")}`,
      take: change(made),
    };
  }
  const members = Object.fromEntries(
    rows.map(([, { who, spelling, fields }]) => [
      who!,
      { text: "email" in spelling! ? spelling.email : spelling!.user, role: fields["role"] as string },
    ]),
  );
  const roster: Item = { kind: "teamRoster", ...where, ...(scope && { scope }), fields: {}, members };
  return {
    line: `from single memberships ${rows.map(([name]) => name).join(", ")} to roster${number}`,
    take: change([[`roster${number}`, roster]]),
  };
};

/** Invitation and OrganizationMember replace each other. */
const changeKind: Move = (world, dice) => {
  const [name, item] = dice.pick(itemsOf(world.items, "invitation", "organizationMember")) ?? [];
  if (!name || !item || !("email" in item.spelling!)) return undefined;
  const kind = item.kind === "invitation" ? "organizationMember" : "invitation";
  const kept = ["role", "resend"].filter((field) => item.fields[field] !== undefined);
  const newName = `${item.who!}${world.count + 1}`;
  return {
    line: `make ${name} the ${kind} ${newName}`,
    take: () => {
      world.count += 1;
      world.items.delete(name);
      world.items.set(newName, {
        ...item,
        kind,
        fields: Object.fromEntries(kept.map((field) => [field, item.fields[field]])),
      });
    },
  };
};

/** The same person, organization or team in another spelling. */
const respell: Move = (world, dice) => {
  const respellable = ({ kind, provider }: Item) => kind !== "organization" && provider !== "twin";
  const [name, item] = dice.pick([...world.items].filter(([, row]) => respellable(row))) ?? [];
  if (!name || !item) return undefined;
  if (item.who !== undefined && dice.roll(2) === 0) {
    const spelling = dice.pick(spellings(world, item.who, item.kind, item.organization))!;
    return {
      line: `respell the person of ${name}: ${JSON.stringify(spelling)}`,
      take: () => void world.items.set(name, { ...item, spelling }),
    };
  }
  const texts = isTeamPersonKind(item.kind)
    ? teamTexts(world, item.team!)
    : organizationTexts(world, item.organization);
  const scope = dice.pick(texts);
  const { scope: _, ...others } = item;
  return {
    line: `respell the scope of ${name}: ${scope ?? "the resource"}`,
    take: () => void world.items.set(name, { ...others, ...(scope && { scope }) }),
  };
};

export const declarations: Move[] = [
  declareOrganization,
  declareTeam,
  declareTeam,
  declarePerson,
  declarePerson,
  declarePerson,
  declareTeamMembership,
  declareTeamMembership,
  declareTeamMembership,
  declareRoster,
  declareTwin,
];
export const changes: Move[] = [
  changeRoster,
  changeField,
  changeField,
  remove,
  clear,
  swap,
  rename,
  goWith,
  deleteFirst,
  handOver,
  changeKind,
  respell,
];
