import { asMarkdown } from "../../cli/drift/markdown.js";
import { asJson, show as showDrift, type Report } from "../../cli/drift/report.js";
import { lookalikes, ShownNames } from "../../cli/output/lookalikes.js";
import { show as showStatus, type Item } from "../../cli/status/report.js";
import type { Terminal } from "../../cli/output/terminal.js";

const organization = { uid: "o", slug: "acme", name: "Acme" };
const [uid6, uid7] = [6, 7].map((digit) => `0000000${digit}-0000-4000-8000-000000000000`) as [string, string];

/** The lines of a command's output. */
function screen(show: (terminal: Terminal) => void): string {
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  show({ heading: add, result: add, note: add } as unknown as Terminal);
  return lines.join("\n");
}

const driftOf = (findings: object[]) =>
  ({
    organizations: [],
    resources: 2,
    findings: findings.map((more) => ({
      kind: "unmanaged",
      subject: "teamMembership",
      organization,
      role: "member",
      message: "m",
      repair: "r",
      ...more,
    })),
    notices: [],
    notVisible: [],
    ignored: 0,
    unusedRules: [],
    people: [],
    rosters: [],
    program: [],
  }) as unknown as Report;
const statusOf = (items: object[]) => ({
  items: items.map(
    (more) =>
      ({
        group: "waiting",
        message: "m",
        organization: { ...organization, row: organization },
        ...more,
      }) as unknown as Item,
  ),
  organizations: [],
  declared: 2,
});

const rows = [
  { team: { uid: uid6, name: "Core" }, person: { email: "ada@example.com", userUid: "a" }, role: "member" },
  { team: { uid: uid7, name: "C\u043ere\u3164" }, person: { email: "bob@example.com", userUid: "b" }, role: "lead" },
];
const twins = [
  { person: { email: "al@example.com", userUid: uid6 }, role: "member", declaration: {} },
  { person: { email: "a1@example.com", userUid: uid7 }, role: "admin", declaration: {} },
];
/** The report of each command. */
const formats: [string, (given: object[]) => string][] = [
  ["drift", (given) => screen((terminal) => showDrift(driftOf(given), terminal))],
  [
    "drift --markdown",
    (given) => asMarkdown(driftOf(given)).replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
  ],
  ["status", (given) => screen((terminal) => showStatus(statusOf(given), terminal))],
];

describe.each(formats)("bug: names that look alike in %s", (_, shown) => {
  it("are distinguished by uid: teams", () => {
    const text = shown(rows);
    expect(text).toContain(`member in ${uid6} (Core)`);
    expect(text).toContain(`lead in ${uid7} (C\u043ere`);
  });

  it("are distinguished by uid: people", () => {
    const text = shown(twins.map((row) => ({ ...row, subject: "person" })));
    expect(text).toContain(`${uid6} (al@example.com`);
    expect(text).toContain(`${uid7} (a1@example.com`);
  });

  it("have no uid if the names differ, or are in two organizations", () => {
    const apart = [rows[0]!, { ...rows[1]!, team: { uid: uid7, name: "Labs" } }];
    const elsewhere = [rows[0]!, { ...rows[1]!, organization: { uid: "p", slug: "beta", row: { slug: "beta" } } }];
    for (const given of [apart, elsewhere]) expect(shown(given)).not.toMatch(new RegExp(`${uid6}|${uid7}`));
  });
});

it("do not change JSON, where the uid is a value of its own", () => {
  expect(JSON.stringify(asJson(driftOf(rows)))).not.toContain(`${uid6} (`);
});

describe("one person", () => {
  const named = (...people: object[]) => {
    const names = new ShownNames(people.map((person) => ({ organization, person })));
    return people.map((person) => names.person(person));
  };

  it("is not shown as two people if only one row has the uid", () => {
    const ada = { email: "ada@example.com" };
    expect(named(ada, { ...ada, userUid: "a" })).toEqual(["ada@example.com", "ada@example.com"]);
  });

  it("is distinguished from another person with the same address", () => {
    const shared = "team@example.com";
    expect(named({ email: shared, userUid: "a" }, { email: shared, userUid: "b" })).toEqual([
      `a (${shared})`,
      `b (${shared})`,
    ]);
  });

  it("without a uid is distinguished by the ASCII spelling of the address", () => {
    expect(named({ email: "ada@ex\u0430mple.com" }, { email: "ada@example.com" })).toEqual([
      "ada@xn--exmple-4nf.com (ada@ex\u0430mple.com)",
      "ada@example.com",
    ]);
  });
});

it("finds all three names that look alike in pairs", () => {
  const named = (names: string[]) => names.map((name, at) => ({ key: String(at), name }));
  expect([...lookalikes(named(["Core", "C\u043ere", "CORE", "Labs"]))].toSorted()).toEqual(["0", "1", "2"]);
});
