import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { Runner } from "../support/workflow.js";
import { exampleFiles, read, root, typesAreChecked } from "./support.js";

jest.setTimeout(240_000);

const folder = "examples/github-actions/.github/workflows";
const workflow = (name: string) => join(root, folder, `${name}.yml`);
const head = "5ca1ab1e".repeat(5);
const merge = "0ddba115".repeat(5);
const artifact = `avala-review-${head}`;
const comments = "repos/acme/access/issues";
const own = { id: 7, user: { login: "github-actions[bot]" }, body: "<!-- avala review -->\nof before" };
const foreign = { id: 6, user: { login: "ada" }, body: "<!-- avala review -->\nmine" };

let emulator: TestEmulator;
let project: Project;
let runner: Runner;

beforeAll(async () => {
  emulator = await startEmulator();
  const base = { ...exampleFiles("people-from-yaml"), ...withoutDependencies };
  // The key and its deployment come from the workflow's own settings alone.
  const { AVALA_API_KEY: key, ...deployment } = emulator.environment();
  project = await Project.open({ ...typesAreChecked, ...deployment }, base);
  runner = new Runner(project);
  runner.branch = base;
  runner.context = {
    "secrets.AVALA_API_KEY": key!,
    "secrets.PULUMI_ACCESS_TOKEN": "",
    "vars.PULUMI_STACK": "test",
    "github.sha": merge,
    "github.repository": "acme/access",
    "github.event.pull_request.number": "12",
    "github.event.pull_request.head.sha": head,
    "github.event.pull_request.head.repo.full_name": "stranger/access",
  };
});

beforeEach(async () => {
  runner.answers = {};
  runner.calls();
  await emulator.clearLog();
});

afterAll(async () => {
  project.close();
  await emulator.close();
});

/** `npm ci` is run for real, on nothing: what the program needs is found in the clone. */
const withoutDependencies = {
  "package.json": JSON.stringify({ name: "access", version: "1.0.0", private: true, main: "index.ts" }),
  "package-lock.json": JSON.stringify({
    name: "access",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": { name: "access", version: "1.0.0" } },
  }),
};

const people = (...names: string[]) =>
  JSON.stringify(names.map((name) => ({ email: `${name}@example.com`, teams: ["labeling"] })));

/** A pull request with these files, and GitHub's event for it. */
function proposes(files: Record<string, string>, before: object[] = []): void {
  runner.pullRequest = (into) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(into, name), text);
  };
  runner.answers = {
    "GET repos/acme/access/pulls/12/files": Object.keys(files).map((filename) => ({ filename })),
    [`GET ${comments}/12/comments`]: before,
  };
}

/** GitHub's data about a commit on main, and about the run that has reviewed it. */
function merged(event = "pull_request_target"): void {
  const run = 31;
  runner.keep(artifact, String(run));
  runner.answers = {
    [`GET repos/acme/access/commits/${merge}/pulls`]: [
      { merged_at: "2026-01-01T00:00:00Z", merge_commit_sha: merge, head: { sha: head } },
    ],
    [`GET repos/acme/access/actions/artifacts?name=${artifact}`]: {
      artifacts: [{ expired: false, workflow_run: { id: run } }],
    },
    [`GET repos/acme/access/actions/runs/${run}`]: { event, path: ".github/workflows/review.yml" },
  };
}

const emailedTo = async () => (await emulator.emails()).map(({ to }) => to).toSorted();

describe("review.yml", () => {
  it("reviews the data of a pull request with the program of the base branch, and comments", async () => {
    proposes({ "people.yaml": people("zoe"), "index.ts": 'throw new Error("not of the base branch");' }, [foreign]);
    const { failed, log } = await runner.run(workflow("review"));
    expect([failed, log]).toEqual([undefined, expect.not.stringContaining("not of the base branch")]);
    const comment = runner.calls().at(-1)!;
    expect(comment).toMatchObject({ command: `api ${comments}/12/comments`, method: "POST" });
    expect(comment["body"]).toMatch(/^<!-- avala review -->\n/);
    expect(comment["body"]).toContain("zoe&#64;example.com");
    expect(comment["body"]).toContain("also changes files that this preview did not use");
    expect(await emulator.writes()).toEqual([]);
  });

  it("updates its own comment, and nobody else's", async () => {
    proposes({ "people.yaml": people("zoe") }, [foreign, own]);
    expect((await runner.run(workflow("review"))).failed).toBeUndefined();
    const comment = runner.calls().at(-1)!;
    expect(comment).toMatchObject({ command: `api ${comments}/comments/7`, method: "PATCH" });
    expect(comment["body"]).not.toContain("also changes files");
  });

  it("follows no link of a pull request", async () => {
    proposes({});
    runner.pullRequest = (into) => symlinkSync("/etc/hostname", join(into, "people.yaml"));
    const { failed, log } = await runner.run(workflow("review"));
    expect(failed).toBe("preview: Take the data files of the pull request");
    expect(log).toContain("people.yaml is not a plain file");
    expect(await emulator.calls()).toEqual([]);
  });
});

describe("apply.yml", () => {
  it("does not apply unreviewed changes", async () => {
    runner.answers = { [`GET repos/acme/access/commits/${merge}/pulls`]: [] };
    const { failed, log } = await runner.run(workflow("apply"));
    expect([failed, log]).toEqual(["apply: Get the approved review", expect.stringContaining("it was not reviewed")]);
    expect(await emulator.calls()).toEqual([]);
  });

  it("accepts no review from another workflow", async () => {
    merged("pull_request");
    expect((await runner.run(workflow("apply"))).failed).toBe("apply: Get the approved review");
    expect(await emulator.calls()).toEqual([]);
  });

  it("does not apply more than was approved", async () => {
    merged();
    runner.branch = { ...runner.branch, "people.yaml": people("zoe", "eve") };
    const { failed, log } = await runner.run(workflow("apply"));
    expect([failed, log]).toEqual([
      "apply: Compare with the approved review",
      expect.stringContaining("eve@example.com"),
    ]);
    expect(await emulator.writes()).toEqual([]);
  });

  it("applies approved changes", async () => {
    merged();
    runner.branch = { ...runner.branch, "people.yaml": people("zoe") };
    expect((await runner.run(workflow("apply"))).failed).toBeUndefined();
    expect(await emailedTo()).toEqual(["zoe@example.com"]);
  });
});

describe("review.yml, afterwards", () => {
  it("comments on changes beyond a limit, and fails", async () => {
    proposes({ "people.yaml": people("zoe"), "index.ts": "" });
    runner.branch = { ...runner.branch, "index.ts": "export {};\n" };
    const { failed } = await runner.run(workflow("review"));
    runner.branch = { ...runner.branch, "index.ts": read("examples/people-from-yaml/index.ts") };
    expect(failed).toBe("comment: Fail if a limit is exceeded");
    expect(runner.calls().at(-1)!["body"]).toContain("Acme Robotics");
    expect(await emulator.writes()).toEqual([]);
  });
});

describe("drift.yml", () => {
  const issues = "issue list";
  const issue = [{ number: 3 }];
  const asked = () => runner.calls().map(({ command }) => command);

  it("opens no issue without drift", async () => {
    runner.answers = { [issues]: [] };
    expect((await runner.run(workflow("drift"))).failed).toBeUndefined();
    expect(asked()).toEqual([issues]);
  });

  it("opens one issue, and updates it", async () => {
    await emulator.api("POST", "/organizations/acme-robotics/teams/", { name: "By hand" });
    runner.answers = { [issues]: [] };
    expect((await runner.run(workflow("drift"))).failed).toBeUndefined();
    const opened = runner.calls();
    expect(opened.map(({ command }) => command)).toEqual([issues, "label create avala-drift", "issue create"]);
    expect(opened.at(-1)!["body"]).toContain("By hand");

    runner.answers = { [issues]: issue };
    expect((await runner.run(workflow("drift"))).failed).toBeUndefined();
    expect(asked()).toEqual([issues, "issue edit 3"]);
  });

  it("closes it once the drift is gone", async () => {
    await emulator.api("DELETE", "/organizations/acme-robotics/teams/by-hand/");
    runner.answers = { [issues]: issue };
    expect((await runner.run(workflow("drift"))).failed).toBeUndefined();
    expect(asked()).toEqual([issues, "issue close 3"]);
  });

  it("changes no issue if it could not read", async () => {
    runner.context = { ...runner.context, "secrets.AVALA_API_KEY": "avk_of-nobody" };
    const { failed, log } = await runner.run(workflow("drift"));
    expect([failed, log]).toEqual(["look: Check for drift", expect.stringContaining("AVALA_UNAUTHORIZED")]);
    expect(asked()).toEqual([]);
  });
});
