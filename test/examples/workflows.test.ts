import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../cli/pulumi/preview.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { Runner, written, type Run, type Tree } from "../support/workflow.js";
import { exampleFiles, failsInUp, read, rehearsedIn, root, typesAreChecked, withoutDependencies } from "./support.js";

jest.setTimeout(240_000);

const workflow = (name: string) => join(root, `examples/github-actions/.github/workflows/${name}.yml`);
const comments = "repos/acme/access/issues";
const own = { id: 7, user: { login: "github-actions[bot]" }, body: "<!-- avala review -->\nof before" };
const foreign = { id: 6, user: { login: "ada" }, body: "<!-- avala review -->\nmine" };
const reviewKey = "key of the reviews";

let emulator: TestEmulator;
let project: Project;
let runner: Runner;
/** What main holds, as a commit. */
let files: Record<string, string>;
let base: string;

beforeAll(async () => {
  emulator = await startEmulator();
  const example = { ...exampleFiles("people-from-yaml"), ...withoutDependencies };
  // The key and its deployment come from the environments of the workflows alone.
  const { AVALA_API_KEY: key, ...deployment } = emulator.environment();
  project = await Project.open({ ...typesAreChecked, ...deployment }, example);
  runner = await Runner.open(project);
  files = { ...example, "Pulumi.test.yaml": readFileSync(join(project.folder, "Pulumi.test.yaml"), "utf8") };
  base = runner.repository.commit(files);
  const secrets = { AVALA_API_KEY: key!, PULUMI_ACCESS_TOKEN: "" };
  runner.environments = {
    "avala-review": { ...secrets, AVALA_REVIEW_KEY: reviewKey },
    "avala-production": { ...secrets, AVALA_REVIEW_KEY: reviewKey },
    "avala-drift": secrets,
  };
});

beforeEach(async () => {
  runner.answers = {};
  runner.before = {};
  runner.inputs = {};
  runner.hasNpm = false;
  runner.keepsPreviews = false;
  runner.calls();
  await emulator.clearLog();
});

afterAll(async () => {
  runner.close();
  project.close();
  await emulator.close();
});

const people = (...names: string[]) =>
  JSON.stringify(names.map((name) => ({ email: `${name}@example.com`, teams: ["labeling"] })));

interface PullRequest {
  head: string;
  merge: string;
}

/** Pull request 12 with these changes, and how GitHub tells of it; a file without content is deleted. */
function proposes(changes: Record<string, Tree[string] | undefined>, { on = base, behind = false } = {}): PullRequest {
  const tree = Object.fromEntries(
    Object.entries({ ...files, ...changes }).filter(([, content]) => content !== undefined),
  ) as Tree;
  const head = runner.repository.commit(tree, ...(behind ? [] : [on]));
  const merge = runner.repository.commit(tree, on, head);
  for (const [ref, commit] of [
    ["refs/heads/main", on],
    ["refs/pull/12/head", head],
  ] as const) {
    runner.repository.point(ref, commit);
  }
  runner.context = {
    "github.sha": on,
    "github.repository": "acme/access",
    "github.event.before": "",
    "github.event.pull_request.number": "12",
    "github.event.pull_request.head.sha": head,
  };
  runner.answers = { [`GET ${comments}/12/comments`]: [] };
  return { head, merge };
}

const profile = JSON.stringify({ version: 1, date: "2026-11-29", settings: { maxPageSize: 1 }, statements: {} });
const probed = "The copy behaved like the deployment as probed on 2026";

const required = ({ checks }: Run) => checks["review / access-review"];
const mailed = async () => (await emulator.emails()).map(({ to }) => to).toSorted();

describe("versions of what the workflows use", () => {
  const own = ["access-review", "access-apply", "access-drift"].map((name) => `.github/workflows/${name}.yml`);
  const callers = ["review", "apply", "drift"].map((name) => `examples/github-actions/.github/workflows/${name}.yml`);
  const action = ".github/actions/prepare/action.yml";
  const gitlab = "examples/gitlab-ci/.gitlab-ci.yml";
  const { version } = JSON.parse(read("package.json")) as { version: string };

  it.each([...own, ...callers, action])("%s: actions by commit, own files by the version of the package", (path) => {
    const used = [...read(path).matchAll(/\buses: (.+)/g)].map(([, name]) => name!);
    expect(used.length).toBeGreaterThan(0);
    for (const name of used) {
      const [, file] = /^avala-ai\/pulumi-avala\/([^@]+)@(.+)$/.exec(name) ?? [];
      expect(file === undefined ? name : `own@${name.split("@")[1]}`).toMatch(
        file === undefined ? /^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/ : new RegExp(`^own@v${version}$`),
      );
      expect(file === undefined || existsSync(join(root, file))).toBe(true);
    }
  });

  it("the Pulumi CLI that this project is tested with, and an exact Node.js", () => {
    const [, cli] = /const CLI_VERSION = "([\d.]+)"/.exec(read("scripts/pulumi.mjs"))!;
    expect(read(action)).toContain(`default: "${cli}"`);
    expect(read(action)).toMatch(/default: "22\.\d+\.\d+"/);
    expect(read(gitlab)).toContain(`image: pulumi/pulumi-nodejs-22:${cli}\n`);
  });

  it.each([...own, gitlab])("%s: npx runs what is installed, and npm no scripts", (path) => {
    const text = read(path) + read(action);
    expect([...text.matchAll(/\bnpx (?!--no -- )/g)]).toEqual([]);
    expect([...text.matchAll(/\bnpm (?!ci --ignore-scripts$)/gm)]).toEqual([]);
  });

  it("the same limits for review, apply and GitLab", () => {
    const limits = (path: string) => /(?:^ {6}limits:[^]*?default|LIMITS): (--.+)$/m.exec(read(path))?.[1];
    expect(own.slice(0, 2).map(limits)).toEqual([limits(gitlab), limits(gitlab)]);
    expect(limits(gitlab)).toMatch(/--max-removals \d+/);
  });
});

describe("review.yml: the required check", () => {
  it("rehearses by the profile of the base branch", async () => {
    proposes(
      { "people.yaml": people("zoe") },
      { on: runner.repository.commit({ ...files, "avala-profile.json": profile }) },
    );
    runner.inputs = { rehearse: true };
    const run = await runner.run(workflow("review"));
    expect([run.failed, required(run)]).toEqual([[], "success"]);
    expect(runner.calls().at(-1)!["body"]).toContain(probed);
  });

  it("succeeds for an allowed change, reviewed with the program of the base branch", async () => {
    proposes({ "people.yaml": people("zoe"), "index.ts": 'throw new Error("not of the base branch");' });
    runner.answers[`GET ${comments}/12/comments`] = { $pages: [[foreign], [foreign]] };
    const run = await runner.run(workflow("review"));
    expect([run.failed, required(run)]).toEqual([[], "success"]);
    expect(run.log).not.toContain("not of the base branch");
    const comment = runner.calls().at(-1)!;
    expect(comment).toMatchObject({ command: `api ${comments}/12/comments`, method: "POST" });
    expect(comment["body"]).toMatch(/^<!-- avala review -->\n/);
    expect(comment["body"]).toContain("z&#42;&#42;&#42;&#64;example.com");
    expect(comment["body"]).not.toContain("zoe");
    expect(comment["body"]).toContain("also changes files that this preview did not use");
    expect(await emulator.writes()).toEqual([]);
  });

  it("updates its own comment, and nobody else's, in full if told so", async () => {
    proposes({ "people.yaml": people("zoe") });
    runner.inputs = { "mask-emails": false };
    runner.answers[`GET ${comments}/12/comments`] = { $pages: [[foreign], [own]] };
    expect(required(await runner.run(workflow("review")))).toBe("success");
    const comment = runner.calls().at(-1)!;
    expect(comment).toMatchObject({ command: `api ${comments}/comments/7`, method: "PATCH" });
    expect(comment["body"]).toContain("zoe&#64;example.com");
    expect(comment["body"]).not.toContain("also changes files");
  });

  interface Attack {
    changes?: Record<string, Tree[string] | undefined>;
    prepare?: () => void;
    failed: string[];
    says: string | RegExp;
  }

  it.each<[string, Attack]>([
    [
      "a change that exceeds a limit: the required job was green (security review)",
      {
        changes: { "people.yaml": people("a", "b", "c") },
        prepare: () => (runner.inputs = { limits: "--deny external-domains --allow-domain acme.example" }),
        failed: ["access-review: Require an allowed and commented preview"],
        says: "exceeds a limit",
      },
    ],
    [
      "a change that does not fit into a comment: the rest was approved unseen (security review)",
      {
        changes: { "people.yaml": people(...Array.from({ length: 640 }, (_, at) => `somebody-${at}`)) },
        failed: ["access-review: Require an allowed and commented preview"],
        says: "does not fit into a comment",
      },
    ],
    [
      "a preview that fails, where a job that is skipped would count as a success (security review)",
      {
        changes: { "people.yaml": "- {" },
        failed: ["preview: Preview", "access-review: Require an allowed and commented preview"],
        says: /people\.yaml[^]*There is no preview of this change/,
      },
    ],
    ...[true, false].map((masks): [string, Attack] => [
      `a rehearsal that fails with a message that names an address, ${masks ? "masked" : "in full"} in the comment`,
      {
        prepare: () => {
          const on = runner.repository.commit({ ...files, "index.ts": failsInUp() });
          proposes({ "people.yaml": people("zoe") }, { on });
          runner.inputs = { rehearse: true, "mask-emails": masks };
        },
        failed: ["access-review: Require an allowed and commented preview"],
        says: rehearsedIn(/The rehearsal failed: .*\*\*\*@example\.com/),
      },
    ]),
    [
      "a review that nobody can read, because it could not be commented",
      {
        changes: { "people.yaml": people("zoe") },
        prepare: () => (runner.answers["fails POST"] = true),
        failed: ["comment: Comment", "access-review: Require an allowed and commented preview"],
        says: "could not be commented",
      },
    ],
    [
      "an environment without a key for the reviews",
      {
        prepare: () => (runner.environments["avala-review"]!["AVALA_REVIEW_KEY"] = ""),
        failed: ["preview: Review", "access-review: Require an allowed and commented preview"],
        says: "no secret AVALA_REVIEW_KEY",
      },
    ],
    ...(
      [
        ["a link", { "people.yaml": { link: "/etc/hostname" } }],
        ["a link inside of the repository", { "people.yaml": { link: "Pulumi.yaml" } }],
        ["a folder", { "people.yaml": undefined, "people.yaml/a": "" }],
      ] as const
    ).map(([what, changes]): [string, Attack] => [
      `${what} in place of a data file`,
      {
        changes,
        failed: [
          "preview: Take the data files of the pull request",
          "access-review: Require an allowed and commented preview",
        ],
        says: "people.yaml is not a plain file",
      },
    ]),
    [
      "a branch that lacks commits of main, whose review would show changes of others as its own (security review)",
      {
        prepare: () => void proposes({ "people.yaml": people("zoe") }, { behind: true }),
        failed: [
          "preview: Take the data files of the pull request",
          "access-review: Require an allowed and commented preview",
        ],
        says: "lacks commits of the base branch",
      },
    ],
    [
      "a pull request that has moved on",
      {
        prepare: () => runner.repository.point("refs/pull/12/head", base),
        failed: [
          "preview: Take the data files of the pull request",
          "access-review: Require an allowed and commented preview",
        ],
        says: "has got new commits",
      },
    ],
  ])("fails for %s", async (_what, { changes = {}, prepare, failed, says }) => {
    proposes(changes);
    prepare?.();
    const run = await runner.run(workflow("review"));
    runner.environments["avala-review"]!["AVALA_REVIEW_KEY"] = reviewKey;
    expect([required(run), run.failed]).toEqual(["failure", failed]);
    expect(run.log).toMatch(says);
    expect(run.log).not.toMatch(/\w@example\.com/);
    expect(await emulator.writes()).toEqual([]);
  });

  it("lists all other files, also renamed ones and those with hostile names, and reads nothing that they plant", async () => {
    const hostile = ["~~~", "a\n~~~\n# b", "\u202e`c`", "people.yaml teams.yaml", "<!-- d", "@ada"];
    proposes(
      {
        ".github/CODEOWNERS": undefined,
        "teams.yaml": files[".github/CODEOWNERS"] ?? "* @owners\n",
        "people.yaml": people("zoe"),
        ...Object.fromEntries(hostile.map((name) => [name, "x"])),
        ...Object.fromEntries(
          ["review/comment.md", "preview.json", "changed", "others"].map((name) => [name, "planted"]),
        ),
      },
      { on: runner.repository.commit({ ...files, ".github/CODEOWNERS": "* @owners\n" }) },
    );
    expect(required(await runner.run(workflow("review")))).toBe("success");
    const body = runner.calls().at(-1)!["body"]!;
    const [, listed] = /~~~text\n([^]*?)\n~~~\n/.exec(body)!;
    expect(listed!.split("\n").toSorted()).toEqual(
      [
        ".github/CODEOWNERS",
        "\\~~~",
        "$'a\\n~~~\\n# b'",
        "$'\\342\\200\\256`c`'",
        "people.yaml\\ teams.yaml",
        "\\<\\!--\\ d",
        "@ada",
        "review/comment.md",
        "preview.json",
        "changed",
        "others",
      ].toSorted(),
    );
    expect(body).not.toContain("planted");
  });
});

describe("apply.yml", () => {
  const run = 31;
  let pull: PullRequest;
  const artifact = () => `avala-review-${pull.head}`;
  const pulls = () => `GET repos/acme/access/commits/${pull.merge}/pulls`;
  const reviews = "GET repos/acme/access/pulls/12/reviews";
  const main = "GET repos/acme/access/git/ref/heads/main";
  const commit = () => `GET repos/acme/access/commits/${pull.head}`;
  const artifacts = () => `GET repos/acme/access/actions/artifacts?name=${artifact()}&per_page=100`;
  const origin = (id = run) => `GET repos/acme/access/actions/runs/${id}`;
  const permission = (user: string) => `GET repos/acme/access/collaborators/${user}/permission`;
  const review = (login: string, state = "APPROVED", commit_id = pull.head) => ({ user: { login }, state, commit_id });
  const of = { event: "pull_request_target", path: ".github/workflows/review.yml", conclusion: "success" };
  const stored = (id: number, expired = false) => ({ expired, workflow_run: { id } });

  /** Pull request 12 is reviewed by review.yml, and stays open. */
  async function isReviewed(changes: Record<string, string>): Promise<void> {
    pull = proposes(changes);
    const ended = await runner.run(workflow("review"));
    if (required(ended) !== "success") throw new Error(ended.log);
    runner.calls();
  }

  /** It has been approved and merged, and how GitHub tells of that. */
  function isMerged(): void {
    const { head, merge } = pull;
    runner.repository.point("refs/heads/main", merge);
    runner.context = { "github.sha": merge, "github.event.before": base };
    runner.keep(artifact(), run);
    runner.answers = {
      [main]: { object: { sha: merge } },
      [pulls()]: [merged()],
      [commit()]: {
        commit: { tree: { sha: runner.repository.treeOf(head) } },
        author: { login: "author" },
        committer: { login: "web-flow" },
      },
      [reviews]: [review("ada")],
      [permission("ada")]: { permission: "write" },
      [permission("bot")]: { permission: "none" },
      [permission("reader")]: { permission: "read" },
      [permission("author")]: { permission: "admin" },
      [permission("helper")]: { permission: "admin" },
      [permission("ghost")]: { permission: "admin" },
      [artifacts()]: { artifacts: [stored(run)] },
      [origin()]: of,
      "attestation verify": true,
    };
  }

  const merged = (more: object = {}) => ({
    number: 12,
    merged_at: "2026-01-01T00:00:00Z",
    merge_commit_sha: pull.merge,
    user: { login: "author" },
    head: { sha: pull.head },
    base: { ref: "main", repo: { full_name: "acme/access" } },
    ...more,
  });

  /** The artifact of the review with something else in it, sealed like the real one. */
  function isForged(change: (review: Record<string, unknown>) => object, { sealed = true } = {}): void {
    const folder = mkdtempSync(join(project.folder, "forged-"));
    const name = join(folder, "review.json.enc");
    const cipher = ["enc", "-aes-256-cbc", "-pbkdf2", "-iter", "200000", "-pass", `pass:${reviewKey}`];
    const from = join(runner.uploaded(artifact()), "review.json.enc");
    const plain = execFileSync("openssl", [...cipher, "-d", "-in", from], { encoding: "utf8" });
    const { digest: _digest, ...document } = JSON.parse(plain) as Record<string, unknown>;
    const changed = change(document) as Record<string, unknown>;
    const text = JSON.stringify({ ...changed, digest: digestOf(changed) });
    written(folder, { "review.json": text, "review.json.enc": text });
    if (sealed) execFileSync("openssl", [...cipher, "-salt", "-in", join(folder, "review.json"), "-out", name]);
    rmSync(join(folder, "review.json"));
    runner.keep(artifact(), run, folder);
  }

  beforeAll(() => isReviewed({ "people.yaml": people("zoe") }));
  beforeEach(isMerged);

  const find = "apply: Find the approved pull request";
  const get = "apply: Get the approved review";
  const compare = "apply: Compare with the approved review";
  const apply = "apply: Apply";

  type Attack = [what: string, step: string, says: string | RegExp, prepare: () => void];

  const unapproved = "Nobody else who may write has approved";
  const attacks: Attack[] = [
    ["a commit that is no pull request", find, "was not reviewed", () => (runner.answers[pulls()] = [])],
    [
      "a pull request that is not merged",
      find,
      "was not reviewed",
      () => (runner.answers[pulls()] = [merged({ merged_at: null })]),
    ],
    [
      "a pull request of which this is not the merge",
      find,
      "was not reviewed",
      () => (runner.answers[pulls()] = [merged({ merge_commit_sha: base })]),
    ],
    [
      "a pull request into another branch (security review)",
      find,
      "was not reviewed",
      () => (runner.answers[pulls()] = [merged({ base: { ref: "other", repo: { full_name: "acme/access" } } })]),
    ],
    [
      "a pull request into another repository",
      find,
      "was not reviewed",
      () => (runner.answers[pulls()] = [merged({ base: { ref: "main", repo: { full_name: "mallory/access" } } })]),
    ],
    [
      "two pull requests with one merge",
      find,
      "More than one pull request",
      () => (runner.answers[pulls()] = { $pages: [[merged()], [merged({ number: 13 })]] }),
    ],
    [
      "an old run that is run again: main has moved on (security review)",
      find,
      "never applied again",
      () => (runner.answers[main] = { object: { sha: "0ddba115" } }),
    ],
    [
      "a merge with other content than the approved commit",
      find,
      "The merge differs from",
      () => (runner.answers[commit()] = { commit: { tree: { sha: runner.repository.treeOf(base) } } }),
    ],
    ["a pull request without a review", find, unapproved, () => (runner.answers[reviews] = [])],
    [
      "an approval of an earlier commit (security review)",
      find,
      unapproved,
      () => (runner.answers[reviews] = [review("ada", "APPROVED", base)]),
    ],
    ...[
      ["the author", "author"],
      ["who wrote the last commit", "helper"],
      ["somebody who may only read", "reader"],
      ["somebody who is not a collaborator", "bot"],
      ["somebody who does not exist any more", "ghost"],
      ["somebody whose permission is not known", "nobody"],
    ].map(([what, login]): Attack => [
      `an approval of ${what}`,
      find,
      unapproved,
      () => {
        runner.answers[reviews] = [login === "ghost" ? { ...review(""), user: null } : review(login!)];
        (runner.answers[commit()] as { author: object }).author = { login: "helper" };
      },
    ]),
    ...["DISMISSED", "CHANGES_REQUESTED"].map((state): Attack => [
      `an approval that is ${state} afterwards, on a later page`,
      find,
      unapproved,
      () => (runner.answers[reviews] = { $pages: [[review("ada")], [review("ada", state)]] }),
    ]),
    [
      "a comment that is no approval",
      find,
      unapproved,
      () => (runner.answers[reviews] = [review("ada", "COMMENTED"), review("ada", "PENDING")]),
    ],
    ["no artifact", get, "no successful review", () => (runner.answers[artifacts()] = { artifacts: [] })],
    [
      "an artifact that has expired",
      get,
      "no successful review",
      () => (runner.answers[artifacts()] = { artifacts: [stored(run, true)] }),
    ],
    ...[
      ["of another workflow", { ...of, path: ".github/workflows/other.yml" }],
      ["of a workflow of the pull request itself", { ...of, event: "pull_request" }],
      ["of a run that failed: its check was forged, or a limit exceeded", { ...of, conclusion: "failure" }],
      ["of a run that has not ended", { ...of, conclusion: null }],
    ].map(([what, told]): Attack => [
      `an artifact ${what as string}`,
      get,
      "no successful review",
      () => (runner.answers[origin()] = told),
    ]),
    [
      "an artifact that is not attested by the review workflow",
      get,
      "no attestation matches",
      () => (runner.answers["attestation verify"] = false),
    ],
    [
      "an artifact that is not encrypted",
      get,
      "was not encrypted with AVALA_REVIEW_KEY",
      () => isForged((document) => document, { sealed: false }),
    ],
    [
      "an environment without a key for the reviews",
      get,
      "no secret AVALA_REVIEW_KEY",
      () => (runner.environments["avala-production"]!["AVALA_REVIEW_KEY"] = ""),
    ],
    [
      "an environment with another key for the reviews",
      get,
      "was not encrypted with AVALA_REVIEW_KEY",
      () => (runner.environments["avala-production"]!["AVALA_REVIEW_KEY"] = "another"),
    ],
    ...["repository", "pull-request", "head", "base"].map((name): Attack => [
      `the review of another ${name}`,
      compare,
      `bound to ${name} "another"`,
      () =>
        isForged((document) => ({ ...document, binding: { ...(document["binding"] as object), [name]: "another" } })),
    ]),
    [
      "the review of another state of main, as told by the push",
      compare,
      "bound to base",
      () => (runner.context["github.event.before"] = pull.head),
    ],
    [
      "an approved review that exceeded a limit (security review)",
      compare,
      "exceeds a limit",
      () => isForged((document) => ({ ...document, exceeded: [{ limit: "max-removals", message: "x" }] })),
    ],
    [
      "a change that exceeds a limit now",
      compare,
      "--max-emails 0",
      () => (runner.inputs = { limits: "--max-emails 0" }),
    ],
    [
      "a step that was not approved",
      compare,
      "not in the approved review",
      () => isForged((document) => ({ ...document, changes: [] })),
    ],
    [
      "a commit while main moves on",
      apply,
      "main has moved on",
      () => (runner.before["Apply"] = () => (runner.answers[main] = { object: { sha: "0ddba115" } })),
    ],
  ];

  it.each(attacks)("does not apply %s", async (_what, step, says, prepare) => {
    prepare();
    runner.keepsPreviews = true;
    const { failed, log, checks } = await runner.run(workflow("apply"));
    runner.environments["avala-production"]!["AVALA_REVIEW_KEY"] = reviewKey;
    expect([failed, checks]).toEqual([[step], { "apply / apply": "failure" }]);
    expect(log).toMatch(says);
    // All of it would be created: its preview sends nothing.
    expect(await emulator.calls()).toEqual([]);
  });

  it("reads nothing that the commit plants in place of the approved review (security review)", async () => {
    const planted = Object.fromEntries(
      ["approved/review.json", "artifact/review.json.enc", "preview.json", "plan.json"].map((name) => [name, "{}"]),
    );
    const clean = pull;
    pull = { ...pull, merge: runner.repository.commit({ ...files, ...planted }, base, pull.head) };
    isMerged();
    (runner.answers[commit()] as { commit: object }).commit = { tree: { sha: runner.repository.treeOf(pull.merge) } };
    runner.answers[artifacts()] = { artifacts: [] };
    const { failed } = await runner.run(workflow("apply"));
    pull = clean;
    expect(failed).toEqual([get]);
    expect(await emulator.calls()).toEqual([]);
  });

  it("asks for no attestation where GitHub offers none", async () => {
    runner.inputs = { attest: false, limits: "--max-emails 0" };
    runner.answers["attestation verify"] = false;
    isForged((document) => ({ ...document, changes: [] }));
    expect((await runner.run(workflow("apply"))).failed).toEqual([compare]);
    expect(runner.calls().map(({ command }) => command)).not.toContain("attestation verify");
  });

  /** Declares somebody whom no preview shows. */
  const inUpAlone = `${read("examples/people-from-yaml/index.ts")}
import * as pulumi from "@pulumi/pulumi";
import { OrganizationMember } from "pulumi-avala";
if (!pulumi.runtime.isDryRun())
  new OrganizationMember("mallory", { organization: acme, email: "mallory@example.com", role: "admin" });
`;

  it("rehearsed: finds what the program declares in `up` alone before anything is sent", async () => {
    const clean = pull;
    runner.inputs = { rehearse: true };
    await isReviewed({ "people.yaml": people("zoe"), "index.ts": inUpAlone });
    isMerged();
    const { failed, log } = await runner.run(workflow("apply"));
    pull = clean;
    expect([failed, log]).toEqual([[compare], expect.stringMatching(rehearsedIn(/not in the approved rehearsal/))]);
    expect(log).not.toMatch(/mallory|zoe/);
    expect(await mailed()).toEqual([]);
  });

  it("rehearsed: a review does not approve a rehearsal", async () => {
    runner.inputs = { rehearse: true };
    const { failed, log } = await runner.run(workflow("apply"));
    expect([failed, log]).toEqual([[compare], expect.stringContaining("is a review")]);
    expect(await mailed()).toEqual([]);
  });

  it("does not carry out what the program declares in `up` alone (security review)", async () => {
    const clean = pull;
    await isReviewed({ "people.yaml": people("zoe"), "index.ts": inUpAlone });
    isMerged();
    const { failed, log } = await runner.run(workflow("apply"));
    pull = clean;
    expect([failed, log]).toEqual([[apply], expect.stringMatching(/create is not allowed by the plan/)]);
    expect(await mailed()).not.toContain("mallory@example.com");
  });

  it("rehearsed: applies what was rehearsed and approved", async () => {
    runner.inputs = { rehearse: true };
    // A profile counts once it is merged.
    await isReviewed({ "people.yaml": people("zoe", "amy"), "avala-profile.json": profile });
    const comment = readFileSync(join(runner.uploaded(artifact()), "comment.md"), "utf8");
    expect(comment).toContain("Rehearsed on a copy");
    expect(comment).toContain("Rehearsal of the data files");
    expect(comment).not.toContain(probed);
    isMerged();
    const { failed, log } = await runner.run(workflow("apply"));
    expect([failed, log]).toEqual([[], expect.stringContaining("approved by ada")]);
    expect(log).toContain(probed);
    expect(await mailed()).toContain("amy@example.com");
  });

  it("applies what was approved, found among the artifacts of others, and asks for its attestation", async () => {
    runner.hasNpm = true;
    await isReviewed({ "people.yaml": people("zoe", "kim") });
    isMerged();
    const decoys = Array.from({ length: 3 }, (_, at) => stored(100 + at));
    for (const { workflow_run } of decoys) runner.answers[origin(workflow_run.id)] = { ...of, event: "pull_request" };
    runner.answers[artifacts()] = { $pages: [{ artifacts: decoys }, { artifacts: [stored(run)] }] };
    const { failed, log } = await runner.run(workflow("apply"));
    expect([failed, log]).toEqual([[], expect.stringContaining("approved by ada")]);
    expect(runner.calls()).toContainEqual({
      command: "attestation verify",
      repo: "acme/access",
      "signer-workflow": "avala-ai/pulumi-avala/.github/workflows/access-review.yml",
      "source-ref": "refs/heads/main",
      "source-digest": base,
    });
    expect(await mailed()).toContain("kim@example.com");
    expect(log).toContain("OrganizationMember ***@example.com");
    expect(log).not.toMatch(/kim|zoe/);
  });
});

describe("drift.yml", () => {
  const issues = "issue list";
  const issue = [{ number: 3 }];
  const asked = () => runner.calls().map(({ command }) => command);
  const drift = () => runner.run(workflow("drift"));

  beforeEach(() => {
    runner.context = { "github.sha": base, "github.repository": "acme/access" };
  });

  it("opens no issue where there is no drift", async () => {
    runner.hasNpm = true;
    runner.answers = { [issues]: [] };
    expect((await drift()).checks).toEqual({ "drift / compare": "success", "drift / issue": "success" });
    expect(asked()).toEqual([issues]);
  });

  it("opens one issue, and updates it", async () => {
    await emulator.api("POST", "/organizations/acme-robotics/teams/", { name: "By hand" });
    runner.answers = { [issues]: [] };
    expect((await drift()).failed).toEqual([]);
    const opened = runner.calls();
    expect(opened.map(({ command }) => command)).toEqual([issues, "label create avala-drift", "issue create"]);
    expect(opened.at(-1)!["body"]).toContain("By hand");

    runner.answers = { [issues]: issue };
    expect((await drift()).failed).toEqual([]);
    expect(asked()).toEqual([issues, "issue edit 3"]);
  });

  it("closes it once there is none any more", async () => {
    await emulator.api("DELETE", "/organizations/acme-robotics/teams/by-hand/");
    runner.answers = { [issues]: issue };
    expect((await drift()).failed).toEqual([]);
    expect(asked()).toEqual([issues, "issue close 3"]);
  });

  it("says nothing where the comparison failed, and has no key outside of its own environment", async () => {
    const { "avala-drift": own, ...others } = runner.environments;
    runner.environments = others;
    const { checks } = await drift();
    runner.environments = { ...others, "avala-drift": own! };
    expect(checks).toEqual({ "drift / compare": "failure", "drift / issue": "skipped" });
    expect(existsSync(runner.uploaded("drift"))).toBe(true);
    expect(asked()).toEqual([]);
  });
});
