import { lower, uidOf, type OrganizationRow, type TeamRow } from "./service.js";
import { acme, address, people, type Move, type World } from "./world.js";

/** Organizations that acts can be about: Acme, and what the program has made. */
const organizations = ({ service }: World): OrganizationRow[] =>
  service.organizations.filter(({ isActive }) => isActive);

const isOurs = (world: World, email: string): boolean => [...world.addresses.values()].includes(lower(email));

const members = (world: World, organization: OrganizationRow) =>
  organization.members.filter(({ email, role }) => role !== "owner" && isOurs(world, email));

/** Teams but those of bystanders. */
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

const changePlace: Move = (world, dice) => {
  const { organization, team } = dice.pick(teams(world)) ?? {};
  const row = organization && dice.pick(members(world, organization));
  if (!organization || !team || !row) return undefined;
  const uid = uidOf(world.service, row.email);
  const place = team.members.find(({ email }) => email === row.email);
  if (!place) {
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
  const role = place.role === "lead" ? "member" : "lead";
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

/** A person has another address from now on. */
const changeAddress: Move = (world, dice) => {
  const who = dice.pick(people.filter((name) => world.uid(name) !== undefined));
  if (!who) return undefined;
  const [uid, now] = [world.uid(who), address(`${who}.${world.count}`)];
  return {
    line: `${who} has the address ${now} from now on`,
    take: async () => {
      world.count += 1;
      const state = await world.emulator.state();
      const before = world.addresses.get(who)!;
      const renamed = <Row extends { email: string }>(rows: Row[]) =>
        rows.map((row) => (lower(row.email) === before ? { ...row, email: now } : row));
      await world.emulator.reset({
        ...state,
        people: state.people.map((row) => (row.uid === uid ? { ...row, email: now } : row)),
        keys: renamed(state.keys),
        organizations: state.organizations.map((row) => ({
          ...row,
          members: renamed(row.members),
          teams: row.teams.map((team) => ({ ...team, members: renamed(team.members) })),
          invitations: row.invitations.map((invitation) => ({
            ...invitation,
            invitedBy: lower(invitation.invitedBy ?? "") === before ? now : invitation.invitedBy,
          })),
        })),
      });
      world.addresses.set(who, now);
    },
  };
};

/** Without an invitation. (Behind a pending one that stays, nobody looks for a member until it has expired.) */
const join: Move = (world, dice) => {
  const organization = dice.pick(organizations(world))!;
  const pending = organization.invitations.filter(({ status }) => status === "pending");
  const free = [...world.addresses.values()].filter(
    (email) => ![...organization.members, ...pending].some((row) => lower(row.email) === email),
  );
  const email = dice.pick(free);
  if (!email) return undefined;
  return {
    line: `${email} joins ${organization.name} by another way`,
    take: async () => void (await world.emulator.join(organization.uid, email)),
  };
};

/** What other people do. */
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
  changePlace,
  changePlace,
  changeTeam,
  changeOrganization,
  deleteTeam,
  changeAddress,
  join,
  hide,
];
