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
 * A team, or an organization, that a declaration has made or taken over, and what becomes of its name. "Ours" is the object
 * that state records, "other" another one of its kind. Slugs follow names.
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

class Cell {
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

  /** Names of organizations are of the whole service. */
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

  /** How it is declared at first. */
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

/** All objects of the kind, by what they are to the story. */
type Standing = Record<string, { name: string; description: string }>;

/** What may come of it: more than one thing where the service has two answers that lose nothing. */
function expected(cell: Cell, was: Standing): { is: Standing; error?: string }[] {
  const { act, story, way } = cell.question;
  const { ours, ...rest } = was as { ours: { name: string; description: string } };
  const named = { ...was, ours: { ...ours, name: cell.name("Core") } };
  const refused = { is: was, error: "AVALA_GUARD" };
  /** Nothing has the slug that adopt names. */
  const unknown = { is: was, error: expect.stringContaining("AVALA_") as string };
  switch (act) {
    case "nothing":
      return [{ is: was }];
    case "another field":
      return [{ is: { ...was, ours: { ...ours, description: "new" } } }];
    // What is made, or taken over, is as declared.
    case "rename, adopted by uid":
      return [{ is: named }];
    case "rename, adopted by its first slug":
      if (story === "nothing") return [{ is: was }];
      // The slug is nobody's, or means the other one: ours is declared no more.
      return story === "renamed by hand" ? [unknown] : [{ is: rest }, refused];
    case "replace":
      if (way === "adopted by uid") return [{ is: named }, refused];
      if (way === "adopted by slug") return story === "nothing" ? [{ is: was }] : [{ is: named }, unknown];
      // One of its name is in the way, or a new one is made and ours deleted.
      return story === "renamed by hand"
        ? [refused, { is: { ...rest, new: { name: cell.name("Core"), description: "" } } }]
        : [refused];
    case "another adopt":
      return [refused];
    case "removal":
      return [{ is: rest }];
  }
}

const cellsOf = (emulator: TestEmulator) =>
  questions.map((question, index) => new Cell(question, index + 1, emulator.environment()));

function rowsOf(cell: Cell, organizations: State["organizations"]): Row[] {
  const own = organizations.filter(({ uid }) => uid === cell.organizationUid);
  if (cell.isTeam) return own[0]!.teams;
  return organizations.filter(({ name }) => name.endsWith(` ${cell.slug}`));
}

function standingOf(cell: Cell, organizations: State["organizations"]): Standing {
  const label = ({ uid }: Row) => (uid === cell.ours ? "ours" : uid === cell.other ? "other" : "new");
  return Object.fromEntries(
    rowsOf(cell, organizations).map((row) => [label(row), { name: row.name, description: row.description }]),
  );
}

describe("an object, its name and its declaration", () => {
  let emulator: TestEmulator;
  let cells: Cell[];
  const was = new Map<string, Standing>();
  const is = new Map<string, Standing>();
  let ended: Awaited<ReturnType<typeof inOneRun<Cell>>>;
  let next: typeof ended;
  let writes: string[];

  const make = async (cell: Cell, name: string) => {
    const path = cell.isTeam ? `/organizations/${cell.slug}/teams/` : "/organizations/";
    return ((await emulator.api("POST", path, { name: cell.name(name) })) as Row).uid;
  };
  const rename = (cell: Cell, name: string) => {
    const path = cell.isTeam ? `/organizations/${cell.slug}/teams/core/` : `/organizations/${cell.slugOf("Core")}/`;
    return emulator.api("PATCH", path, { name: cell.name(name) });
  };
  const look = async (into: Map<string, Standing>) => {
    const { organizations } = await emulator.state();
    for (const cell of cells) into.set(cell.title, standingOf(cell, organizations));
  };

  beforeAll(async () => {
    emulator = await startEmulator();
    cells = cellsOf(emulator);
    await emulator.reset({
      settings: { slugFollowsName: true },
      people: [{ email: "owner@example.com" }],
      organizations: cells.map(({ slug, organizationUid }) => ({
        uid: organizationUid,
        name: slug,
        slug,
        members: [{ email: "owner@example.com", role: "owner" as const }],
      })),
    });
    for (const cell of cells) if (cell.question.way !== "made") cell.ours = await make(cell, "Core");
    await mustSucceed(cells, (cell) => cell.stack.up({ ...cell.above, one: cell.first }));
    for (const cell of cells) {
      cell.ours = cell.stack.outputs("one")["uid"] as string;
      if (cell.question.story !== "nothing") await rename(cell, "Platform");
      cell.other = await make(cell, cell.question.story.endsWith("another") ? "Core" : "Other");
    }
    await look(was);
    await emulator.clearLog();
    ended = await asOneProgram(cells);
    writes = await emulator.writes();
    await look(is);
    next = await inOneRun(cells, ({ stack, run }) => stack.preview(run.program));
  }, 120_000);

  afterAll(() => emulator.close());

  test.each(questions.map((question, index) => [Object.values(question).join("; "), index] as const))(
    "%s",
    (title, index) => {
      const cell = cells[index]!;
      const end = ended.get(cell);
      const error = codeOf(errorOf(end));
      const possible = expected(cell, was.get(title)!).map((one) => ({ error: undefined, ...one }));
      expect(possible).toContainEqual({ is: is.get(title), error });
      expect(error === undefined ? changesIn(next.get(cell)) : []).toEqual([]);
      const mine = writes.filter((call) => call.includes(`/${cell.slug}/`) || call.includes(`-${cell.slug}/`));
      const isAsBefore = JSON.stringify(is.get(title)) === JSON.stringify(was.get(title));
      expect(isAsBefore ? mine : []).toEqual([]);
    },
  );
});
