import type { Seed, State } from "../../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import {
  idOf,
  invitation,
  organization,
  organizationMember,
  Stack,
  team,
  teamMembership,
  teamRoster,
  type Declaration,
  type Program,
  type UpOptions,
} from "../../support/stack.js";
import { isInTeam, roles, situationOf, type Name, type Question, type Roles } from "./oracle.js";
import { asOneProgram, errorOf, inOneRun, mustSucceed, changesIn } from "./batch.js";
import { codeOf } from "./steps.js";

/** One question, in an organization of its own: many scenarios share an emulator and the host processes of a run. */
export class Scenario {
  readonly stack: Stack;
  readonly slug: string;
  readonly organizationUid: string;
  readonly teamUid: string;
  /** The logical name of bob's declaration in an earlier run. */
  name = "one";

  constructor(
    readonly question: Question,
    private readonly index: number,
    environment: Record<string, string>,
  ) {
    this.stack = new Stack(environment);
    this.slug = `cell-${index}`;
    this.organizationUid = this.#uid("a");
    this.teamUid = this.#uid("b");
  }

  #uid(last: string): string {
    return `${String(this.index).padStart(8, "0")}-0000-4000-8000-00000000000${last}`;
  }

  uid(name: Name): string {
    return this.#uid({ bob: "1", nia: "2", eve: "3", lee: "4" }[name]);
  }

  /** Addresses that are unique to the scenario. */
  email(name: Name | "bob.new" | "nia.old"): string {
    return `${name}@${this.slug}.example.com`;
  }

  get title(): string {
    return Object.values(this.question).join(", ");
  }

  get path(): string {
    return `/organizations/${this.slug}/`;
  }

  /** The resource above, if the order needs one. */
  get above(): Program {
    const { order, kind } = this.question;
    if (order !== "delete before replace above") return {};
    const { organizationUid, teamUid, slug } = this;
    const declared = isInTeam(kind)
      ? team({ organization: organizationUid, name: "Core", adopt: teamUid })
      : organization({ name: slug, adopt: organizationUid });
    return { above: { ...declared, deleteBeforeReplace: true } };
  }

  /** The declaration of bob, or eve, of the kind. */
  declared(who: Record<string, string>, more: Record<string, unknown> = {}): Declaration {
    const { kind, order } = this.question;
    const isBelow = order === "delete before replace above";
    const organization = isBelow ? idOf("above") : this.organizationUid;
    const team = isBelow ? idOf("above") : `${this.organizationUid}/${this.teamUid}`;
    const { lee = "lead", ...inputs } = more;
    const role = roles[kind].declared;
    switch (kind) {
      case "OrganizationMember":
        return organizationMember({ organization, ...who, role, ...inputs });
      case "Invitation":
        return invitation({ organization, ...who, role });
      case "TeamMembership":
        return teamMembership({ team, ...who, role, ...inputs });
      case "TeamRoster":
        return teamRoster({ team, members: { [who["email"] ?? who["user"]!]: role, [this.email("lee")]: lee } });
    }
  }

  /** His first declaration. */
  get bob(): Declaration {
    return this.declared({ email: this.email("bob") });
  }

  /** The program after the act, and the options of its run. */
  get run(): { program: Program; options: UpOptions } {
    const { act, kind, order } = this.question;
    const { name, above } = this;
    const replace = order === "delete before replace above" ? ["above"] : [];
    const kept = (declaration: Declaration) => ({ program: { ...above, [name]: declaration }, options: { replace } });
    switch (act) {
      case "nothing":
        return kept(this.bob);
      case "another field":
        return kept(
          this.declared({ email: this.email("bob") }, kind === "TeamRoster" ? { lee: "member" } : { reason: "x" }),
        );
      case "his new address":
        return kept(this.declared({ email: this.email("bob.new") }));
      case "his uid":
        return kept(this.declared({ user: this.uid("bob") }));
      case "rename":
        return { program: { ...above, renamed: this.bob }, options: { replace } };
      case "replace":
        return { program: { ...above, [name]: this.bob }, options: { replace: [...replace, name] } };
      case "another identity":
        return kept(this.declared({ email: this.email("eve") }));
      case "removal":
        return { program: above, options: { replace } };
    }
  }
}

/** The result of a run, in one scenario. */
export interface Answer {
  roles: Roles;
  pending: boolean;
  emails: number;
  error: string | undefined;
  /** Write calls, and the number of writes that the change needs. */
  writes: string[];
  needed: number;
  /** The person whose uid is recorded, under the name in the program, or under the former name. */
  subject: Name | "nobody" | undefined;
  status: unknown;
  /** The steps of a preview afterwards. */
  next: string[];
}

/** Answers all questions: each run has one host process for all of them. */
export async function answersTo(questions: readonly Question[]): Promise<ReadonlyMap<Question, Answer>> {
  const emulator = await startEmulator();
  try {
    const scenarios = questions.map((question, index) => new Scenario(question, index + 1, emulator.environment()));
    await emulator.reset(seedOf(scenarios));
    return await new Batch(emulator, scenarios).answers();
  } finally {
    await emulator.close();
  }
}

/** The initial members of an organization, and invited people. */
function seedOf(scenarios: readonly Scenario[]): Seed {
  const others = ["eve", "lee"] as const;
  return {
    people: [
      { email: "owner@example.com" },
      ...scenarios.flatMap((scenario) =>
        (["bob", "eve", "lee"] as const).map((name) => ({ uid: scenario.uid(name), email: scenario.email(name) })),
      ),
      ...scenarios.map((scenario) => ({ uid: scenario.uid("nia"), email: scenario.email("nia.old") })),
    ],
    organizations: scenarios.map((scenario) => {
      const isInvited = startsInvited(scenario);
      const members = isInvited ? others : (["bob", ...others] as const);
      return {
        uid: scenario.organizationUid,
        name: scenario.slug,
        slug: scenario.slug,
        members: [
          { email: "owner@example.com", role: "owner" as const },
          ...members.map((name) => ({ email: scenario.email(name) })),
        ],
        // A team membership waits for a person whom somebody else has invited.
        invitations:
          isInvited && isInTeam(scenario.question.kind)
            ? [{ email: scenario.email("bob"), expiresAt: "2100-01-01T00:00:00Z" }]
            : [],
        teams: [
          { uid: scenario.teamUid, name: "Core", members: [{ email: scenario.email("lee"), role: "lead" as const }] },
        ],
      };
    }),
  };
}

/** The story begins with an invitation. */
function startsInvited({ question: { story } }: Scenario): boolean {
  const { isKnown } = situationOf(story);
  return !isKnown;
}

class Batch {
  constructor(
    private readonly emulator: TestEmulator,
    private readonly scenarios: readonly Scenario[],
  ) {}

  async answers(): Promise<ReadonlyMap<Question, Answer>> {
    await this.#begin();
    await this.#happen();
    const before = await this.emulator.state();
    await this.emulator.clearLog();
    const ended = await this.#act();
    const after = await this.emulator.state();
    const calls = await this.emulator.requests();
    const emails = await this.emulator.emails();
    await this.emulator.clearFaults();
    const next = await inOneRun(this.scenarios, (scenario) => scenario.stack.preview(scenario.run.program));
    const writes = calls.filter(({ method }) => method !== "GET");
    const answers = this.scenarios.map((scenario) => {
      const [was, is] = [before, after].map((state) => standingIn(state, scenario));
      const mine = writes
        .filter(({ path }) => path.startsWith(scenario.path))
        .map(({ method, path }) => `${method} ${path}`);
      const answer: Answer = {
        roles: isInTeam(scenario.question.kind) ? is!.team : is!.organization,
        pending: is!.pending.length > 0,
        emails: emails.filter(({ to }) => to.endsWith(`@${scenario.slug}.example.com`)).length,
        error: codeOf(errorOf(ended.get(scenario))),
        writes: mine,
        needed: differences(was!, is!),
        ...recordedIn(scenario),
        next: changesIn(next.get(scenario)),
      };
      return [scenario.question, answer] as const;
    });
    return new Map(answers);
  }

  /** Replacements of a resource above read the program's process often: those scenarios have a process of their own. */
  async #act() {
    const isAbove = (scenario: Scenario) => Object.keys(scenario.above).length > 0;
    const above = await asOneProgram(this.scenarios.filter(isAbove));
    const others = await asOneProgram(this.scenarios.filter((scenario) => !isAbove(scenario)));
    return new Map([...above, ...others]);
  }

  /** Runs up with the declaration, and the interrupted run after it. */
  async #begin(): Promise<void> {
    await mustSucceed(this.scenarios, (scenario) => scenario.stack.up({ ...scenario.above, one: scenario.bob }));
    await mustSucceed(this.scenarios, (scenario) => {
      switch (scenario.question.order) {
        case "after a broken rename":
          scenario.name = "two";
          return scenario.stack.up({ two: scenario.bob }, { breakBeforeDeletes: true });
        case "with a pending delete":
          return scenario.stack.up({ one: scenario.bob }, { replace: ["one"], breakBeforeDeletes: true });
        default:
          return undefined;
      }
    });
  }

  async #happen(): Promise<void> {
    const hand = new Hand(this.emulator, await this.emulator.state());
    for (const scenario of this.scenarios) await happenings[scenario.question.story].first?.(hand, scenario);
    const isSeen = ({ question: { story } }: Scenario) => story.includes("refreshed");
    await mustSucceed(this.scenarios, (scenario) => (isSeen(scenario) ? scenario.stack.refresh() : undefined));
    for (const scenario of this.scenarios) await happenings[scenario.question.story].last?.(hand, scenario);
    await this.emulator.settings({ hideEmailsOf: this.scenarios.flatMap(hiddenIn) });
  }
}

/** Actions of people and administrators in the service. */
class Hand {
  readonly #invitations: ReadonlyMap<string, string>;

  constructor(
    private readonly emulator: TestEmulator,
    { organizations }: State,
  ) {
    this.#invitations = new Map(
      organizations.flatMap(({ invitations }) => invitations.map(({ email, uid }) => [email, uid] as const)),
    );
  }

  onInvitation = (scenario: Scenario, act: "accept" | "decline") =>
    this.emulator.control("POST", `/invitations/${this.#invitations.get(scenario.email("bob"))!}/${act}`);
  invite = (scenario: Scenario) =>
    this.emulator.api("POST", `${scenario.path}invitations/`, { email: scenario.email("bob") });
  readdress = (uid: string, email: string) => this.emulator.control("PATCH", `/people/${uid}`, { email });
  join = (scenario: Scenario, email: string, role: "admin" | "member" = "member") =>
    this.emulator.join(scenario.organizationUid, email, role);
  membership = (scenario: Scenario, userUid: string, role = "member") =>
    this.emulator.api("POST", `${scenario.path}teams/core/members/`, { user_uid: userUid, role });
  leave = (scenario: Scenario) =>
    this.emulator.api(
      "DELETE",
      `${scenario.path}${isInTeam(scenario.question.kind) ? "teams/core/" : ""}members/${scenario.uid("bob")}/`,
    );
  /** All lists of people fail. */
  fail = (scenario: Scenario) =>
    this.emulator.faults({
      match: { method: "GET", path: `^${scenario.path}(teams/core/members|members|invitations)/` },
      action: { status: 503, headers: { "retry-after": "0.001" } },
      times: null,
    });
  /** He gets the declared access by hand, in another role than the declared one. */
  async give(scenario: Scenario): Promise<unknown> {
    const { byHand } = roles[scenario.question.kind];
    return isInTeam(scenario.question.kind)
      ? this.membership(scenario, scenario.uid("bob"), byHand)
      : this.join(scenario, scenario.email("bob"), byHand as "admin");
  }
}

type Happening = (hand: Hand, scenario: Scenario) => Promise<unknown>;

const decline: Happening = (hand, scenario) => hand.onInvitation(scenario, "decline");
const accept: Happening = (hand, scenario) => hand.onInvitation(scenario, "accept");
const leave: Happening = (hand, scenario) => hand.leave(scenario);
const give: Happening = (hand, scenario) => hand.give(scenario);
const readdress: Happening = (hand, scenario) => hand.readdress(scenario.uid("bob"), scenario.email("bob.new"));
const fail: Happening = (hand, scenario) => hand.fail(scenario);

async function recycle(hand: Hand, scenario: Scenario): Promise<void> {
  await readdress(hand, scenario);
  await hand.readdress(scenario.uid("nia"), scenario.email("bob"));
  await hand.join(scenario, scenario.email("bob"));
  if (isInTeam(scenario.question.kind)) await hand.membership(scenario, scenario.uid("nia"));
}

/** The steps of a story, before and after the refresh that some of them have. */
const happenings: Record<Question["story"], { first?: Happening; last?: Happening }> = {
  "nothing happened": {},
  readdressed: { first: readdress },
  "recycled address": { first: recycle },
  removed: { first: leave },
  "taken out": { first: leave },
  "removed, refreshed": { first: leave },
  "taken out, refreshed": { first: leave },
  "removed, added by hand": { first: leave, last: give },
  "removed, refreshed, added by hand": { first: leave, last: give },
  "hidden address": {},
  "hidden addresses": {},
  "list fails": { last: fail },
  "lists fail while invited": { last: fail },
  invited: {},
  "accepted since": { first: accept },
  "accepted while waiting": { first: accept },
  declined: { first: decline },
  "declined, refreshed": { first: decline },
  "declined, refreshed, added by hand": { first: decline, last: give },
  "declined, invited by somebody else": { first: decline, last: (hand, scenario) => hand.invite(scenario) },
  "declined, refreshed, invited by somebody else": { first: decline, last: (hand, scenario) => hand.invite(scenario) },
  "added to the team by hand while waiting": { first: accept, last: give },
};

function hiddenIn(scenario: Scenario): string[] {
  const { look } = situationOf(scenario.question.story);
  if (look === "hides bob") return [scenario.uid("bob")];
  return look === "hides all" ? (["bob", "eve", "lee"] as const).map((name) => scenario.uid(name)) : [];
}

interface Standing {
  organization: Roles;
  team: Roles;
  /** uids of invitations that are pending. */
  pending: string[];
}

function standingIn(state: State, scenario: Scenario): Standing {
  const found = state.organizations.find(({ uid }) => uid === scenario.organizationUid)!;
  const names = new Map((["bob", "nia", "eve", "lee"] as const).map((name) => [scenario.uid(name), name] as const));
  const byEmail = new Map(
    state.people.filter(({ uid }) => names.has(uid)).map(({ uid, email }) => [email, names.get(uid)!]),
  );
  const rolesOf = (rows: { email: string; role?: string }[]): Roles =>
    Object.fromEntries(
      rows.filter(({ email }) => byEmail.has(email)).map(({ email, role }) => [byEmail.get(email)!, role]),
    );
  return {
    organization: rolesOf(found.members),
    team: rolesOf(found.teams[0]?.members ?? []),
    pending: found.invitations.filter(({ status }) => status === "pending").map(({ uid }) => uid),
  };
}

/** The number of single changes from one to the other. Leaving the organization includes leaving its team. */
function differences(was: Standing, is: Standing): number {
  const names = ["bob", "nia", "eve", "lee"] as const;
  const inOrganization = names.filter((name) => was.organization[name] !== is.organization[name]);
  const inTeam = names.filter((name) => was.team[name] !== is.team[name] && is.organization[name] !== undefined);
  const sent = is.pending.filter((uid) => !was.pending.includes(uid));
  const cancelled = was.pending.filter((uid) => !is.pending.includes(uid));
  return inOrganization.length + inTeam.length + sent.length + cancelled.length;
}

function recordedIn(scenario: Scenario): Pick<Answer, "subject" | "status"> {
  const { resources } = scenario.stack;
  const recorded = [...Object.keys(scenario.run.program), scenario.name, "one"]
    .filter((name) => name !== "above")
    .map((name) => resources.get(name))
    .find((found) => found !== undefined);
  if (!recorded || recorded.kind === "teamRoster") return { subject: undefined, status: undefined };
  const { userUid, status } = recorded.outputs;
  const name = (["bob", "nia", "eve", "lee"] as const).find((one) => scenario.uid(one) === userUid);
  return { subject: name ?? "nobody", status };
}
