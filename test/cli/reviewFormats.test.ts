import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { htmlOf } from "../../cli/review/html.js";
import { markdownOf } from "../../cli/review/markdown.js";
import { previewOf } from "../../cli/pulumi/preview.js";
import { reviewOf, type Review } from "../../cli/review/report.js";
import { textOf } from "../../cli/review/text.js";
import { verdict } from "../../cli/review/words.js";
import { Desk } from "../support/commandLine.js";
import { previewDocument, type Planned } from "./previews.js";

jest.setTimeout(60_000);

const uid = (digits: string) => `${digits.padStart(8, "0")}-0000-4000-8000-000000000000`;
const [acme, core, crew] = [uid("ace"), uid("c"), uid("d")];
const email = (name: string, domain = "example.com") => `${name}@${domain}`;

const around: Planned[] = [
  { op: "same", kind: "Organization", name: "acme", id: acme, was: { name: "Acme" }, is: { name: "Acme" } },
  ...Object.entries({ core, crew }).map(([name, id]): Planned => {
    const declared = { name: name === "core" ? "Core" : "Crew", organization: acme };
    return { op: "same", kind: "Team", name, id: `${acme}/${id}`, was: declared, is: declared };
  }),
];
type Side = Record<string, unknown> | undefined;
const member = (name: string, was: Side, is: Side, address = email(name)): Planned => {
  const declared = { email: address, organization: acme, role: "member" };
  return {
    kind: "OrganizationMember",
    name,
    id: `${acme}/${address}`,
    ...(was && { was: { ...declared, status: "active", ...was } }),
    ...(is && { is: { ...declared, ...is } }),
  };
};
const membership = (name: string, team: string, was: Side, is: Side): Planned => {
  const declared = { email: email(name), team: `${acme}/${team}`, role: "member" };
  return {
    kind: "TeamMembership",
    name: `${team} ${name}`,
    id: `${acme}/${team}/${email(name)}`,
    ...(was && { was: { ...declared, status: "active", ...was } }),
    ...(is && { is: { ...declared, ...is } }),
  };
};
const documentOf = (planned: readonly Planned[]) => previewDocument([...around, ...planned]);
const reviewed = (planned: readonly Planned[]): Review =>
  reviewOf(previewOf(documentOf(planned)), { maxRemovals: 10, domains: [] });

const linesOf = (review: Review, width?: number) =>
  textOf(review, width).flatMap(({ heading, lines }) => [
    ...(heading === undefined ? [] : [heading]),
    ...lines.map(({ text }) => text),
  ]);
/** What a reader sees of a comment: without its elements and character references. */
const readable = (markdown: string) =>
  markdown.replace(/<[^>]*>/g, "").replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
const formats: Record<string, (review: Review) => string> = {
  text: (review) => linesOf(review).join("\n"),
  markdown: (review) => readable(markdownOf(review).text),
  html: (review) =>
    htmlOf(review)
      .replace(/<(style|script)>[^]*?<\/\1>/g, "")
      .replace(/<[^>]*>/g, "")
      .replace(/\s+/g, " ")
      .replaceAll("&#39;", "'"),
};

/** Zoe is invited and put into a team, Ada becomes admin and leaves one, Bob leaves all, Eve's reason changes. */
const mixed = [
  member("zoe", undefined, {}),
  membership("zoe", core, undefined, {}),
  member("ada", {}, { role: "admin" }),
  membership("ada", core, { role: "lead" }, undefined),
  { ...membership("ada", crew, {}, {}), op: "same" },
  member("bob", {}, undefined),
  membership("bob", core, {}, undefined),
  member("eve", { reason: "a" }, { reason: "b" }),
];

describe("the first line", () => {
  it.each<[string, Planned[], string]>([
    ["nothing changes", [], "Nobody gains or loses access, no emails, no requests."],
    [
      "each person counts once, by the gravest change; warnings count by rule",
      mixed,
      "+1 −1 ~2, up to 1 invitation email, about 10 requests, less than a minute. 1 becomes admin; 1 team loses its last lead.",
    ],
    ["only details", [member("eve", { reason: "a" }, { reason: "b" })], "~1, no emails, no requests."],
    [
      "several of a rule",
      ["eve", "fay"].map((name) => member(name, undefined, { role: "admin" }, email(name, "evil.example"))),
      "+2, up to 2 invitation emails, about 5 requests, less than a minute. 2 become admin; 2 join from external domains.",
    ],
  ])("%s", (_, planned, expected) => {
    const review = reviewed(planned);
    expect(verdict(review)).toBe(expected);
    for (const format of Object.values(formats)) expect(format(review)).toContain(expected);
  });
});

describe("people", () => {
  it("have one row each, with what they gain, lose and keep; the gravest first", () => {
    const lines = linesOf(reviewed(mixed));
    const from = lines.indexOf("People of Acme (4)");
    expect(lines.slice(from + 1, from + 5)).toEqual([
      "  ~ ada@example.com  member → admin; Core: lead → none; Crew: member",
      "  - bob@example.com  member → none; Core: member → none",
      '  + zoe@example.com  + member; Core: + member (by invitation unless already a member, 1 email; "Core": pending unless already a member of the organization)',
      '  ~ eve@example.com  member (reason: "a" → "b")',
    ]);
  });

  it("have one row each in the tables of the other formats", () => {
    const review = reviewed(mixed);
    const rows = markdownOf(review)
      .text.split("\n")
      .filter((line) => /^\| (➕|➖|✏️)/.test(line));
    expect(rows.map((row) => /\w+&#64;/.exec(row)![0])).toEqual(["ada&#64;", "bob&#64;", "zoe&#64;", "eve&#64;"]);
    expect(htmlOf(review).match(/<th scope="row">/g)).toHaveLength(4);
  });

  it("of many teams have a list of them in a comment, and columns in a page", () => {
    const teams = Array.from({ length: 12 }, (_, at) => uid(`${100 + at}`));
    const review = reviewed(teams.map((team) => membership("ada", team, undefined, {})));
    const { text } = markdownOf(review);
    expect(text.split("\n").find((line) => line.startsWith("|   | Person") || line.includes("| Person |"))).toContain(
      "| Teams |",
    );
    expect(text.match(/<br>/g)).toHaveLength(11);
    expect(htmlOf(review).match(/<th scope="col"/g)).toHaveLength(15);
  });
});

describe("security 7: an admin among many", () => {
  const many = Array.from({ length: 220 }, (_, at) =>
    member(`a${at}`, undefined, {}, email(`a${at}`, "vendor.example")),
  );
  const colleague = { ...member("bob", {}, {}), op: "same" };
  const review = reviewed([colleague, ...many, member("zz-mallory", undefined, { role: "admin" })]);

  it.each(Object.entries(formats))("is counted in the first line, and has the first row: %s", (name, format) => {
    const shown = format(review);
    const head = shown.slice(0, 4_000);
    expect(head).toContain("1 becomes admin");
    expect(head).toContain("zz-mallory@example.com");
    const rows = linesOf(review).slice(linesOf(review).indexOf("People of Acme (221)"));
    expect([name, rows[1]]).toEqual([name, expect.stringContaining("+ zz-mallory@example.com")]);
  });

  it("and people of one external domain share one warning that names them all", () => {
    const warnings = linesOf(review).filter((line) => line.startsWith("  ! "));
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain('220 people join "Acme" from external domain "vendor.example": ');
    expect(warnings[1]!.match(/@vendor\.example/g)).toHaveLength(220);
  });
});

describe("thousands of people", () => {
  const review = reviewed(Array.from({ length: 3000 }, (_, at) => member(`person-${at}`, {}, undefined)));

  it("fit into a page and a screen, and not into a comment, which says so at its top", () => {
    expect(htmlOf(review).match(/<th scope="row">/g)).toHaveLength(3000);
    expect(linesOf(review).filter((line) => line.startsWith("  - person-"))).toHaveLength(3000);
    const { text, cut } = markdownOf(review);
    expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    const shown = text.split("\n").filter((line) => line.startsWith("| ➖")).length;
    // The last line names the rehearsal.
    expect(shown + cut).toBe(3000 + 1);
    expect(text.split("\n").slice(0, 5).join(" ")).toContain(`${cut} lines are left out`);
  });

  it.each([
    ["--markdown", 2],
    ["--html", 0],
    ["--json", 0],
  ])("%s: ends with %d", async (option, expected) => {
    const desk = new Desk();
    try {
      const document = documentOf(Array.from({ length: 1000 }, (_, at) => member(`person-${at}`, {}, undefined)));
      writeFileSync(join(desk.folder, "preview.json"), JSON.stringify(document));
      const { code, stderr } = await desk.run(["review", "preview.json", option, "--out", "review.out"]);
      expect([code, stderr.includes("do not fit into a comment")]).toEqual([expected, expected === 2]);
    } finally {
      desk.close();
    }
  });
});

describe("a terminal", () => {
  it.each([60, 80, 120])("of %d columns gets lines that fit, with the words of the wide ones", (width) => {
    const review = reviewed([...mixed, member("a".repeat(50), undefined, { role: "admin" })]);
    const narrow = linesOf(review, width);
    // A word that is longer than a line stays whole.
    for (const line of narrow) expect(line.length <= width || line.trim().split(" ").length <= 2).toBe(true);
    const words = (lines: readonly string[]) => lines.join(" ").split(/\s+/);
    expect(words(narrow)).toEqual(words(linesOf(review)));
  });

  it("has a colour for gains, losses and changes", () => {
    const people = textOf(reviewed(mixed)).find(({ heading }) => heading?.startsWith("People"))!;
    expect(people.lines.map(({ style }) => style)).toEqual(["yellow", "red", "green", "yellow"]);
  });
});

describe("a review that is not of everything", () => {
  it.each(Object.entries(formats))("says so: %s", (_, format) => {
    const review = { ...reviewed(mixed), complete: false, leftOut: 2 };
    expect(format(review)).toContain("The preview does not list unchanged resources");
    expect(format(review)).toContain("This run leaves out 2 declared resources (--target or --exclude)");
  });
});

describe("GITHUB_STEP_SUMMARY", () => {
  let desk: Desk;
  const summary = () => join(desk.folder, "summary.md");
  beforeEach(() => {
    desk = new Desk();
    writeFileSync(join(desk.folder, "preview.json"), JSON.stringify(documentOf(mixed)));
  });
  afterEach(() => desk.close());
  const run = (options: string[], file: string | undefined) =>
    desk.run(["review", "preview.json", ...options], { env: file === undefined ? {} : { GITHUB_STEP_SUMMARY: file } });

  it.each([[[]], [["--json"]], [["--markdown", "--mask-emails"]]])(
    "gets the review with masked addresses: %j",
    async (options) => {
      writeFileSync(summary(), "before\n");
      expect((await run(options, summary())).code).toBe(0);
      const text = readable(readFileSync(summary(), "utf8"));
      expect(text.startsWith("before\n### Access review")).toBe(true);
      expect(text).toContain("a***@example.com");
      expect(text).not.toMatch(/ada@|bob@|zoe@|eve@/);
    },
  );

  it.each([undefined, ""])("is not looked for where it is %j", async (file) => {
    expect((await run([], file)).code).toBe(0);
    expect(existsSync(summary())).toBe(false);
  });

  it("is an error where it cannot be written", async () => {
    rmSync(summary(), { force: true });
    const { code, stderr } = await run([], join(desk.folder, "nowhere", "summary.md"));
    expect([code, stderr.includes("AVALA_STACK")]).toEqual([1, true]);
  });
});
