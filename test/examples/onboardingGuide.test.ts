import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { walk } from "../support/guide.js";
import { Project } from "../support/pulumi.js";
import { exampleFiles, typesAreChecked } from "./support.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;
beforeAll(async () => {
  emulator = await startEmulator();
  project = await Project.open({ ...typesAreChecked, ...emulator.environment() }, exampleFiles("people-from-yaml"));
  await project.expectOk(["stack", "select"]);
});
afterAll(async () => {
  project.close();
  await emulator.close();
});

const [ada, grace, linus] = ["ada", "grace", "linus"].map((name) => `${name}@example.com`) as [string, string, string];

it("docs/guides/onboarding.md can be followed, and invites the people it names", async () => {
  await walk("docs/guides/onboarding.md", project, {
    "# Ada and Grace accept.": () => Promise.all([ada, grace].map((email) => emulator.accept(email))),
    "# Linus does not answer in time.": () => emulator.expire(linus),
    "# Linus accepts.": () => emulator.accept(linus),
  });
  expect((await emulator.emails()).map(({ to }) => to).toSorted()).toEqual([ada, grace, linus, linus]);
  const [{ members, teams }] = (await emulator.state()).organizations as [Acme];
  expect(members.map(({ email, role }) => `${email} ${role}`)).toEqual([
    "owner@example.com owner",
    `${ada} admin`,
    `${linus} member`,
  ]);
  // The engine creates both teams at the same time, in any order.
  expect(Object.fromEntries(teams.map(({ name, members }) => [name, members.map(({ email }) => email)]))).toEqual({
    Perception: [ada],
    Labeling: [linus],
  });
});

type Acme = Awaited<ReturnType<TestEmulator["state"]>>["organizations"][number];
