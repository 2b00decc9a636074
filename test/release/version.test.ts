import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { version } from "../../package.json";
import { read, root } from "../examples/support.js";
import { evaluate } from "./support.js";

jest.setTimeout(60_000);

const mentions = evaluate<{ file: string; text: string }[]>(
  ["version"],
  "MENTIONS.flatMap(({ files, text }) => files.map((file) => ({ file, text: text(input) })))",
  version,
);

describe("where the version is written", () => {
  it.each(mentions)("$file has $text", ({ file, text }) => {
    expect(read(file)).toContain(text);
  });

  it("no other document, workflow or template names it", () => {
    const folders = [
      "README.md",
      "SECURITY.md",
      "docs",
      "examples",
      "templates",
      ".github",
      "emulator/README.md",
      "emulator/Containerfile",
    ];
    const lines = execFileSync("git", ["grep", "--fixed-strings", "-n", version, "--", ...folders], {
      cwd: root,
      encoding: "utf8",
    });
    const known = (line: string) =>
      mentions.some(({ file, text }) => line.startsWith(`${file}:`) && line.includes(text));
    // Notes on a version keep its number, and the rules of the policy pack have a version of their own.
    const others = /^docs\/guides\/upgrading\.md:\d+:## |^examples\/policy-pack\/package\.json:/;
    const unknown = lines.split("\n").filter((line) => line !== "" && !known(line) && !others.test(line));
    expect(unknown).toEqual([]);
  });

  it("both packages have one version", () => {
    expect((JSON.parse(read("emulator/package.json")) as { version: string }).version).toBe(version);
  });
});

describe("a clone with changesets", () => {
  let clone: string;
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: clone,
      encoding: "utf8",
    });
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    writeFileSync(join(clone, file), text);
  };
  const inClone = (file: string) => readFileSync(join(clone, file), "utf8");
  const changeset = (name: string, size: string, text: string) =>
    write(`.changeset/${name}.md`, `---\n"pulumi-avala": ${size}\n---\n\n${text}\n`);
  const raise = () =>
    evaluate<string>(
      ["version"],
      "raiseVersion(input, '2027-02-01').then((version) => version ?? 'none', (error) => error.message)",
      clone,
    );
  const dated = (when: string) => `# Changelog\n\nChanges for users.\n\n## ${version}, ${when}\n\nFirst release.\n`;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), "version-"));
    for (const file of [
      "package.json",
      "package-lock.json",
      "emulator/package.json",
      ".changeset",
      ...mentions.map((one) => one.file),
    ]) {
      cpSync(join(root, file), join(clone, file), { recursive: true });
    }
    write("CHANGELOG.md", dated("2027-01-15"));
    write("provider/index.ts", "");
    git("init", "--quiet", "--initial-branch", "main");
    git("add", "--all");
    git("commit", "--quiet", "--message", "test");
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  it("gets the next version in every file, and its texts in the changelog, newest first", () => {
    changeset("a", "patch", "`drift` finds x.");
    changeset("b", "minor", "A resource.\nIt does y.");
    const [major, minor] = version.split(".").map(Number);
    const next = `${major}.${minor! + 1}.0`;
    expect(raise()).toBe(next);
    expect(inClone("CHANGELOG.md")).toBe(
      `# Changelog\n\nChanges for users.\n\n## ${next}, 2027-02-01\n\n**New**\n\n- A resource.\n  It does y.\n\n` +
        `**Fixed**\n\n- \`drift\` finds x.\n\n## ${version}, 2027-01-15\n\nFirst release.\n`,
    );
    const manifests = ["package.json", "emulator/package.json"].map(
      (file) => (JSON.parse(inClone(file)) as { version: string }).version,
    );
    expect(manifests).toEqual([next, next]);
    const lock = JSON.parse(inClone("package-lock.json")) as {
      version: string;
      packages: Record<string, { version: string }>;
    };
    expect([lock.version, lock.packages[""]!.version, lock.packages["emulator"]!.version]).toEqual([next, next, next]);
    for (const { file, text } of mentions) {
      expect(inClone(file)).toContain(text.replace(version, next));
      expect(inClone(file)).not.toContain(text);
    }
    expect(git("status", "--porcelain", ".changeset")).toBe("");
  });

  it("is left alone without changesets, and before the version of now is released", () => {
    expect(raise()).toBe("none");
    changeset("a", "patch", "x");
    write("CHANGELOG.md", dated("unreleased"));
    expect(raise()).toContain("is not released: give its heading in CHANGELOG.md a date");
    expect(inClone("package.json")).toBe(read("package.json"));
  });

  it("must have one for a change of the provider, the command line or the emulator, and of nothing else", () => {
    const check = () =>
      evaluate<string>(
        ["version"],
        "(() => { try { check(input, 'main'); return 'ok'; } catch (error) { return error.message; } })()",
        clone,
      );
    const change = (file: string) => {
      git("checkout", "--quiet", "-B", "change", "main");
      write(file, "// changed\n");
      git("add", "--all");
      git("commit", "--quiet", "--message", "change");
    };
    change("docs/page.md");
    expect(check()).toBe("ok");
    for (const file of ["provider/index.ts", "emulator/src/app.ts"]) {
      change(file);
      expect(check()).toContain("run `npx changeset`");
    }
    changeset("a", "patch", "x");
    git("add", "--all");
    git("commit", "--quiet", "--message", "changeset");
    expect(check()).toBe("ok");
  });

  it.each([
    { heading: "unreleased", tags: [], files: ["a"], next: "nothing" },
    { heading: "2027-01-15", tags: [], files: [], next: "publish" },
    { heading: "2027-01-15", tags: [], files: ["a"], next: "publish" },
    { heading: "2027-01-15", tags: [`v${version}`], files: [], next: "nothing" },
    { heading: "2027-01-15", tags: [`v${version}`], files: ["a"], next: "version" },
  ])("a push to main leads to: $next ($heading, tags $tags, changesets $files)", ({ heading, tags, files, next }) => {
    write("CHANGELOG.md", dated(heading));
    for (const file of files) changeset(file, "patch", "x");
    expect(evaluate(["plan"], "nextStep(input.clone, input.tags)", { clone, tags })).toBe(next);
  });
});

describe(".github/workflows/release.yml", () => {
  interface Job {
    permissions: Record<string, string>;
    environment?: string;
    needs?: string | string[];
    steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
  }
  const { permissions, jobs } = parse(read(".github/workflows/release.yml")) as {
    permissions: object;
    jobs: Record<string, Job>;
  };
  const all = Object.entries(jobs);

  it("gives an identity to the jobs in the protected environment alone, and nothing by default", () => {
    expect(permissions).toEqual({});
    const withIdentity = all.filter(([, job]) => job.permissions["id-token"] === "write").map(([name]) => name);
    expect(withIdentity).toEqual(["publish", "image"]);
    for (const name of withIdentity) expect(jobs[name]!.environment).toBe("release");
  });

  it("runs code of dependencies only where nothing can be published", () => {
    const runs = (job: Job, text: RegExp) => job.steps.some(({ run }) => text.test(run ?? ""));
    expect(jobs["build"]!.permissions).toEqual({ contents: "read" });
    expect(runs(jobs["build"]!, /npm run release:check/)).toBe(true);
    expect(all.filter(([, job]) => "id-token" in job.permissions && runs(job, /npm (ci|install|run)/))).toEqual([]);
  });

  it("publishes what was built: its checksums are compared before anything else", () => {
    const [download, compare] = jobs["publish"]!.steps;
    expect(download!.uses).toMatch(/^actions\/download-artifact@/);
    expect(compare!.run).toMatch(
      /"\$DIGEST {2}SHA256SUMS" \| sha256sum --check --strict\nsha256sum --check --strict SHA256SUMS/,
    );
  });

  it("pins every action by its commit, and leaves no credential behind", () => {
    const steps = all.flatMap(([, job]) => job.steps);
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.filter((uses) => !/^actions\/[\w-]+@[0-9a-f]{40}$/.test(uses))).toEqual([]);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const { with: options } of checkouts) expect(options!["persist-credentials"]).toBe(false);
  });
});
