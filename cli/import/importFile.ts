import { pathOf, peopleType } from "../pulumi/urn.js";
import type { Observed, Observer } from "../../provider/lifecycle/observer.js";
import type { KindKey } from "../../provider/lifecycle/registry.js";
import { checkInputs, type Properties } from "../../provider/lifecycle/inputs.js";
import { addressKey, providerText, resources, typeToken } from "../../provider/schema/index.js";
import { joinId } from "../../provider/core/identity.js";
import { quoted } from "../../provider/core/text.js";
import { RefusedError } from "../errors.js";
import type { Living, Who } from "./liveOrganization.js";
import { Names } from "./names.js";
import { otherName, peopleName, type Naming, type Style } from "./program.js";

/** One entry of the engine's import file. */
export interface Entry {
  type: string;
  /** Unique in the file; parents are named by it. */
  name: string;
  /** If it is a different one. */
  logicalName?: string;
  id?: string;
  parent?: string;
  provider?: string;
  component?: boolean;
  inputs?: Properties;
  outputs?: Properties;
}

/** The engine's import file. */
export interface ImportFile {
  nameTable?: Record<string, string>;
  resources: Entry[];
}

interface Wanted {
  kind: KindKey;
  name: string;
  id: string;
  inputs: Properties;
  /** Outputs known beforehand. */
  known?: Properties;
  parent?: string;
}

/** The import file of what the written program declares: the provider's own code says what state is to hold. */
export async function importFileOf(
  living: Living,
  style: Style,
  observer: Observer,
  naming: Naming,
): Promise<ImportFile> {
  const names = new Names();
  // First, as others name it.
  const people: Entry = { type: peopleType, name: names.unique(peopleName(naming)), component: true };
  const entries = await Promise.all(
    wantedOf(living, style, naming).map(async ({ kind, name, id, inputs, known, parent }) => {
      requireDeclarable(kind, name, inputs);
      const address = addressOf(kind, name, parent === undefined ? [] : [peopleType]);
      const observed = await observer.imported(kind, id, { ...inputs, [addressKey]: address }, known);
      if (observed === undefined) throw new Error(`bug: ${kind} ${id} was listed and is not found`);
      return { ...entryOf(kind, name, id, observed), ...(parent === undefined ? {} : { parent }) };
    }),
  );
  const named = entries.map((entry) => ({ ...entry, ...uniquelyNamed(names, entry.name) }));
  return { resources: [people, ...named] };
}

/** What the program passes as the hidden address of a resource under components of these types. */
function addressOf(kind: KindKey, name: string, parents: readonly string[]): string {
  return pathOf({ types: [...parents, resources[kind].kind], name });
}

/** What a whole declaration has to keep to, beside each of its parts: the size of a roster. */
function requireDeclarable(kind: KindKey, name: string, inputs: Properties): void {
  const [failure] = checkInputs(resources[kind], {}, inputs).failures;
  if (failure === undefined) return;
  throw new RefusedError(
    `${resources[kind].kind} ${quoted(name)} cannot be declared as it is: ${failure.reason}. Nothing was written.`,
    kind === "teamRoster" ? "Import with --style edges." : "Change it in Avala and run the command again.",
  );
}

/** An entry for something that exists. */
export function entryOf(kind: KindKey, name: string, id: string, { inputs, outputs }: Observed): Entry {
  const __provider = providerText(kind);
  return {
    type: typeToken(resources[kind].kind),
    name,
    id,
    inputs: ordered({ ...inputs, __provider }),
    outputs: ordered({ ...outputs, __provider }),
  };
}

function uniquelyNamed(names: Names, logicalName: string): { name: string; logicalName?: string } {
  const name = names.unique(logicalName);
  return name === logicalName ? { name } : { name, logicalName };
}

/** The same bytes for the same organization. */
function ordered(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function wantedOf(living: Living, style: Style, naming: Naming): Wanted[] {
  const { uid, key, inputs, people, teams } = living;
  const organization: Wanted = { kind: "organization", name: key, id: uid, inputs };
  const declared = people.map((person): Wanted => ({
    kind: "organizationMember",
    name: `${peopleName(naming)}-${person.name}`,
    id: joinId(uid, person.name),
    inputs: { organization: uid, [person.by]: person.name, role: person.role },
    known: uidKnown(person),
    parent: peopleName(naming),
  }));
  const ofTeams = teams.map((team): Wanted => ({
    kind: "team",
    name: naming.prefix + team.key,
    id: joinId(uid, team.uid),
    inputs: { organization: uid, ...team.inputs },
  }));
  return [
    organization,
    ...declared,
    ...ofTeams,
    ...(style === "edges" ? edgesOf(living, naming) : rostersOf(living, naming)),
  ];
}

function edgesOf({ uid, teams, people, owner }: Living, naming: Naming): Wanted[] {
  const inFile = new Set(people.map(({ name }) => name));
  return teams.flatMap((team) =>
    team.members.map(({ who, role }): Wanted => {
      const isListed = inFile.has(who.name);
      const teamId = joinId(uid, team.uid);
      return {
        kind: "teamMembership",
        name: isListed ? `${peopleName(naming)}-${who.name}-${team.key}` : otherName(who, owner, team.key, naming),
        id: joinId(teamId, who.name),
        inputs: { team: teamId, [who.by]: who.name, role },
        known: uidKnown(who),
        ...(isListed ? { parent: peopleName(naming) } : {}),
      };
    }),
  );
}

function rostersOf({ uid, teams }: Living, { prefix }: Naming): Wanted[] {
  return teams.map((team): Wanted => {
    const teamId = joinId(uid, team.uid);
    const members = Object.fromEntries(team.members.map(({ who, role }) => [who.name, role]));
    return { kind: "teamRoster", name: prefix + team.key, id: teamId, inputs: { team: teamId, members } };
  });
}

function uidKnown({ userUid }: Who): Properties {
  return userUid === undefined ? {} : { userUid };
}
