import type { Kind, Properties } from "../support/host.js";
import type { Recorded } from "../support/stack.js";
import type { Change } from "./changes.js";
import { isNamed, meantBy, peopleOf, recordNames, type Meant } from "./meant.js";
import type { Observed } from "./observed.js";
import { isPersonKind } from "./program.js";
import { addressOf, lower, rosterLines } from "./service.js";

/** What reason a run has for a change, or none. */
export class Reasons {
  readonly meant: Meant[];

  constructor(private readonly run: Observed) {
    this.meant = meantBy(run, run.before);
  }

  has(change: Change): boolean {
    const { organization } = change;
    switch (change.what) {
      case "organization gone":
        return this.#organizationEnds(organization);
      case "organization made":
        return this.meant.some(
          (row) => row.kind === "organization" && row.inputs["adopt"] === undefined && !row.record,
        );
      case "member gone":
        return this.#personEnds(organization, (names) => isNamed(names, this.run.before, change.user));
      case "member made":
        return false;
      case "member role":
        return this.#declared("organizationMember", organization, change.user).some(
          ({ inputs }) => (inputs["role"] ?? "member") === change.to,
        );
      case "invited":
        return this.#invites(organization, change.email, change.role);
      case "invitation over":
        return this.#invitationEnds(change);
      case "field":
        return this.#field(change);
      case "team gone":
        return this.#teamEnds(organization, change.team);
      case "team made":
        return this.meant.some(
          (row) => row.kind === "team" && row.organization === organization && row.inputs["name"] === change.name,
        );
      case "team field":
        return this.#teamField(change);
      case "place gone":
        return this.#placeEnds(organization, change.team, change.user);
      case "place made":
        return this.#placeRole(organization, change.team, change.user) === change.to || this.#joinsAsCreator(change);
      case "place role":
        return this.#placeRole(organization, change.team, change.user) === change.to;
    }
  }

  #declared(kind: Kind, organization: string, user: string): Meant[] {
    return this.meant.filter(
      (row) => row.kind === kind && row.organization === organization && isNamed(row.names, this.run.before, user),
    );
  }

  /** Records of a kind, of which the program does not hold the object any more. */
  #recorded(...kinds: Kind[]): Recorded[] {
    return [...this.run.records.values()].filter(({ kind }) => kinds.includes(kind));
  }

  #organizationEnds(organization: string): boolean {
    const declared = this.meant.some((row) => row.kind === "organization" && row.organization === organization);
    return (
      !declared &&
      this.#recorded("organization").some(
        ({ id, outputs }) =>
          id === organization && (outputs["onDestroy"] ?? (outputs["__created"] ? "delete" : "retain")) === "delete",
      )
    );
  }

  #personEnds(organization: string, isThem: (names: ReadonlySet<string>) => boolean, ...kinds: Kind[]): boolean {
    const declared = this.meant.some(
      (row) => isPersonKind(row.kind) && row.organization === organization && isThem(row.names),
    );
    return (
      !declared &&
      this.#recorded("organizationMember", ...kinds).some(
        (record) =>
          record.id.startsWith(`${organization}/`) &&
          record.outputs["onDestroy"] !== "retain" &&
          isThem(recordNames(record, this.run.before)),
      )
    );
  }

  #invites(organization: string, email: string, role: string): boolean {
    return this.#mailers(organization, email).some(({ inputs }) => (inputs["role"] ?? "member") === role);
  }

  /** Declarations that may mail an address. */
  #mailers(organization: string, email: string): Meant[] {
    return this.meant.filter(
      (row) => isPersonKind(row.kind) && row.organization === organization && row.names.has(lower(email)),
    );
  }

  #invitationEnds({ organization, email, role, wasValid }: Extract<Change, { what: "invitation over" }>): boolean {
    const mailers = this.#mailers(organization, email);
    if (!wasValid)
      return mailers.length > 0 || this.#personEnds(organization, (names) => names.has(lower(email)), "invitation");
    if (mailers.some(({ inputs }) => (inputs["role"] ?? "member") !== role)) return true;
    return this.#personEnds(organization, (names) => names.has(lower(email)), "invitation");
  }

  #field({ organization, field, to }: Extract<Change, { what: "field" }>): boolean {
    return this.meant
      .filter((row) => row.kind === "organization" && row.organization === organization)
      .some(
        ({ inputs, record }) =>
          isDeclared(inputs, record, field, to) || (field === "slug" && this.run.before.settings.slugFollowsName),
      );
  }

  #teamField({ organization, team, field, to }: Extract<Change, { what: "team field" }>): boolean {
    return this.meant
      .filter((row) => row.kind === "team" && row.organization === organization && row.team === team)
      .some(
        ({ inputs, record }) =>
          isDeclared(inputs, record, field, to) || (field === "slug" && this.run.before.settings.slugFollowsName),
      );
  }

  #teamEnds(organization: string, team: string): boolean {
    const declared = this.meant.some(
      (row) => row.kind === "team" && row.organization === organization && row.team === team,
    );
    return !declared && this.#recorded("team").some(({ id }) => id === `${organization}/${team}`);
  }

  #joinsAsCreator({ user }: { user: string }): boolean {
    return Boolean(this.run.before.settings.teamCreatorJoins) && user === this.run.keyPerson;
  }

  /** The role in which a declaration has somebody in a team. */
  #placeRole(organization: string, team: string, user: string): string | undefined {
    const { before } = this.run;
    const address = addressOf(before, user);
    for (const row of this.meant.filter((one) => one.organization === organization && one.team === team)) {
      if (row.kind === "teamMembership" && isNamed(row.names, before, user)) return row.inputs["role"] as string;
      if (row.kind !== "teamRoster") continue;
      const role = row.people.get(user) ?? (address && row.people.get(lower(address)));
      if (role !== undefined) return role;
    }
    return undefined;
  }

  #placeEnds(organization: string, team: string, user: string): boolean {
    const { before } = this.run;
    if (this.#placeRole(organization, team, user) !== undefined) {
      // Whoever leaves the organization leaves its teams.
      return this.#personEnds(organization, (names) => isNamed(names, before, user));
    }
    const id = `${organization}/${team}`;
    const removes = this.meant.some(
      (row) =>
        row.kind === "teamRoster" &&
        row.organization === organization &&
        row.team === team &&
        row.inputs["unmanaged"] === "remove",
    );
    if (removes || this.#personEnds(organization, (names) => isNamed(names, before, user))) return true;
    return this.#recorded("teamMembership", "teamRoster").some((record) => {
      if (record.kind === "teamRoster") {
        const known = rosterLines(record.outputs["__known"]);
        const people = [
          ...peopleOf(before, record.outputs["members"], record).keys(),
          ...known.values(),
          ...rosterLines(record.outputs["__leaving"]).keys(),
        ];
        return record.id === id && isNamed(new Set(people), before, user);
      }
      return (
        record.id.startsWith(`${id}/`) &&
        record.outputs["onDestroy"] !== "retain" &&
        isNamed(recordNames(record, before), before, user)
      );
    });
  }
}

/** A field has the value that is declared, or that for empty where it has left the program. */
function isDeclared(inputs: Properties, record: Recorded | undefined, field: string, to: unknown): boolean {
  const wanted = inputs[field];
  if (wanted !== undefined) return wanted === to || (field === "color" && lower(String(wanted)) === lower(String(to)));
  return record?.inputs[field] !== undefined && (to === "" || to === null);
}
