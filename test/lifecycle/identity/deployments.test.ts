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
 * Two deployments have an organization, a team and a person each, who go by the same slugs and addresses, and by uids
 * of their own. A program declares all of them twice, once for each deployment, and then does something to one.
 */

const deployments = ["a", "b"] as const;
type Deployment = (typeof deployments)[number];
const kinds = ["OrganizationMember", "Invitation", "TeamMembership", "TeamRoster", "Team"] as const;
type Kind = (typeof kinds)[number];
const acts = ["nothing", "rename", "replace", "another identity", "removal"] as const;
type Act = (typeof acts)[number];

class Cell {
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

  /** Something happens to what is declared in the first of them. */
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
const cells = all.map(([kind, act], index) => new Cell(kind, act, index + 1));

const seedOf = (deployment: Deployment) => ({
  people: [
    { email: "owner@example.com" },
    ...cells.flatMap((cell) =>
      (["bob", "eve"] as const).map((name) => ({ uid: cell.uid(deployment, name), email: cell.email(name) })),
    ),
  ],
  organizations: cells.map((cell) => ({
    uid: cell.uid(deployment, "organization"),
    name: cell.slug,
    slug: cell.slug,
    members: [
      { email: "owner@example.com", role: "owner" as const },
      { email: cell.email("bob") },
      { email: cell.email("eve") },
    ],
    teams: [{ uid: cell.uid(deployment, "team"), name: "Core" }],
  })),
});

const configurationOf = ({ AVALA_API_KEY: key, AVALA_BASE_URL: url }: Record<string, string>) => ({
  "avala:explicit": "true",
  "avala:apiKey": key!,
  "avala:baseUrl": url!,
  "avala:allowInsecureBaseUrl": "true",
});

/** Who is in the organization and in its team, and who is invited: what a program can change. */
async function standing(emulator: TestEmulator, cell: Cell) {
  const found = (await emulator.state()).organizations.find(({ slug }) => slug === cell.slug)!;
  const name = (email: string) => email.split("@")[0]!;
  return {
    members: found.members.map(({ email }) => name(email)).filter((one) => one !== "owner"),
    team: found.teams[0]?.members.map(({ email }) => name(email)),
    invited: found.invitations.filter(({ status }) => status === "pending").map(({ email }) => name(email)),
  };
}
type Standing = Awaited<ReturnType<typeof standing>>;

/** What the act does where it is done. */
function afterAct({ kind, act }: Cell, was: Standing): Standing {
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
  const seen = new Map<Cell, Record<Deployment, { was: Standing; is: Standing; writes: string[] }>>();
  let ended: Awaited<ReturnType<typeof inOneRun<Cell>>>;
  let next: typeof ended;

  const standings = async (cell: Cell) => ({
    a: await standing(emulators.a, cell),
    b: await standing(emulators.b, cell),
  });

  beforeAll(async () => {
    for (const deployment of deployments) {
      emulators[deployment] = await startEmulator();
      await emulators[deployment].reset(seedOf(deployment));
      for (const { stack } of cells) stack.providers[deployment] = configurationOf(emulators[deployment].environment());
    }
    for (const { stack } of cells) {
      stack.environment = { AVALA_REQUESTS_PER_MINUTE: "100000", AVALA_REQUESTS_PER_SECOND: "10000" };
    }
    await mustSucceed(cells, (cell) => cell.stack.up(cell.program));
    const was = new Map(await Promise.all(cells.map(async (cell) => [cell, await standings(cell)] as const)));
    for (const deployment of deployments) await emulators[deployment].clearLog();
    ended = await asOneProgram(cells);
    for (const cell of cells) {
      const is = await standings(cell);
      const of = async (deployment: Deployment) => ({
        was: was.get(cell)![deployment],
        is: is[deployment],
        writes: (await emulators[deployment].writes()).filter((call) => call.includes(`/organizations/${cell.slug}/`)),
      });
      seen.set(cell, { a: await of("a"), b: await of("b") });
    }
    next = await inOneRun(cells, ({ stack, run }) => stack.preview(run.program));
  }, 120_000);

  afterAll(async () => {
    for (const deployment of deployments) await emulators[deployment].close();
  });

  test.each(cells.map((cell) => [cell.title, cell] as const))("%s", (_, cell) => {
    const { a, b } = seen.get(cell)!;
    expect(errorOf(ended.get(cell))).toBeUndefined();
    expect(a.is).toEqual(afterAct(cell, a.was));
    expect({ ...b.is, writes: b.writes }).toEqual({ ...b.was, writes: [] });
    expect(changesIn(next.get(cell))).toEqual([]);
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
        ...twice.map((cell) => ({ uid: cell.uid(3), email: `bob@${cell.slug}.example.com` })),
      ],
      organizations: twice.map((cell) => ({
        uid: cell.uid(1),
        name: cell.slug,
        slug: cell.slug,
        members: [{ email: "owner@example.com", role: "owner" as const }, { email: `bob@${cell.slug}.example.com` }],
        teams: [{ uid: cell.uid(2), name: "Core" }],
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

  test.each(twice.map((cell) => [cell.title, cell] as const))("%s: nothing is sent for the second", (_, cell) => {
    expect(errorOf(alone.get(cell))).toBeUndefined();
    expect(codeOf(errorOf(both.get(cell)))).toBe("AVALA_DECLARED_TWICE");
    expect(bothWrites.filter((call) => call.includes(`/${cell.slug}/`))).toEqual([]);
    expect(emails.filter(({ to }) => to.toLowerCase().endsWith(`@${cell.slug}.example.com`))).toEqual([]);
    expect([...cell.stack.resources.keys()]).toEqual(["m1"]);
  });

  const same = twice.filter(({ spelling: [name], kind }) => kind !== "Team" && /same|another case/.test(name));
  test.each(same.map((cell) => [cell.title, cell] as const))("%s: a preview tells", (_, cell) => {
    expect(codeOf(errorOf(previews.get(cell)))).toBe("AVALA_DECLARED_TWICE");
  });
});
