import type { PolicyConfigSchema, PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { givesOrganizationRole, kindOf, nameKey, namesOf, peopleOf } from "./people";
import { configOf, hidden, read, text } from "./values";

// These policies count. A minimum counts only what is certain, a maximum counts everything that is possible.

/** An organization or a team: a resource, or an organization that the stack does not manage, by one of its names. */
interface Owner {
  /** Of the resource, or of the first resource that names it. */
  urn: string;
  isManaged: boolean;
  uid?: string;
  slug?: string;
}

const isUid = (name: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
const named = (name: string) => (isUid(name) ? { uid: name } : { slug: name });

function ownerOf(resource: PolicyResource): Owner {
  const [uid, slug] = [text(resource.props, "uid"), text(resource.props, "slug")];
  return {
    urn: resource.urn,
    isManaged: true,
    ...(typeof uid === "string" && { uid }),
    ...(typeof slug === "string" && { slug }),
  };
}

type Kind = "Organization" | "Team";
type Belongs = "yes" | "no" | "maybe";

/** Whether a resource belongs to an organization or team; "maybe" if the preview does not know. */
function belongs(resource: PolicyResource, owner: Owner, kind: Kind): Belongs {
  const property = kind.toLowerCase();
  const value = text(resource.props, property);
  // The id of a team is <organization uid>/<team uid>.
  const { uid, slug } = typeof value === "string" ? named(value.slice(value.lastIndexOf("/") + 1)) : {};
  const [declared, known] = uid === undefined ? [slug, owner.slug] : [uid, owner.uid];
  if (declared !== undefined && known !== undefined) return declared === known ? "yes" : "no";
  const [source, ...others] = resource.propertyDependencies[property] ?? [];
  if (source === undefined || others.length > 0 || kindOf(source) !== kind) return "maybe";
  return source.urn === owner.urn ? "yes" : "no";
}

interface Part {
  owner: Owner;
  resource: PolicyResource;
  /** It belongs to this owner; otherwise it may belong to it. */
  isCertain: boolean;
}

/** Each resource with its owner, or with all owners that it may belong to: an organization may have two names. */
function partsOf(resources: readonly PolicyResource[], owners: readonly Owner[], kind: Kind): Part[] {
  return resources.flatMap((resource) => {
    const answers = owners.map((owner) => ({ owner, answer: belongs(resource, owner, kind) }));
    const certain = answers.filter(({ owner, answer }) => owner.isManaged && answer === "yes");
    const open = certain.length > 0 ? certain : answers.filter(({ answer }) => answer !== "no");
    return open.map(({ owner, answer }): Part => ({ owner, resource, isCertain: answer === "yes" }));
  });
}

const ofKind = (resources: readonly PolicyResource[], kind: Kind) => resources.filter((one) => kindOf(one) === kind);

/** The organizations of a stack: those that it manages, and those whose people it manages. */
function organizationsOf(resources: readonly PolicyResource[], members: readonly PolicyResource[]): Owner[] {
  const owners = ofKind(resources, "Organization").map(ownerOf);
  // The engine passes resources in any order.
  for (const resource of members.toSorted((one, other) => (one.urn < other.urn ? -1 : 1))) {
    if (owners.some((owner) => belongs(resource, owner, "Organization") === "yes")) continue;
    const value = text(resource.props, "organization");
    if (typeof value === "string") owners.push({ urn: resource.urn, isManaged: false, ...named(value) });
  }
  return owners;
}

/** The state of a person who has no access any more, and gets none in this run. */
const isOver = ({ props }: PolicyResource) => ["expired", "gone"].includes(String(read(props, "status")));

interface Admins {
  organization: Owner;
  /** Names of each person who is declared as admin without doubt. */
  certain: string[][];
  /** Number of people who are admins or may become admins. */
  possible: number;
}

function adminsOf(organization: Owner, parts: readonly Part[]): Admins {
  const certain = new Map<string, string[]>();
  const possible = new Set<string>();
  for (const { owner, resource, isCertain } of parts) {
    if (owner !== organization) continue;
    const [person] = peopleOf(resource);
    if (person?.role === "member") continue;
    const names = namesOf(resource).map(nameKey);
    possible.add(names[0] ?? resource.urn);
    // The role of an Invitation is not managed after the acceptance.
    const isAdmin = kindOf(resource) === "OrganizationMember" && person?.role === "admin" && !isOver(resource);
    if (isCertain && isAdmin && names.length > 0) certain.set(names[0]!, [...(certain.get(names[0]!) ?? []), ...names]);
  }
  return { organization, certain: [...certain.values()], possible: possible.size };
}

function admins(resources: readonly PolicyResource[]): Admins[] {
  const members = resources.filter((one) => givesOrganizationRole(kindOf(one)));
  const organizations = organizationsOf(resources, members);
  const parts = partsOf(members, organizations, "Organization");
  return organizations.map((organization) => adminsOf(organization, parts));
}

/** Why some admins do not count, in words. */
const uncertain = ({ certain, possible }: Admins) =>
  possible > certain.length
    ? ` ${possible - certain.length} more may be admins, and do not count: by an Invitation, by a value that this preview does not know, or expired or gone.`
    : "";

const minAdminsSchema: PolicyConfigSchema = {
  properties: {
    minAdmins: { type: "integer", minimum: 0, default: 1, description: "Lowest number of admins of an organization." },
  },
};

const minAdminsPolicy: StackValidationPolicy = {
  name: "min-admins",
  description: "Every organization has enough admins.",
  enforcementLevel: "mandatory",
  configSchema: minAdminsSchema,
  validateStack: (args, report) => {
    const { minAdmins } = configOf<{ minAdmins: number }>(args, minAdminsSchema);
    for (const found of admins(args.resources)) {
      const count = found.certain.length;
      if (count >= minAdmins) continue;
      const advice = 'Declare OrganizationMembers with the role "admin".';
      const message = `${count} ${count === 1 ? "admin is" : "admins are"} declared; the minimum is ${minAdmins}.`;
      report(`${message}${uncertain(found)} ${advice}`, found.organization.urn);
    }
  },
};

const maxAdminsSchema: PolicyConfigSchema = {
  properties: {
    maxAdmins: {
      type: "integer",
      minimum: 0,
      default: 10,
      description: "Highest number of admins of an organization.",
    },
  },
};

const maxAdminsPolicy: StackValidationPolicy = {
  name: "max-admins",
  description: "No organization has too many admins.",
  enforcementLevel: "mandatory",
  configSchema: maxAdminsSchema,
  validateStack: (args, report) => {
    const { maxAdmins } = configOf<{ maxAdmins: number }>(args, maxAdminsSchema);
    for (const { organization, possible } of admins(args.resources)) {
      if (possible <= maxAdmins) continue;
      const counted = "invited people and roles that this preview does not know are included";
      report(
        `${possible} people are or may become admins (${counted}); the maximum is ${maxAdmins}.`,
        organization.urn,
      );
    }
  },
};

const requiredAdminsSchema: PolicyConfigSchema = {
  properties: {
    requiredAdmins: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "People, by email address or uid, who are admins of every organization of the stack.",
    },
  },
};

const requiredAdminsPolicy: StackValidationPolicy = {
  name: "required-admins",
  description: "The required people are admins of every organization.",
  enforcementLevel: "mandatory",
  configSchema: requiredAdminsSchema,
  validateStack: (args, report) => {
    const { requiredAdmins } = configOf<{ requiredAdmins: string[] }>(args, requiredAdminsSchema);
    for (const found of admins(args.resources)) {
      const names = new Set(found.certain.flat());
      const missing = requiredAdmins.flatMap((name, index) => (names.has(nameKey(name)) ? [] : [index + 1]));
      if (missing.length === 0) continue;
      const entries = `${missing.length === 1 ? "Entry" : "Entries"} ${missing.join(", ")} of requiredAdmins`;
      const message = `${entries}: no OrganizationMember declares this person as admin.`;
      report(`${message}${uncertain(found)}`, found.organization.urn);
    }
  },
};

interface Team {
  owner: Owner;
  name: string;
  /** Number of people who certainly lead it. */
  leads: number;
  /** Number of people who are in it or may be in it; infinite if a roster is not known in a preview. */
  possible: number;
}

function teamsOf(resources: readonly PolicyResource[]): Team[] {
  const giving = resources.filter((one) => ["TeamMembership", "TeamRoster"].includes(kindOf(one) ?? ""));
  const teams = ofKind(resources, "Team").map((team) => ({ name: team.name, owner: ownerOf(team) }));
  const owners = teams.map(({ owner }) => owner);
  const parts = partsOf(giving, owners, "Team");
  return teams.map(({ name, owner }) => {
    const inside = parts.filter((part) => part.owner === owner);
    const certain = inside.filter(({ isCertain, resource }) => isCertain && !isOver(resource));
    const leads = certain.flatMap(({ resource }) => peopleOf(resource)).filter(({ role }) => role === "lead").length;
    const possible = inside.some(({ resource }) => isHiddenRoster(resource))
      ? Infinity
      : inside.flatMap(({ resource }) => peopleOf(resource)).length;
    return { owner, name, leads, possible };
  });
}

const isHiddenRoster = (resource: PolicyResource) =>
  kindOf(resource) === "TeamRoster" && peopleOf(resource).some(({ who }) => who === hidden);

const teamHasLead: StackValidationPolicy = {
  name: "team-has-lead",
  description: "Every team has a lead.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    for (const { owner, name, leads } of teamsOf(resources)) {
      const advice = 'Give somebody the role "lead"; a role that this preview does not know does not count.';
      if (leads === 0) report(`Team ${name} has no lead. ${advice}`, owner.urn);
    }
  },
};

const teamSizeSchema: PolicyConfigSchema = {
  properties: {
    most: { type: "integer", minimum: 1, default: 100, description: "Highest number of people of a team." },
  },
};

const teamSize: StackValidationPolicy = {
  name: "team-size",
  description: "No team has more people than configured.",
  enforcementLevel: "mandatory",
  configSchema: teamSizeSchema,
  validateStack: (args, report) => {
    const { most } = configOf<{ most: number }>(args, teamSizeSchema);
    for (const { owner, name, possible } of teamsOf(args.resources)) {
      if (possible <= most) continue;
      const count = possible === Infinity ? "people whom this preview does not know" : `${possible} people`;
      report(`Team ${name} has ${count}; the limit is ${most}. Split it.`, owner.urn);
    }
  },
};

export const stackPolicies: StackValidationPolicy[] = [
  minAdminsPolicy,
  maxAdminsPolicy,
  requiredAdminsPolicy,
  teamHasLead,
  teamSize,
];
