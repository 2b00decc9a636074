import type { Kind, Properties } from "../../support/host.js";
import type { Recorded } from "../../support/stack.js";
import type { Change } from "./changes.js";
import { holdsInvitation, mayStillBeDeclared, membershipsHeld, teamMembershipsHeld } from "./held.js";
import { isNamed, resolveDeclarations, peopleOf, sameText, uidsIn, type Resolved } from "./resolved.js";
import type { Observed } from "./observed.js";
import { isPersonKind, isTeamPersonKind } from "./program.js";
import { lower, organizationUid, rosterLines, teamId, uidOf, type Service } from "./service.js";

/** The reason of a run for a change, or none. */
export class Reasons {
  readonly resolved: Resolved[];

  constructor(private readonly run: Observed) {
    this.resolved = resolveDeclarations(run, run.before);
  }

  has(change: Change): boolean {
    const { organization } = change;
    switch (change.what) {
      case "organization gone":
        return this.#organizationEnds(organization);
      case "organization made":
        return this.resolved.some(
          (row) => row.kind === "organization" && row.inputs["adopt"] === undefined && !row.record,
        );
      case "member gone":
        return this.#memberEnds(organization, change.user);
      case "member made":
        return false;
      case "member role":
        return this.#declared("organizationMember", organization, change.user).some(
          (row) => (row.inputs["role"] ?? "member") === change.to && this.#grants(row, change.to),
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
        return this.resolved.some(
          (row) => row.kind === "team" && row.organization === organization && row.inputs["name"] === change.name,
        );
      case "team field":
        return this.#teamField(change);
      case "team membership gone":
        return this.#membershipEnds(organization, change.team, change.user);
      case "team membership made":
        return this.#givesMembership(change) || this.#joinsAsCreator(change);
      case "team membership role":
        return this.#givesMembership(change);
    }
  }

  #declared(kind: Kind, organization: string, user: string): Resolved[] {
    return this.resolved.filter(
      (row) => row.kind === kind && row.organization === organization && isNamed(row.names, this.run.before, user),
    );
  }

  /** Records of a kind whose object the program does not declare any more. */
  #recorded(...kinds: Kind[]): Recorded[] {
    return [...this.run.records.values(), ...this.run.pending].filter(({ kind }) => kinds.includes(kind));
  }

  #organizationEnds(organization: string): boolean {
    const declared = this.resolved.some((row) => row.kind === "organization" && row.organization === organization);
    return (
      !declared &&
      this.#recorded("organization").some(
        ({ id, outputs: { onDestroy, __created } }) =>
          id === organization &&
          (onDestroy ?? (__created && this.run.made.has(organization) ? "delete" : "retain")) === "delete",
      )
    );
  }

  /** A person was removed from the program, and their record holds their membership. */
  #memberEnds(organization: string, user: string): boolean {
    const { before, looks } = this.run;
    const declared = this.resolved.some(
      (row) => isPersonKind(row.kind) && row.organization === organization && isNamed(row.names, before, user),
    );
    return (
      !declared &&
      this.#leaving("organizationMember").some(
        (record) => record.id.startsWith(`${organization}/`) && membershipsHeld(record, before, looks).includes(user),
      )
    );
  }

  /** Records that may be deleted: all except those of which it is unknown whether the program still declares them. */
  #leaving(...kinds: Kind[]): Recorded[] {
    const { before } = this.run;
    return this.#recorded(...kinds).filter(
      (record) => !mayStillBeDeclared(record, { resolved: this.resolved, before }),
    );
  }

  #invites(organization: string, email: string, role: string): boolean {
    return this.#inviters(organization, email).some(({ inputs }) => (inputs["role"] ?? "member") === role);
  }

  /** Declarations that may invite an address: none whose person is known, if it belongs to somebody else now. */
  #inviters(organization: string, email: string): Resolved[] {
    const holder = uidOf(this.run.before, email);
    return this.resolved.filter(
      ({ kind, names, ...row }) =>
        isPersonKind(kind) &&
        row.organization === organization &&
        names.has(lower(email)) &&
        (holder === undefined || uidsIn(names).length === 0 || names.has(holder)),
    );
  }

  #invitationEnds({ organization, uid, email, role, wasValid }: Extract<Change, { what: "invitation over" }>): boolean {
    const { before, looks } = this.run;
    const inviters = this.#inviters(organization, email);
    if (inviters.length > 0) return !wasValid || inviters.some(({ inputs }) => (inputs["role"] ?? "member") !== role);
    return this.#leaving("organizationMember", "invitation").some(
      (record) => record.id.startsWith(`${organization}/`) && holdsInvitation(record, { uid, email }, before, looks),
    );
  }

  #field({ organization, field, to }: Extract<Change, { what: "field" }>): boolean {
    return this.resolved
      .filter((row) => row.kind === "organization" && row.organization === organization)
      .some((row) => this.#sends(row, field, to));
  }

  #teamField({ organization, team, field, to }: Extract<Change, { what: "team field" }>): boolean {
    return this.resolved
      .filter((row) => row.kind === "team" && row.organization === organization && row.team === team)
      .some((row) => this.#sends(row, field, to));
  }

  #sends(row: Resolved, field: string, to: unknown): boolean {
    if (field === "slug" && this.run.before.settings.slugFollowsName) return true;
    return isDeclared(row.inputs, row.record, field, to) && this.#isChanged(row, field, to);
  }

  #teamEnds(organization: string, team: string): boolean {
    const declared = this.resolved.some(
      (row) => row.kind === "team" && row.organization === organization && row.team === team,
    );
    return !declared && this.#recorded("team").some(({ id }) => id === `${organization}/${team}`);
  }

  #joinsAsCreator({ user }: { user: string }): boolean {
    return Boolean(this.run.before.settings.teamCreatorJoins) && user === this.run.keyPerson;
  }

  /** The declaration of a person in a team, and the role. */
  #declaredMembership(organization: string, team: string, user: string): { row: Resolved; role: string } | undefined {
    const { before } = this.run;
    for (const row of this.resolved.filter((one) => one.organization === organization && one.team === team)) {
      const role =
        row.kind === "teamMembership" && isNamed(row.names, before, user)
          ? (row.inputs["role"] as string)
          : row.people.get(user);
      if (role !== undefined) return { row, role };
    }
    return undefined;
  }

  /**
   * A person is in a team as declared, and the declaration is new, or another one, or was not fulfilled at the last
   * refresh.
   */
  #givesMembership({
    organization,
    team,
    user,
    to,
  }: Extract<Change, { what: "team membership made" | "team membership role" }>): boolean {
    const { row, role } = this.#declaredMembership(organization, team, user) ?? {};
    if (!row || role !== to) return false;
    if (this.#sendsAll(row)) return true;
    const { outputs } = row.record!;
    if (row.kind === "teamMembership") return outputs["status"] !== "active" || outputs["role"] !== role;
    const { before } = this.run;
    const waiting = peopleOf(before, linesOf(outputs["waiting"]), row.record);
    const isRespelt = !rosterLines(outputs["members"]).has(lower(textOf(row, user, before)));
    return isRespelt || peopleOf(before, outputs["members"], row.record).get(user) !== role || waiting.has(user);
  }

  #membershipEnds(organization: string, team: string, user: string): boolean {
    const { before, looks } = this.run;
    // A person who leaves the organization leaves its teams.
    if (this.#memberEnds(organization, user)) return true;
    if (this.#declaredMembership(organization, team, user) !== undefined) return false;
    const id = `${organization}/${team}`;
    if (this.resolved.some((row) => row.organization === organization && row.team === team && this.#clears(row, user)))
      return true;
    return this.#leaving("teamMembership", "teamRoster").some(
      (record) => teamId(record) === id && teamMembershipsHeld(record, before, looks).includes(user),
    );
  }

  /** A roster removes an unmanaged person: one recorded as unmanaged, or anybody once `unmanaged` becomes `remove`. */
  #clears(row: Resolved, user: string): boolean {
    if (row.kind !== "teamRoster" || row.inputs["unmanaged"] !== "remove") return false;
    if (this.#sendsAll(row) || row.record!.outputs["unmanaged"] !== "remove") return true;
    return peopleOf(this.run.before, linesOf(row.record!.outputs["unmanagedMembers"]), undefined).has(user);
  }

  /** The run may send all differences: it creates the resource, has refreshed before, or repairs an interrupted step. */
  #sendsAll({ kind, organization, team, name, record, inputs }: Resolved): boolean {
    if (this.run.looks || !record || record.initErrors.length > 0 || this.run.remade.includes(name)) return true;
    if (organizationUid(record) !== organization) return true;
    if (isTeamPersonKind(kind) && teamId(record) !== `${organization}/${team}`) return true;
    return (isPersonKind(kind) || kind === "teamMembership") && !sameText(record, inputs);
  }

  /** Of an update: the value of the field differs from the recorded one. Drift is not changed. */
  #isChanged(row: Resolved, field: string, to: unknown): boolean {
    if (this.#sendsAll(row)) return true;
    const recorded = row.record!.outputs[field];
    return lower(String(recorded ?? "")) !== lower(String(to ?? ""));
  }

  /** A role is given if the declaration is new or another one, or if the invited person has joined. */
  #grants(row: Resolved, role: string): boolean {
    return this.#sendsAll(row) || row.record!.outputs["status"] !== "active" || row.record!.outputs["role"] !== role;
  }
}

/** How a roster writes a person. */
function textOf({ inputs, record }: Resolved, user: string, service: Service): string {
  const texts = Object.keys(inputs["members"] as object);
  return texts.find((text) => peopleOf(service, { [text]: "member" }, record).has(user)) ?? user;
}

/** People as a roster's text, in any role. */
const linesOf = (text: unknown): string => [...rosterLines(text).keys()].map((who) => `${who} member`).join("\n");

/** A field has the declared value, or the empty value if it was removed from the program. */
function isDeclared(inputs: Properties, record: Recorded | undefined, field: string, to: unknown): boolean {
  const wanted = inputs[field];
  if (wanted !== undefined) return wanted === to || (field === "color" && lower(String(wanted)) === lower(String(to)));
  return record?.inputs[field] !== undefined && (to === "" || to === null);
}
