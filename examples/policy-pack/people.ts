import { domainToASCII } from "node:url";
import type { PolicyConfigSchema, PolicyResource } from "@pulumi/policy";
import { hidden, read, text, type Hidden, type Properties } from "./values";

const prefix = "pulumi-nodejs:dynamic/avala:";

/** `Team` of a resource of pulumi-avala; undefined of any other resource. */
export const kindOf = ({ type }: { type: string }) => (type.startsWith(prefix) ? type.slice(prefix.length) : undefined);

/** Kinds that give a person a role in an organization. */
export const givesOrganizationRole = (kind: string | undefined) =>
  kind === "OrganizationMember" || kind === "Invitation";

/** A person as declared: the email address or the uid, and the role. */
export interface Person {
  who: string | Hidden;
  role: string | Hidden;
}

/** The people to whom a resource gives access. A roster that is not known in a preview has one person, who is hidden. */
export function peopleOf(resource: { type: string; props: Properties }): Person[] {
  const { props } = resource;
  const kind = kindOf(resource);
  if (kind === "TeamRoster") return rosterOf(text(props, "members"));
  if (!givesOrganizationRole(kind) && kind !== "TeamMembership") return [];
  return [{ who: text(props, "email") ?? text(props, "user") ?? hidden, role: text(props, "role") ?? "member" }];
}

/** A roster is a text with one person per line, such as `ada@example.com lead`. */
function rosterOf(members: string | Hidden | undefined): Person[] {
  if (members === undefined || members === hidden) return [{ who: hidden, role: hidden }];
  const lines = members.split("\n").filter(Boolean);
  return lines.map((line) => {
    const space = line.lastIndexOf(" ");
    return { who: line.slice(0, space), role: line.slice(space + 1) };
  });
}

/** Which people a pack counts as its own. */
export const own: PolicyConfigSchema["properties"] = {
  domains: {
    type: "array",
    items: { type: "string" },
    default: [],
    description:
      "Email domains, such as example.com. Subdomains are other domains. Without a domain, the policy is off.",
  },
  uids: {
    type: "array",
    items: { type: "string" },
    default: [],
    description: "Uids of people who count as people of these domains: a uid alone does not show a domain.",
  },
};

export interface Own {
  domains: string[];
  uids: string[];
}

/** Whether a person is of none of the domains, or cannot be shown to be of one. */
export function isOutside({ who }: Person, { domains, uids }: Own): boolean {
  if (who === hidden) return true;
  if (!who.includes("@")) return !uids.some((uid) => uid.toLowerCase() === who.toLowerCase());
  const domain = domainOf(who);
  return domain === "" || !domains.some((inside) => domainToASCII(inside.trim()) === domain);
}

/** Empty where it is not a domain. Both spellings of an international domain have the same ASCII form. */
const domainOf = (email: string) => domainToASCII(email.slice(email.lastIndexOf("@") + 1));

/** The form in which email addresses and uids are compared. */
export function nameKey(name: string): string {
  const trimmed = name.trim().toLowerCase();
  const at = trimmed.lastIndexOf("@") + 1;
  return at === 0 ? trimmed : trimmed.slice(0, at) + domainOf(trimmed);
}

/** The known names of a person in the state: the email address and the uid. */
export const namesOf = ({ props }: PolicyResource): string[] =>
  ["userUid", "user", "email"].map((name) => read(props, name)).filter((name) => typeof name === "string");
