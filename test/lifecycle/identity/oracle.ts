/*
 * The expected access of each person: it follows only from the program and from what has happened. Nothing here comes from the provider.
 *
 * bob is declared by his first address. nia may have that address now. eve is the other declared person. lee is the lead of the team. All except bob and nia are members of the organization throughout.
 */

export const kinds = ["OrganizationMember", "Invitation", "TeamMembership", "TeamRoster"] as const;
export type Kind = (typeof kinds)[number];
export type Name = "bob" | "nia" | "eve" | "lee";

/** The record of bob when the run begins, and his situation in the service. */
export interface Situation {
  /** `invited` means `waiting` for kinds of team memberships. */
  recorded: "active" | "invited" | "gone";
  /** The state contains his uid. */
  isKnown?: true;
  /** His role in the organization or team of the kind, and its origin. */
  has?: "declared" | "byHand";
  /** He is in the organization, but not in the team. */
  isMember?: true;
  /** An invitation to his first address is pending: that of the declaration, or somebody else's. */
  pending?: "ours" | "theirs";
  /** The owner of the address in the program, if it is not bob. */
  address?: "nobody's" | "nia's";
  /** Hidden addresses, or lists that fail. */
  look?: "hides bob" | "hides all" | "fails";
}

const people: readonly Kind[] = ["OrganizationMember"];
const ofTeams: readonly Kind[] = ["TeamMembership", "TeamRoster"];
const active: readonly Kind[] = [...people, ...ofTeams];
const invited: readonly Kind[] = ["OrganizationMember", "Invitation"];
const known = { recorded: "active", isKnown: true, has: "declared" } as const;

/** The stories, with their kinds and the resulting situation. */
export const stories = {
  "nothing happened": [active, known],
  readdressed: [active, { ...known, address: "nobody's" }],
  "recycled address": [active, { ...known, address: "nia's" }],
  removed: [people, { recorded: "active", isKnown: true }],
  "taken out": [ofTeams, { recorded: "active", isKnown: true, isMember: true }],
  "removed, refreshed": [people, { recorded: "gone", isKnown: true }],
  "taken out, refreshed": [ofTeams, { recorded: "gone", isKnown: true, isMember: true }],
  "removed, added by hand": [active, { recorded: "active", isKnown: true, has: "byHand" }],
  "removed, refreshed, added by hand": [active, { recorded: "gone", isKnown: true, has: "byHand" }],
  "hidden address": [active, { ...known, look: "hides bob" }],
  "hidden addresses": [active, { ...known, look: "hides all" }],
  "list fails": [active, { ...known, look: "fails" }],
  "lists fail while invited": [["Invitation"], { recorded: "invited", pending: "ours", look: "fails" }],
  invited: [[...invited, ...ofTeams], { recorded: "invited", pending: "ours" }],
  "accepted since": [invited, { recorded: "invited", has: "declared" }],
  "accepted while waiting": [ofTeams, { recorded: "invited", isMember: true }],
  declined: [[...invited, ...ofTeams], { recorded: "invited" }],
  "declined, refreshed": [invited, { recorded: "gone" }],
  "declined, refreshed, added by hand": [invited, { recorded: "gone", has: "byHand" }],
  "declined, invited by somebody else": [invited, { recorded: "invited", pending: "theirs" }],
  "declined, refreshed, invited by somebody else": [invited, { recorded: "gone", pending: "theirs" }],
  "added to the team by hand while waiting": [ofTeams, { recorded: "invited", has: "byHand" }],
} as const satisfies Record<string, readonly [readonly Kind[], Situation]>;
export type Story = keyof typeof stories;

export const situationOf = (story: Story): Situation => stories[story][1];

/** The change of the program. */
export const acts = [
  "nothing",
  "another field",
  "his new address",
  "his uid",
  "rename",
  "replace",
  "another identity",
  "removal",
] as const;
export type Act = (typeof acts)[number];

/** The engine's order of steps, or the remains of an earlier run. */
export const orders = [
  "plain",
  "delete before replace above",
  "after a broken rename",
  "with a pending delete",
] as const;
export type Order = (typeof orders)[number];

export interface Question {
  kind: Kind;
  story: Story;
  act: Act;
  order: Order;
}

/** All questions that apply to a kind. */
export function questionsOf(kind: Kind): Question[] {
  const of = (Object.keys(stories) as Story[]).filter((story) => (stories[story][0] as readonly Kind[]).includes(kind));
  return of.flatMap((story) =>
    acts
      .filter((act) => makesSense(kind, situationOf(story), act))
      .flatMap((act) => ordersOf(act).map((order) => ({ kind, story, act, order }))),
  );
}

/** The remains of an earlier run affect only creations and deletions. */
function ordersOf(act: Act): readonly Order[] {
  const isKept = ["another field", "his new address", "his uid"].includes(act);
  return isKept ? orders.slice(0, 2) : orders;
}

function makesSense(kind: Kind, situation: Situation, act: Act): boolean {
  const { address, isKnown, look, recorded, has } = situation;
  const isChangedByHand = recorded === "active" && has !== "declared" ? true : undefined;
  if (act === "his new address") return address !== undefined;
  // Another entry of a roster is a change: changes of the membership by hand are overwritten.
  if (act === "his uid") return isKnown === true && (kind !== "TeamRoster" || (look ?? isChangedByHand) === undefined);
  return !(act === "another field" && kind === "Invitation");
}

export const roles = {
  OrganizationMember: { declared: "member", byHand: "admin" },
  Invitation: { declared: "member", byHand: "admin" },
  TeamMembership: { declared: "member", byHand: "lead" },
  TeamRoster: { declared: "member", byHand: "lead" },
} as const;

/** Roles in the organization or team of the kind. */
export type Roles = Partial<Record<Name, string>>;

/** The expected result of a run. */
export interface Expected {
  roles: Roles;
  /** An invitation to bob's first address is pending. */
  pending: boolean;
  /** The number of emails to that address. */
  emails: number;
  /** The code of the error; "some" for any error of the look-up, "perhaps" if an error is possible. */
  error?: string;
  /** The person whose uid is recorded under the name in the program; not checked if undefined. */
  subject?: Name | "nobody";
  /** Another possible result. */
  or?: Expected;
}

export function isInTeam(kind: Kind): boolean {
  return ofTeams.includes(kind);
}

export function before(kind: Kind, story: Story): Pick<Expected, "roles" | "pending"> {
  const { has, pending, address } = situationOf(story);
  const others: Roles = isInTeam(kind) ? { lee: "lead" } : { lee: "member", eve: "member" };
  return {
    roles: {
      ...others,
      ...(has && { bob: roles[kind][has] }),
      ...(address === "nia's" && { nia: roles[kind].declared }),
    },
    pending: pending !== undefined,
  };
}

export function expected({ kind, story, act, order }: Question): Expected {
  const situation = situationOf(story);
  const start = { ...before(kind, story), emails: 0 };
  switch (act) {
    case "removal":
      return without(kind, situation, start, order);
    case "rename":
    case "replace":
      return again(kind, situation, start, act);
    case "another identity":
      return other(kind, situation, start, order);
    default:
      return kept(kind, situation, start, act, order);
  }
}

/** The person whom a name in the program identifies, nobody, or unknown. */
function personNamed({ has, isMember, address, look }: Situation, name: "bob" | "eve"): Name | "nobody" | "unknown" {
  if (look === "fails" || look === "hides all") return "unknown";
  if (name === "eve") return "eve";
  if (address === "nia's") return "nia";
  if (address === "nobody's" || !(has ?? isMember)) return "nobody";
  return look === "hides bob" ? "unknown" : "bob";
}

/** The resource is declared as before, or by another name of the same person: its record identifies the person. */
function kept(kind: Kind, situation: Situation, start: Expected, act: Act, order: Order): Expected {
  const { recorded, isKnown, has, isMember, look } = situation;
  const isRecordedThen = isKnown ?? has ?? (kind !== "TeamRoster" && isMember);
  const subject = isRecordedThen ? "bob" : "nobody";
  if (look === "fails") {
    const isSettled = act === "nothing" && order === "plain" && recorded === "active";
    return { ...start, subject, ...(isSettled ? {} : { error: "perhaps" }) };
  }
  const changed = act === "another field" && kind === "TeamRoster" ? { lee: "member" } : {};
  // An unsettled resource takes its next step: a person who is there, or can be added, is as declared.
  const settles = recorded !== "active" && kind !== "Invitation" && (has ?? (isInTeam(kind) && isMember));
  const settled = settles ? { bob: roles[kind].declared } : {};
  return { ...start, roles: { ...start.roles, ...changed, ...settled }, subject };
}

/** Created under another name, or again, by his first address. */
function again(kind: Kind, situation: Situation, start: Expected, act: "rename" | "replace"): Expected {
  const isStale = situation.isKnown && situation.address !== undefined;
  if (!isStale) return created(kind, situation, start, "bob");
  // It is unknown whether the program still declares him: he keeps his access.
  const refused: Expected = { ...start, error: act === "rename" ? "AVALA_GUARD" : "perhaps AVALA_GUARD" };
  if (situation.address === "nia's") {
    // Under another name it declares her, and he is not declared any more.
    const { bob: _, ...others } = start.roles;
    return act === "rename" ? { ...refused, or: { ...start, roles: others, subject: "nia" } } : refused;
  }
  // The record with his address is passed only with the delete: the invitation comes first.
  return isInTeam(kind) ? refused : { ...refused, or: { ...refused, pending: true, emails: 1 } };
}

function created(kind: Kind, situation: Situation, start: Expected, name: "bob" | "eve"): Expected {
  const who = personNamed(situation, name);
  if (who === "unknown") {
    return { ...start, error: situation.look === "fails" ? "some" : "AVALA_IDENTITY_UNKNOWN" };
  }
  if (who !== "nobody") {
    const given = kind === "Invitation" ? {} : { [who]: roles[kind].declared };
    return { ...start, roles: { ...start.roles, ...given }, subject: who };
  }
  const isInvited = !isInTeam(kind) && !start.pending;
  return {
    ...start,
    subject: who,
    pending: isInTeam(kind) ? start.pending : true,
    emails: isInvited ? 1 : 0,
  };
}

/** eve instead of bob: he loses the access that the record holds. */
function other(kind: Kind, situation: Situation, start: Expected, order: Order): Expected {
  const made = created(kind, situation, start, "eve");
  if (made.error !== undefined) return made;
  const { roles: left, pending } = without(kind, situation, made, order, false);
  return { ...made, roles: left, pending };
}

/** Only the access that the declaration holds is removed. A copy with a pending deletion holds what it held before. */
function without(kind: Kind, situation: Situation, start: Expected, order: Order, isAll = true): Expected {
  const { pending, look, isKnown } = situation;
  if (look === "fails") return { ...start, error: "some" };
  const copied = order === "with a pending delete" ? [isKnown ? "active" : "invited"] : [];
  const isHeld = [situation.recorded, ...copied].some((recorded) =>
    isInTeam(kind) ? recorded === "active" : recorded !== "gone",
  );
  const left: Roles = { ...start.roles };
  if (isHeld && kind !== "Invitation") delete left.bob;
  if (isAll && kind === "TeamRoster") delete left.lee;
  const { subject, ...rest } = start;
  const isCancelled = !isInTeam(kind) && pending === "ours";
  return { ...rest, ...(!isAll && { subject: subject! }), roles: left, pending: start.pending && !isCancelled };
}
