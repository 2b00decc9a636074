import type { Kind, Properties } from "../support/host.js";
import type { Program, Recorded } from "../support/stack.js";
import { changesBetween, type Change } from "./changes.js";
import { isPersonKind, isPlaceKind } from "./program.js";
import {
  addressOf,
  invitationOf,
  lower,
  namesOf,
  organizationOf,
  rolesIn,
  rosterLines,
  teamOf,
  uidOf,
  type Service,
} from "./service.js";

/** One command, and everything that could be seen of it. */
export interface Observed {
  command: string;
  /** Commands that may change something; of the others, nothing at all is expected. */
  writing: boolean;
  /** Calls come to grief during it. */
  faulty: boolean;
  program: Program;
  /** The state of the stack before and after. */
  records: ReadonlyMap<string, Recorded>;
  recordsNow: ReadonlyMap<string, Recorded>;
  before: Service;
  after: Service;
  steps: string[];
  calls: string[];
  mails: { to: string; organization: string }[];
  error: Error | undefined;
}

/** A promise that was broken, and how. */
export class Broken extends Error {
  constructor(promise: string, how: string) {
    super(`${promise}: ${how}`);
    this.name = "Broken";
  }
}

function hold(promise: string, broken: readonly string[]): void {
  if (broken.length > 0) throw new Broken(promise, broken.join("; "));
}

/** Who or what one declaration of the program means, now. */
export interface Meant {
  name: string;
  kind: Kind;
  inputs: Properties;
  /** Uid of the organization; undefined where it is not there yet. */
  organization: string | undefined;
  /** Uid of the team. */
  team: string | undefined;
  /** Of a person: uids and addresses. */
  names: ReadonlySet<string>;
  /** Of a roster: roles, by each of the names. */
  people: ReadonlyMap<string, string>;
  record: Recorded | undefined;
}

/** The organization that an organization's declaration takes or has taken. */
const ownUid = (record: Recorded | undefined, inputs: Properties, service: Service): string | undefined =>
  record?.id ?? (typeof inputs["adopt"] === "string" ? organizationOf(service, inputs["adopt"])?.uid : undefined);

export function meantBy({ program, records, recordsNow, after }: Observed, service: Service): Meant[] {
  // What a run has just made is known by what it has recorded.
  const idNow = (name: string) => recordsNow.get(name)?.id ?? records.get(name)?.id;
  return Object.entries(program).map(([name, { kind, inputs }]) => {
    const value = (input: unknown): string | undefined => {
      if (isReference(input)) return idNow(input.name);
      return typeof input === "string" ? input : undefined;
    };
    const record = [records.get(name)].find((row) => row?.kind === kind);
    const team = isPlaceKind(kind) ? value(inputs["team"]) : undefined;
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
      names: namesOf(service, {
        ...inputs,
        userUid: sameText(record, inputs) ? record?.outputs["userUid"] : undefined,
      }),
      people: peopleOf(service, inputs["members"], record),
      record,
    };
  });
}

/** The id of another resource of the program. */
const isReference = (value: unknown): value is { name: string } =>
  typeof value === "object" && value !== null && "name" in value;

function adoptedTeam(service: Service, organization: string | undefined, { adopt }: Properties): string | undefined {
  if (organization === undefined || typeof adopt !== "string") return undefined;
  return organizationOf(service, organization)?.teams.find(({ uid, slug }) => uid === adopt || slug === adopt)?.uid;
}

/** The declaration is spelt as it was when the record learnt whom it means. */
function sameText(record: Recorded | undefined, { user, email }: Properties): boolean {
  if (!record) return false;
  const text = (value: unknown) => (typeof value === "string" ? lower(value) : undefined);
  return text(record.inputs["user"]) === text(user) && text(record.inputs["email"]) === text(email);
}

/** By every name of a declared person of a roster: their role. */
function peopleOf(service: Service, members: unknown, record: Recorded | undefined): Map<string, string> {
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
      return [...names].map((name) => [name, role] as const);
    }),
  );
}

/** Somebody's names, for a look-up in those of a declaration. */
const isNamed = (names: { has(name: string): boolean }, service: Service, user: string): boolean => {
  const address = addressOf(service, user);
  return names.has(user) || (address !== undefined && names.has(lower(address)));
};

/** The service's answer to: does the stack's record stand for this person? */
function recordNames({ inputs, outputs }: Recorded, service: Service): Set<string> {
  return namesOf(service, { ...inputs, userUid: outputs["userUid"] ?? inputs["user"] });
}

/** What reason a run has for a change, or none. */
class Reasons {
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
    const { before } = this.run;
    return Boolean(before.settings.teamCreatorJoins) && user === uidOf(before, "owner@example.com");
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

/** Preview and refresh never write; a program that cannot be right changes nothing. */
export function changesNothingUnlessUp({ command, writing, calls, before, after }: Observed): void {
  if (writing) return;
  const writes = calls.filter((call) => !call.startsWith("GET "));
  const changes = changesBetween(before, after).map((change) => JSON.stringify(change));
  hold(`${command} changes nothing`, [...writes, ...changes]);
}

/** Each organization keeps its owner. */
export function keepsOwners({ before, after }: Observed): void {
  const owners = (service: Service, uid: string) =>
    service.organizations
      .find((row) => row.uid === uid)
      ?.members.filter(({ role }) => role === "owner")
      .map(({ email }) => email);
  const broken = after.organizations.flatMap(({ uid }) => {
    const [were, are] = [owners(before, uid), owners(after, uid)!];
    if (are.length === 1 && (were === undefined || were[0] === are[0])) return [];
    return [`organization ${uid} had ${were?.join() ?? "none"}, and has ${are.join() || "none"}`];
  });
  hold("An organization has one owner and keeps them", broken);
}

/**
 * Whatever has changed, a declaration has asked for it: nobody is removed, and nothing deleted, that has not left the
 * program (or that an `unmanaged: "remove"` means), and what no program names is left alone.
 */
export function changesOnlyWhatIsDeclared(run: Observed): void {
  if (!run.writing) return;
  const reasons = new Reasons(run);
  const changes = changesBetween(run.before, run.after);
  hold(
    "Only what is declared changes",
    changes.filter((change) => !reasons.has(change)).map((change) => JSON.stringify(change)),
  );
}

/** A mail goes out where a declaration asks for one, once in a run and within its maximum. */
export function mailsOnlyWhatIsDue(run: Observed): void {
  const { mails, before } = run;
  const meant = run.writing ? meantBy(run, before) : [];
  const counts = new Map<string, number>();
  const broken: string[] = [];
  for (const { to, organization } of mails) {
    const key = `${lower(to)} into ${organization}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const reasons = meant
      .filter((row) => isPersonKind(row.kind) && row.organization === organization && row.names.has(lower(to)))
      .map((row) => whyNoMail(row, run, organization, to));
    if (reasons.every((reason) => reason !== undefined)) {
      broken.push(`${key}: ${reasons.length === 0 ? "nobody has declared them" : reasons.join(", ")}`);
    }
  }
  for (const [key, count] of counts) if (count > 1) broken.push(`${key}: ${count} in one run`);
  hold("Only mails that are due go out", broken);
}

function whyNoMail({ inputs, record, kind }: Meant, { before }: Observed, uid: string, to: string): string | undefined {
  const organization = organizationOf(before, uid);
  const user = uidOf(before, to);
  if (organization && user && rolesIn(before, organization.members).has(user)) return "they are a member";
  const invitation = organization && invitationOf(before, organization, to);
  const role = inputs["role"] ?? "member";
  if (!record || !isOfPerson(record, uid, to, before)) {
    return invitation?.role === role ? "they have a valid invitation already" : undefined;
  }
  const { outputs } = record;
  if (kind === "organizationMember" && Number(outputs["emailsSent"]) >= Number(inputs["maxEmails"] ?? 3)) {
    return `all of maxEmails are sent (${String(outputs["emailsSent"])})`;
  }
  if (inputs["resend"] !== undefined && inputs["resend"] !== outputs["resend"]) return undefined;
  if (invitation) return invitation.role === role ? "they have a valid invitation" : undefined;
  if (outputs["__owed"] === true) return undefined;
  // What the provider cannot tell from its own cancellation.
  if (outputs["status"] === "invited" && outputs["role"] !== role) return undefined;
  if (inputs["onExpiry"] === "resend") {
    return outputs["userUid"] === undefined ? undefined : "they have been a member";
  }
  return "they were invited once";
}

function isOfPerson(record: Recorded, organization: string, to: string, service: Service): boolean {
  return record.id.startsWith(`${organization}/`) && recordNames(record, service).has(lower(to));
}

/** What a run has mailed is counted in the state. */
export function countsItsMails(run: Observed): void {
  const meant = meantBy(run, run.before).filter(({ kind }) => isPersonKind(kind));
  const broken = run.mails.flatMap(({ to, organization }) =>
    meant.flatMap(({ name, record }) => {
      const now = run.recordsNow.get(name);
      if (!now || !isOfPerson(now, organization, to, run.before)) return [];
      const sent = record && isOfPerson(record, organization, to, run.before) ? record.outputs["emailsSent"] : 0;
      const [before, after] = [Number(sent), Number(now.outputs["emailsSent"])];
      return after > before ? [] : [`${name}: ${to} was mailed, and emailsSent went from ${before} to ${after}`];
    }),
  );
  hold("State counts each mail", broken);
}

/** Whoever is newly declared is a member or invited after the run, and so is whoever is to be mailed anew. */
export function forgetsNobody(run: Observed): void {
  const { writing, steps, error, program, records, recordsNow, after } = run;
  if (error || !writing) return;
  const due = steps.filter((step) => {
    const [op, name] = step.split(" ") as [string, string];
    const { kind, inputs } = program[name] ?? {};
    if (!kind || !isPersonKind(kind)) return false;
    const isAsked = inputs!["resend"] !== undefined && inputs!["resend"] !== records.get(name)?.outputs["resend"];
    return op === "create" || op === "replace" || (op === "update" && isAsked);
  });
  const forgotten = due.filter((step) => {
    const { outputs } = recordsNow.get(step.split(" ")[1]!)!;
    return !["invited", "active", "accepted"].includes(outputs["status"] as string);
  });
  const disagreeing = due.flatMap((step) => disagreements(recordsNow.get(step.split(" ")[1]!)!, after));
  hold("Whoever is declared is a member or invited", [...forgotten, ...disagreeing]);
}

/**
 * Where nothing happens in between, up does what preview has shown. Of what is in a place that is only being made, preview
 * shows a replacement, as it cannot know that the place is one that exists (adopted under another name).
 */
export function keepsPreviewsPromise(preview: Observed, up: Observed): void {
  if (preview.error || up.error) return;
  const isMade = (name: string) => ["create", "replace"].some((op) => preview.steps.includes(`${op} ${name}`));
  const unknown = Object.entries(up.program)
    .filter(([, { inputs }]) => Object.values(inputs).some((value) => isReference(value) && isMade(value.name)))
    .map(([name]) => name);
  // Deletions of what is replaced are part of the replacement; what goes with its team has no deletion of its own.
  const gone = [...up.records].filter(([, { deletedWith }]) => deletedWith !== undefined).map(([name]) => name);
  const shown = (steps: string[]) =>
    steps.filter((step) => {
      const [op, name] = step.split(" ") as [string, string];
      return op === "delete" ? name !== "replaced" && !gone.includes(name) : !unknown.includes(name);
    });
  const [promised, done] = [shown(preview.steps), shown(up.steps)];
  hold("Preview shows what up does", [
    ...promised.filter((step) => !done.includes(step)).map((step) => `only preview: ${step}`),
    ...done.filter((step) => !promised.includes(step)).map((step) => `only up: ${step}`),
  ]);
}

/** What state says is what the service has. After a look at everything, and after all has been brought to what is declared. */
export function stateAgreesWithService({ recordsNow, after, error, command }: Observed): void {
  if (error) return;
  const broken = [...recordsNow].flatMap(([name, record]) =>
    disagreements(record, after).map((what) => `${name}: ${what}`),
  );
  hold(`After ${command}, state and service agree`, broken);
}

/** What people of a record are and what it says of them. */
function disagreements(record: Recorded, service: Service): string[] {
  const { kind, id, outputs } = record;
  const organization = organizationOf(service, id.split("/")[0]!);
  if (!organization) return ["its organization is gone"];
  const differing = (row: object, fields: string[]) =>
    fields
      .filter((field) => outputs[field] !== undefined)
      .filter((field) => lower(String(outputs[field])) !== lower(String((row as Record<string, unknown>)[field] ?? "")))
      .map(
        (field) =>
          `${field} is ${JSON.stringify((row as Record<string, unknown>)[field])}, in state ${JSON.stringify(outputs[field])}`,
      );
  switch (kind) {
    case "organization":
      return differing(organization, [
        "name",
        "slug",
        "description",
        "website",
        "email",
        "phone",
        "visibility",
        "industry",
        "handle",
      ]);
    case "team": {
      const team = teamOf(service, id);
      return team ? differing(team, ["name", "slug", "description", "color"]) : ["it is gone"];
    }
    case "organizationMember":
    case "invitation": {
      const names = recordNames(record, service);
      const members = rolesIn(service, organization.members);
      const user = [...names].find((name) => members.has(name));
      const email = outputs["email"] as string | undefined;
      const invitation = email === undefined ? undefined : invitationOf(service, organization, email);
      const status = outputs["status"] as string;
      if (user !== undefined) {
        const word = kind === "invitation" ? "accepted" : "active";
        const role = members.get(user)!;
        return [
          ...(status === word ? [] : [`a member, in state ${status}`]),
          ...(kind === "invitation" || role === "owner" || role === outputs["role"]
            ? []
            : [`${role}, in state ${String(outputs["role"])}`]),
        ];
      }
      if (invitation) {
        return [
          ...(status === "invited" ? [] : [`invited, in state ${status}`]),
          ...(invitation.role === outputs["role"]
            ? []
            : [`invited as ${invitation.role}, in state ${String(outputs["role"])}`]),
        ];
      }
      return ["expired", "gone", ...(kind === "invitation" ? ["accepted"] : [])].includes(status)
        ? []
        : [`neither member nor invited, in state ${status}`];
    }
    case "teamMembership": {
      const team = teamOf(service, id);
      if (!team) return ["its team is gone"];
      const places = rolesIn(service, team.members);
      const user = [...recordNames(record, service)].find((name) => places.has(name));
      if (user === undefined) return outputs["status"] === "active" ? ["not in the team, in state active"] : [];
      return [
        ...(outputs["status"] === "active" ? [] : [`in the team, in state ${String(outputs["status"])}`]),
        ...(places.get(user) === outputs["role"] ? [] : [`${places.get(user)}, in state ${String(outputs["role"])}`]),
      ];
    }
    case "teamRoster": {
      const team = teamOf(service, id);
      if (!team) return ["its team is gone"];
      const places = rolesIn(service, team.members);
      const people = peopleOf(service, outputs["members"], record);
      const waitingText = [...rosterLines(outputs["waiting"]).keys()].map((who) => `${who} member`).join("\n");
      const waiting = peopleOf(service, waitingText, record);
      const wrong = [...places].flatMap(([user, role]) => {
        const address = lower(addressOf(service, user)!);
        const stated = people.get(user) ?? people.get(address);
        return stated === undefined || (stated === role && !waiting.has(user))
          ? []
          : [`${address} is ${role}, in state ${stated}`];
      });
      return wrong;
    }
  }
}

/** The service is as the program says, as far as people have accepted. */
export function serviceIsAsDeclared(run: Observed): void {
  const { after } = run;
  const broken = meantBy({ ...run, records: run.recordsNow }, after).flatMap((row) =>
    missing(row, run).map((what) => `${row.name}: ${what}`),
  );
  hold("Everything is as declared", broken);
}

function missing(
  { kind, inputs, organization: uid, team: teamUid, names, people, record, name }: Meant,
  { after }: Observed,
): string[] {
  const organization = uid === undefined ? undefined : organizationOf(after, uid);
  if (!organization) return ["its organization is not there"];
  const members = rolesIn(after, organization.members);
  const isMember = (user: string) => members.has(user);
  if (!record) return [`${name} is not recorded`];
  const stated = disagreements(record, after);
  switch (kind) {
    case "organization":
      return [
        ...stated,
        ...fieldsMissing(inputs, organization, [
          "name",
          "slug",
          "description",
          "website",
          "email",
          "phone",
          "visibility",
          "industry",
          "handle",
        ]),
      ];
    case "team": {
      const team = organization.teams.find((row) => row.uid === teamUid);
      return team ? [...stated, ...fieldsMissing(inputs, team, ["name", "description", "color"])] : ["it is not there"];
    }
    case "organizationMember":
    case "invitation": {
      const user = [...names].find(isMember);
      const role = inputs["role"] ?? "member";
      if (user !== undefined && kind === "organizationMember" && ![role, "owner"].includes(members.get(user)!)) {
        return [...stated, `is ${members.get(user)} and not ${String(role)}`];
      }
      const invitation = [...names]
        .filter((one) => one.includes("@"))
        .map((email) => invitationOf(after, organization, email))
        .find(Boolean);
      if (user === undefined && invitation && invitation.role !== role)
        return [...stated, `is invited as ${invitation.role} and not ${String(role)}`];
      return stated;
    }
    case "teamMembership": {
      const team = organization.teams.find((row) => row.uid === teamUid);
      if (!team) return ["its team is not there"];
      const user = [...names].find(isMember);
      const role = user && rolesIn(after, team.members).get(user);
      return user === undefined || role === inputs["role"]
        ? stated
        : [...stated, `a member of the organization, and ${role ?? "not in the team"}`];
    }
    case "teamRoster": {
      const team = organization.teams.find((row) => row.uid === teamUid);
      if (!team) return ["its team is not there"];
      const places = rolesIn(after, team.members);
      const lacking = [...people]
        .filter(([who, role]) => isMember(who) && places.get(who) !== role)
        .map(([who, role]) => `${who} is not ${role}`);
      const strangers =
        inputs["unmanaged"] === "remove"
          ? [...places.keys()]
              .filter((user) => !isNamed(people, after, user))
              .map((user) => `${user} is still in the team`)
          : [];
      return [...stated, ...lacking, ...strangers];
    }
  }
}

function fieldsMissing(inputs: Properties, row: object, fields: string[]): string[] {
  const values = row as Record<string, unknown>;
  return fields
    .filter((field) => inputs[field] !== undefined && lower(String(inputs[field])) !== lower(String(values[field])))
    .map((field) => `${field} is ${JSON.stringify(values[field])} and not ${JSON.stringify(inputs[field])}`);
}

/**
 * A preview of a settled stack shows nothing, and where everybody has arrived it asks nothing. (A respelling that changes
 * nothing is not recorded, as the engine updates nothing: it is looked up in each run.)
 */
export function staysSettled({ steps, calls, error, program, recordsNow }: Observed): void {
  const isRespelt = Object.entries(program).some(([name, { inputs }]) =>
    ["organization", "user", "email"].some((field) => {
      const [text, recorded] = [inputs[field], recordsNow.get(name)?.outputs[field]];
      return typeof text === "string" && lower(text) !== recorded;
    }),
  );
  const everybodyArrived = [...recordsNow.values()].every(({ outputs }) =>
    ["status", "waiting"].every((name) =>
      [undefined, "", "active", "accepted"].includes(outputs[name] as string | undefined),
    ),
  );
  hold("A settled stack stays as it is", [
    ...(error ? [error.message] : []),
    ...steps.filter((step) => !step.startsWith("same ")),
    ...(everybodyArrived && !isRespelt ? calls : calls.filter((call) => !call.startsWith("GET "))),
  ]);
}
