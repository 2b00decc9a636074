import type { State } from "../../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import {
  idOf,
  organization,
  Stack,
  team,
  type Declaration,
  type Program,
  type UpOptions,
} from "../../support/stack.js";
import { asOneProgram, changesIn, errorOf, inOneRun, mustSucceed } from "./batch.js";
import { codeOf } from "./steps.js";

/*
 * A team, or an organization, that a declaration has created or taken over, and changes of its name. "Ours" is the recorded object, "other" another one of its kind. Slugs follow names.
 */

const kinds = ["Team", "Organization"] as const;
const ways = ["made", "adopted by uid", "adopted by slug"] as const;
const stories = ["nothing", "renamed by hand", "renamed by hand, its name given to another"] as const;
const acts = [
  "nothing",
  "another field",
  "rename, adopted by uid",
  "rename, adopted by its first slug",
  "replace",
  "another adopt",
  "removal",
] as const;
const orders = ["plain", "delete before replace above"] as const;

interface Question {
  kind: (typeof kinds)[number];
  way: (typeof ways)[number];
  story: (typeof stories)[number];
  act: (typeof acts)[number];
  order: (typeof orders)[number];
}

const questions: Question[] = kinds.flatMap((kind) =>
  ways.flatMap((way) =>
    stories.flatMap((story) =>
      acts.flatMap((act) =>
        orders
          .filter((order) => order === "plain" || kind === "Team")
          .map((order) => ({ kind, way, story, act, order })),
      ),
    ),
  ),
);

class Scenario {
  readonly stack: Stack;
  readonly title: string;
  readonly slug: string;
  readonly organizationUid: string;
  ours = "";
  other = "";

  constructor(
    readonly question: Question,
    index: number,
    environment: Record<string, string>,
  ) {
    this.stack = new Stack(environment);
    this.title = Object.values(question).join("; ");
    this.slug = `cell-${index}`;
    this.organizationUid = `${String(index).padStart(8, "0")}-0000-4000-8000-00000000000a`;
  }

  get isTeam(): boolean {
    return this.question.kind === "Team";
  }

  /** Names of organizations are unique in the service. */
  name(text: string): string {
    return this.isTeam ? text : `${text} ${this.slug}`;
  }

  slugOf(text: string): string {
    return this.name(text).toLowerCase().replace(" ", "-");
  }

  get isBelow(): boolean {
    return this.question.order === "delete before replace above";
  }

  get above(): Program {
    const inputs = { name: this.slug, adopt: this.organizationUid };
    return this.isBelow ? { above: { ...organization(inputs), deleteBeforeReplace: true } } : {};
  }

  declared(more: object = {}): Declaration {
    const inputs = { name: this.name("Core"), ...more };
    if (!this.isTeam) return organization({ onDestroy: "delete", ...inputs });
    return team({ organization: this.isBelow ? idOf("above") : this.organizationUid, ...inputs });
  }

  /** The first declaration. */
  get first(): Declaration {
    const { way } = this.question;
    if (way === "made") return this.declared();
    return this.declared({ adopt: way === "adopted by uid" ? this.ours : this.slugOf("Core") });
  }

  get run(): { program: Program; options: UpOptions } {
    const { act } = this.question;
    const replace = this.isBelow ? ["above"] : [];
    const of = (program: Program) => ({ program: { ...this.above, ...program }, options: { replace } });
    switch (act) {
      case "nothing":
        return of({ one: this.first });
      case "another field":
        return of({ one: { ...this.first, inputs: { ...this.first.inputs, description: "new" } } });
      case "rename, adopted by uid":
        return of({ two: this.declared({ adopt: this.ours }) });
      case "rename, adopted by its first slug":
        return of({ two: this.declared({ adopt: this.slugOf("Core") }) });
      case "replace":
        return { ...of({ one: this.first }), options: { replace: [...replace, "one"] } };
      case "another adopt":
        return of({ one: this.declared({ adopt: this.other }) });
      case "removal":
        return of({});
    }
  }
}

type Row = Pick<State["organizations"][number], "uid" | "name" | "description">;

/** All objects of the kind, by their role in the story. */
type Standing = Record<string, { name: string; description: string }>;

/** The possible results: more than one if two results lose nothing. */
function expected(scenario: Scenario, was: Standing): { is: Standing; error?: string }[] {
  const { act, story, way } = scenario.question;
  const { ours, ...rest } = was as { ours: { name: string; description: string } };
  const named = { ...was, ours: { ...ours, name: scenario.name("Core") } };
  const refused = { is: was, error: "AVALA_GUARD" };
  /** No object has the slug that adopt names. */
  const unknown = { is: was, error: expect.stringContaining("AVALA_") as string };
  switch (act) {
    case "nothing":
      return [{ is: was }];
    case "another field":
      return [{ is: { ...was, ours: { ...ours, description: "new" } } }];
    // New and adopted objects are as declared.
    case "rename, adopted by uid":
      return [{ is: named }];
    case "rename, adopted by its first slug":
      if (story === "nothing") return [{ is: was }];
      // No object has the slug, or the other one has it: ours is not declared any more.
      return story === "renamed by hand" ? [unknown] : [{ is: rest }, refused];
    case "replace":
      if (way === "adopted by uid") return [{ is: named }, refused];
      if (way === "adopted by slug") return story === "nothing" ? [{ is: was }] : [{ is: named }, unknown];
      // Another object has the name, or a new one is created and ours deleted.
      return story === "renamed by hand"
        ? [refused, { is: { ...rest, new: { name: scenario.name("Core"), description: "" } } }]
        : [refused];
    case "another adopt":
      return [refused];
    case "removal":
      return [{ is: rest }];
  }
}

const cellsOf = (emulator: TestEmulator) =>
  questions.map((question, index) => new Scenario(question, index + 1, emulator.environment()));

function rowsOf(scenario: Scenario, organizations: State["organizations"]): Row[] {
  const own = organizations.filter(({ uid }) => uid === scenario.organizationUid);
  if (scenario.isTeam) return own[0]!.teams;
  return organizations.filter(({ name }) => name.endsWith(` ${scenario.slug}`));
}

function standingOf(scenario: Scenario, organizations: State["organizations"]): Standing {
  const label = ({ uid }: Row) => (uid === scenario.ours ? "ours" : uid === scenario.other ? "other" : "new");
  return Object.fromEntries(
    rowsOf(scenario, organizations).map((row) => [label(row), { name: row.name, description: row.description }]),
  );
}

describe("an object, its name and its declaration", () => {
  let emulator: TestEmulator;
  let scenarios: Scenario[];
  const was = new Map<string, Standing>();
  const is = new Map<string, Standing>();
  let ended: Awaited<ReturnType<typeof inOneRun<Scenario>>>;
  let next: typeof ended;
  let writes: string[];

  const make = async (scenario: Scenario, name: string) => {
    const path = scenario.isTeam ? `/organizations/${scenario.slug}/teams/` : "/organizations/";
    return ((await emulator.api("POST", path, { name: scenario.name(name) })) as Row).uid;
  };
  const rename = (scenario: Scenario, name: string) => {
    const path = scenario.isTeam
      ? `/organizations/${scenario.slug}/teams/core/`
      : `/organizations/${scenario.slugOf("Core")}/`;
    return emulator.api("PATCH", path, { name: scenario.name(name) });
  };
  const look = async (into: Map<string, Standing>) => {
    const { organizations } = await emulator.state();
    for (const scenario of scenarios) into.set(scenario.title, standingOf(scenario, organizations));
  };

  beforeAll(async () => {
    emulator = await startEmulator();
    scenarios = cellsOf(emulator);
    await emulator.reset({
      settings: { slugFollowsName: true },
      people: [{ email: "owner@example.com" }],
      organizations: scenarios.map(({ slug, organizationUid }) => ({
        uid: organizationUid,
        name: slug,
        slug,
        members: [{ email: "owner@example.com", role: "owner" as const }],
      })),
    });
    for (const scenario of scenarios)
      if (scenario.question.way !== "made") scenario.ours = await make(scenario, "Core");
    await mustSucceed(scenarios, (scenario) => scenario.stack.up({ ...scenario.above, one: scenario.first }));
    for (const scenario of scenarios) {
      scenario.ours = scenario.stack.outputs("one")["uid"] as string;
      if (scenario.question.story !== "nothing") await rename(scenario, "Platform");
      scenario.other = await make(scenario, scenario.question.story.endsWith("another") ? "Core" : "Other");
    }
    await look(was);
    await emulator.clearLog();
    ended = await asOneProgram(scenarios);
    writes = await emulator.writes();
    await look(is);
    next = await inOneRun(scenarios, ({ stack, run }) => stack.preview(run.program));
  }, 120_000);

  afterAll(() => emulator.close());

  test.each(questions.map((question, index) => [Object.values(question).join("; "), index] as const))(
    "%s",
    (title, index) => {
      const scenario = scenarios[index]!;
      const end = ended.get(scenario);
      const error = codeOf(errorOf(end));
      const possible = expected(scenario, was.get(title)!).map((one) => ({ error: undefined, ...one }));
      expect(possible).toContainEqual({ is: is.get(title), error });
      expect(error === undefined ? changesIn(next.get(scenario)) : []).toEqual([]);
      const mine = writes.filter((call) => call.includes(`/${scenario.slug}/`) || call.includes(`-${scenario.slug}/`));
      const isAsBefore = JSON.stringify(is.get(title)) === JSON.stringify(was.get(title));
      expect(isAsBefore ? mine : []).toEqual([]);
    },
  );
});
