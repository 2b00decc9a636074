import {
  PolicyPack,
  UnknownValueError,
  type PolicyConfigSchema,
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";

// Policies see every value in clear, secrets too: no message here repeats one. What is at fault is named by the resource,
// which the engine prints beside the message, and by the property.

type Properties = Record<string, unknown>;

const avala = "pulumi-nodejs:dynamic/avala:";
const kindOf = ({ type }: { type: string }) => (type.startsWith(avala) ? type.slice(avala.length) : undefined);

/** A text property. Unknown during a preview counts as not there: the update, which knows it, asks again. */
function text(props: Properties, name: string): string | undefined {
  try {
    const value = props[name];
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}

/** The people of a roster with their roles: one person a line, `ada@example.com lead`. */
function rosterOf(props: Properties): [who: string, role: string][] | undefined {
  const lines = text(props, "members")?.split("\n").filter(Boolean);
  return lines?.map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)]);
}

/** The addresses that a resource declares. Whoever is declared by uid has none here. */
function addresses({ type, props }: { type: string; props: Properties }): string[] {
  const kind = kindOf({ type });
  if (kind === "TeamRoster") return (rosterOf(props) ?? []).map(([who]) => who);
  if (!["OrganizationMember", "Invitation", "TeamMembership"].includes(kind ?? "")) return [];
  const email = text(props, "email");
  return email === undefined ? [] : [email];
}

const domainOf = (email: string) => email.slice(email.lastIndexOf("@") + 1).toLowerCase();

/** How many of the addresses are of other domains than these; none where no domains are configured. */
function outside(args: ResourceValidationArgs): number {
  const { domains } = args.getConfig<{ domains: string[] }>();
  const inside = new Set(domains.map((domain) => domain.toLowerCase()));
  if (inside.size === 0) return 0;
  return addresses(args).filter((email) => email.includes("@") && !inside.has(domainOf(email))).length;
}

const domains: PolicyConfigSchema = {
  properties: { domains: { type: "array", items: { type: "string" }, default: [] } },
};

const adminHasReason: ResourceValidationPolicy = {
  name: "admin-has-reason",
  description: "Every admin has a reason.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => {
    if (kindOf({ type }) !== "OrganizationMember" || text(props, "role") !== "admin") return;
    if (text(props, "reason")) return;
    report('role is "admin" without a reason. Set reason, or declare "member".');
  },
};

const externalAccessEnds: ResourceValidationPolicy = {
  name: "external-access-ends",
  description: "Access of people outside the configured domains has an end.",
  enforcementLevel: "mandatory",
  configSchema: domains,
  validateResource: (args, report) => {
    const kind = kindOf(args);
    if (outside(args) === 0 || text(args.props, "validUntil")) return;
    if (kind === "OrganizationMember" || kind === "TeamMembership") {
      report("The email domain is external, and validUntil is missing. Set validUntil to the last day of the access.");
    } else if (kind === "Invitation") {
      report("The email domain is external, and an Invitation has no end. Use an OrganizationMember with validUntil.");
    }
  },
};

const allowedEmailDomains: ResourceValidationPolicy = {
  name: "allowed-email-domains",
  description: "People have email addresses of the configured domains.",
  enforcementLevel: "mandatory",
  configSchema: domains,
  validateResource: (args, report) => {
    const count = outside(args);
    if (count > 0) report(`${count} ${count === 1 ? "address has" : "addresses have"} a domain that is not allowed.`);
  },
};

const organizationProtected: ResourceValidationPolicy = {
  name: "organization-protected",
  description: "No organization can be deleted by accident.",
  enforcementLevel: "mandatory",
  validateResource: (args, report) => {
    if (kindOf(args) === "Organization" && !args.opts.protect) report("Add the resource option protect: true.");
  },
};

/** The roles that a stack gives in a team; undefined stands for those that are not known yet. */
function rolesIn(team: PolicyResource, resources: readonly PolicyResource[]): (string | undefined)[] {
  const uid = text(team.props, "uid");
  const isOf = (resource: PolicyResource) =>
    resource.propertyDependencies["team"]?.some(({ urn }) => urn === team.urn) ||
    (uid !== undefined && text(resource.props, "team")?.endsWith(`/${uid}`));
  return resources.filter(isOf).flatMap((resource) => {
    if (kindOf(resource) === "TeamMembership") return [text(resource.props, "role")];
    if (kindOf(resource) !== "TeamRoster") return [];
    return rosterOf(resource.props)?.map(([, role]) => role) ?? [undefined];
  });
}

const teams = (resources: readonly PolicyResource[]) => resources.filter((one) => kindOf(one) === "Team");

const teamHasLead: StackValidationPolicy = {
  name: "team-has-lead",
  description: "Every team has a lead.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    for (const team of teams(resources)) {
      const led = rolesIn(team, resources).some((role) => role === "lead" || role === undefined);
      if (!led) report(`Team ${team.name} has no lead. Give somebody the role "lead".`, team.urn);
    }
  },
};

const teamSize: StackValidationPolicy = {
  name: "team-size",
  description: "No team has more people than configured.",
  enforcementLevel: "mandatory",
  configSchema: { properties: { most: { type: "integer", minimum: 1, default: 100 } } },
  validateStack: (args, report) => {
    const { most } = args.getConfig<{ most: number }>();
    for (const team of teams(args.resources)) {
      const count = rolesIn(team, args.resources).length;
      if (count > most) report(`Team ${team.name} has ${count} people; the limit is ${most}. Split it.`, team.urn);
    }
  },
};

new PolicyPack("avala", {
  policies: [adminHasReason, externalAccessEnds, allowedEmailDomains, organizationProtected, teamHasLead, teamSize],
});
