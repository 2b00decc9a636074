import { normalizeEmail } from "../../provider/core/address.js";
import { canonicalUid } from "../../provider/core/identity.js";
import { personEntry } from "../output/peopleYaml.js";
import type { Managed } from "../pulumi/managed.js";
import { parseUrn } from "../pulumi/urn.js";
import type { Finding } from "./finding.js";

/** A component People of the stack. */
export interface PeopleComponent {
  /** Logical name. */
  name: string;
  /** Uid. */
  organization: string;
  /** Keys by which its people name teams, by uid of the team: those in use, and for others the names of the Teams. */
  teamKeys: Readonly<Record<string, string>>;
  /** Names of the people whom it declares: addresses and uids. */
  people: readonly string[];
}

/** What to add to the list of one component. */
export interface PeopleLines {
  component: string;
  organization: string;
  /** Entries of new people. */
  yaml: string;
  /** Teams of people who are in the list already. */
  more: { person: string; team: string; role: string }[];
}

const peopleType = "avala:index:People";

/** The components that declare the people of the stack. */
export function peopleComponents(managed: readonly Managed[]): PeopleComponent[] {
  const found = new Map<
    string,
    { name: string; organization: string; keys: Map<string, string>; people: Set<string> }
  >();
  const teams = managed.filter(({ kind }) => kind === "Team").map(({ teamUid, name }) => [teamUid!, name] as const);
  const ownOf = new Map<string, { component: string; who: string[] }>();
  for (const resource of managed.filter(isInPeople("OrganizationMember"))) {
    const who = namesOf(resource);
    const component = who.map((one) => withoutEnd(resource.name, `-${one}`)).find((name) => name !== undefined);
    if (component === undefined) continue;
    ownOf.set(resource.name, { component, who });
    const id = `${resource.organizationUid} ${component}`;
    const one = found.get(id) ?? {
      name: component,
      organization: resource.organizationUid,
      keys: new Map(),
      people: new Set(),
    };
    found.set(id, one);
    for (const name of who) one.people.add(name);
  }
  for (const { name, teamUid, organizationUid, ...rest } of managed.filter(isInPeople("TeamMembership"))) {
    for (const who of namesOf(rest)) {
      const at = name.indexOf(`-${who}-`);
      const component = found.get(`${organizationUid} ${name.slice(0, Math.max(0, at))}`);
      if (at > 0 && component) component.keys.set(teamUid!, name.slice(at + who.length + 2));
    }
  }
  return [...found.values()].map(({ name, organization, keys, people }) => ({
    name,
    organization,
    teamKeys: Object.fromEntries([...teams, ...keys]),
    people: [...people],
  }));
}

/** The lines that adopt unmanaged people and team memberships, for the first component of each organization. */
export function peopleLines(findings: readonly Finding[], components: readonly PeopleComponent[]): PeopleLines[] {
  const firsts = components.filter(
    ({ organization }, index) => components.findIndex((one) => one.organization === organization) === index,
  );
  return firsts.flatMap((component): PeopleLines[] => {
    const here = findings.filter(
      ({ kind, organization, import: entry }) =>
        kind === "unmanaged" && organization.uid === component.organization && entry !== undefined,
    );
    const inTeams = here.filter(({ subject }) => subject === "teamMembership");
    const newPeople = here.filter(({ subject }) => subject === "person" || subject === "invitation");
    const keyOf = ({ team }: Finding) => component.teamKeys[team!.uid];
    const entries = newPeople.flatMap((finding) => {
      const who = whoOf(finding);
      if (who === undefined) return [];
      const own = inTeams.filter((one) => isSame(one, finding) && keyOf(one) !== undefined);
      const memberships = new Map(own.map((one) => [keyOf(one)!, one.role ?? "member"]));
      return [personEntry({ ...who, role: finding.role ?? "member", memberships }, true)];
    });
    const listed = new Set(components.flatMap(({ people }) => people));
    const more = inTeams
      .filter((one) => keyOf(one) !== undefined && !newPeople.some((person) => isSame(one, person)))
      .flatMap((one) => {
        const names = [one.person?.email, one.person?.userUid].filter((name) => name !== undefined);
        const person = names.find((name) => listed.has(name));
        return person === undefined ? [] : [{ person, team: keyOf(one)!, role: one.role ?? "member" }];
      });
    if (entries.length === 0 && more.length === 0) return [];
    const { name, organization } = component;
    return [{ component: name, organization, yaml: entries.join("\n"), more }];
  });
}

const isInPeople =
  (kind: Managed["kind"]) =>
  ({ kind: own, urn }: Managed): boolean =>
    own === kind && parseUrn(urn).types.at(-2) === peopleType;

/** The names that a list may give the person of a resource. */
function namesOf({ outputs, who }: Pick<Managed, "outputs" | "who">): string[] {
  const given = [outputs["email"], outputs["user"], outputs["userUid"], who];
  const texts = given.filter((name): name is string => typeof name === "string" && name !== "");
  return [...new Set(texts.map((name) => canonicalUid(name) ?? normalizeEmail(name)))];
}

function withoutEnd(name: string, end: string): string | undefined {
  return name.endsWith(end) && name.length > end.length ? name.slice(0, -end.length) : undefined;
}

function whoOf({ person }: Finding): { by: "email" | "user"; name: string } | undefined {
  if (person?.email !== undefined) return { by: "email", name: person.email };
  return person?.userUid === undefined ? undefined : { by: "user", name: person.userUid };
}

function isSame({ person: one }: Finding, { person: other }: Finding): boolean {
  if (one?.userUid !== undefined && one.userUid === other?.userUid) return true;
  return one?.email !== undefined && one.email === other?.email;
}
