import { AsyncLocalStorage } from "node:async_hooks";
import { format } from "node:util";
import type { Seed } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Hosts, Stack, type Outcome } from "../support/stack.js";
import { unreliable, type Mishap } from "../support/unreliable.js";
import type { Measured } from "./support.js";

/*
 * Most of what a test of a lifecycle costs is the start of its host processes. So the tests of a file go side by side: each
 * is a story with an organization, people and a stack of its own. When all of them wait for a run, one process serves these
 * runs, one after the other, as parts of one program. No two runs of a story share a process.
 */

type Cost = Pick<Measured, "calls" | "writes" | "mails">;

/** One test. Its names, addresses and uids are nobody else's, so that no call or message is taken for another's. */
class Story {
  readonly stack = new StackOfStory(this);
  /** What comes to grief in its runs. */
  mishaps: Mishap[] = [];
  /** Of its last run. */
  cost: Cost = { calls: [], writes: [], mails: [] };
  /** Whether its runs take place apart from those that ask something. */
  isApart = false;
  #scene: Scene | undefined;

  /** @param token no hexadecimal digit, so that it is in no uid by accident */
  constructor(
    readonly token: string,
    private readonly digits: string,
  ) {}

  get scene(): Scene {
    if (!this.#scene) throw new Error(`The story ${this.token} has not begun.`);
    return this.#scene;
  }

  set scene(scene: Scene) {
    this.#scene = scene;
    this.stack.environment = scene.emulator.environment();
  }

  uid(last: string): string {
    return `${this.digits}${last.padStart(4, "0")}-0000-4000-8000-000000000000`;
  }

  /** Whether a message is about it. */
  isMeant(message: string): boolean {
    return message.includes(this.token) || new RegExp(`${this.digits}0[0-9a-f]{3}-0000-4000`).test(message);
  }
}

/** A stack whose runs wait for their turn. */
class StackOfStory extends Stack {
  constructor(private readonly story: Story) {
    super({});
  }

  override preview(...given: Parameters<Stack["preview"]>): Promise<Outcome> {
    return this.story.scene.turn(this.story, () => super.preview(...given));
  }

  override up(...given: Parameters<Stack["up"]>): Promise<Outcome> {
    return this.story.scene.turn(this.story, () => super.up(...given));
  }

  override refresh(): Promise<Outcome> {
    return this.story.scene.turn(this.story, () => super.refresh());
  }

  override destroy(): Promise<Outcome> {
    return this.story.scene.turn(this.story, () => super.destroy());
  }
}

/** A run that waits for the others. */
interface Turn {
  story: Story;
  run: () => Promise<Outcome>;
  ended: { resolve: (outcome: Outcome) => void; reject: (reason: unknown) => void };
}

const organizationsCall = "GET /organizations/";

/** An emulator, and the stories that take place there. */
class Scene {
  #waiting: Turn[] = [];
  /** How many stories neither wait nor have ended. */
  #underway: number;

  static async begin(stories: readonly Story[], settings: Seed["settings"]): Promise<Scene> {
    const emulator = await startEmulator({ seed: seedOf(stories, settings) });
    const scene = new Scene(emulator, await unreliable(emulator.url), stories.length);
    for (const story of stories) story.scene = scene;
    return scene;
  }

  private constructor(
    readonly emulator: TestEmulator,
    readonly between: Awaited<ReturnType<typeof unreliable>>,
    stories: number,
  ) {
    this.#underway = stories;
  }

  async tell(story: Story, body: () => Promise<void>): Promise<void> {
    try {
      await current.run(story, body);
    } finally {
      this.#underway--;
      this.#goOn();
    }
  }

  turn(story: Story, run: () => Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ story, run, ended: { resolve, reject } });
      this.#underway--;
      this.#goOn();
    });
  }

  async close(): Promise<void> {
    await this.between.close();
    await this.emulator.close();
  }

  /** When all stories wait, those go on of whom most can share a process. The others wait for more of their kind. */
  #goOn(): void {
    if (this.#underway > 0 || this.#waiting.length === 0) return;
    const groups = new Map<string, Turn[]>();
    for (const turn of this.#waiting) {
      const { stack, isApart } = turn.story;
      const key = JSON.stringify([isApart, stack.environment, stack.config, stack.providers]);
      groups.set(key, [...(groups.get(key) ?? []), turn]);
    }
    const turns = [...groups.values()].reduce((most, group) => (group.length > most.length ? group : most));
    this.#waiting = this.#waiting.filter((turn) => !turns.includes(turn));
    this.#underway = turns.length;
    void this.#takeTurns(turns);
  }

  /** No story goes on before all runs have ended: what it does to the service would be taken for theirs. */
  async #takeTurns(turns: readonly Turn[]): Promise<void> {
    try {
      for (const end of await this.#inOneProcess(turns)) end();
    } catch (reason) {
      for (const { ended } of turns) ended.reject(reason);
    }
  }

  async #inOneProcess(turns: readonly Turn[]): Promise<(() => void)[]> {
    const hosts = await Hosts.start(turns[0]!.story.stack);
    const ended: [Turn, Outcome | Error][] = [];
    try {
      let isKnown = false;
      for (const turn of turns) {
        const { story } = turn;
        story.stack.shared = hosts;
        this.between.expect(...story.mishaps);
        await this.emulator.clearLog();
        ended.push([turn, await turn.run().catch((reason: Error) => reason)]);
        const calls = await this.emulator.calls();
        story.cost = await this.#costOf(calls, isKnown && !story.isApart);
        isKnown ||= calls.includes(organizationsCall);
      }
    } finally {
      await hosts.close();
    }
    // What is about none of them, all are told.
    const isForAll = (message: string) => !turns.some(({ story }) => story.isMeant(message));
    return ended.map(([{ story, ended }, end]) => () => {
      if (end instanceof Error) return ended.reject(end);
      const told = hosts.told.filter(({ message }) => story.isMeant(message) || isForAll(message));
      ended.resolve({ ...end, told });
    });
  }

  /**
   * The organizations are listed once in a process, by whoever is first to ask for anything. The others have that list too,
   * and it is a call of theirs; whether they have looked at it at all cannot be told where they have made no other.
   */
  async #costOf(logged: string[], isListKnown: boolean): Promise<Cost> {
    const mails = (await this.emulator.emails()).map(({ kind, to }) => `${kind} ${to}`);
    const writes = logged.filter((call) => !call.startsWith("GET "));
    const listed = logged.length > 0 ? organizationsCall : "perhaps the list of organizations: measure it apart";
    return { calls: isListKnown ? [listed, ...logged] : logged, writes, mails };
  }
}

const current = new AsyncLocalStorage<Story>();

function now(): Story {
  const story = current.getStore();
  if (!story) throw new Error("Names, people and stacks are those of a story: to be asked for within one.");
  return story;
}

const owner = { uid: "00000001-0000-4000-8000-000000000000", email: "owner@example.com", username: "owner" };

export const person = (name: string): string => (name === "owner" ? owner.email : `${name}@${now().token}.example.com`);

export const username = (name: string): string => `${name}-${now().token}`;

/** A slug or a name of its own: "acme-q007". */
export const own = (name: string): string => `${name}-${now().token}`;

/** Uids of the start below. */
export const uids = {
  owner: owner.uid,
  get acme() {
    return now().uid("ace");
  },
  get core() {
    return now().uid("c");
  },
  get ada() {
    return now().uid("2");
  },
  get lee() {
    return now().uid("3");
  },
  get mia() {
    return now().uid("4");
  },
};

/** For each story owner owns Acme, ada is admin, lee leads Core, mia is a member; zoe belongs nowhere. */
function seedOf(stories: readonly Story[], settings: Seed["settings"]): Seed {
  const places = stories.map((story) => current.run(story, () => ({ people: peopleNow(), organization: acmeNow() })));
  return {
    settings,
    people: [owner, ...places.flatMap(({ people }) => people)],
    organizations: places.map(({ organization }) => organization),
  };
}

const peopleNow = () => [
  ...(["ada", "lee", "mia"] as const).map((name) => ({
    uid: uids[name],
    email: person(name),
    username: username(name),
  })),
  { email: person("zoe"), username: username("zoe") },
];

const acmeNow = () => ({
  uid: uids.acme,
  name: own("Acme"),
  slug: own("acme"),
  members: [
    { email: owner.email, role: "owner" as const },
    { email: person("ada"), role: "admin" as const },
    { email: person("lee") },
    { email: person("mia") },
  ],
  teams: [{ uid: uids.core, name: "Core", members: [{ email: person("lee"), role: "lead" as const }] }],
});

/** What tests say and do, of the story that is being told. */
export const s = {
  get emulator(): TestEmulator {
    return now().scene.emulator;
  },
  get stack(): Stack {
    return now().stack;
  },
  /** A key of somebody. */
  async keyOf(name: string): Promise<string> {
    const key = `avk_${name}_${now().token}`;
    await s.emulator.addKey(key, person(name));
    return key;
  },
  /** From now on its requests come to grief as is said; see `unreliable`. */
  mishaps(...mishaps: Mishap[]): void {
    const story = now();
    story.stack.environment = { ...story.stack.environment, AVALA_BASE_URL: story.scene.between.url };
    story.mishaps = mishaps.map((mishap) =>
      typeof mishap.fate === "function" ? { ...mishap, fate: AsyncLocalStorage.bind(mishap.fate) } : mishap,
    );
  },
  /** Runs one step and answers what it cost, a failure included. */
  async measured(run: () => Promise<Outcome>): Promise<Measured> {
    let error: Error | undefined;
    const outcome = await run().catch((failure: Error): Outcome => {
      error = failure;
      return { steps: [], told: [] };
    });
    return { ...outcome, error, ...now().cost };
  },
  /** As `measured`, apart from runs that ask something: only so can a run be shown to ask nothing at all. */
  async apart(run: () => Promise<Outcome>): Promise<Measured> {
    const story = now();
    story.isApart = true;
    try {
      return await s.measured(run);
    } finally {
      story.isApart = false;
    }
  },
  async organizationNow(organizationUid = uids.acme) {
    const found = (await s.emulator.state()).organizations.find((row) => row.uid === organizationUid);
    if (!found) throw new Error(`There is no organization ${organizationUid}.`);
    return found;
  },
  async teamNow(teamUid = uids.core) {
    const found = (await s.organizationNow()).teams.find(({ uid }) => uid === teamUid);
    if (!found) throw new Error(`There is no team ${teamUid}.`);
    return found;
  },
};

let tokens = 0;
function nextStory(): Story {
  const number = String(++tokens);
  return new Story(`q${number.padStart(3, "0")}`, number.padStart(4, "0"));
}

type Declare = (title: string, body: () => Promise<void>) => void;
type Each = <const Row>(
  rows: readonly Row[],
) => (title: string, body: (...row: Row extends readonly unknown[] ? [...Row] : [Row]) => Promise<void>) => void;

const withEach = (declare: Declare): Declare & { each: Each } => {
  const each: Each = (rows) => (title, body) => {
    for (const row of rows) {
      const values = (Array.isArray(row) ? row : [row]) as Parameters<typeof body>;
      const shown = values.slice(0, title.match(/%\w/g)?.length ?? 0);
      declare(format(title, ...shown), () => body(...values));
    }
  };
  return Object.assign(declare, { each });
};

/** Tests that go side by side, on a service that is set in one way. In place of jest's `it`. */
export function sideBySide(settings: Seed["settings"] = {}) {
  // The first test waits for all.
  jest.setTimeout(300_000);
  const stories = new Map<Story, () => Promise<void>>();
  let ends: Promise<ReadonlyMap<Story, Promise<void>>> | undefined;
  const tellAll = async () => {
    const scene = await Scene.begin([...stories.keys()], settings);
    const told = new Map([...stories].map(([story, body]) => [story, scene.tell(story, body)] as const));
    // Each of them is looked at by its own test.
    await Promise.allSettled(told.values());
    await scene.close();
    return told;
  };
  return withEach((title, body) => {
    const story = nextStory();
    stories.set(story, body);
    test(title, async () => (await (ends ??= tellAll())).get(story));
  });
}

/** A test with a service of its own: it does what others would feel, to settings or to somebody's address. */
export const alone = withEach((title, body) => {
  const story = nextStory();
  test(title, async () => {
    const scene = await Scene.begin([story], {});
    await scene.tell(story, body).finally(() => scene.close());
  });
});
