import type { Policies, PolicyConfigSchema, ResourceValidationPolicy } from "@pulumi/policy";
import { givesOrganizationRole, isOutside, kindOf, own, peopleOf, type Own } from "./people";
import { stackPolicies } from "./stackPolicies";
import { configOf, dayAfter, hidden, minLength, read, reasonFault, text, type Hidden, type Properties } from "./values";

const reasonSchema: PolicyConfigSchema = { properties: { minLength } };

const adminHasReason: ResourceValidationPolicy = {
  name: "admin-has-reason",
  description: "Every admin has a reason.",
  enforcementLevel: "mandatory",
  configSchema: reasonSchema,
  validateResource: (args, report) => {
    const kind = kindOf(args);
    const [person] = peopleOf(args);
    if (!givesOrganizationRole(kind) || person?.role === "member") return;
    const admin =
      person?.role === hidden ? 'A role that this preview does not know counts as "admin", and' : 'The role "admin"';
    if (kind === "Invitation") {
      report(`${admin} has no reason in an Invitation. Use an OrganizationMember with a reason.`);
      return;
    }
    const fault = reasonFault(
      text(args.props, "reason"),
      configOf<{ minLength: number }>(args, reasonSchema).minLength,
    );
    if (fault !== undefined) report(`${admin} ${fault}. Set reason to say why, or declare "member".`);
  },
};

const externalSchema: PolicyConfigSchema = {
  properties: {
    ...own,
    maxDays: {
      type: "integer",
      minimum: 0,
      default: 366,
      description: "Number of days from today until the latest validUntil.",
    },
  },
};

/** What is wrong with the last day of an access; undefined if nothing is. */
function endFault(props: Properties, maxDays: number): string | undefined {
  const validUntil = text(props, "validUntil");
  if (validUntil === undefined) return "validUntil is missing";
  if (validUntil === hidden) return "validUntil is not known in this preview";
  if (validUntil < dayAfter(0)) return "validUntil is in the past";
  return validUntil > dayAfter(maxDays) ? `validUntil is more than ${maxDays} days from today` : undefined;
}

const withoutEnd: Readonly<Record<string, string>> = {
  Invitation: "an Invitation has no end. Use an OrganizationMember with validUntil",
  TeamRoster: "a person in a TeamRoster has no end. Use a TeamMembership with validUntil for each person of this team",
};

const externalAccessEnds: ResourceValidationPolicy = {
  name: "external-access-ends",
  description: "Access of people outside the configured domains has an end.",
  enforcementLevel: "mandatory",
  configSchema: externalSchema,
  validateResource: (args, report) => {
    const config = configOf<Own & { maxDays: number }>(args, externalSchema);
    const outside = outsiders(args, config);
    if (outside === undefined) return;
    const missing = withoutEnd[kindOf(args)!];
    const fault = missing ?? endFault(args.props, config.maxDays);
    if (fault === undefined) return;
    report(`${outside}, and ${fault}${missing === undefined ? ". Set it to the last day of the access" : ""}.`);
  },
};

/** The people of a resource who are not of the configured domains, in words; undefined if there are none. */
function outsiders(resource: { type: string; props: Properties }, config: Own): string | undefined {
  if (config.domains.length === 0) return undefined;
  const outside = peopleOf(resource).filter((person) => isOutside(person, config));
  if (outside.length === 0) return undefined;
  if (outside.some(({ who }) => who === hidden)) return "People whom this preview does not know count as external";
  return `${outside.length === 1 ? "1 person is" : `${outside.length} people are`} external`;
}

const allowedSchema: PolicyConfigSchema = { properties: own };

const allowedEmailDomains: ResourceValidationPolicy = {
  name: "allowed-email-domains",
  description: "People have email addresses of the configured domains.",
  enforcementLevel: "mandatory",
  configSchema: allowedSchema,
  validateResource: (args, report) => {
    const outside = outsiders(args, configOf<Own>(args, allowedSchema));
    if (outside !== undefined) report(`${outside}: only people of the configured domains and uids are allowed.`);
  },
};

const endedSchema: PolicyConfigSchema = {
  properties: {
    graceDays: {
      type: "integer",
      minimum: 0,
      default: 0,
      description: "Number of days after validUntil until the access must be removed.",
    },
  },
};

const endedAccessRemoved: ResourceValidationPolicy = {
  name: "ended-access-removed",
  description: "Nobody has access after its last day.",
  enforcementLevel: "mandatory",
  configSchema: endedSchema,
  validateResource: (args, report) => {
    if (kindOf(args) === undefined) return;
    const validUntil = text(args.props, "validUntil");
    const { graceDays } = configOf<{ graceDays: number }>(args, endedSchema);
    if (validUntil === hidden) {
      report("A validUntil that this preview does not know counts as past. Set it to a known day.");
    } else if (validUntil !== undefined && validUntil < dayAfter(-graceDays)) {
      report("validUntil is in the past. Remove the resource, or set validUntil to the new last day.");
    }
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

const forceDestroyHasReason: ResourceValidationPolicy = {
  name: "force-destroy-has-reason",
  description: "Organizations and teams are deleted with their content for a reason only.",
  enforcementLevel: "mandatory",
  configSchema: reasonSchema,
  validateResource: (args, report) => {
    if (kindOf(args) === undefined) return;
    const forceDestroy = read(args.props, "forceDestroy") ?? false;
    if (forceDestroy === false) return;
    const fault = reasonFault(
      text(args.props, "reason"),
      configOf<{ minLength: number }>(args, reasonSchema).minLength,
    );
    if (fault === undefined) return;
    const set =
      forceDestroy === hidden ? "A forceDestroy that this preview does not know counts as true, and" : "forceDestroy";
    report(`${set} ${fault}. Set reason to say why, or remove forceDestroy.`);
  },
};

const removalsSchema: PolicyConfigSchema = {
  properties: {
    maxRemovals: {
      type: "integer",
      minimum: 1,
      default: 10,
      description: "Highest limit that needs no reason. The default is the limit of pulumi-avala.",
    },
    minLength,
  },
};

interface RemovalLimit {
  name: string;
  limit: unknown;
  reasonName: string;
  reason: string | Hidden | undefined;
}

/** The limit in force and its reason, both from the environment, or else from the stack configuration. */
function removalLimit(props: Properties): RemovalLimit {
  const { AVALA_MAX_REMOVALS: limit, POLICY_MAX_REMOVALS_REASON: reason } = process.env;
  if (limit) {
    return { name: "AVALA_MAX_REMOVALS", limit, reasonName: "POLICY_MAX_REMOVALS_REASON", reason: reason || undefined };
  }
  const [name, reasonName] = ["avala:maxRemovals", "avala-policy:maxRemovalsReason"] as const;
  return { name, limit: read(props, name), reasonName, reason: text(props, reasonName) };
}

/** The engine passes the stack configuration to a policy pack as properties of the default provider only. */
const maxRemovalsHasReason: ResourceValidationPolicy = {
  name: "max-removals-has-reason",
  description: "One run removes more people than usual for a reason only.",
  enforcementLevel: "mandatory",
  configSchema: removalsSchema,
  validateResource: (args, report) => {
    if (args.type !== "pulumi:providers:pulumi-nodejs") return;
    const config = configOf<{ maxRemovals: number; minLength: number }>(args, removalsSchema);
    const { name, limit, reasonName, reason } = removalLimit(args.props);
    if (limit === undefined || limit === "" || Number(limit === hidden ? NaN : limit) <= config.maxRemovals) return;
    const fault = reasonFault(reason, config.minLength);
    if (fault !== undefined)
      report(`${name} is above ${config.maxRemovals} and ${fault}. Set ${reasonName}, or lower it.`);
  },
};

export const policies: Policies = [
  adminHasReason,
  externalAccessEnds,
  endedAccessRemoved,
  allowedEmailDomains,
  organizationProtected,
  forceDestroyHasReason,
  maxRemovalsHasReason,
  ...stackPolicies,
];
