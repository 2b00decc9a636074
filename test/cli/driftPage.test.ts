import { htmlOf } from "../../cli/drift/html.js";
import type { Declared, Finding } from "../../cli/drift/finding.js";
import type { Report } from "../../cli/drift/report.js";
import { matricesOf } from "../../cli/drift/view.js";
import { cellText, type Matrix, type MatrixCell } from "../../cli/output/matrix.js";

const acme = { uid: "a", slug: "acme", name: "Acme" };
const [core, labs] = [
  { uid: "c", name: "Core" },
  { uid: "l", name: "Labs" },
];
const [ada, eve] = [
  { email: "ada@example.com", userUid: "1" },
  { email: "eve@example.com", userUid: "2" },
];
const declared = (person: Declared["person"], more: Partial<Declared> = {}): Declared => ({
  organization: acme,
  team: undefined,
  person,
  role: "member",
  state: "active",
  hidden: false,
  ...more,
});
const found = (kind: Finding["kind"], more: Partial<Finding>): Finding => ({
  kind,
  subject: "person",
  organization: acme,
  message: `message of ${kind}`,
  repair: `repair of ${kind}`,
  ...more,
});
const reportOf = (findings: Finding[], all: Declared[] = [], visible = true): Report => ({
  organizations: [{ ...acme, visible, invitationsVisible: true }],
  resources: all.length,
  findings,
  notices: [],
  declared: all,
  notVisible: [],
  ignored: 0,
  unusedRules: [],
  people: [],
  rosters: [],
  program: [],
});
const same = (text: string) => text;
const matrixOf = (findings: Finding[], all: Declared[] = [], visible = true): Matrix =>
  matricesOf(reportOf(findings, all, visible), same)[0]!;

/** A cell in words: "+member (unmanaged)", "role before → role now". */
function words(cell: MatrixCell | undefined): string {
  if (cell === undefined) return "";
  const { change, unknown } = cell;
  const was = change?.was === undefined ? "" : `${change.was.role} ${change.was.state} → `;
  return `${change?.kind ?? "same"}: ${was}${cellText({ ...cell, change: undefined })}${unknown ? ", worst case" : ""}`;
}

const inCore = declared(ada, { team: core, role: "lead" });

it.each<[string, Finding, Declared[], own: string, team: string]>([
  ["unmanaged person", found("unmanaged", { person: eve, role: "admin" }), [], "gained: admin (unmanaged)", ""],
  [
    "unmanaged person with a hidden role",
    found("unmanaged", { person: eve }),
    [],
    "gained: unknown role (unmanaged), worst case",
    "",
  ],
  [
    "unmanaged invitation",
    found("unmanaged", { subject: "invitation", person: eve, role: "member" }),
    [],
    "gained: member (invited, unmanaged)",
    "",
  ],
  [
    "unmanaged team membership",
    found("unmanaged", { subject: "teamMembership", person: ada, role: "member", team: core }),
    [declared(ada)],
    "same: member",
    "gained: member (unmanaged)",
  ],
  [
    "role",
    found("changed", { person: ada, property: "role", declared: "member", now: "admin" }),
    [declared(ada), inCore],
    "changed: member active → admin",
    "same: lead",
  ],
  [
    "role in a team",
    found("changed", {
      subject: "teamMembership",
      person: ada,
      team: core,
      property: "role",
      declared: "lead",
      now: "member",
    }),
    [declared(ada), inCore],
    "same: member",
    "changed: lead active → member",
  ],
  [
    "secret role",
    found("changed", { person: ada, property: "role", declared: "[secret]", now: "[secret]" }),
    [declared(ada, { role: undefined })],
    "changed: [secret] active → [secret], worst case",
    "",
  ],
  [
    "another property",
    found("changed", { person: ada, property: "email", declared: "a", now: "b" }),
    [declared(ada)],
    "changed: member active → member",
    "",
  ],
  ["gone", found("gone", { person: ada, role: "member" }), [declared(ada)], "lost: member active → none (gone)", ""],
  [
    "expired invitation",
    found("expired", { person: ada, role: "member" }),
    [declared(ada, { state: "invited" })],
    "lost: member invited → member (expired)",
    "",
  ],
  [
    "expired access",
    found("accessExpired", { person: ada, role: "member" }),
    [declared(ada)],
    "changed: member active → member (expired access)",
    "",
  ],
  [
    "missing team",
    found("missing", { subject: "team", team: core }),
    [declared(ada), inCore],
    "same: member",
    "lost: lead active → none (gone)",
  ],
  [
    "waiting",
    found("waiting", { person: ada, role: "member" }),
    [declared(ada, { state: "invited" })],
    "same: member (invited)",
    "",
  ],
  [
    "ready",
    found("ready", { person: ada, role: "member" }),
    [declared(ada, { state: "invited" })],
    "same: member (invited, next up)",
    "",
  ],
  ["owner", found("owner", { subject: "organization", person: eve }), [], "changed: owner", ""],
])("a difference is in the cell of its person and scope: %s", (_what, finding, all, own, team) => {
  const matrix = matrixOf([finding], all);
  const [row] = matrix.people;
  expect([words(row!.own), words(row!.cells.get(core.uid))]).toEqual([own, team]);
  expect(row!.notes).toHaveLength(
    ["missing", ...(finding.person ? [finding.kind] : [])].includes(finding.kind) ? 1 : 0,
  );
});

it.each<[string, Finding[], string]>([
  ["not declared", [found("unmanaged", { person: ada, role: "admin" })], "changed: owner active → admin (unmanaged)"],
  ["declared", [], "changed: owner active → member"],
  ["neither declared nor seen", [], "changed: owner active → unknown role, worst case"],
])("a former owner who is %s", (what, more, expected) => {
  const owner = found("owner", { subject: "organization", person: eve, formerOwner: ada });
  const matrix = matrixOf([owner, ...more], what === "declared" ? [declared(ada)] : []);
  expect(words(matrix.people.find(({ name }) => name === ada.email)!.own)).toBe(expected);
});

describe("people", () => {
  it("are one row by uid, also where a finding or resource has the address alone", () => {
    const matrix = matrixOf(
      [found("unmanaged", { subject: "teamMembership", person: { userUid: "1" }, role: "member", team: labs })],
      [declared({ email: ada.email }), inCore],
    );
    expect(matrix.people.map(({ name, cells }) => [name, [...cells.keys()]])).toEqual([[ada.email, ["c", "l"]]]);
  });

  it("with one address and two uids are two rows, with their uids", () => {
    const other = { ...ada, userUid: "9" };
    const matrix = matrixOf([found("unmanaged", { person: other, role: "member" })], [declared(ada)]);
    expect(matrix.people.map(({ name }) => name)).toEqual([`9 (${ada.email})`, `1 (${ada.email})`]);
  });

  it("whose addresses are secret have rows of their own, and are not shown", () => {
    const all = [declared({ email: ada.email }), declared({ email: eve.email })];
    const hidden = (text: string) => text.replaceAll(/\w+@example\.com/g, "[secret]");
    const gone = found("gone", { person: { email: eve.email }, message: `${eve.email} left` });
    const [matrix] = matricesOf(reportOf([gone], all), hidden);
    expect(matrix!.people.map(({ name, notes }) => [name, notes])).toEqual([
      ["[secret]", ["Organization: [secret] left"]],
      ["[secret]", []],
    ]);
  });

  it("come in the order of the report, the gravest first; what is as declared comes last", () => {
    const people = ["u", "w", "g", "c", "s"].map((name) => ({ email: `${name}@example.com` }));
    const [u, w, g, c] = people;
    const findings = [
      found("changed", { person: c, property: "role", declared: "member", now: "admin" }),
      found("gone", { person: g }),
      found("unmanaged", { person: u, role: "member" }),
      found("waiting", { person: w }),
    ];
    const matrix = matrixOf(
      findings,
      people.slice(1).map((person) => declared(person)),
    );
    expect(matrix.people.map(({ name }) => name[0])).toEqual(["c", "g", "u", "w", "s"]);
    expect(matrix.counts).toEqual([
      ["people", 5],
      ["changed", 1],
      ["gone", 1],
      ["unmanaged", 1],
      ["waiting", 1],
    ]);
  });

  it("whom the key may not see, and all people of an organization that is not visible, count as the worst case", () => {
    expect(words(matrixOf([], [declared(ada, { hidden: true })]).people[0]!.own)).toBe("same: member, worst case");
    const matrix = matrixOf([found("missing", { subject: "organization" })], [declared(ada, { hidden: true })], false);
    expect([matrix.title, words(matrix.people[0]!.own)]).toEqual([
      "Acme (acme): not visible",
      "same: member, worst case",
    ]);
  });
});

it("teams are marked where they differ themselves", () => {
  const findings = [
    found("missing", { subject: "team", team: core }),
    found("unmanaged", { subject: "team", team: labs }),
    found("unmanaged", { person: eve, role: "member" }),
  ];
  expect(matrixOf(findings).teams.map(({ name, marks }) => [name, marks])).toEqual([
    ["Core", ["missing"]],
    ["Labs", ["unmanaged"]],
  ]);
});

describe("the page", () => {
  const hostile = "</pre><script>alert(1)</script><b>x</b>\u202e";
  const report: Report = {
    ...reportOf([
      found("unmanaged", {
        person: { email: `${hostile}@example.com`, userUid: "3" },
        role: hostile,
        message: hostile,
        import: { type: "t", name: hostile, id: "i" },
      }),
    ]),
    notVisible: ["The invitations are not visible."],
    people: [
      {
        component: "staff",
        organization: "a",
        isKnown: false,
        yaml: "",
        lines: "- email: a\n  teams: { core: lead }\n",
        more: [],
      },
    ],
  };
  const html = htmlOf(report, matricesOf(report, same));

  it("has the statements of the other formats", () => {
    for (const text of [
      "1 difference, as far as visible",
      "The invitations are not visible.",
      "Unmanaged (1)",
      "repair of unmanaged",
    ])
      expect(html).toContain(text);
  });

  it("keeps the indentation of lines to copy", () => {
    expect(html).toContain("- email: a&#10;  teams: { core: lead }</pre>");
  });

  it("shows no element and no steering character that names contain", () => {
    expect(html.split("<script>")).toHaveLength(2);
    expect(html).not.toContain("<b>x</b>");
    expect(html).not.toContain("\u202e");
  });

  it("has no matrix where nobody is declared and nobody differs", () => {
    expect(htmlOf(reportOf([]), matricesOf(reportOf([]), same))).not.toContain("<table");
  });
});
