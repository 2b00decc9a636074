import type { Kind, Properties } from "../../support/host.js";
import type { Recorded } from "../../support/stack.js";
import type { Observed } from "./observed.js";
import { isTeamPersonKind } from "./program.js";
import { addressOf, lower, namesOf, organizationOf, rolesIn, rosterLines, teamOf, type Service } from "./service.js";

/** A declaration of the program, with the objects that it identifies now. */
export interface Resolved {
  name: string;
  kind: Kind;
  inputs: Properties;
  /** Uid of the organization; undefined if it does not exist yet. */
  organization: string | undefined;
  /** Uid of the team. */
  team: string | undefined;
  /** Of a person: uids and addresses. */
  names: ReadonlySet<string>;
  /** Of a roster: roles, by each of the names. */
  people: ReadonlyMap<string, string>;
  record: Recorded | undefined;
}

/** The organization that an organization's declaration adopts or has adopted. */
const ownUid = (record: Recorded | undefined, inputs: Properties, service: Service): string | undefined =>
  record?.id ?? (typeof inputs["adopt"] === "string" ? organizationOf(service, inputs["adopt"])?.uid : undefined);

export function resolveDeclarations(run: Observed, service: Service): Resolved[] {
  const { program, records, recordsNow, after } = run;
  // An object that a run has just created is known by its record.
  const idNow = (name: string) => recordsNow.get(name)?.id ?? records.get(name)?.id;
  return Object.entries(program).map(([name, { kind, inputs }]) => {
    const value = (input: unknown): string | undefined => {
      if (isReference(input)) return idNow(input.name);
      return typeof input === "string" ? input : undefined;
    };
    const record = [records.get(name)].find((row) => row?.kind === kind);
    const team = isTeamPersonKind(kind) ? value(inputs["team"]) : undefined;
    const reference = kind === "organization" ? undefined : (team?.split("/")[0] ?? value(inputs["organization"]));
    const organization =
      kind === "organization"
        ? (recordsNow.get(name)?.id ?? ownUid(record, inputs, service))
        : reference === undefined
          ? undefined
          : (organizationOf(service, reference) ?? organizationOf(after, reference))?.uid;
    return {
      name,
      kind,
      inputs,
      organization,
      team:
        kind === "team"
          ? ((recordsNow.get(name) ?? record)?.id.split("/")[1] ?? adoptedTeam(service, organization, inputs))
          : team?.split("/")[1],
      names: sameText(record, inputs) ? recordNames(record!, service) : namesOf(service, inputs),
      people: peopleOf(service, inputs["members"], run.looks ? refreshed(record, service) : record),
      record,
    };
  });
}

/** The id of another resource of the program. */
export const isReference = (value: unknown): value is { name: string } =>
  typeof value === "object" && value !== null && "name" in value;

function adoptedTeam(service: Service, organization: string | undefined, { adopt }: Properties): string | undefined {
  if (organization === undefined || typeof adopt !== "string") return undefined;
  return organizationOf(service, organization)?.teams.find(({ uid, slug }) => uid === adopt || slug === adopt)?.uid;
}

/**
 * The declaration is spelt as it was when the record learnt its person. (Inputs do not show it: the engine records those of
 * a step that a failed look-up has left out.)
 */
export function sameText(record: Recorded | undefined, { user, email }: Properties): boolean {
  if (!record) return false;
  const text = (value: unknown) => (typeof value === "string" ? lower(value) : undefined);
  return text(record.outputs["user"]) === text(user) && text(record.outputs["email"]) === text(email);
}

/** A roster's record after a refresh: it no longer stands for the people who are not in the team. */
export function refreshed(record: Recorded | undefined, service: Service): Recorded | undefined {
  if (record?.kind !== "teamRoster") return record;
  const inTeam = rolesIn(service, teamOf(service, record.id)?.members ?? []);
  const known = [...rosterLines(record.outputs["__known"])].filter(([, uid]) => inTeam.has(uid));
  return { ...record, outputs: { ...record.outputs, __known: known.map((line) => line.join(" ")).join("\n") } };
}

/** By every name of a declared person of a roster: their role. */
export function peopleOf(service: Service, members: unknown, record: Recorded | undefined): Map<string, string> {
  const declared =
    typeof members === "object" && members !== null
      ? Object.entries(members as Record<string, string>)
      : [...rosterLines(members)];
  const known = rosterLines(record?.outputs["__known"]);
  return new Map(
    declared.flatMap(([text, role]) => {
      const names = text.includes("@")
        ? namesOf(service, { email: text, userUid: known.get(lower(text)) })
        : namesOf(service, { user: text });
      return (hasUid(names) ? uidsIn(names) : [...names]).map((name) => [name, role] as const);
    }),
  );
}

export const uidsIn = (names: Iterable<string>): string[] => [...names].filter((name) => !name.includes("@"));
const hasUid = (names: Iterable<string>): boolean => uidsIn(names).length > 0;

/** Whether names identify a person: by the uid, and by the address only if no uid is known. */
export const isNamed = (names: ReadonlySet<string>, service: Service, user: string): boolean => {
  const address = addressOf(service, user);
  return names.has(user) || (!hasUid(names) && address !== undefined && names.has(lower(address)));
};

/** The uid that a record has learnt, unless it waits for the acceptance of an invitation. */
export function learntUid({ outputs }: Recorded): string | undefined {
  return outputs["status"] === "invited" ? undefined : (outputs["userUid"] as string | undefined);
}

/**
 * The names of a record's person. A learnt uid is the only name, regardless of the current owner of the address: that a uid
 * is learnt correctly, and never changes, is a promise of its own (`standsForOnePerson`).
 */
export function recordNames(record: Recorded, service: Service): Set<string> {
  const { user, email } = record.outputs;
  // For an invitation, the person who accepts counts.
  return namesOf(service, { email, userUid: learntUid(record) ?? user });
}
