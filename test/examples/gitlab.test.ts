import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../cli/pulumi/preview.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Pipelines } from "../support/gitlab.js";
import { Project } from "../support/pulumi.js";
import { written, type Tree } from "../support/workflow.js";
import { exampleFiles, failsInUp, read, rehearsedIn, root, typesAreChecked, withoutDependencies } from "./support.js";

jest.setTimeout(240_000);

const file = join(root, "examples/gitlab-ci/.gitlab-ci.yml");
const here = "projects/9";
const request = `${here}/merge_requests/12`;
const reviewKey = "key of the reviews";

let emulator: TestEmulator;
let project: Project;
let pipelines: Pipelines;
let files: Record<string, string>;
let base: string;

beforeAll(async () => {
  emulator = await startEmulator();
  const example = { ...exampleFiles("people-from-yaml"), ...withoutDependencies };
  const { AVALA_API_KEY: key, ...deployment } = emulator.environment();
  project = await Project.open({ ...typesAreChecked, ...deployment }, example);
  pipelines = await Pipelines.open(project);
  files = { ...example, "Pulumi.test.yaml": readFileSync(join(project.folder, "Pulumi.test.yaml"), "utf8") };
  base = pipelines.repository.commit(files);
  const keys = { AVALA_API_KEY: key!, PULUMI_ACCESS_TOKEN: "", PULUMI_STACK: "test" };
  pipelines.environments = {
    "avala-review": { ...keys, AVALA_REVIEW_KEY: reviewKey },
    "avala-comment": { GITLAB_API_TOKEN: "token that may comment" },
    "avala-production": { ...keys, AVALA_REVIEW_KEY: reviewKey, GITLAB_API_TOKEN: "token that may read" },
    "avala-drift": keys,
  };
});

beforeEach(async () => {
  pipelines.answers = {};
  pipelines.afterwards = {};
  pipelines.hasNpm = false;
  pipelines.keepsPreviews = false;
  pipelines.asked();
  await emulator.clearLog();
});

afterAll(async () => {
  pipelines.close();
  project.close();
  await emulator.close();
});

const people = (...names: string[]) =>
  JSON.stringify(names.map((name) => ({ email: `${name}@example.com`, teams: ["labeling"] })));
const everywhere = { CI_DEFAULT_BRANCH: "main", CI_PROJECT_ID: "9", CI_PROJECT_PATH: "acme/access" };

/** Merge request 12 with these changes, and how GitLab tells of it; a file without content is deleted. */
function proposes(changes: Record<string, Tree[string] | undefined>, { behind = false, on = base } = {}) {
  const tree = Object.fromEntries(
    Object.entries({ ...files, ...changes }).filter(([, content]) => content !== undefined),
  ) as Tree;
  const head = pipelines.repository.commit(tree, ...(behind ? [] : [on]));
  const merge = pipelines.repository.commit(tree, on, head);
  pipelines.repository.point("refs/heads/main", on);
  pipelines.repository.point("refs/merge-requests/12/head", head);
  pipelines.variables = {
    ...everywhere,
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    CI_MERGE_REQUEST_IID: "12",
    CI_COMMIT_SHA: head,
  };
  pipelines.answers = {
    "GET user": { id: 5 },
    [`GET ${request}/notes?sort=asc&per_page=100`]: [
      { id: 6, author: { id: 8 }, body: "<!-- avala review -->\nof somebody else" },
    ],
    [`POST ${request}/notes`]: {},
  };
  return { head, merge };
}

describe("the pipeline of a merge request", () => {
  it("succeeds for an allowed change, reviewed with the program of the default branch", async () => {
    proposes({ "people.yaml": people("zoe"), "index.ts": 'throw new Error("not of the default branch");' });
    const { status, log } = await pipelines.run(file);
    expect([status, log]).toEqual(["success", expect.not.stringContaining("not of the default branch")]);
    const comment = pipelines.asked().at(-1)!;
    expect(comment.request).toBe(`POST ${request}/notes`);
    expect(comment.body["body"]).toContain("z&#42;&#42;&#42;&#64;example.com");
    expect(comment.body["body"]).toContain("~~~text\nindex.ts\n~~~");
    expect(await emulator.writes()).toEqual([]);
  });

  it("updates its own comment", async () => {
    proposes({ "people.yaml": people("zoe") });
    const own = { id: 7, author: { id: 5 }, body: "<!-- avala review -->\nof before" };
    (pipelines.answers[`GET ${request}/notes?sort=asc&per_page=100`] as object[]).push(own);
    pipelines.answers[`PUT ${request}/notes/7`] = {};
    expect((await pipelines.run(file)).status).toBe("success");
    expect(pipelines.asked().at(-1)!.request).toBe(`PUT ${request}/notes/7`);
  });

  it.each<[string, Record<string, Tree[string] | undefined>, () => void, Record<string, string>, string | RegExp]>([
    [
      "a change that exceeds a limit, which is commented",
      { "people.yaml": people("a", "b", "c") },
      () => (pipelines.variables["LIMITS"] = "--deny external-domains --allow-domain acme.example"),
      { preview: "success", "access-review": "failure" },
      "exceeds a limit",
    ],
    [
      "a preview that fails",
      { "people.yaml": "- {" },
      () => undefined,
      { preview: "failure", "access-review": "skipped" },
      "",
    ],
    [
      "a rehearsal that fails with a message that names an address",
      {},
      () => {
        const on = pipelines.repository.commit({ ...files, "index.ts": failsInUp() });
        proposes({ "people.yaml": people("zoe") }, { on });
        pipelines.variables["REHEARSE"] = "true";
      },
      { preview: "success", "access-review": "failure" },
      rehearsedIn(/The rehearsal failed: .*\*\*\*@example\.com/),
    ],
    [
      "a review that cannot be commented",
      { "people.yaml": people("zoe") },
      () => delete pipelines.answers[`POST ${request}/notes`],
      { preview: "success", "access-review": "failure" },
      "404",
    ],
    ...(
      [
        ["a link", { "people.yaml": { link: "/etc/hostname" } }],
        ["a folder", { "people.yaml": undefined, "people.yaml/a": "" }],
      ] as const
    ).map(
      ([what, changes]) =>
        [
          `${what} in place of a data file`,
          changes,
          () => undefined,
          { preview: "failure", "access-review": "skipped" },
          "people.yaml is not a plain file",
        ] as never,
    ),
    [
      "a branch that lacks commits of the default branch",
      {},
      () => void proposes({ "people.yaml": people("zoe") }, { behind: true }),
      { preview: "failure", "access-review": "skipped" },
      "lacks commits of the default branch",
    ],
    [
      "a merge request that has moved on",
      {},
      () => pipelines.repository.point("refs/merge-requests/12/head", base),
      { preview: "failure", "access-review": "skipped" },
      "has got new commits",
    ],
  ])("fails for %s", async (_what, changes, prepare, jobs, says) => {
    proposes(changes);
    prepare();
    const pipeline = await pipelines.run(file);
    expect([pipeline.status, pipeline.jobs]).toEqual(["failed", jobs]);
    expect(pipeline.log).toMatch(says);
    expect(pipeline.log).not.toMatch(/\w@example\.com/);
    expect(await emulator.writes()).toEqual([]);
  });

  it("is not made for another target branch", async () => {
    proposes({});
    pipelines.variables["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] = "other";
    await expect(pipelines.run(file)).rejects.toThrow("No pipeline");
  });
});

describe("the pipeline of a merge", () => {
  let pull: { head: string; merge: string };
  /** The sealed review, as the job `preview` has left it. */
  let sealed: Buffer;
  const pushed = "2026-01-02T00:00:00Z";
  const later = "2026-01-02T01:00:00Z";
  const merges = () => `GET ${here}/repository/commits/${pull.merge}/merge_requests?state=merged&per_page=100`;
  const main = `GET ${here}/repository/branches/main`;
  const approvals = `GET ${request}/approvals`;
  const versions = `GET ${request}/versions?per_page=1`;
  const runs = `GET ${request}/pipelines?per_page=100`;
  const jobs = (id = 31) => `GET ${here}/pipelines/${id}/jobs?per_page=100`;
  const artifact = `GET ${here}/jobs/310/artifacts/review/review.json.enc`;
  const member = (id: number) => `GET ${here}/members/all/${id}`;

  const merged = (more: object = {}) => ({
    iid: 12,
    state: "merged",
    target_branch: "main",
    target_project_id: 9,
    merge_commit_sha: pull.merge,
    squash_commit_sha: null,
    sha: pull.head,
    author: { id: 1 },
    ...more,
  });
  const run = (more: object = {}) => ({
    id: 31,
    sha: pull.head,
    source: "merge_request_event",
    project_id: 9,
    status: "success",
    ...more,
  });
  const approvedBy = (id: number, at: unknown = later) => ({ approved_by: [{ user: { id }, approved_at: at }] });

  function isMerged(): void {
    pipelines.repository.point("refs/heads/main", pull.merge);
    pipelines.repository.point("refs/merge-requests/12/head", pull.head);
    pipelines.variables = {
      ...everywhere,
      CI_PIPELINE_SOURCE: "push",
      CI_COMMIT_BRANCH: "main",
      CI_COMMIT_SHA: pull.merge,
      CI_COMMIT_BEFORE_SHA: base,
    };
    pipelines.answers = {
      [main]: { commit: { id: pull.merge } },
      [merges()]: [merged()],
      [versions]: [{ head_commit_sha: pull.head, created_at: pushed }],
      [approvals]: approvedBy(2),
      [member(1)]: { state: "active", access_level: 50, username: "author" },
      [member(2)]: { state: "active", access_level: 30, username: "ada" },
      [member(3)]: { state: "active", access_level: 20, username: "reader" },
      [member(4)]: { state: "blocked", access_level: 50, username: "gone" },
      [runs]: [run()],
      [jobs()]: [{ id: 310, name: "preview", status: "success" }],
      [artifact]: sealed,
    };
  }

  /** The review with something else in it, sealed like the real one. */
  function forged(change: (review: Record<string, unknown>) => object): Buffer {
    const folder = mkdtempSync(join(project.folder, "forged-"));
    const cipher = ["enc", "-aes-256-cbc", "-pbkdf2", "-iter", "200000", "-pass", `pass:${reviewKey}`];
    const plain = execFileSync("openssl", [...cipher, "-d"], { input: sealed, encoding: "utf8" });
    const { digest: _digest, ...document } = JSON.parse(plain) as Record<string, unknown>;
    const changed = change(document) as Record<string, unknown>;
    written(folder, { "review.json": JSON.stringify({ ...changed, digest: digestOf(changed) }) });
    return execFileSync("openssl", [...cipher, "-salt", "-in", join(folder, "review.json")]);
  }

  beforeAll(async () => {
    pull = proposes({ "people.yaml": people("zoe") });
    const { status, log } = await pipelines.run(file);
    if (status !== "success") throw new Error(log);
    sealed = pipelines.artifact("preview", "review/review.json.enc");
  });
  beforeEach(isMerged);

  type Attack = [what: string, says: string, prepare: () => unknown];
  const answer = (key: () => string, value: () => unknown) => () => (pipelines.answers[key()] = value());
  const unapproved = "Nobody else who may write has approved";
  const attacks: Attack[] = [
    ["a commit that is no merge request", "was not reviewed", answer(merges, () => [])],
    ["a merge request into another branch", "was not reviewed", answer(merges, () => [merged({ target_branch: "x" })])],
    ["one of another project", "was not reviewed", answer(merges, () => [merged({ target_project_id: 8 })])],
    ["one with another merge", "was not reviewed", answer(merges, () => [merged({ merge_commit_sha: base })])],
    ["two with one merge", "More than one", answer(merges, () => [merged(), merged({ iid: 13 })])],
    [
      "an old pipeline that is run again: the branch has moved on",
      "never applied again",
      answer(
        () => main,
        () => ({ commit: { id: base } }),
      ),
    ],
    [
      "a branch that has moved on since the merge",
      "has moved on since the merge",
      () => pipelines.repository.point("refs/merge-requests/12/head", base),
    ],
    [
      "a merge with other content than the approved commit",
      "The merge differs from",
      () => {
        pull = { ...pull, merge: pipelines.repository.commit({ ...files, "other.txt": "x" }, base, pull.head) };
        isMerged();
      },
    ],
    ["no approval", unapproved, () => (pipelines.answers[approvals] = { approved_by: [] })],
    ["an approval of an earlier commit", unapproved, () => (pipelines.answers[approvals] = approvedBy(2, pushed))],
    ["an approval without a time", unapproved, () => (pipelines.answers[approvals] = approvedBy(2, null))],
    ["an approval of the author", unapproved, () => (pipelines.answers[approvals] = approvedBy(1))],
    ["an approval of a reader", unapproved, () => (pipelines.answers[approvals] = approvedBy(3))],
    ["an approval of somebody blocked", unapproved, () => (pipelines.answers[approvals] = approvedBy(4))],
    ["an approval of somebody unknown", unapproved, () => (pipelines.answers[approvals] = approvedBy(5))],
    [
      "a push that GitLab does not date",
      "does not say when",
      () => (pipelines.answers[versions] = [{ head_commit_sha: base, created_at: pushed }]),
    ],
    ...[
      ["of another commit", { sha: "other" }],
      ["of a push to the branch", { source: "push" }],
      ["of a fork", { project_id: 8 }],
      ["that failed", { status: "failed" }],
      ["that was skipped", { status: "skipped" }],
    ].map(([what, more]): Attack => [
      `a pipeline ${what as string}`,
      "no successful review",
      () => (pipelines.answers[runs] = [run(more as object)]),
    ]),
    [
      "a pipeline of before the newest one, which failed",
      "no successful review",
      () => (pipelines.answers[runs] = [run(), run({ id: 32, status: "failed" })]),
    ],
    ["a job of another name", "no successful review", () => (pipelines.answers[jobs()] = [{ id: 310, name: "x" }])],
    ["an artifact that has expired", "does not exist any more", () => delete pipelines.answers[artifact]],
    [
      "an artifact that is not encrypted",
      "was not encrypted",
      () => (pipelines.answers[artifact] = Buffer.from('{"version":1}')),
    ],
    ...["repository", "pull-request", "head", "base"].map((name): Attack => [
      `the review of another ${name}`,
      `bound to ${name} "another"`,
      () =>
        (pipelines.answers[artifact] = forged((document) => ({
          ...document,
          binding: { ...(document["binding"] as object), [name]: "another" },
        }))),
    ]),
    [
      "an approved review that exceeded a limit",
      "exceeds a limit",
      () => (pipelines.answers[artifact] = forged((document) => ({ ...document, exceeded: [{ limit: "x" }] }))),
    ],
    ["a change that exceeds a limit now", "--max-emails 0", () => (pipelines.variables["LIMITS"] = "--max-emails 0")],
    [
      "a step that was not approved",
      "not in the approved review",
      () => (pipelines.answers[artifact] = forged((document) => ({ ...document, changes: [] }))),
    ],
    [
      "a commit while the branch moves on",
      "has moved on to",
      () => (pipelines.afterwards[main] = { commit: { id: base } }),
    ],
  ];

  it.each(attacks)("does not apply %s", async (_what, says, prepare) => {
    const clean = pull;
    prepare();
    pipelines.keepsPreviews = true;
    const { jobs: results, log } = await pipelines.run(file);
    pull = clean;
    expect([results, log]).toEqual([{ apply: "failure" }, expect.stringContaining(says)]);
    // All of it would be created: its preview sends nothing.
    expect(await emulator.calls()).toEqual([]);
  });

  it("does not carry out what the program declares in `up` alone", async () => {
    const program = `${read("examples/people-from-yaml/index.ts")}
import * as pulumi from "@pulumi/pulumi";
import { OrganizationMember } from "pulumi-avala";
if (!pulumi.runtime.isDryRun())
  new OrganizationMember("mallory", { organization: acme, email: "mallory@example.com", role: "admin" });
`;
    const clean = [pull, sealed] as const;
    pull = proposes({ "people.yaml": people("zoe"), "index.ts": program });
    expect((await pipelines.run(file)).status).toBe("success");
    sealed = pipelines.artifact("preview", "review/review.json.enc");
    isMerged();
    const { jobs: results, log } = await pipelines.run(file);
    [pull, sealed] = clean;
    expect([results, log]).toEqual([
      { apply: "failure" },
      expect.stringContaining("create is not allowed by the plan"),
    ]);
    expect((await emulator.emails()).map(({ to }) => to)).not.toContain("mallory@example.com");
  });

  it.each([
    ["applies what was approved", "false", "Preview of the data files", "kim"],
    ["applies what was rehearsed and approved", "true", "Rehearsal of the data files", "amy"],
  ])("%s", async (_, REHEARSE, says, invited) => {
    pipelines.hasNpm = REHEARSE === "false";
    const profile = { version: 1, date: "2026-11-29", settings: { maxPageSize: 1 }, statements: {} };
    const data = { "people.yaml": people("zoe", ...new Set(["kim", invited])) };
    pull = proposes({ ...data, "avala-profile.json": JSON.stringify(profile) });
    pipelines.variables = { ...pipelines.variables, REHEARSE };
    expect((await pipelines.run(file)).status).toBe("success");
    expect(pipelines.artifact("preview", "review/comment.md").toString()).toContain(says);
    sealed = pipelines.artifact("preview", "review/review.json.enc");
    isMerged();
    pipelines.variables = { ...pipelines.variables, REHEARSE };
    const { jobs: results, log } = await pipelines.run(file);
    expect([results, log]).toEqual([{ apply: "success" }, expect.stringContaining("approved by ada")]);
    expect(log.includes("as probed on 2026-11-29")).toBe(REHEARSE === "true");
    expect((await emulator.emails()).map(({ to }) => to)).toContain(`${invited}@example.com`);
  });
});

describe("the nightly pipeline", () => {
  const issues = `GET ${here}/issues?labels=avala-drift&state=opened&per_page=1`;
  const asked = () => pipelines.asked().map(({ request: one }) => one);

  beforeEach(() => {
    pipelines.variables = {
      ...everywhere,
      CI_PIPELINE_SOURCE: "schedule",
      CI_COMMIT_BRANCH: "main",
      CI_COMMIT_SHA: base,
    };
    pipelines.answers = {
      [`POST ${here}/issues`]: {},
      [`PUT ${here}/issues/3`]: {},
      [`POST ${here}/issues/3/notes`]: {},
    };
  });

  it("opens no issue without drift; opens, updates and closes one", async () => {
    pipelines.answers[issues] = [];
    pipelines.hasNpm = true;
    expect((await pipelines.run(file)).status).toBe("success");
    expect(asked()).toEqual([issues]);
    pipelines.hasNpm = false;

    await emulator.api("POST", "/organizations/acme-robotics/teams/", { name: "By hand" });
    expect((await pipelines.run(file)).status).toBe("success");
    const opened = pipelines.asked();
    expect(opened.map(({ request: one }) => one)).toEqual([issues, `POST ${here}/issues`]);
    expect(opened[1]!.body).toMatchObject({ confidential: "true", description: expect.stringContaining("By hand") });

    pipelines.answers[issues] = [{ iid: 3 }];
    expect((await pipelines.run(file)).status).toBe("success");
    expect(asked()).toEqual([issues, `PUT ${here}/issues/3`]);

    await emulator.api("DELETE", "/organizations/acme-robotics/teams/by-hand/");
    expect((await pipelines.run(file)).status).toBe("success");
    expect(asked()).toEqual([issues, `POST ${here}/issues/3/notes`, `PUT ${here}/issues/3`]);
  });

  it("touches no issue where the comparison failed", async () => {
    const { "avala-drift": own, ...others } = pipelines.environments;
    pipelines.environments = others;
    const { status, jobs } = await pipelines.run(file);
    pipelines.environments = { ...others, "avala-drift": own! };
    expect([status, jobs, asked()]).toEqual(["failed", { compare: "failure", issue: "skipped" }, []]);
  });
});
