/*
 * Who should have what, by person: it follows from what the program says and from what has happened alone. Nothing here
 * comes from the provider.
 *
 * bob is declared by the address that he had at first. nia may have that address now. eve is who else is declared. lee is
 * the lead of the team. All but bob and nia are members of the organization throughout.
 */

export const kinds = ["OrganizationMember", "Invitation", "TeamMembership", "TeamRoster"] as const;
export type Kind = (typeof kinds)[number];
export type Name = "bob" | "nia" | "eve" | "lee";

/** What state records of bob when the run begins, and what the service has. */
export interface Situation {
  /** `invited` is `waiting` where the kind is a place in a team. */
  recorded: "active" | "invited" | "gone";
  /** State knows his uid. */
  isKnown?: true;
  /** His role where the kind is about, and how he came by it. */
  has?: "declared" | "byHand";
  /** He is in the organization, although he has no place in the team. */
  isMember?: true;
  /** An invitation to his first address is pending: the one that the declaration has sent, or somebody else's. */
  pending?: "ours" | "theirs";
  /** Who has the address that the program names, where it is not bob. */
  address?: "nobody's" | "nia's";
  /** Whose addresses the service does not show, or that it does not answer at all. */
  look?: "hides bob" | "hides all" | "fails";
}

const people: readonly Kind[] = ["OrganizationMember"];
const ofTeams: readonly Kind[] = ["TeamMembership", "TeamRoster"];
const active: readonly Kind[] = [...people, ...ofTeams];
const invited: readonly Kind[] = ["OrganizationMember", "Invitation"];
const known = { recorded: "active", isKnown: true, has: "declared" } as const;

/** What may have happened, for which kinds, and what it comes to. */
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
  "given a place by hand while waiting": [ofTeams, { recorded: "invited", has: "byHand" }],
} as const satisfies Record<string, readonly [readonly Kind[], Situation]>;
export type Story = keyof typeof stories;

export const situationOf = (story: Story): Situation => stories[story][1];

/** What the program does. */
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

/** What the engine makes of it, or has left behind. */
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

/** All questions that make sense of a kind. */
export function questionsOf(kind: Kind): Question[] {
  const of = (Object.keys(stories) as Story[]).filter((story) => (stories[story][0] as readonly Kind[]).includes(kind));
  return of.flatMap((story) =>
    acts
      .filter((act) => makesSense(kind, situationOf(story), act))
      .flatMap((act) => ordersOf(act).map((order) => ({ kind, story, act, order }))),
  );
}

/** What a run has left behind matters to what is made or deleted. */
function ordersOf(act: Act): readonly Order[] {
  const isKept = ["another field", "his new address", "his uid"].includes(act);
  return isKept ? orders.slice(0, 2) : orders;
}

function makesSense(kind: Kind, situation: Situation, act: Act): boolean {
  const { address, isKnown, look, recorded, has } = situation;
  const isChangedByHand = recorded === "active" && has !== "declared" ? true : undefined;
  if (act === "his new address") return address !== undefined;
  // Another line of a roster is a change: what somebody has done by hand to a place goes with it.
  if (act === "his uid") return isKnown === true && (kind !== "TeamRoster" || (look ?? isChangedByHand) === undefined);
  return !(act === "another field" && kind === "Invitation");
}

export const roles = {
  OrganizationMember: { declared: "member", byHand: "admin" },
  Invitation: { declared: "member", byHand: "admin" },
  TeamMembership: { declared: "member", byHand: "lead" },
  TeamRoster: { declared: "member", byHand: "lead" },
} as const;

/** Roles where the kind is about: in the organization, or in the team. */
export type Roles = Partial<Record<Name, string>>;

/** What holds after a run. */
export interface Expected {
  roles: Roles;
  /** An invitation to bob's first address is pending. */
  pending: boolean;
  /** Mails to that address. */
  emails: number;
  /** Why the run ends: a code, "some" for whatever the look-up failed with, "perhaps" where it may end or not. */
  error?: string;
  /** Whose uid state records under the name in the program; not looked at where there is none. */
  subject?: Name | "nobody";
  /** What may come of it as well. */
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

/** Whom the program means by a person's name: one of them, nobody, or it cannot be known. */
function personNamed({ has, isMember, address, look }: Situation, name: "bob" | "eve"): Name | "nobody" | "unknown" {
  if (look === "fails" || look === "hides all") return "unknown";
  if (name === "eve") return "eve";
  if (address === "nia's") return "nia";
  if (address === "nobody's" || !(has ?? isMember)) return "nobody";
  return look === "hides bob" ? "unknown" : "bob";
}

/** The resource is declared as before, or by another name of the same person: its record tells who it is. */
function kept(kind: Kind, situation: Situation, start: Expected, act: Act, order: Order): Expected {
  const { recorded, isKnown, has, isMember, look } = situation;
  const isRecordedThen = isKnown ?? has ?? (kind !== "TeamRoster" && isMember);
  const subject = isRecordedThen ? "bob" : "nobody";
  if (look === "fails") {
    const isSettled = act === "nothing" && order === "plain" && recorded === "active";
    return { ...start, subject, ...(isSettled ? {} : { error: "perhaps" }) };
  }
  const changed = act === "another field" && kind === "TeamRoster" ? { lee: "member" } : {};
  // What is not settled takes its next step: who is there, or can have a place, is as declared.
  const settles = recorded !== "active" && kind !== "Invitation" && (has ?? (isInTeam(kind) && isMember));
  const settled = settles ? { bob: roles[kind].declared } : {};
  return { ...start, roles: { ...start.roles, ...changed, ...settled }, subject };
}

/** Made under another name, or anew, by the address that he had at first. */
function again(kind: Kind, situation: Situation, start: Expected, act: "rename" | "replace"): Expected {
  const isStale = situation.isKnown && situation.address !== undefined;
  if (!isStale) return created(kind, situation, start, "bob");
  // Nobody can say whether the program means him still: nothing is taken from him.
  const refused: Expected = { ...start, error: act === "rename" ? "AVALA_GUARD" : "perhaps AVALA_GUARD" };
  if (situation.address === "nia's") {
    // Under another name it is hers, and he is not declared any more.
    const { bob: _, ...others } = start.roles;
    return act === "rename" ? { ...refused, or: { ...start, roles: others, subject: "nia" } } : refused;
  }
  // That the address was his is in a record that the engine shows with the delete alone: the invitation comes first.
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

/** eve in his place: what was his is taken away, as far as it was held. */
function other(kind: Kind, situation: Situation, start: Expected, order: Order): Expected {
  const made = created(kind, situation, start, "eve");
  if (made.error !== undefined) return made;
  const { roles: left, pending } = without(kind, situation, made, order, false);
  return { ...made, roles: left, pending };
}

/** Only what the declaration holds is taken away. A copy that is to be deleted holds what it held when it was left. */
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
