import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import {
  invitation,
  organizationMember,
  Stack,
  team,
  teamMembership,
  teamRoster,
  type Declaration,
  type Program,
  type UpOptions,
} from "../../support/stack.js";
import { asOneProgram, changesIn, errorOf, inOneRun, mustSucceed } from "./batch.js";
import { codeOf } from "./steps.js";

/*
 * Two deployments have an organization, a team and a person each, with the same slugs and addresses, and different uids. A program declares all of them twice, once for each deployment, and then changes one.
 */

const deployments = ["a", "b"] as const;
type Deployment = (typeof deployments)[number];
const kinds = ["OrganizationMember", "Invitation", "TeamMembership", "TeamRoster", "Team"] as const;
type Kind = (typeof kinds)[number];
const acts = ["nothing", "rename", "replace", "another identity", "removal"] as const;
type Act = (typeof acts)[number];

class Scenario {
  readonly stack = new Stack({});
  readonly slug: string;

  constructor(
    readonly kind: Kind,
    readonly act: Act,
    private readonly index: number,
  ) {
    this.slug = `cell-${index}`;
  }

  get title(): string {
    return `${this.kind}: ${this.act}`;
  }

  uid(deployment: Deployment, what: "organization" | "team" | "bob" | "eve"): string {
    const last = { organization: "1", team: "2", bob: "3", eve: "4" }[what];
    return `${String(this.index).padStart(7, "0")}${deployment}-0000-4000-8000-00000000000${last}`;
  }

  email(name: string): string {
    return `${name}@${this.slug}.example.com`;
  }

  declared(provider: Deployment, name = "bob"): Declaration {
    const organization = this.slug;
    const team_ = `${this.uid(provider, "organization")}/${this.uid(provider, "team")}`;
    const email = this.email(name);
    switch (this.kind) {
      case "OrganizationMember":
        return organizationMember({ organization, email }, { provider });
      case "Invitation":
        return invitation({ organization, email: this.email(name === "bob" ? "new" : "other") }, { provider });
      case "TeamMembership":
        return teamMembership({ team: team_, email, role: "member" }, { provider });
      case "TeamRoster":
        return teamRoster({ team: team_, members: { [email]: "member" } }, { provider });
      case "Team":
        return team({ organization, name: "Core", adopt: "core", forceDestroy: true, description: name }, { provider });
    }
  }

  get program(): Program {
    return { inA: this.declared("a"), inB: this.declared("b") };
  }

  /** The change of the declaration for the first deployment. */
  get run(): { program: Program; options: UpOptions } {
    const { inA, inB } = this.program as { inA: Declaration; inB: Declaration };
    switch (this.act) {
      case "nothing":
        return { program: { inA, inB }, options: {} };
      case "rename":
        return { program: { renamed: inA, inB }, options: {} };
      case "replace":
        return { program: { inA, inB }, options: { replace: ["inA"] } };
      case "another identity":
        return { program: { inA: this.declared("a", "eve"), inB }, options: {} };
      case "removal":
        return { program: { inB }, options: {} };
    }
  }
}

const all = kinds.flatMap((kind) => acts.map((act) => [kind, act] as const));
const scenarios = all.map(([kind, act], index) => new Scenario(kind, act, index + 1));

const seedOf = (deployment: Deployment) => ({
  people: [
    { email: "owner@example.com" },
    ...scenarios.flatMap((scenario) =>
      (["bob", "eve"] as const).map((name) => ({ uid: scenario.uid(deployment, name), email: scenario.email(name) })),
    ),
  ],
  organizations: scenarios.map((scenario) => ({
    uid: scenario.uid(deployment, "organization"),
    name: scenario.slug,
    slug: scenario.slug,
    members: [
      { email: "owner@example.com", role: "owner" as const },
      { email: scenario.email("bob") },
      { email: scenario.email("eve") },
    ],
    teams: [{ uid: scenario.uid(deployment, "team"), name: "Core" }],
  })),
});

const configurationOf = ({ AVALA_API_KEY: key, AVALA_BASE_URL: url }: Record<string, string>) => ({
  "avala:explicit": "true",
  "avala:apiKey": key!,
  "avala:baseUrl": url!,
  "avala:allowInsecureBaseUrl": "true",
});

/** The people of the organization and its team, and the invited people. */
async function standing(emulator: TestEmulator, scenario: Scenario) {
  const found = (await emulator.state()).organizations.find(({ slug }) => slug === scenario.slug)!;
  const name = (email: string) => email.split("@")[0]!;
  return {
    members: found.members.map(({ email }) => name(email)).filter((one) => one !== "owner"),
    team: found.teams[0]?.members.map(({ email }) => name(email)),
    invited: found.invitations.filter(({ status }) => status === "pending").map(({ email }) => name(email)),
  };
}
type Standing = Awaited<ReturnType<typeof standing>>;

/** The effect of the act in its deployment. */
function afterAct({ kind, act }: Scenario, was: Standing): Standing {
  const who = act === "another identity" ? ["eve"] : [];
  if (act !== "removal" && act !== "another identity") return was;
  switch (kind) {
    case "OrganizationMember":
      return { ...was, members: ["eve"], team: [] };
    case "Invitation":
      return { ...was, invited: who.map(() => "other") };
    case "Team":
      return act === "removal" ? { ...was, team: undefined } : was;
    default:
      return { ...was, team: who };
  }
}

describe("bug: two deployments with one slug and one person", () => {
  const emulators = {} as Record<Deployment, TestEmulator>;
  const seen = new Map<Scenario, Record<Deployment, { was: Standing; is: Standing; writes: string[] }>>();
  let ended: Awaited<ReturnType<typeof inOneRun<Scenario>>>;
  let next: typeof ended;

  const standings = async (scenario: Scenario) => ({
    a: await standing(emulators.a, scenario),
    b: await standing(emulators.b, scenario),
  });

  beforeAll(async () => {
    for (const deployment of deployments) {
      emulators[deployment] = await startEmulator();
      await emulators[deployment].reset(seedOf(deployment));
      for (const { stack } of scenarios)
        stack.providers[deployment] = configurationOf(emulators[deployment].environment());
    }
    for (const { stack } of scenarios) {
      stack.environment = { AVALA_REQUESTS_PER_MINUTE: "100000", AVALA_REQUESTS_PER_SECOND: "10000" };
    }
    await mustSucceed(scenarios, (scenario) => scenario.stack.up(scenario.program));
    const was = new Map(
      await Promise.all(scenarios.map(async (scenario) => [scenario, await standings(scenario)] as const)),
    );
    for (const deployment of deployments) await emulators[deployment].clearLog();
    ended = await asOneProgram(scenarios);
    for (const scenario of scenarios) {
      const is = await standings(scenario);
      const of = async (deployment: Deployment) => ({
        was: was.get(scenario)![deployment],
        is: is[deployment],
        writes: (await emulators[deployment].writes()).filter((call) =>
          call.includes(`/organizations/${scenario.slug}/`),
        ),
      });
      seen.set(scenario, { a: await of("a"), b: await of("b") });
    }
    next = await inOneRun(scenarios, ({ stack, run }) => stack.preview(run.program));
  }, 120_000);

  afterAll(async () => {
    for (const deployment of deployments) await emulators[deployment].close();
  });

  test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))("%s", (_, scenario) => {
    const { a, b } = seen.get(scenario)!;
    expect(errorOf(ended.get(scenario))).toBeUndefined();
    expect(a.is).toEqual(afterAct(scenario, a.was));
    expect({ ...b.is, writes: b.writes }).toEqual({ ...b.was, writes: [] });
    expect(changesIn(next.get(scenario))).toEqual([]);
  });
});

describe("bug: two providers of one deployment that declare one person", () => {
  const spellings = [
    ["the same", {}, {}],
    ["the organization by slug and by uid", {}, { organization: "uid" }],
    ["the address in another case", {}, { email: "upper" }],
    ["the address and the uid", {}, { user: "uid" }],
  ] as const;
  type Spelling = (typeof spellings)[number];
  const declared = ["OrganizationMember", "Invitation", "TeamMembership", "Team"] as const;
  const isPossible = (
    kind: (typeof declared)[number],
    [, , { user, organization, email }]: (typeof spellings)[number] & {
      2: { user?: string; organization?: string; email?: string };
    },
  ) => {
    if (user !== undefined) return kind === "OrganizationMember" || kind === "TeamMembership";
    if (kind === "TeamMembership") return organization === undefined;
    return kind !== "Team" || email === undefined;
  };
  const questions = declared.flatMap((kind) =>
    spellings.filter((spelling) => isPossible(kind, spelling)).map((spelling) => [kind, spelling] as const),
  );

  class Twice {
    readonly stack = new Stack({});
    readonly title: string;
    readonly slug: string;
    constructor(
      readonly kind: (typeof declared)[number],
      readonly spelling: Spelling,
      private readonly index: number,
    ) {
      this.title = `${kind}, ${spelling[0]}`;
      this.slug = `twice-${index}`;
    }
    uid(last: number): string {
      return `${String(this.index).padStart(8, "0")}-0000-4000-8000-00000000000${last}`;
    }
    one(provider: string, how: { organization?: string; email?: string; user?: string }, role = "member"): Declaration {
      const organization = how.organization === undefined ? this.slug : this.uid(1);
      const name =
        this.kind === "Invitation" ||
        (this.kind === "OrganizationMember" && how.user === undefined && this.spelling[0] !== "the address and the uid")
          ? "new"
          : "bob";
      const address = `${name}@${this.slug}.example.com`;
      const who =
        how.user === undefined
          ? { email: how.email === undefined ? address : address.toUpperCase() }
          : { user: this.uid(3) };
      switch (this.kind) {
        case "OrganizationMember":
          return organizationMember({ organization, ...who, role }, { provider });
        case "Invitation":
          return invitation({ organization, ...who, role }, { provider });
        case "TeamMembership":
          return teamMembership(
            { team: `${this.uid(1)}/${this.uid(2)}`, ...who, role: role === "admin" ? "lead" : "member" },
            { provider },
          );
        case "Team":
          return team(
            { organization, name: "Core", adopt: provider === "p1" ? "core" : this.uid(2), description: role },
            { provider },
          );
      }
    }
    get first(): Program {
      return { m1: this.one("p1", this.spelling[1], "admin") };
    }
    get program(): Program {
      return { ...this.first, m2: this.one("p2", this.spelling[2]) };
    }
  }

  const twice = questions.map(([kind, spelling], index) => new Twice(kind, spelling, index + 1));
  let emulator: TestEmulator;
  let previews: Awaited<ReturnType<typeof inOneRun<Twice>>>;
  let alone: typeof previews;
  let both: typeof previews;
  let bothWrites: string[];
  let emails: { to: string }[];

  beforeAll(async () => {
    emulator = await startEmulator();
    await emulator.reset({
      people: [
        { email: "owner@example.com" },
        ...twice.map((scenario) => ({ uid: scenario.uid(3), email: `bob@${scenario.slug}.example.com` })),
      ],
      organizations: twice.map((scenario) => ({
        uid: scenario.uid(1),
        name: scenario.slug,
        slug: scenario.slug,
        members: [
          { email: "owner@example.com", role: "owner" as const },
          { email: `bob@${scenario.slug}.example.com` },
        ],
        teams: [{ uid: scenario.uid(2), name: "Core" }],
      })),
    });
    for (const { stack } of twice) {
      stack.environment = { AVALA_REQUESTS_PER_MINUTE: "100000", AVALA_REQUESTS_PER_SECOND: "10000" };
      stack.providers["p1"] = stack.providers["p2"] = configurationOf(emulator.environment());
    }
    previews = await inOneRun(twice, ({ stack, program }) => stack.preview(program));
    alone = await inOneRun(twice, ({ stack, first }) => stack.up(first));
    await emulator.clearLog();
    both = await inOneRun(twice, ({ stack, program }) => stack.up(program));
    bothWrites = await emulator.writes();
    emails = await emulator.emails();
  }, 120_000);

  afterAll(() => emulator.close());

  test.each(twice.map((scenario) => [scenario.title, scenario] as const))(
    "%s: nothing is sent for the second",
    (_, scenario) => {
      expect(errorOf(alone.get(scenario))).toBeUndefined();
      expect(codeOf(errorOf(both.get(scenario)))).toBe("AVALA_DECLARED_TWICE");
      expect(bothWrites.filter((call) => call.includes(`/${scenario.slug}/`))).toEqual([]);
      expect(emails.filter(({ to }) => to.toLowerCase().endsWith(`@${scenario.slug}.example.com`))).toEqual([]);
      expect([...scenario.stack.resources.keys()]).toEqual(["m1"]);
    },
  );

  const same = twice.filter(({ spelling: [name], kind }) => kind !== "Team" && /same|another case/.test(name));
  test.each(same.map((scenario) => [scenario.title, scenario] as const))("%s: a preview refuses it", (_, scenario) => {
    expect(codeOf(errorOf(previews.get(scenario)))).toBe("AVALA_DECLARED_TWICE");
  });
});
