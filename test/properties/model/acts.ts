import { lower, uidOf, type OrganizationRow, type TeamRow } from "./service.js";
import { acme, address, people, type Move, type World } from "./world.js";

/** Organizations that actions can affect: Acme, and those that the program has created. */
const organizations = ({ service }: World): OrganizationRow[] =>
  service.organizations.filter(({ isActive }) => isActive);

const isOurs = (world: World, email: string): boolean => [...world.addresses.values()].includes(lower(email));

const members = (world: World, organization: OrganizationRow) =>
  organization.members.filter(({ email, role }) => role !== "owner" && isOurs(world, email));

/** Teams except those of bystanders. */
const teams = (world: World): { organization: OrganizationRow; team: TeamRow }[] =>
  organizations(world).flatMap((organization) =>
    organization.teams.filter(({ name }) => name !== "Others").map((team) => ({ organization, team })),
  );

const at = ({ slug }: OrganizationRow, path = ""): string => `/organizations/${slug}/${path}`;
const within = (organization: OrganizationRow, team: TeamRow, path = ""): string =>
  at(organization, `teams/${team.slug}/${path}`);

const ownInvitations = (world: World) =>
  organizations(world).flatMap(({ invitations }) =>
    invitations.filter(({ status, email }) => status === "pending" && isOurs(world, email)),
  );

const answer =
  (what: "accept" | "decline" | "expire"): Move =>
  (world, dice) => {
    const now = Date.now() + world.service.clockOffsetSeconds * 1000;
    const invitation = dice.pick(ownInvitations(world).filter(({ expiresAt }) => Date.parse(expiresAt!) > now));
    if (!invitation) return undefined;
    const line = what === "expire" ? `the invitation of ${invitation.email} expires` : `${invitation.email} ${what}s`;
    return {
      line,
      take: () => world.emulator.control("POST", `/invitations/${invitation.uid}/${what}`) as Promise<void>,
    };
  };

const call = (world: World, line: string, method: string, path: string, body?: unknown) => ({
  line: `somebody else ${line}`,
  take: () => world.emulator.api(method, path, body) as Promise<void>,
});

const cancel: Move = (world, dice) => {
  const organization = dice.pick(organizations(world))!;
  const invitation = dice.pick(
    ownInvitations(world).filter(({ uid }) => organization.invitations.some((row) => row.uid === uid)),
  );
  if (!invitation) return undefined;
  return call(
    world,
    `cancels the invitation of ${invitation.email}`,
    "POST",
    at(organization, `invitations/${invitation.uid}/cancel/`),
  );
};

const invite: Move = (world, dice) => {
  const organization = dice.pick(organizations(world))!;
  const pending = organization.invitations.filter(({ status }) => status === "pending");
  const free = [...world.addresses.values()].filter(
    (email) => ![...organization.members, ...pending].some((row) => lower(row.email) === email),
  );
  const email = dice.pick(free);
  const role = dice.pick(["member", "admin"]);
  const { seats } = world.service.settings;
  const isFull = typeof seats === "number" && organization.members.length + pending.length >= seats;
  if (!email || isFull) return undefined;
  return call(
    world,
    `invites ${email} into ${organization.name} as ${role}`,
    "POST",
    at(organization, "invitations/"),
    { email, role },
  );
};

const changeRole: Move = (world, dice) => {
  const organization = dice.pick(organizations(world))!;
  const row = dice.pick(members(world, organization));
  if (!row) return undefined;
  const role = row.role === "admin" ? "member" : "admin";
  const path = at(organization, `members/${uidOf(world.service, row.email)}/role/`);
  return call(world, `makes ${row.email} ${role} of ${organization.name}`, "PATCH", path, { role });
};

const removeMember: Move = (world, dice) => {
  const organization = dice.pick(organizations(world))!;
  const row = dice.pick(members(world, organization));
  if (!row) return undefined;
  const path = at(organization, `members/${uidOf(world.service, row.email)}/`);
  return call(world, `removes ${row.email} from ${organization.name}`, "DELETE", path);
};

const changeTeamMembership: Move = (world, dice) => {
  const { organization, team } = dice.pick(teams(world)) ?? {};
  const row = organization && dice.pick(members(world, organization));
  if (!organization || !team || !row) return undefined;
  const uid = uidOf(world.service, row.email);
  const scope = team.members.find(({ email }) => email === row.email);
  if (!scope) {
    const body = { user_uid: uid, role: dice.pick(["member", "lead"]) };
    return call(world, `puts ${row.email} into ${team.name}`, "POST", within(organization, team, "members/"), body);
  }
  if (dice.roll(2) === 0) {
    return call(
      world,
      `takes ${row.email} out of ${team.name}`,
      "DELETE",
      within(organization, team, `members/${uid}/`),
    );
  }
  const role = scope.role === "lead" ? "member" : "lead";
  return call(
    world,
    `makes ${row.email} ${role} of ${team.name}`,
    "PATCH",
    within(organization, team, `members/${uid}/role/`),
    { role },
  );
};

const changeTeam: Move = (world, dice) => {
  const { organization, team } = dice.pick(teams(world)) ?? {};
  if (!organization || !team) return undefined;
  const body = dice.pick([{ name: `Renamed ${world.count}` }, { description: "by hand" }, { color: "#0000bb" }])!;
  const { line, take } = call(
    world,
    `changes ${team.name}: ${JSON.stringify(body)}`,
    "PATCH",
    within(organization, team),
    body,
  );
  return {
    line,
    take: () => {
      world.count += 1;
      return take();
    },
  };
};

const changeOrganization: Move = (world, dice) => {
  const organization = dice.pick(organizations(world))!;
  const bodies = [{ name: `Renamed ${world.count}` }, { description: "by hand" }, { visibility: "public" }];
  const body = dice.pick([...bodies, ...(organization.uid === acme ? [{ slug: `moved-${world.count}` }] : [])])!;
  const { line, take } = call(
    world,
    `changes ${organization.name}: ${JSON.stringify(body)}`,
    "PATCH",
    at(organization),
    body,
  );
  return {
    line,
    take: () => {
      world.count += 1;
      return take();
    },
  };
};

const deleteTeam: Move = (world, dice) => {
  const { organization, team } = dice.pick(teams(world)) ?? {};
  if (!organization || !team) return undefined;
  return call(world, `deletes ${team.name}`, "DELETE", within(organization, team));
};

/** The service hides addresses from now on, or shows them again. */
const hide: Move = ({ service, emulator }) => {
  const hideEmails = !service.settings.hideEmails;
  return {
    line: `the service ${hideEmails ? "hides" : "shows"} addresses from now on`,
    take: async () => void (await emulator.settings({ hideEmails })),
  };
};

/** One person hides their address from now on, or nobody does. */
const hideOne: Move = ({ service, emulator, addresses }, dice) => {
  const who = dice.pick([...addresses.keys()].filter((name) => uidOf(service, addresses.get(name)!) !== undefined))!;
  const hides = (service.settings.hideEmailsOf ?? []).length === 0;
  return {
    line: hides ? `${who} hides their address from now on` : "nobody hides their address any more",
    take: async () =>
      void (await emulator.settings({ hideEmailsOf: hides ? [uidOf(service, addresses.get(who)!)!] : [] })),
  };
};

/** Reads show the data of a minute ago from now on, or current data. */
const lag: Move = ({ service, emulator }) => {
  const readLagMs = service.settings.readLagMs ? 0 : 60_000;
  return {
    line: readLagMs > 0 ? "reads lag from now on" : "reads do not lag any more",
    take: async () => void (await emulator.settings({ readLagMs })),
  };
};

/** Acme has seats for this many more people from now on, or any number. */
const limitSeats: Move = (world, dice) => {
  const { members, invitations } = world.organization(acme)!;
  const taken = members.length + invitations.filter(({ status }) => status === "pending").length;
  const seats = dice.pick([null, taken, taken + 1, taken + 2])!;
  return {
    line: `the plan has ${seats ?? "any number of"} seats`,
    take: async () => void (await world.emulator.settings({ seats })),
  };
};

/** A person has another address from now on. */
const readdress: Move = (world, dice) => {
  const who = dice.pick(
    [...world.addresses.keys()].filter((name) => name !== "owner" && world.uid(name) !== undefined),
  );
  if (!who) return undefined;
  const now = address(`${who}.${world.count}`);
  return {
    line: `${who} has the address ${now} from now on`,
    take: () => {
      world.count += 1;
      return world.readdress(who, now);
    },
  };
};

/** A former address is given to a new person, who may join too; or to a person who had another one before. */
const recycle: Move = (world, dice) => {
  const held = [...world.addresses.values()];
  const free = dice.pick([...world.formerly.keys()].filter((email) => !held.includes(email)));
  if (free === undefined) return undefined;
  const known = dice.roll(3) === 2 ? dice.pick(people.filter((name) => world.uid(name) !== undefined)) : undefined;
  if (known !== undefined) {
    return { line: `${known} has the address ${free} from now on`, take: () => world.readdress(known, free) };
  }
  const name = `new${world.count}`;
  const role = dice.pick(["member", "admin", undefined] as const);
  return {
    line: `${name} has the address ${free}${role ? `, and joins Acme as ${role}` : ""}`,
    take: async () => {
      world.count += 1;
      world.addresses.set(name, free);
      if (role) await world.emulator.join(acme, free, role);
      else await world.emulator.control("POST", "/people", { email: free });
    },
  };
};

/** Without an invitation. (While a pending one stays, no run looks for a member until it has expired.) */
const join: Move = (world, dice) => {
  const organization = dice.pick(organizations(world))!;
  const pending = organization.invitations.filter(({ status }) => status === "pending");
  const free = [...world.addresses.values()].filter(
    (email) => ![...organization.members, ...pending].some((row) => lower(row.email) === email),
  );
  const email = dice.pick(free);
  const role = dice.pick(["member", "member", "admin"] as const)!;
  if (!email) return undefined;
  return {
    line: `${email} joins ${organization.name} as ${role} by another way`,
    take: async () => void (await world.emulator.join(organization.uid, email, role)),
  };
};

/** A person is removed by hand, and added again in the other role; removed from the teams too. */
const putBack: Move = (world, dice) => {
  const organization = dice.pick(organizations(world))!;
  const row = dice.pick(members(world, organization));
  if (!row) return undefined;
  const role = row.role === "admin" ? "member" : "admin";
  const path = at(organization, `members/${uidOf(world.service, row.email)}/`);
  return {
    line: `somebody else removes ${row.email} from ${organization.name} and puts them back as ${role}`,
    take: async () => {
      await world.emulator.api("DELETE", path);
      await world.emulator.join(organization.uid, row.email, role);
    },
  };
};

/** Actions of other people. */
export const acts: Move[] = [
  answer("accept"),
  answer("accept"),
  answer("accept"),
  answer("decline"),
  answer("expire"),
  cancel,
  invite,
  changeRole,
  removeMember,
  changeTeamMembership,
  changeTeamMembership,
  changeTeam,
  changeOrganization,
  deleteTeam,
  readdress,
  readdress,
  recycle,
  recycle,
  join,
  putBack,
  hide,
  hideOne,
  lag,
  limitSeats,
];
