import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rawService } from "../support/rawService.js";
import { blocks, exampleFiles, read, root } from "./support.js";

/* The unit tests of examples/unit-tests, as a user runs them: by `npm test`, in a folder with this package. */

jest.setTimeout(120_000);

const files = exampleFiles("unit-tests");
const { scripts } = JSON.parse(files["package.json"]!) as { scripts: { test: string } };
const tests = [...files["program.test.ts"]!.matchAll(/^test\("([^"]+)"/gm)].map(([, name]) => name!);

let service: Awaited<ReturnType<typeof rawService>>;
let folder: string;
beforeAll(async () => {
  service = await rawService(() => undefined);
  mkdirSync(join(root, ".work/tmp"), { recursive: true });
  folder = mkdtempSync(join(root, ".work/tmp/unit-tests-"));
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

/** Names of the tests that passed and that failed, and the requests to Avala. */
async function run(changed: Record<string, string> = {}) {
  for (const [name, text] of Object.entries({ ...files, ...changed })) writeFileSync(join(folder, name), text);
  const [command, ...args] = scripts.test.split(" ");
  const env = {
    ...process.env,
    // The types are checked by `npm run check`.
    TS_NODE_TRANSPILE_ONLY: "true",
    AVALA_API_KEY: "avk_real",
    AVALA_BASE_URL: service.url,
    AVALA_ALLOW_INSECURE_BASE_URL: "1",
    NODE_OPTIONS: "",
  };
  service.calls.length = 0;
  const output = await new Promise<string>((resolve) =>
    execFile(
      command === "node" ? process.execPath : command!,
      ["--test-reporter=tap", ...args],
      { cwd: folder, env },
      (_, stdout) => resolve(stdout),
    ),
  );
  const named = (how: string) => [...output.matchAll(new RegExp(`^${how} \\d+ - (.+)$`, "gm"))].map(([, name]) => name);
  return { passed: named("ok"), failed: named("not ok"), calls: [...service.calls] };
}

it("pass, with a key in the environment and no request to Avala", async () => {
  expect(tests).toHaveLength(4);
  expect(await run()).toEqual({ passed: tests, failed: [], calls: [] });
});

it.each([
  ["Ada is not an admin", 'role: "admin"', 'role: "member"', tests[0]!],
  ["Grace leads", '"grace@example.com": "member"', '"grace@example.com": "lead"', tests[1]!],
  [
    "the team is elsewhere",
    'organization: acme, name: "Perception"',
    'organization: "umbrella", name: "Perception"',
    tests[2]!,
  ],
  ["the partners are others", "({ name }) => name", "({ slug }) => slug", tests[3]!],
])("fail if %s", async (_what, right, wrong, name) => {
  const program = files["program.ts"]!;
  expect(program).toContain(right);
  const { passed, failed, calls } = await run({ "program.ts": program.replace(right, wrong) });
  expect([passed, failed, calls]).toEqual([tests.filter((test) => test !== name), [name], []]);
});

it("are those that docs/guides/testing.md shows", () => {
  const [program, test] = blocks(read("docs/guides/testing.md"), "ts");
  expect(program).toBe(files["program.ts"]);
  expect(test).toBe(files["program.test.ts"]);
});

it("are named as the example's README shows them", () => {
  const shown = read("examples/unit-tests/README.md").match(/^✔ .+$/gm);
  expect(shown).toEqual(tests.map((name) => `✔ ${name}`));
});
