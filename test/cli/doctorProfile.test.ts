import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../../cli/doctor/check.js";
import { profileChecks } from "../../cli/doctor/profile.js";
import type { Profile } from "../../cli/probe/profile.js";
import { holds, type Statement } from "../../cli/probe/statement.js";
import { statements } from "../../cli/probe/statements/index.js";
import { office } from "./support.js";

const day = 24 * 3600 * 1000;
const now = Date.parse("2026-11-29T12:00:00Z");
const dateOf = (days: number) => new Date(now - days * day).toISOString().slice(0, 10);

const statement = (name: string, copes: Statement["copes"] = "yes"): Statement => ({
  name,
  section: "Lists",
  claim: "A list has rows.",
  basis: "assumed",
  source: "",
  provider: "Reads them.",
  ifDifferent: "Lists are longer",
  copes,
  test: "test/cli/doctorProfile.test.ts",
  probe: { needs: "reads", judge: () => holds("") },
});
const found = (verdict: "holds" | "differs" | "notVisible" | "notTried", details = "Seen.") => ({ verdict, details });
const profile = (statements: Profile["statements"] = {}, date = dateOf(0)): Profile => ({
  version: 1,
  date,
  settings: {},
  statements,
});
const checks = (of: Profile, ...known: Statement[]) => profileChecks(of, known, now);
const named = (all: Check[], name: string) => all.filter((check) => check.name === name);

describe("a statement of a profile", () => {
  it.each<[Statement["copes"], Check["level"], RegExp]>([
    ["yes", "ok", /^a differs: No rows\. Lists are longer\. The provider works with it \(test: test\/cli\/\S+\)$/],
    ["refuses", "warning", /^a differs: No rows\. Lists are longer\. The provider ends with an error .*\(test: test/],
    ["no", "error", /^a differs: No rows\. Lists are longer\. The provider does not work correctly with it \(test: /],
  ])("that differs, with which the provider copes: %s", (copes, level, message) => {
    const found = checks(profile({ a: { verdict: "differs", details: "No rows" } }), statement("a", copes));
    const [difference, ...more] = named(found, "statement");
    expect(difference).toMatchObject({ level, message: expect.stringMatching(message) });
    expect([more, difference!.fix !== undefined]).toEqual([[], level !== "ok"]);
    expect(found.filter((check) => check.level !== "ok")).toEqual(level === "ok" ? [] : [difference]);
  });

  it("that holds, was not visible or not tried, or is missing, is counted and listed, and is no problem", () => {
    const of = profile({ a: found("holds"), b: found("notVisible"), c: found("notTried") });
    expect(checks(of, ...["a", "b", "c", "d", "constructor"].map((name) => statement(name, "no")))).toEqual([
      { name: "profile", level: "ok", message: `Profile of ${dateOf(0)}: 1 of 5 statements hold` },
      { name: "notVisible", level: "ok", message: "Not visible to the key of the probe (1): b" },
      { name: "notTried", level: "ok", message: "Not tried (3): c, d, constructor" },
    ]);
  });

  it.each([
    ["one", ["x"], /^"x" is not a statement of this version\.$/],
    [
      "many",
      ["u", "v", "w", "x", "y", "z"],
      /^"u", "v", "w", "x", "y" and 1 more are not statements of this version\.$/,
    ],
  ])("that this version does not know is a warning: %s", (_, names, message) => {
    const all = checks(profile(Object.fromEntries(names.map((name) => [name, found("differs")]))), statement("a"));
    expect(all.filter(({ level }) => level !== "ok")).toEqual([
      { name: "unknownStatement", level: "warning", message: expect.stringMatching(message), fix: expect.any(String) },
    ]);
  });

  it("has details and names that cannot move the cursor", () => {
    const moving = "\u001b[2J\nx";
    const of = profile({ a: found("differs", moving), [moving]: found("holds") });
    expect(JSON.stringify(checks(of, statement("a")))).not.toMatch(/\\u001b|\\n/);
  });
});

describe("the age of a profile", () => {
  it.each([
    [-2, ["warning: The profile is dated 2026-12-01, which is in the future."]],
    [-1, []],
    [0, []],
    [90, []],
    [91, ["warning: The profile is 91 days old: the deployment may have changed since."]],
    [1000, ["warning: The profile is 1000 days old: the deployment may have changed since."]],
  ])("of %i days", (days, expected) => {
    const found = named(checks(profile({}, dateOf(days))), "profileAge");
    expect(found.map(({ level, message }) => `${level}: ${message}`)).toEqual(expected);
  });
});

describe("doctor --profile", () => {
  const o = office();
  const given = (of: object) => {
    const file = join(o.desk.folder, "avala-profile.json");
    writeFileSync(file, JSON.stringify(of));
    return ["doctor", "--profile", file];
  };

  it("shows it as a group of its own, after the others", async () => {
    const { stdout } = await o.desk.run(given(profile({}, "2020-02-02")));
    const [, group = ""] = stdout.split("\nDeployment\n");
    expect(group).toMatch(/^ {2}ok +Profile of 2020-02-02: 0 of \d+ statements? hold/);
    expect(group).toContain("days old: the deployment may have changed since.");
    expect((await o.desk.run(["doctor"])).stdout).not.toContain("Deployment");
  });

  it("fails if the provider does not work correctly with what differs", async () => {
    const wrong = statements.find(({ copes }) => copes === "no")!;
    const { code, stdout, stderr } = await o.desk.run(
      given(profile({ [wrong.name]: found("differs") }, new Date().toISOString().slice(0, 10))),
    );
    expect(stdout).toContain(`${wrong.name} differs: Seen. ${wrong.ifDifferent}`);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/checks failed \(.*\bstatement\).*\[AVALA_DOCTOR\]/)]);
  });

  it("adds its checks to --json", async () => {
    const { stdout } = await o.desk.run([...given(profile({ x: found("holds") }, "2020-02-02")), "--json"]);
    const names = (JSON.parse(stdout) as { checks: Check[] }).checks.map(({ name }) => name);
    expect(names.slice(names.indexOf("clock"))).toEqual(
      expect.arrayContaining(["clock", "profile", "profileAge", "unknownStatement"]),
    );
  });
});
