import { Broken, type Observed } from "./observed.js";
import { isPersonKind, isTeamPersonKind, type Item } from "./program.js";
import { stateAgreesWithService } from "./promises/records.js";
import { refusesWithReason, fixFor } from "./expectedErrors.js";
import { refresh, up, upWith } from "./runs.js";
import { invitationOf, lower, type OrganizationRow } from "./service.js";
import { acme, address, type Dice, type Move, type World } from "./world.js";

/**
 * Faults that need several steps, as one move: those that were found on the real engine before, in any state of a random
 * program. Each prepares its own data, and is given up if that is refused.
 */

/** A person whom the program declares as a member of Acme. */
interface Declared {
  name: string;
  item: Item;
  who: string;
  uid: string;
}

const organizationNow = (world: World): OrganizationRow => world.organization(acme)!;
const pathOf = (world: World): string => `/organizations/${organizationNow(world).slug}`;
const memberRow = (world: World, who: string) =>
  organizationNow(world).members.find(({ email }) => lower(email) === world.addresses.get(who));

/** Runs the program; returns whether it has succeeded. */
async function comesThrough(world: World, besides?: RegExp): Promise<boolean> {
  const observed = await world.run(world.stack, up(world.stack));
  refusesWithReason(world, observed, besides);
  return observed.error === undefined;
}

async function looks(world: World): Promise<Observed> {
  await world.look();
  const looked = await world.run(world.stack, refresh(world.stack));
  refusesWithReason(world, looked);
  stateAgreesWithService(looked);
  return looked;
}

/** Runs the program, and follows its errors, until it succeeds; with a limit. */
async function isInPeace(world: World): Promise<boolean> {
  for (let attempts = 0; attempts < 5; attempts += 1) {
    await world.look();
    if (await comesThrough(world)) return true;
    const follows = world.lastErrors.map((line) => fixFor(world, world.stack, line));
    for (const follow of follows) await follow?.();
  }
  return false;
}

const put = (world: World, name: string, fields: Item["fields"]): void => {
  const item = world.items.get(name)!;
  world.items.set(name, { ...item, fields: { ...item.fields, ...fields } });
};

/** A member of Acme whom the program declares, or may declare: not the owner. */
function someMember(world: World, dice: Dice, isEligible = (_who: string) => true): Declared | undefined {
  const isDeclared = (who: string) =>
    [...world.items].find(([, item]) => isPersonKind(item.kind) && item.organization === "acme" && item.who === who);
  const members = world.declarable.filter((who) => {
    const kind = isDeclared(who)?.[1].kind ?? "organizationMember";
    const role = memberRow(world, who)?.role;
    return kind === "organizationMember" && role !== undefined && role !== "owner" && isEligible(who);
  });
  const who = dice.pick(members);
  if (who === undefined) return undefined;
  const [name, item] = isDeclared(who) ?? [`${who}${world.count + 1}`, declarationOf(world, who)];
  return { name, item, who, uid: world.uid(who)! };
}

const declarationOf = (world: World, who: string): Item => ({
  kind: "organizationMember",
  organization: "acme",
  scope: acme,
  who,
  spelling: { email: world.addresses.get(who)! },
  fields: { role: memberRow(world, who)!.role },
});

/** A story about a recorded member. */
const ofMember =
  (
    line: (declared: Declared, world: World) => string,
    story: (world: World, declared: Declared, dice: Dice) => Promise<unknown>,
    isEligible?: (world: World) => (who: string) => boolean,
  ): Move =>
  (world, dice) => {
    const declared = someMember(world, dice, isEligible?.(world));
    if (!declared) return undefined;
    return {
      line: `${line(declared, world)} (${declared.name})`,
      take: async () => {
        world.count += 1;
        world.items.set(declared.name, declared.item);
        if (!(await isInPeace(world))) return;
        if (world.stack.resources.get(declared.name)?.outputs["status"] !== "active") return;
        const row = memberRow(world, declared.who);
        if (row !== undefined && row.role !== "owner") await story(world, declared, dice);
      },
    };
  };

/** A new person gets a member's address and joins the organization; a refresh; the declaration is removed. */
const succeeded = ofMember(
  ({ who }) => `${who} has another address, and somebody new of Acme has theirs; refresh; the line goes; up`,
  async (world, { name, who }, dice) => {
    const before = world.addresses.get(who)!;
    await world.readdress(who, address(`${who}.${world.count}`));
    world.addresses.set(`new${world.count}`, before);
    await world.emulator.join(acme, before);
    if (dice.roll(2) === 0) await looks(world);
    else await world.look();
    world.items.delete(name);
    await comesThrough(world);
  },
);

/** The member is not in the organization any more, and a new person has their address there. */
const replacedByHand = ofMember(
  ({ who }) => `somebody else removes ${who}, and somebody new of Acme has their address; refresh; the line goes; up`,
  async (world, { name, who, uid }) => {
    const before = world.addresses.get(who)!;
    await world.emulator.api("DELETE", `${pathOf(world)}/members/${uid}/`);
    await world.readdress(who, address(`${who}.${world.count}`));
    world.addresses.set(`new${world.count}`, before);
    await world.emulator.join(acme, before, "admin");
    await looks(world);
    world.items.delete(name);
    await comesThrough(world);
  },
);

/** A member's former address is invited by somebody else; the declaration is removed. */
const invitedAtOldAddress = ofMember(
  ({ who }) => `${who} has another address, and somebody else invites the old one; the line goes; up`,
  async (world, { name, who }) => {
    const before = world.addresses.get(who)!;
    if (world.service.settings.seats || invitationOf(world.service, organizationNow(world), before)) return;
    await world.readdress(who, address(`${who}.${world.count}`));
    await world.emulator.api("POST", `${pathOf(world)}/invitations/`, { email: before, role: "member" });
    await world.look();
    world.items.delete(name);
    await comesThrough(world);
  },
);

/** Drift of one field, while another one is changed. */
const drifted = ofMember(
  ({ who }) => `somebody else gives ${who} the other role, and the program another reason; up`,
  async (world, { name, who, uid }) => {
    const role = memberRow(world, who)!.role === "admin" ? "member" : "admin";
    await world.emulator.api("PATCH", `${pathOf(world)}/members/${uid}/role/`, { role });
    put(world, name, { reason: `reason ${world.count}` });
    await world.look();
    await comesThrough(world);
  },
);

/** A person is removed by hand, a refresh records it, and they are added by hand before their declaration is removed. */
const cameBack = ofMember(
  ({ who }) => `somebody else removes ${who}; refresh; ${who} is back by hand, and the line goes; up`,
  async (world, { name, who, uid }) => {
    await world.emulator.api("DELETE", `${pathOf(world)}/members/${uid}/`);
    await looks(world);
    await world.emulator.join(acme, world.addresses.get(who)!, "admin");
    world.items.delete(name);
    await world.look();
    await comesThrough(world);
  },
);

/** A declaration names another person now, and the look-up fails too often. */
const notLookedUp = ofMember(
  ({ who }) => `the line of ${who} means an address that nobody has; up, in which no list of members is answered`,
  async (world, { name, item }) => {
    const who = `nobody${world.count}`;
    world.addresses.set(who, address(who));
    world.items.set(name, { ...item, who, spelling: { email: address(who) } });
    const action = { status: 503, headers: { "retry-after": "0" } };
    await world.emulator.faults({ match: { method: "GET", path: `${pathOf(world)}/members/` }, action, times: 20 });
    await world.run(world.stack, { ...up(world.stack), faulty: true });
  },
);

/** The API key's user is removed from the program, or declared as a member, and another person has their role. */
const ownLeaves = ofMember(
  ({ who }) => `${who}, whose key it is, leaves the program, or is to be a member; up`,
  async (world, { name }, dice) => {
    if (dice.roll(2) === 0) put(world, name, { role: "member" });
    else world.items.delete(name);
    await comesThrough(world);
  },
  (world) => (who) => world.addresses.get(who) === lower(world.keyEmail(world.stack)),
);

/** The program retains a person when the declaration is removed. */
const retained = ofMember(
  ({ who }) => `the line of ${who} says that they stay, and goes; up`,
  async (world, { name }) => {
    put(world, name, { onDestroy: "retain" });
    if (!(await comesThrough(world))) return;
    world.items.delete(name);
    await comesThrough(world);
  },
);

/** A declared person is declared under another name, and the run excludes that declaration. */
const renamedAndExcluded = ofMember(
  ({ who }) => `the line of ${who} has another name; up --exclude it`,
  async (world, { name }) => {
    const item = world.items.get(name)!;
    const newName = `${item.who}again${world.count}`;
    world.items.delete(name);
    world.items.set(newName, item);
    const observed = await world.run(world.stack, upWith(world.stack, "up --exclude", { excludes: [newName] }));
    refusesWithReason(world, observed, /cannot be known in this run/);
  },
);

/** A declaration with an outdated address gets another name. */
const renamedWithOldAddress = ofMember(
  ({ who }) => `${who} has another address, and the line with the old one gets another name; up`,
  async (world, { name, who }) => {
    const item = world.items.get(name)!;
    await world.readdress(who, address(`${who}.${world.count}`));
    world.items.delete(name);
    world.items.set(`${who}again${world.count}`, item);
    await world.look();
    await comesThrough(world);
  },
);

/** A person who is not in Acme and not declared there. */
function newcomer(world: World, dice: Dice): string | undefined {
  const { members, invitations } = organizationNow(world);
  const known = new Set(
    [...members, ...invitations.filter(({ status }) => status === "pending")].map(({ email }) => lower(email)),
  );
  const declared = new Set([...world.items.values()].map(({ who }) => who));
  return dice.pick(
    [...world.addresses].flatMap(([who, email]) => (known.has(email) || declared.has(who) ? [] : [who])),
  );
}

/** The program asks for more emails than it allows. */
const nagged: Move = (world, dice) => {
  const who = newcomer(world, dice);
  if (who === undefined) return undefined;
  const [name, spelling] = [`${who}${world.count + 1}`, { email: world.addresses.get(who)! }];
  return {
    line: `invite ${who}, and ask for one email more than may be sent; up, up (${name})`,
    take: async () => {
      world.count += 1;
      const fields = { maxEmails: 1 };
      world.items.set(name, { kind: "organizationMember", organization: "acme", scope: acme, who, spelling, fields });
      if (!(await isInPeace(world))) return;
      put(world, name, { resend: `day ${world.count}` });
      await comesThrough(world);
    },
  };
};

/** An invitation has ended, and no declaration asks for another. */
const declined: Move = (world, dice) => {
  const who = newcomer(world, dice);
  if (who === undefined) return undefined;
  const [name, email] = [`${who}${world.count + 1}`, world.addresses.get(who)!];
  return {
    line: `invite ${who}, who declines; up, up (${name})`,
    take: async () => {
      world.count += 1;
      const item: Item = {
        kind: "organizationMember",
        organization: "acme",
        scope: acme,
        who,
        spelling: { email },
        fields: {},
      };
      world.items.set(name, item);
      if (!(await isInPeace(world)) || !invitationOf(world.service, organizationNow(world), email)) return;
      await world.emulator.decline(email);
      put(world, name, { reason: "a reason" });
      await world.look();
      await comesThrough(world);
    },
  };
};

/** One more person is removed at once than a run may remove, members and invited people. */
const emptied: Move = (world, dice) => {
  const recorded = [...world.items].filter(([name, { who, provider }]) => {
    const { status, onDestroy } = world.stack.resources.get(name)?.outputs ?? {};
    const stays = who === undefined || provider === "twin" || onDestroy === "retain";
    const isSafe = who === "owner" || (who && world.addresses.get(who) === lower(world.keyEmail(world.stack)));
    return !stays && !isSafe && (status === "active" || status === "invited");
  });
  const [, first] = dice.pick(recorded) ?? [];
  if (!first) return undefined;
  const isSame = ({ kind, organization, team }: Item) =>
    organization === first.organization &&
    (isTeamPersonKind(first.kind) ? isTeamPersonKind(kind) && team === first.team : isPersonKind(kind));
  const names = recorded.flatMap(([name, item]) => (isSame(item) ? [name] : []));
  if (names.length < 2) return undefined;
  return {
    line: `${names.join(", ")} leave the program; up, which may take out one less`,
    take: async () => {
      if (!(await isInPeace(world))) return;
      names.forEach((name) => world.items.delete(name));
      const { stack } = world;
      stack.environment = { ...stack.environment, AVALA_MAX_REMOVALS: String(names.length - 1) };
      await comesThrough(world);
    },
  };
};

/** An organization that the program has created is removed from it, with an unmanaged team in it. */
const strangeTeam: Move = (world, dice) => {
  const [name, item] =
    dice.pick(
      [...world.items].filter(([one, { kind, organization }]) => {
        const id = world.stack.resources.get(one)?.id;
        return kind === "organization" && organization !== "acme" && id !== undefined && world.made.has(id);
      }),
    ) ?? [];
  if (name === undefined || !item) return undefined;
  return {
    line: `somebody else makes a team in ${name}, which leaves the program; up`,
    take: async () => {
      const row = (await isInPeace(world)) && world.organization(world.stack.id(name));
      if (!row) return;
      world.count += 1;
      await world.emulator.api("POST", `/organizations/${row.slug}/teams/`, { name: `By hand ${world.count}` });
      for (const [other, { organization }] of world.items) {
        if (organization === item.organization) world.items.delete(other);
      }
      await world.look();
      await comesThrough(world);
    },
  };
};

/** An unmanaged person is in a team that is removed from the program. */
const strangerInside: Move = (world, dice) => {
  const organization = organizationNow(world);
  const teams = [...world.items].filter(([name, { kind, organization: where, fields }]) => {
    return kind === "team" && where === "acme" && !fields["forceDestroy"] && world.stack.resources.has(name);
  });
  const [name, item] = dice.pick(teams) ?? [];
  if (name === undefined || !item) return undefined;
  const team = organization.teams.find(({ uid }) => world.stack.id(name).endsWith(uid));
  if (team === undefined || team.members.some(({ email }) => email === address("bob"))) return undefined;
  return {
    line: `somebody else puts bob into ${team.name}, which leaves the program (${name}); up`,
    take: async () => {
      if (!(await isInPeace(world))) return;
      const user = world.service.people.find(({ email }) => email === address("bob"))!.uid;
      const body = { user_uid: user, role: "member" };
      await world.emulator.api("POST", `${pathOf(world)}/teams/${team.slug}/members/`, body);
      for (const [other, row] of world.items) if (row.team === item.team) world.items.delete(other);
      await world.look();
      await comesThrough(world);
    },
  };
};

/** A person is declared at both deployments, and removed from one of them. */
const atBoth = ofMember(
  ({ who }) => `${who} is declared at the other deployment too; up; the line here goes; up`,
  async (world, { name, who }) => {
    const isThere = [...world.items.values()].some((item) => item.organization === "twin" && item.who === who);
    const item = world.items.get(name)!;
    const twin: Item = {
      ...item,
      organization: "twin",
      scope: acme,
      spelling: { email: address(who) },
      provider: "twin",
    };
    if (!isThere) world.items.set(`${who}there${world.count}`, twin);
    if (!(await comesThrough(world))) return;
    world.items.delete(name);
    await comesThrough(world);
  },
  (world) => (who) => world.hasTwin && ["lee", "mia", "ada"].includes(who),
);

/** Another spelling of the organization and of the person, at another provider of the same deployment. */
const twiceByUid = ofMember(
  ({ who }) => `${who} is declared a second time, by uid, with the other role; up`,
  async (world, { name, uid }) => {
    const { program, stack, service } = world;
    if (service.settings.hideEmails || (service.settings.hideEmailsOf ?? []).length > 0) return;
    const { spelling: _, ...others } = world.items.get(name)!;
    const role = others.fields["role"] === "admin" ? "member" : "admin";
    const inputs = { organization: acme, user: uid, role };
    const twice = { ...program, [`${name}again`]: { kind: "organizationMember" as const, inputs, provider: "tenant" } };
    const observed = await world.run(stack, { ...up(stack), program: twice, meaning: program });
    if (observed.error === undefined) throw new Broken("A second declaration is refused", "up has passed");
    refusesWithReason(world, observed, /declare the same object/);
  },
);

export const stories: Move[] = [
  succeeded,
  replacedByHand,
  invitedAtOldAddress,
  drifted,
  cameBack,
  notLookedUp,
  ownLeaves,
  ownLeaves,
  retained,
  renamedAndExcluded,
  renamedWithOldAddress,
  nagged,
  declined,
  emptied,
  emptied,
  strangeTeam,
  strangeTeam,
  strangerInside,
  atBoth,
  atBoth,
  twiceByUid,
];
