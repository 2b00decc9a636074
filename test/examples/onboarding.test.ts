import { execFileSync } from "node:child_process";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { exampleFiles, read, typesAreChecked } from "./support.js";

// A chapter has up to six engine runs of some seconds each.
jest.setTimeout(240_000);

const [ada, kay, linus] = ["ada@example.com", "kay@example.com", "linus@example.com"];
const acme = "/organizations/acme-robotics";
const invitations = `${acme}/invitations`;
const memberships = `${acme}/teams/perception/members`;
/** The requests that find out what has become of waiting people. */
const looks = [`GET ${invitations}/`, `GET ${acme}/members/`, "GET /organizations/"].toSorted();

interface Chapter {
  title: string;
  /** People whom the commands invite. */
  emails: string[];
  /** Their writes in Avala, in this order; people and invitations by address. */
  writes: string[];
  /** Writes that do not wait for each other: sorted. */
  anyOrder?: true;
  /** The requests of a preview afterwards, sorted. */
  asks?: string[];
  /** A command of the chapter that finds nothing to do, so that the test need not repeat it. */
  unchanged?: "preview" | "preview --refresh";
}

/** Facts about the chapters that the README does not show. */
const chapters: Chapter[] = [
  {
    title: "1. Invite",
    emails: [ada, kay],
    writes: ["POST /organizations/", `POST ${invitations}/`, `POST ${invitations}/`, `POST ${acme}/teams/`],
    anyOrder: true,
  },
  { title: "2. Ask again", emails: [], writes: [], asks: looks, unchanged: "preview" },
  { title: "3. They accept", emails: [], writes: [`POST ${memberships}/`], asks: [] },
  {
    title: "4. Promote",
    emails: [],
    writes: [`PATCH ${acme}/members/${ada}/role/`, `PATCH ${memberships}/${ada}/role/`],
    asks: [],
    unchanged: "preview --refresh",
  },
  { title: "5. A contractor", emails: [linus], writes: [`POST ${invitations}/`], asks: looks },
  {
    title: "6. The invitation expires",
    emails: [linus, linus],
    writes: [
      `POST ${invitations}/${linus}/cancel/`,
      `POST ${invitations}/`,
      `POST ${invitations}/${linus}/cancel/`,
      `POST ${invitations}/`,
    ],
    asks: looks,
  },
  {
    title: "7. They leave",
    emails: [],
    writes: [`DELETE ${memberships}/${ada}/`, `DELETE ${acme}/members/${ada}/`, `POST ${invitations}/${linus}/cancel/`],
    asks: [],
  },
  { title: "8. Clean up", emails: [], writes: [`DELETE ${acme}/teams/perception/`, `DELETE ${acme}/`] },
];

/** The numbered chapters of the README: commands, and the shown part of their output. */
const documented = read("examples/onboarding/README.md")
  .split(/^## /m)
  .filter((text) => /^\d/.test(text))
  .map((text) => ({
    title: text.slice(0, text.indexOf("\n")),
    fences: text.match(/^```/gm)?.length ?? 0,
    scenes: [...text.matchAll(/^```sh\n(.*?)^```\n\n```\n(.*?)^```$/gms)].map(([, commands, output]) => ({
      commands: linesOf(commands!.replaceAll("\\\n", "")),
      output: linesOf(output!),
    })),
  }));

function linesOf(text: string): string[] {
  return text.split("\n").filter(Boolean);
}

/** The words of a command, as the shell takes them. */
function words(line: string): string[] {
  return execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

/** Lines as the README shows them: without type names, times and the exact blanks. */
function essence(lines: string[]): string[] {
  return lines.map((line) =>
    line
      .replace("pulumi-nodejs:dynamic/avala:", "")
      .replace(/ \([\d.]+s\)/, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
}

const operations: Record<string, string> = { "+": "create", "~": "update", "-": "delete" };
/** The step of a resource in one line: ` ~  Team core updated`. */
const row = /^([+~-]) (\w+) (\S+) (?:create|update|delete)d?( \[.*\])?$/;

const uids = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const isWrite = (call: string) => !call.startsWith("GET ");

/** The writes of one line of the story in Avala, and the engine's output. */
interface Taken {
  line: string;
  screen: string;
  steps: string[];
  calls: string[];
  writes: string[];
  emails: string[];
}

/** The output in the README is all steps of its commands, and lines of the last one's screen in their order. */
function expectShown(output: string[], taken: Taken[]): void {
  const [shown, seen] = [output, taken.at(-1)!.screen.split("\n")].map(essence) as [string[], string[]];
  const rows = shown.filter((line) => row.test(line));
  const steps = rows.map((line) => line.replace(row, (_, sign, kind, name) => `${operations[sign]} ${kind} ${name}`));
  expect(taken.flatMap((one) => one.steps).toSorted()).toEqual(steps.toSorted());
  expect(seen).toEqual(expect.arrayContaining(rows));
  let at = 0;
  for (const line of shown.filter((one) => !rows.includes(one))) {
    expect(seen.slice(at)).toContain(line);
    at = seen.indexOf(line, at) + 1;
  }
}

it("the test runs every chapter of the README completely", () => {
  expect(chapters.map(({ title }) => title)).toEqual(documented.map(({ title }) => title));
  for (const { fences, scenes } of documented) expect(fences).toBe(4 * scenes.length);
});

describe("onboarding", () => {
  let emulator: TestEmulator;
  let project: Project;
  let start: object;
  const addresses = new Map<string, string>();
  const reported = { calls: 0, emails: 0 };

  beforeAll(async () => {
    emulator = await startEmulator();
    start = await standing();
    project = await Project.open({ ...emulator.environment(), ...typesAreChecked }, exampleFiles("onboarding"));
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  /** The state without what cannot be undone: emails, and that people have signed up. */
  const standing = async () => ({ ...(await emulator.state()), emails: [], people: [] });

  /** Actions of others in the story, in the words of the README. */
  const acts: Record<string, () => Promise<unknown>> = {
    "# Ada and Kay follow the links in their emails.": async () => {
      for (const email of [ada, kay]) await emulator.accept(email);
    },
    "# Somebody makes Kay an admin, in Avala.": async () => {
      const { uid } = (await emulator.state()).people.find(({ email }) => email === kay)!;
      await emulator.api("PATCH", `${acme}/members/${uid}/role/`, { role: "admin" });
    },
    "# Linus does not answer in time.": () => emulator.expire(linus),
  };

  /** Requests and emails since the last call. */
  async function news() {
    const { people, organizations } = await emulator.state();
    const named = [...people, ...organizations.flatMap((one) => one.invitations)];
    for (const { uid, email } of named) addresses.set(uid, email);
    const calls = (await emulator.calls()).slice(reported.calls);
    const emails = (await emulator.emails()).slice(reported.emails).map(({ to }) => to);
    reported.calls += calls.length;
    reported.emails += emails.length;
    return { calls: calls.map((call) => call.replaceAll(uids, (uid) => addresses.get(uid) ?? uid)), emails };
  }

  /** Runs one line of the story. */
  async function take(line: string): Promise<Taken> {
    if (line.startsWith("#")) {
      await acts[line]!();
      await news();
      return { line, screen: "", steps: [], calls: [], writes: [], emails: [] };
    }
    const [command, ...args] = words(line);
    expect(command).toBe("pulumi");
    const confirmed = ["up", "destroy"].includes(args[0]!) ? ["--yes", "--skip-preview"] : [];
    const { screen, steps } = await project.expectOk([...args, ...confirmed]);
    const { calls, emails } = await news();
    return { line, screen, steps, calls, writes: calls.filter(isWrite), emails };
  }

  /** A preview and a refresh have nothing to do, and send no write. One of them may have been run. */
  async function expectNothingLeft(asks: string[], looked?: Taken): Promise<void> {
    const previewed = looked?.line === "pulumi preview" ? looked : await take("pulumi preview --expect-no-changes");
    expect([previewed.steps, previewed.calls.toSorted(), previewed.emails]).toEqual([[], asks, []]);
    const refreshed =
      looked?.line === "pulumi preview --refresh"
        ? looked
        : await take("pulumi refresh --yes --skip-preview --expect-no-changes");
    expect([refreshed.steps, refreshed.writes, refreshed.emails]).toEqual([[], [], []]);
  }

  it.each(chapters)("$title", async ({ title, emails, writes, anyOrder, asks, unchanged }) => {
    const all: Taken[] = [];
    for (const { commands, output } of documented.find((chapter) => chapter.title === title)!.scenes) {
      const taken: Taken[] = [];
      for (const line of commands) taken.push(await take(line));
      expectShown(output, taken);
      all.push(...taken);
    }
    const written = all.flatMap((taken) => taken.writes);
    expect(anyOrder ? written.toSorted() : written).toEqual(writes);
    expect(all.flatMap((taken) => taken.emails).toSorted()).toEqual(emails);
    if (asks) await expectNothingLeft(asks, unchanged && all.find(({ line }) => line === `pulumi ${unchanged}`));
  });

  it("leaves the initial state, after as many emails as the story says", async () => {
    expect(await standing()).toEqual(start);
    expect((await emulator.emails()).map(({ to }) => to).toSorted()).toEqual([ada, kay, linus, linus, linus]);
  });

  it("refuses a misspelt key before any request", async () => {
    for (const [key, value] of [
      ["email", ada],
      ["tem", "lead"],
    ] as const) {
      await project.expectOk(["config", "set", "--path", `people.ada.${key}`, value]);
    }
    const { code, errors } = await project.preview();
    expect(code).not.toBe(0);
    expect(errors).toEqual([{ name: "ada", message: expect.stringContaining('"tem" is not a property') }]);
    expect(await news()).toEqual({ calls: [], emails: [] });
  });
});
