import { normalizeEmail } from "../../provider/core/address.js";
import { canonicalUid } from "../../provider/core/identity.js";
import { personEntry } from "../output/peopleYaml.js";
import type { Managed } from "../pulumi/managed.js";
import { parseUrn, peopleType } from "../pulumi/urn.js";
import type { Finding } from "./finding.js";
import { entryText, type Format, type NewPerson } from "./peopleEntry.js";
import { placeIn, type ListFile, type Place, type Places } from "../pulumi/places.js";

/** A component People of the stack. */
export interface PeopleComponent {
  /** Logical name. */
  name: string;
  urn: string;
  /** Uid. */
  organization: string;
  /** Keys by which its people name teams, by uid of the team: those in use, and for others the names of the Teams. */
  teamKeys: Readonly<Record<string, string>>;
  /** Uids of the teams of its people. */
  teams: readonly string[];
  /** People whom it declares, each with all their names: addresses and uids. */
  people: readonly (readonly string[])[];
}

/** What to add to the list of one component. */
export interface PeopleLines {
  component: string;
  organization: string;
  /** Of the list: the file, or else the program. New entries belong behind this line. */
  place?: Place | undefined;
  /** Whether the place is that of the list; else the list may be in a file that the program reads there. */
  isKnown: boolean;
  /** Entries of new people, as YAML. */
  yaml: string;
  /** The same in the format of the list: YAML where that is not known. */
  lines: string;
  /** Teams of people who are in the list already, and every line that may be theirs. */
  more: { person: string; team: string; role: string; places: Place[] }[];
}

/** The components that declare the people of the stack. */
export function peopleComponents(managed: readonly Managed[]): PeopleComponent[] {
  const found = new Map<
    string,
    Omit<PeopleComponent, "teamKeys" | "teams"> & { people: string[][]; keys: Map<string, string> }
  >();
  const teams = managed.filter(({ kind }) => kind === "Team").map(({ teamUid, name }) => [teamUid!, name] as const);
  for (const resource of managed.filter(isInPeople("OrganizationMember"))) {
    const who = namesOf(resource);
    const name = componentOf(resource);
    if (name === undefined) continue;
    const id = `${resource.organizationUid} ${name}`;
    const one = found.get(id) ?? {
      name,
      urn: componentUrn(resource.urn, name),
      organization: resource.organizationUid,
      keys: new Map<string, string>(),
      people: [],
    };
    found.set(id, one);
    one.people.push(who);
  }
  for (const { name, teamUid, organizationUid, ...rest } of managed.filter(isInPeople("TeamMembership"))) {
    for (const who of namesOf(rest)) {
      const at = name.indexOf(`-${who}-`);
      const component = found.get(`${organizationUid} ${name.slice(0, Math.max(0, at))}`);
      if (at > 0 && component) component.keys.set(teamUid!, name.slice(at + who.length + 2));
    }
  }
  return [...found.values()].map(({ keys, ...component }) => ({
    ...component,
    teamKeys: Object.fromEntries([...teams, ...keys]),
    teams: [...keys.keys()],
  }));
}

/** The logical name of the component that has declared an OrganizationMember. */
function componentOf(resource: Managed): string | undefined {
  return namesOf(resource)
    .map((one) => withoutEnd(resource.name, `-${one}`))
    .find((name) => name !== undefined);
}

/** `urn:pulumi:dev::app::avala:index:People$…::staff-ada@example.com` is a child of `…::avala:index:People::staff`. */
function componentUrn(urn: string, name: string): string {
  const [head = "", types = ""] = /^(.*?::.*?::)(.*?)::/.exec(urn)?.slice(1) ?? [];
  return `${head}${types.split("$").slice(0, -1).join("$")}::${name}`;
}

/** Somebody who is in the list of a component. */
interface Listed {
  component: PeopleComponent;
  names: readonly string[];
}

/** A list in the program: JSON is TypeScript too. */
const inlineList: Format = { format: "json", columns: [], delimiter: "," };

/** The lists of the components, and who is in them. */
export class PeopleLists {
  readonly #files = new Map<PeopleComponent, ListFile | undefined>();
  readonly #listed = new Map<string, Listed>();

  constructor(
    private readonly components: readonly PeopleComponent[],
    private readonly places: Places,
  ) {
    for (const component of components) {
      const { people, organization } = component;
      this.#files.set(component, places.fileOf(people.map((names) => this.#listedAs(names))));
      for (const names of people) {
        for (const name of names) this.#listed.set(`${organization} ${name}`, { component, names });
      }
    }
  }

  in(organization: string): PeopleComponent[] {
    return this.components.filter((one) => one.organization === organization);
  }

  /** The component whose list contains a person, by one of their names. */
  listed(organization: string, names: readonly (string | undefined)[]): Listed | undefined {
    return names.map((name) => this.#listed.get(`${organization} ${name}`)).find((one) => one !== undefined);
  }

  /**
   * The component for somebody new: the one whose people are in most of their teams; the first one of several.
   * @param teams uids
   */
  forNew(organization: string, teams: readonly string[]): PeopleComponent | undefined {
    const shared = (one: PeopleComponent) => teams.filter((uid) => one.teams.includes(uid)).length;
    const all = this.in(organization);
    const most = Math.max(...all.map(shared));
    return all.find((one) => shared(one) === most);
  }

  /** Where a person of a component is listed: in its file if that is known, else in any. */
  placesOf({ component, names }: Listed): Place[] {
    const file = this.#files.get(component);
    if (file === undefined) return this.places.ofPerson(this.#listedAs(names));
    const line = names.map((name) => file.people.get(name)).find((one) => one !== undefined);
    const place = placeIn(file, line);
    return place === undefined ? [] : [place];
  }

  /** The format of a component's list; undefined where it is not known. */
  formatOf(component: PeopleComponent): Format | undefined {
    const isInline =
      this.places.inProgram(component.urn) !== undefined && this.places.isInProgram(component.people.flat());
    return this.#files.get(component) ?? (isInline ? inlineList : undefined);
  }

  /** Behind its last entry, or where the program declares it. */
  endOf(component: PeopleComponent): Place | undefined {
    const file = this.#files.get(component);
    return (file && placeIn(file, [...file.people.values()].at(-1))) ?? this.places.inProgram(component.urn);
  }

  /** Every place where a resource is declared: the lines of its person, else that of the program. */
  placesOfResource(resource: Pick<Managed, "urn" | "organizationUid" | "outputs" | "who">): Place[] {
    const names = namesOf(resource);
    const isListed = parseUrn(resource.urn).types.includes(peopleType);
    const found = isListed ? this.listed(resource.organizationUid, names) : undefined;
    const listed = found === undefined ? [] : this.placesOf(found);
    // Its own line is one of this package.
    const inProgram = this.places.inProgram(isListed ? (found?.component.urn ?? "") : resource.urn);
    return listed.length > 0 || inProgram === undefined ? listed : [inProgram];
  }

  /** Of all names of a person, the one by which some file lists them. */
  #listedAs(names: readonly string[]): string {
    return names.find((name) => this.places.files.some(({ people }) => people.has(name))) ?? names[0] ?? "";
  }
}

/** The lines that adopt unmanaged people and team memberships, for each component that they belong to. */
export function peopleLines(findings: readonly Finding[], lists: PeopleLists): PeopleLines[] {
  const byComponent = new Map<PeopleComponent, { people: NewPerson[]; more: PeopleLines["more"] }>();
  const partsOf = (component: PeopleComponent) => {
    const parts = byComponent.get(component) ?? { people: [], more: [] };
    byComponent.set(component, parts);
    return parts;
  };
  const { people, inTeams } = adoptable(findings);
  for (const finding of people) {
    const own = inTeams.filter((one) => isSame(one, finding));
    const component = lists.forNew(
      finding.organization.uid,
      own.map(({ team }) => team!.uid),
    );
    const who = whoOf(finding);
    if (component === undefined || who === undefined) continue;
    const memberships = own.flatMap((one): [string, string][] => {
      const key = component.teamKeys[one.team!.uid];
      return key === undefined ? [] : [[key, one.role ?? "member"]];
    });
    partsOf(component).people.push({ ...who, role: finding.role ?? "member", memberships: new Map(memberships) });
  }
  for (const one of inTeams) {
    const listed = people.some((person) => isSame(one, person)) ? undefined : listedOf(one, lists);
    const key = listed?.component.teamKeys[one.team!.uid];
    if (listed === undefined || key === undefined) continue;
    const { component, names } = listed;
    const person = namesIn(one).find((name) => name !== undefined && names.includes(name))!;
    const role = one.role ?? "member";
    partsOf(component).more.push({ person, team: key, role, places: lists.placesOf(listed) });
  }
  return [...byComponent].map(([component, { people, more }]) => {
    const place = lists.endOf(component);
    const format = lists.formatOf(component);
    const yaml = people.map((person) => personEntry(person, true)).join("\n");
    const lines = format === undefined ? yaml : entryText(people, format);
    const { name, organization } = component;
    return { component: name, organization, place, isKnown: format !== undefined, yaml, lines, more };
  });
}

/** Unmanaged people, and people of teams, that a declaration of their own adopts; a roster lists its people itself. */
function adoptable(findings: readonly Finding[]): { people: Finding[]; inTeams: Finding[] } {
  const all = findings.filter(({ kind, import: entry }) => kind === "unmanaged" && entry !== undefined);
  return {
    people: all.filter(({ subject }) => subject === "person" || subject === "invitation"),
    inTeams: all.filter(({ subject }) => subject === "teamMembership"),
  };
}

/** Unmanaged objects that no list of people takes. */
export function outsideLists(findings: readonly Finding[], lists: PeopleLists): Finding[] {
  const { people, inTeams } = adoptable(findings);
  const isTaken = (one: Finding): boolean => {
    if (one.subject !== "teamMembership") return one.subject !== "team" && lists.in(one.organization.uid).length > 0;
    const person = people.find((other) => isSame(one, other));
    const own = person && inTeams.filter((other) => isSame(other, person)).map(({ team }) => team!.uid);
    const component = own ? lists.forNew(one.organization.uid, own) : listedOf(one, lists)?.component;
    return component?.teamKeys[one.team!.uid] !== undefined;
  };
  return findings.filter((one) => one.kind === "unmanaged" && one.import !== undefined && !isTaken(one));
}

const namesIn = ({ person }: Finding): (string | undefined)[] => [person?.email, person?.userUid];
const listedOf = (finding: Finding, lists: PeopleLists) => lists.listed(finding.organization.uid, namesIn(finding));

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

/** The address of a person, else the uid. */
export function whoOf({ person }: Pick<Finding, "person">): { by: "email" | "user"; name: string } | undefined {
  if (person?.email !== undefined) return { by: "email", name: person.email };
  return person?.userUid === undefined ? undefined : { by: "user", name: person.userUid };
}

function isSame({ organization, person: one }: Finding, { organization: other, person }: Finding): boolean {
  if (organization.uid !== other.uid) return false;
  if (one?.userUid !== undefined && one.userUid === person?.userUid) return true;
  return one?.email !== undefined && one.email === person?.email;
}
