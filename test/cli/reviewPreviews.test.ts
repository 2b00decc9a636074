import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { marked } from "marked";
import type { Browser } from "playwright-core";
import { approvedReview, bindingOf, unapproved } from "../../cli/review/approved.js";
import { htmlOf } from "../../cli/review/html.js";
import { exceededBy, rulesOf } from "../../cli/review/limits.js";
import { markdownOf } from "../../cli/review/markdown.js";
import { masked } from "../../cli/review/mask.js";
import { previewOf } from "../../cli/pulumi/preview.js";
import { asJson, reviewOf, type ChangeRow, type Review } from "../../cli/review/report.js";
import { textOf } from "../../cli/review/text.js";
import { hostileTexts, steering, steeringInLines } from "../hostile/texts.js";
import { findBrowser, launchBrowser, notRun } from "../support/browser.js";
import { Desk } from "../support/commandLine.js";
import { previewDocument, unknown, type Planned } from "./previews.js";

jest.setTimeout(60_000);

const uid = (digits: string | number) => `${String(digits).padStart(8, "0")}-0000-4000-8000-000000000000`;
const [acme, core] = [uid("ace"), uid("c")];
const emailOf = (name: string) => `${name}@example.com`;
type More = Partial<Planned>;

const organization: Planned = {
  op: "same",
  kind: "Organization",
  name: "acme",
  id: acme,
  was: { name: "Acme", slug: "acme", __created: true },
  is: { name: "Acme" },
};
const team: Planned = {
  op: "same",
  kind: "Team",
  name: "core",
  id: `${acme}/${core}`,
  was: { name: "Core", organization: acme },
  is: { name: "Core", organization: acme },
};
const joined = { status: "active", role: "member" };
const invited = { status: "invited", role: "member" };

/** An OrganizationMember: its recorded outputs, and its inputs in the program. */
const member = (name: string, was?: object, is?: object, more: More = {}): Planned => ({
  kind: "OrganizationMember",
  name,
  id: `${acme}/${emailOf(name)}`,
  ...(was ? { was: { email: emailOf(name), organization: acme, role: "member", ...was } } : {}),
  ...(is ? { is: { email: emailOf(name), organization: acme, role: "member", ...is } } : {}),
  ...more,
});
const inTeam = (name: string, was?: object, is?: object, more: More = {}): Planned => ({
  kind: "TeamMembership",
  name: `core-${name}`,
  id: `${acme}/${core}/${emailOf(name)}`,
  ...(was ? { was: { email: emailOf(name), team: `${acme}/${core}`, role: "member", ...was } } : {}),
  ...(is ? { is: { email: emailOf(name), team: `${acme}/${core}`, role: "member", ...is } } : {}),
  ...more,
});
const same = (planned: Planned): Planned => ({ ...planned, op: "same", is: planned.is ?? planned.was! });

const reviewed = (
  planned: readonly Planned[],
  { domains = [], ...more }: { domains?: string[]; diagnostics?: object[] } = {},
): Review => reviewOf(previewOf(previewDocument([organization, team, ...planned], more)), { maxRemovals: 10, domains });

function line({ effect, person, team, before, after, emails, unblocked }: ChangeRow): string {
  const stand = (one: ChangeRow["before"]) => (one ? `${one.standing} ${one.role ?? "?"}` : "-");
  const name = person.hidden ?? (person.email ?? person.userUid ?? "?").replace("@example.com", "");
  const marks = [
    emails > 0 ? ` (${emails})` : "",
    unblocked ? " possible" : "",
    after?.managed === false ? " unmanaged" : "",
  ];
  return `${effect} ${name}${team ? ` ${team.name}` : ""}: ${stand(before)} → ${stand(after)}${marks.join("")}`;
}
const linesOf = (planned: readonly Planned[]) => reviewed(planned).changes.map(line);
const rulesIn = (review: Review) => review.warnings.map(({ rule }) => rule);

describe("a person in the organization", () => {
  const cases: [string, Planned[], string[]][] = [
    ["is invited, or a member already", [member("zoe", undefined, {})], ["invited zoe: - → depends member (1)"]],
    [
      "named by uid is a member already",
      [{ kind: "OrganizationMember", name: "u", is: { user: uid(7), organization: acme, role: "admin" } }],
      [`gains ${uid(7)}: - → granted admin`],
    ],
    [
      "has accepted: an update of which nothing differs",
      [member("zoe", invited, {})],
      ["accepted zoe: invited member → has member possible"],
    ],
    [
      "has not accepted where the last run has not finished with them",
      [member("zoe", invited, {}, { more: { initErrors: ["?"] } })],
      [],
    ],
    [
      "is invited again by onExpiry, or has accepted",
      [
        member(
          "zoe",
          { ...invited, onExpiry: "resend", maxEmails: 3, emailsSent: 1 },
          { onExpiry: "resend", maxEmails: 3 },
        ),
      ],
      ["invited zoe: invited member → depends member (1) possible"],
    ],
    [
      "is not invited beyond maxEmails",
      [
        member(
          "zoe",
          { ...invited, onExpiry: "resend", maxEmails: 1, emailsSent: 1 },
          { onExpiry: "resend", maxEmails: 1 },
        ),
      ],
      ["accepted zoe: invited member → has member possible"],
    ],
    [
      "gets another role while invited: one more email",
      [member("zoe", invited, { role: "admin" })],
      ["invited zoe: invited member → invited admin (1)"],
    ],
    ["gets another role", [member("ada", joined, { role: "admin" })], ["role ada: has member → has admin"]],
    [
      "of whom only a detail changes keeps all",
      [member("ada", { ...joined, reason: "a" }, { reason: "b" })],
      ["details ada: has member → has member"],
    ],
    [
      "whose invitation has expired is invited under a new name",
      [
        member("zoe", { ...invited, status: "expired" }),
        member("zoe", undefined, {}, { name: "other", id: undefined as never }),
      ],
      ["invited zoe: lapsed member → invited member (1)"],
    ],
    [
      "under a new name is handed over",
      [member("ada", joined), member("ada", undefined, {}, { name: "other" })],
      ["keeps ada: has member → has member"],
    ],
    [
      "under a new name, by uid, is handed over",
      [
        member("ada", { ...joined, userUid: uid(2) }),
        { kind: "OrganizationMember", name: "by-uid", is: { user: uid(2), organization: "acme", role: "member" } },
      ],
      ["keeps ada: has member → has member"],
    ],
    ["replaced by hand is handed over", [member("ada", joined, {}, { op: "replace" })], []],
    [
      "retained stays, unmanaged",
      [member("ada", { ...joined, onDestroy: "retain" })],
      ["keeps ada: has member → has member unmanaged"],
    ],
    [
      "retained by Pulumi stays, unmanaged",
      [member("ada", joined, undefined, { more: { retainOnDelete: true } })],
      ["keeps ada: has member → has member unmanaged"],
    ],
    [
      "who leaves loses a team membership that is still declared",
      [member("ada", joined), same(inTeam("ada", { status: "active" }))],
      ["loses ada: has member → -", "loses ada Core: has member → -"],
    ],
    ["whose invitation is cancelled loses nothing", [member("zoe", invited)], ["withdrawn zoe: invited member → -"]],
    [
      "named by a secret is not shown",
      [member("zoe", undefined, { email: "[secret]" })],
      ["invited [secret] zoe: - → depends member (1)"],
    ],
  ];
  it.each(cases)("%s", (_what, planned, expected) => expect(linesOf(planned)).toEqual(expected));

  it("is another person if their address has had two owners", () => {
    const was = (name: string, user: number) => ({ ...joined, email: emailOf("ada"), userUid: uid(user), name });
    const planned = [
      member("one", was("one", 1)),
      same(member("two", was("two", 2))),
      member("ada", undefined, {}, { name: "new" }),
    ];
    expect(linesOf(planned)).toContain("loses ada: has member → -");
  });
});

const invitation = (was?: object, is?: object): Planned => ({ ...member("lou", was, is), kind: "Invitation" });

describe("an Invitation", () => {
  it.each<[string, Planned[], string[]]>([
    [
      "that is accepted leaves the role alone",
      [invitation({ ...invited, status: "accepted", userUid: uid(3) }, { role: "admin" })],
      [],
    ],
    ["that is accepted and goes takes nothing", [invitation({ ...invited, status: "accepted" })], []],
    ["that is pending and goes is cancelled", [invitation(invited)], ["withdrawn lou: invited member → -"]],
    [
      "becomes an OrganizationMember",
      [invitation(invited), member("lou", undefined, {})],
      ["keeps lou: invited member → invited member"],
    ],
    [
      "whose person has accepted",
      [invitation(invited, {})],
      ["accepted lou: invited member → has member possible unmanaged"],
    ],
  ])("%s", (_what, planned, expected) => expect(linesOf(planned)).toEqual(expected));
});

describe("a team membership", () => {
  const ada = same(member("ada", joined));
  it.each<[string, Planned[], string[]]>([
    ["is made for a member", [ada, inTeam("ada", undefined, { role: "lead" })], ["gains ada Core: - → granted lead"]],
    [
      "waits for an invited person",
      [same(member("zoe", invited)), inTeam("zoe", undefined, {})],
      ["waits zoe Core: - → waiting member"],
    ],
    ["depends if nobody declares the person", [inTeam("zoe", undefined, {})], ["gains zoe Core: - → depends member"]],
    [
      "has become possible",
      [ada, inTeam("ada", { status: "waiting" }, {})],
      ["gains ada Core: waiting member → granted member possible"],
    ],
    ["is put back", [ada, inTeam("ada", { status: "gone" }, {})], ["gains ada Core: lapsed member → granted member"]],
    [
      "gets another role while it waits",
      [same(member("zoe", invited)), inTeam("zoe", { status: "waiting" }, { role: "lead" })],
      ["role zoe Core: waiting member → waiting lead"],
    ],
    [
      "that waits and goes takes no access away",
      [inTeam("zoe", { status: "waiting" })],
      ["without zoe Core: waiting member → -"],
    ],
    [
      "goes with its team, retained or not",
      [{ ...team, op: "delete" }, inTeam("ada", { status: "active", onDestroy: "retain" })],
      ["loses ada Core: has member → -"],
    ],
  ])("%s", (_what, planned, expected) => expect(linesOf(planned)).toEqual(expected));

  it("in a new team is identified by the team's resource", () => {
    const fresh: Planned = { kind: "Team", name: "fresh", is: { organization: acme, name: "Fresh" } };
    const within = inTeam("ada", undefined, { team: unknown }, { from: { team: fresh } });
    expect(linesOf([ada, fresh, within])).toEqual(["gains ada Fresh: - → granted member"]);
  });
});

const roster = (was: Record<string, unknown> | undefined, is?: Record<string, unknown>): Planned => ({
  kind: "TeamRoster",
  name: "roster",
  id: `${acme}/${core}`,
  ...(was ? { was: { team: `${acme}/${core}`, unmanaged: "report", waiting: "", unmanagedMembers: "", ...was } } : {}),
  ...(is ? { is: { team: `${acme}/${core}`, unmanaged: "report", ...is } } : {}),
});
const text = (...people: string[]) => people.map((one) => one.replace(" ", "@example.com ")).join("\n");

describe("bug: a resource that --exclude leaves, and its successor: the role is that of what the run writes", () => {
  const [ada, zoe] = [member("ada", joined), member("zoe", invited)];
  const inCore = inTeam("ada", { status: "active" });
  const renamed = (planned: Planned): Planned => ({ ...planned, name: `${planned.name} renamed` });
  const listed = roster({ members: text("ada member") });

  it.each<[what: string, left: Planned, successor: Planned, expected: string]>([
    ["a member", ada, renamed(member("ada", undefined, { role: "admin" })), "role ada: has member → has admin"],
    [
      "an invited person",
      zoe,
      renamed(member("zoe", undefined, { role: "admin" })),
      "invited zoe: invited member → invited admin (1)",
    ],
    [
      "an Invitation",
      { ...zoe, kind: "Invitation" },
      member("zoe", undefined, { role: "admin" }),
      "invited zoe: invited member → invited admin (1)",
    ],
    [
      "a member whose status is secret",
      member("ada", { status: "[secret]" }),
      renamed(member("ada", undefined, { role: "admin" })),
      "role ada: has member → has admin (1)",
    ],
    [
      "a team membership",
      inCore,
      renamed(inTeam("ada", undefined, { role: "lead" })),
      "role ada Core: has member → has lead",
    ],
    [
      "a roster, and a team membership",
      listed,
      inTeam("ada", undefined, { role: "lead" }),
      "role ada Core: has member → has lead",
    ],
    [
      "a team membership, and a roster",
      inCore,
      roster(undefined, { members: text("ada lead") }),
      "role ada Core: has member → has lead",
    ],
    [
      "a roster, and a roster",
      listed,
      renamed(roster(undefined, { members: text("ada lead") })),
      "role ada Core: has member → has lead",
    ],
  ])("%s", (_what, left, successor, expected) => {
    const planned = [same(left), successor];
    expect([planned, planned.toReversed()].map(linesOf)).toEqual([[expected], [expected]]);
  });
});

describe("a roster", () => {
  it("replaces single memberships, and they replace it: nobody loses access", () => {
    const edge = inTeam("ada", { status: "active" });
    expect(linesOf([edge, roster(undefined, { members: text("ada member") })])).toEqual([
      "keeps ada Core: has member → has member",
    ]);
    const back = [
      roster({ members: text("ada member"), __known: `${emailOf("ada")} ${uid(2)}` }),
      { ...inTeam("ada", undefined, { user: uid(2), email: undefined }) },
    ];
    expect(linesOf(back)).toEqual(["keeps ada Core: has member → has member"]);
  });

  it("removes people it no longer lists, and unmanaged people on request, with a warning about people whom no run has seen", () => {
    const was = { members: text("ada lead", "bob member"), unmanagedMembers: emailOf("eve") };
    const review = reviewed([roster(was, { members: text("ada lead"), unmanaged: "remove" })]);
    expect(review.changes.map(line)).toEqual(["loses bob Core: has member → -", "loses eve Core: has ? → -"]);
    expect(rulesIn(review)).toEqual(["unknown-people"]);
    expect(linesOf([roster(was, { members: text("ada lead") })])).toEqual(["loses bob Core: has member → -"]);
  });

  it("whose people are not known yet may remove everybody whom it named", () => {
    const review = reviewed([roster({ members: text("ada lead") }, { members: unknown })]);
    expect([review.changes.map(line), rulesIn(review)]).toEqual([
      ["loses ada Core: has lead → -"],
      ["last-lead", "unknown-access", "unknown-people"],
    ]);
  });

  it("that is deleted removes everybody it lists", () => {
    expect(linesOf([roster({ members: text("ada lead", "zoe member"), waiting: emailOf("zoe") })])).toEqual([
      "loses ada Core: has lead → -",
      "without zoe Core: waiting member → -",
    ]);
  });
});

describe("bug: access that a deletion removes", () => {
  const broken = { more: { initErrors: ["?"] } };
  const nothing = { mayHaveAccepted: undefined, removals: 0 };
  const access = { effect: "loses", mayHaveAccepted: false, removals: 1 };
  const none = { effect: "without", mayHaveAccepted: false, removals: 0 };
  it.each<[string, Planned, { effect?: string; mayHaveAccepted: boolean | undefined; removals: number }]>([
    ["a member", member("ada", joined), access],
    // It may have been accepted since it was recorded.
    ["somebody invited", member("ada", invited), { effect: "withdrawn", mayHaveAccepted: true, removals: 1 }],
    ["somebody who is gone", member("ada", { ...joined, status: "gone" }), none],
    ["somebody whose invitation has expired", member("ada", { ...invited, status: "expired" }), none],
    ["somebody gone, retained", member("ada", { ...joined, status: "gone", onDestroy: "retain" }), none],
    ["somebody gone, where a step broke off", member("ada", { status: "gone" }, undefined, broken), access],
    ["somebody gone, whose state says so", member("ada", { status: "gone", __unfinished: true }), access],
    ["a team membership", inTeam("ada", { status: "active" }), access],
    ["a pending team membership", inTeam("ada", { status: "waiting" }), none],
    ["a lost team membership", inTeam("ada", { status: "gone" }), none],
    [
      "a pending team membership after an interrupted step",
      inTeam("ada", { status: "waiting" }, undefined, broken),
      access,
    ],
    ["an invitation", invitation(invited), { effect: "withdrawn", mayHaveAccepted: false, removals: 1 }],
    ["an invitation that has expired", invitation({ ...invited, status: "expired" }), none],
    ["an invitation that was accepted", invitation({ ...invited, status: "accepted" }), nothing],
  ])("%s", (_what, planned, expected) => {
    const review = reviewed([planned]);
    const [row] = review.changes;
    const removals = review.removals.reduce((sum, { people }) => sum + people, 0);
    expect({ effect: row?.effect, mayHaveAccepted: row?.mayHaveAccepted, removals }).toEqual({
      effect: undefined,
      ...expected,
    });
    const limits = { maxRemovals: 0, maxEmails: undefined, deny: [] };
    expect(exceededBy(review, limits)).toHaveLength(removals);
    const shown = [markdownOf(review).text, htmlOf(review), JSON.stringify(textOf(review))];
    const reported = shown.map((text) => /had no access before(;|&#59;) no longer declared/.test(text));
    expect(new Set(reported)).toEqual(new Set([expected.effect === "without"]));
  });

  it("counts invitations towards AVALA_MAX_REMOVALS", () => {
    const many = Array.from({ length: 11 }, (_, at) => member(`p${at}`, at < 5 ? joined : invited));
    expect(rulesIn(reviewed(many))).toEqual(["removals"]);
    expect(rulesIn(reviewed(many.slice(1)))).toEqual([]);
  });
});

describe("organizations and teams", () => {
  it.each<[string, object, object, string[]]>([
    [
      "bug: another field changes, the slug was never declared",
      { slug: "acme", __serverDefaults: ["slug"], description: "a" },
      { description: "b" },
      ["description a → b"],
    ],
    [
      "a slug is declared that is not the one the service has chosen",
      { slug: "acme", __serverDefaults: ["slug"] },
      { slug: "acme-two" },
      ["slug acme → acme-two"],
    ],
    [
      "the slug is declared that the service has chosen",
      { slug: "acme", __serverDefaults: ["slug"] },
      { slug: "acme" },
      [],
    ],
    ["a declared slug leaves the program", { slug: "acme" }, {}, ["slug acme → -"]],
  ])("%s", (_what, was, is, expected) => {
    const changed: Planned = {
      ...organization,
      op: "update",
      was: { name: "Acme", ...was },
      is: { name: "Acme", ...is },
    };
    const [act] = reviewOf(previewOf(previewDocument([changed])), { maxRemovals: 10, domains: [] }).acts;
    expect(act!.fields.map(({ name, before = "-", after = "-" }) => `${name} ${before} → ${after}`)).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["made by this program is deleted", { __created: true }, "delete"],
    ["adopted stays", {}, "forget"],
    ["is left", { __created: true, onDestroy: "leave" }, "leave"],
  ])("an organization %s", (_what, was, act) => {
    const gone: Planned = { kind: "Organization", name: "old", id: uid(9), was: { name: "Old", ...was } };
    expect(reviewed([gone]).acts.map((row) => row.act)).toEqual([act]);
  });

  it("a team that another resource adopts stays", () => {
    const was: Planned = {
      kind: "Team",
      name: "vision",
      id: `${acme}/${uid(8)}`,
      was: { name: "Vision", slug: "vision" },
    };
    const is = (adopt: string): Planned => ({
      kind: "Team",
      name: "sight",
      is: { organization: "acme", name: "Vision", adopt },
    });
    const people: Planned = {
      ...inTeam("ada", { status: "active" }),
      op: "same",
      id: `${acme}/${uid(8)}/${emailOf("ada")}`,
    };
    for (const adopt of [uid(8), "vision"]) {
      const review = reviewed([was, is(adopt), same(people)]);
      expect([review.acts.map(({ act }) => act), review.changes]).toEqual([["adopt"], []]);
    }
  });

  it("the remains of an interrupted replacement do not count as declared", () => {
    const left: Planned = {
      ...team,
      op: "delete",
      id: `${acme}/${uid(8)}`,
      was: { name: "Core before" },
      is: undefined as never,
    };
    expect(reviewed([left]).acts.map(({ act, team }) => `${act} ${team?.uid}`)).toEqual([`delete ${uid(8)}`]);
  });
});

describe("names that look alike", () => {
  it("are distinguished: teams by uid, and people without an address by their uid alone", () => {
    const twin: Planned = {
      ...team,
      name: "twin",
      id: `${acme}/${uid(8)}`,
      was: { name: "Co\u200bre", organization: acme },
      is: { name: "Co\u200bre", organization: acme },
    };
    const imposter = inTeam(
      "x",
      { status: "active", email: undefined, userUid: uid(6), username: emailOf("ada") },
      undefined,
      { id: `${acme}/${uid(8)}/${uid(6)}` },
    );
    const text = textOf(reviewed([twin, imposter]))
      .flatMap(({ lines }) => lines.map((line) => line.text))
      .join("\n");
    expect(text).toContain(`- ${uid(6)}  ${uid(8)} (Core): member → none`);
  });

  /** Every format of a review. */
  const shownIn = (review: Review) => ({
    text: textOf(review)
      .flatMap(({ lines }) => lines.map((line) => line.text))
      .join("\n"),
    // Characters other than letters, digits and spaces are references in Markdown.
    markdown: markdownOf(review).text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
    html: htmlOf(review).replaceAll("&#39;", "'"),
  });

  it.each([
    ["a variation selector", "Core\ufe0f", "Core"],
    ["a blank letter", "Core\u3164", "Core"],
    ["a Cyrillic letter", "C\u043ere", "C\u043ere"],
    ["a Greek letter", "C\u03bfre", "C\u03bfre"],
    ["full width", "\uff23ore", "\uff23ore"],
    ["case", "CORE", "CORE"],
    ["a wide space behind", "Core\u3000", "Core"],
    ["a digit", "C0re", "C0re"],
    ["letters behind where names are cut", `Core${" x".repeat(40)}a`, "Core x x"],
  ])("bug: teams that differ by %s both have their uids", (what, name, shown) => {
    const other = what.startsWith("letters") ? `Core${" x".repeat(40)}b` : "Core";
    const named = (one: string) => ({ was: { name: one, organization: acme }, is: { name: one, organization: acme } });
    const twin: Planned = { ...team, name: "twin", id: `${acme}/${uid(8)}`, ...named(name) };
    const inTwin = inTeam("bob", { status: "active" }, undefined, { id: `${acme}/${uid(8)}/${emailOf("bob")}` });
    const review = reviewOf(
      previewOf(
        previewDocument([
          organization,
          { ...team, ...named(other) },
          twin,
          inTeam("ada", { status: "active" }),
          inTwin,
        ]),
      ),
      { maxRemovals: 10, domains: [] },
    );
    for (const text of Object.values(shownIn(review))) {
      expect(text).toContain(`${uid(8)} (${shown}`);
      expect(text).toContain(`${core} (Core`);
    }
  });

  it("bug: an address beyond ASCII has its ASCII spelling beside it, in every format, masked or not", () => {
    const review = reviewed([
      member("x", undefined, { email: "ada@b\u00fccher.example" }),
      member("y", undefined, { email: "ada@ex\u0430mple.com" }),
      member("z", undefined, { email: "bob@example.com" }),
    ]);
    for (const text of Object.values(shownIn(review))) {
      expect(text).toContain("ada@b\u00fccher.example (ada@xn--bcher-kva.example)");
      expect(text).toContain("ada@ex\u0430mple.com (ada@xn--exmple-4nf.com)");
      expect(text).not.toContain("bob@example.com (");
    }
    for (const text of Object.values(shownIn(masked(review)))) expect(text).toContain("a***@xn--bcher-kva.example");
    // If both are too long for a line, the unambiguous one is shown.
    const long = `ada@${`${"a".repeat(60)}.`.repeat(3)}b\u00fccher.example`;
    expect(shownIn(reviewed([member("x", undefined, { email: long })])).html).toContain(".xn--bcher-kva.example");
  });

  it("people whose addresses look alike are distinguished by their uids, if they have one", () => {
    const review = reviewed([
      member("al", { ...joined, email: "al@example.com", userUid: uid(6) }, undefined),
      member("a1", { ...joined, email: "a1@example.com", userUid: uid(7) }, undefined),
      member("bob", { ...joined, userUid: uid(5) }, undefined),
    ]);
    for (const text of Object.values(shownIn(review))) {
      expect(text).toContain(`${uid(6)} (al@example.com)`);
      expect(text).toContain(`${uid(7)} (a1@example.com)`);
      expect(text).not.toContain(uid(5));
    }
  });
});

describe("warnings", () => {
  const [ada, lead] = [same(member("ada", joined)), inTeam("ada", { status: "active", role: "lead" })];
  const foreign = member("ned", undefined, { email: "ned@other.example.com" });
  it.each<[string, Planned[], string[], string[]?]>([
    ["an admin is granted", [member("ada", joined, { role: "admin" })], ["admin-grants"]],
    [
      "somebody is admin again who was taken out by hand, and added again",
      [member("ada", { ...joined, status: "gone", role: "admin" }, { role: "admin" })],
      ["admin-grants"],
    ],
    ["an admin has accepted", [member("ada", { ...invited, role: "admin" }, { role: "admin" })], []],
    [
      "an admin is handed over",
      [member("ada", { ...joined, role: "admin" }), member("ada", undefined, { role: "admin" }, { name: "b" })],
      [],
    ],
    ["the last lead goes", [ada, lead], ["last-lead"]],
    ["a lead goes and another stays", [ada, lead, same(inTeam("bob", { status: "active", role: "lead" }))], []],
    ["the access is extended", [member("ada", { ...joined, validUntil: "2030-01-01" }, {})], ["extended-access"]],
    [
      "the access is shortened",
      [member("ada", { ...joined, validUntil: "2030-01-01" }, { validUntil: "2029-01-01" })],
      [],
    ],
    ["a foreign domain comes in", [ada, foreign], ["external-domains"]],
    [
      "a domain comes in that is known",
      [ada, same(member("x", { ...joined, email: "x@other.example.com" })), foreign],
      [],
    ],
    ["a domain comes in that is allowed", [ada, foreign], [], ["other.example.com"]],
    [
      "a domain comes in that is not allowed",
      [member("zoe", undefined, {})],
      ["external-domains"],
      ["other.example.com"],
    ],
    ["somebody comes in where nobody is known", [foreign], ["external-domains"]],
    ["more people go than may", Array.from({ length: 11 }, (_, at) => member(`p${at}`, joined)), ["removals"]],
    ["as many people go as may", Array.from({ length: 10 }, (_, at) => member(`p${at}`, joined)), []],
  ])("%s", (_what, planned, expected, domains = []) =>
    expect(rulesIn(reviewed(planned, { domains }))).toEqual(expected),
  );

  it("are refused by name", () => {
    const review = reviewed([
      member("zoe", undefined, { role: "admin" }),
      { ...team, op: "delete", is: undefined as never },
    ]);
    const limits = (deny: string[], more = {}) =>
      exceededBy(review, { maxRemovals: undefined, maxEmails: undefined, ...more, deny: rulesOf(deny) }).map(
        ({ limit }) => limit,
      );
    expect(limits(["admin-grants", "team-deletions", "emails", "last-lead"])).toEqual([
      "deny admin-grants",
      "deny team-deletions",
      "deny emails",
    ]);
    expect(limits([], { maxEmails: 0, maxRemovals: 0 })).toEqual(["max-emails"]);
    expect(() => rulesOf(["toString"])).toThrow("Unknown rule");
  });
});

describe("--approved", () => {
  const steps = [
    member("ada", joined, { role: "admin" }),
    inTeam("bob", { status: "active" }),
    member("zoe", undefined, {}),
    inTeam("zoe", undefined, {}),
  ];
  const others: Planned[] = [{ kind: "Other", name: "key", is: { a: 1, b: [2] } }];
  const approved = approvedReview(JSON.parse(JSON.stringify(asJson(reviewed([...steps, ...others])))));
  const refused = (planned: readonly Planned[]) =>
    unapproved(reviewed(planned), approved).map(({ message }) => message);

  it("allows the same changes in another order, fewer changes, and those that have become possible", () => {
    expect(refused([...others, ...steps.toReversed()])).toEqual([]);
    expect(refused([])).toEqual([]);
    const accepted = [member("lou", invited, {}), inTeam("lou", { status: "waiting" }, {})];
    expect(refused([...steps, ...accepted])).toEqual([]);
    expect(refused([same(member("zoe", { ...joined, userUid: uid(4) })), inTeam("zoe", undefined, {})])).toEqual([]);
  });

  it.each<[string, Planned[]]>([
    ["another role", [member("zoe", undefined, { role: "admin" })]],
    ["another loss", [member("bob", joined)]],
    ["another detail", [member("ada", joined, { role: "admin", validUntil: "2030-01-01" })]],
    ["another email", [member("lou", { ...invited, onExpiry: "resend" }, { onExpiry: "resend" })]],
    ["a role instead of a team membership", [inTeam("ada", { status: "active" }, { role: "lead" })]],
    ["a deleted team", [{ ...team, op: "delete", is: undefined as never }]],
    ["another input of another provider", [{ kind: "Other", name: "key", is: { a: 1, b: [3] } }]],
    ["somebody who is not managed any more", [member("ada", { ...joined, onDestroy: "retain" })]],
  ])("names %s", (_what, planned) =>
    expect(refused(planned)).toEqual([expect.stringMatching(/: not in the approved review\.$/)]),
  );

  it.each<[string, Planned]>([
    ["a setting has gone from what is new", member("zoe", undefined, {})],
    ["an address is secret: it may be another", member("key", undefined, { email: "[secret]" })],
    ["an organization is not known yet: it may be another", member("tom", undefined, { organization: unknown })],
    [
      "a roster is not known yet: it may hold others",
      { kind: "TeamRoster", name: "r", is: { team: `${acme}/${core}`, members: unknown } },
    ],
    ["a field is not known yet", { kind: "Team", name: "new", is: { organization: acme, name: unknown } }],
  ])("allows it if %s", (_what, planned) => {
    const settled = { ...planned, is: { ...planned.is, onDestroy: "retain" } };
    const before = planned.name === "zoe" ? settled : planned;
    expect(unapproved(reviewed([planned]), reviewed([before]))).toHaveLength(1);
  });

  describe("--approved, for declarations that have not changed, allows only pending steps", () => {
    const ada = same(member("ada", joined));
    const again = { onExpiry: "resend", maxEmails: 3, emailsSent: 1 };
    const broken = { more: { initErrors: ["?"] } };
    it.each<[string, Planned[], boolean]>([
      ["an invitation is accepted", [member("lou", invited, {})], true],
      ["an invitation is accepted, another role is declared", [member("lou", invited, { role: "admin" })], false],
      ["an invitation is accepted, or sent again", [member("lou", { ...invited, ...again }, again)], false],
      ["an invitation is accepted, a step broke off", [member("lou", { ...invited, __unfinished: true }, {})], true],
      ["an invitation had expired, and they joined", [member("lou", { ...invited, status: "expired" }, {})], false],
      ["somebody was gone, and was added by hand", [member("lou", { ...joined, status: "gone" }, {})], false],
      ["an Invitation is accepted", [invitation(invited, {})], true],
      ["a team membership was pending", [ada, inTeam("ada", { status: "waiting" }, {})], true],
      [
        "a team membership was pending, another role is declared",
        [ada, inTeam("ada", { status: "waiting" }, { role: "lead" })],
        false,
      ],
      ["a team membership was removed by hand", [ada, inTeam("ada", { status: "gone" }, {})], false],
      [
        "a team membership was pending, a step was interrupted",
        [ada, inTeam("ada", { status: "waiting" }, {}, broken)],
        false,
      ],
      [
        "an invitation is accepted, and another resource makes them admin",
        [member("lou", invited, {}), member("lou", undefined, { role: "admin" }, { name: "other" })],
        false,
      ],
      [
        "a team membership was pending, and another resource makes them lead",
        [ada, inTeam("ada", { status: "waiting" }, {}), inTeam("ada", undefined, { role: "lead" }, { name: "other" })],
        false,
      ],
      [
        "two team memberships were pending",
        [ada, inTeam("ada", { status: "waiting" }, {}), inTeam("ada", { status: "waiting" }, {}, { name: "other" })],
        true,
      ],
    ])("%s", (_what, planned, passes) => {
      const others = planned.filter(({ op }) => op !== "same").map(({ name }) => name);
      expect(others.length).toBeGreaterThan(0);
      for (const order of [planned, planned.toReversed()]) expect(refused(order).length === 0).toBe(passes);
    });
  });

  it("reports the loss of a person who had no access at the time of the approval", () => {
    const before = reviewed([member("bob", { ...joined, status: "gone" })]);
    const refusedOf = (planned: Planned) => unapproved(reviewed([planned]), before).map(({ message }) => message);
    expect(refusedOf(member("bob", { ...joined, status: "gone" }))).toEqual([]);
    expect(refusedOf(member("bob", joined))).toEqual([expect.stringContaining('"bob@example.com" loses access')]);
    expect(refusedOf(member("bob", invited))).toHaveLength(1);
  });

  it("refuses a file that was changed, masked, of another version, or not a review", () => {
    const json = asJson(reviewed(steps));
    for (const other of [
      { ...json, changes: [] },
      { ...json, version: 2 },
      asJson(masked(reviewed(steps))),
      {},
      null,
      [],
    ]) {
      expect(() => approvedReview(JSON.parse(JSON.stringify(other)))).toThrow(
        expect.objectContaining({ code: "AVALA_APPROVED_REVIEW" }),
      );
    }
  });
});

describe("--bind", () => {
  const bound = { repository: "acme/access", "pull-request": "12", head: "0ddba115", base: "5ca1ab1e" };
  const one = reviewed([member("zoe", undefined, {})]);
  const documentOf = (review: Review) => JSON.parse(JSON.stringify(asJson(review))) as { digest: string };
  const code = (binding: Record<string, string>, review: Review = { ...one, binding: bound }) => {
    try {
      approvedReview(documentOf(review), { binding });
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it("accepts the values that the review is bound to, some of them, or none", () => {
    for (const binding of [bound, { head: bound.head }, {}] as Record<string, string>[])
      expect(code(binding)).toBeUndefined();
  });

  it.each(Object.keys(bound))("refuses a review of another %s, or without it", (name) => {
    const { [name]: _own, ...others } = bound as Record<string, string>;
    for (const binding of [{ ...bound, [name]: "another" }, others, { ...others, [name]: 12 as never }, undefined]) {
      expect(code(bound, { ...one, ...(binding && { binding }) })).toBe("AVALA_APPROVED_REVIEW");
    }
  });

  it("takes nothing that every object has for a value", () => {
    expect(code({ constructor: "x", tostring: "y" })).toBe("AVALA_APPROVED_REVIEW");
  });

  it("is under the digest", () => {
    const document = documentOf({ ...one, binding: bound });
    const forged = { ...document, binding: { ...bound, head: "another" } };
    expect(() => approvedReview(forged, { binding: { head: "another" } })).toThrow(/changed after it was written/);
  });

  it.each(["head", "=x", "head=", "Head=x", "1=x", ""])("refuses %j as a value", (text) => {
    expect(() => bindingOf([text])).toThrow(expect.objectContaining({ code: "AVALA_USAGE" }));
  });

  it("refuses a name twice, keeps signs of equality, and is absent if not given", () => {
    expect(() => bindingOf(["head=a", "head=a"])).toThrow(expect.objectContaining({ code: "AVALA_USAGE" }));
    expect(bindingOf(["head=a=b", "base=c"])).toEqual({ head: "a=b", base: "c" });
    expect(bindingOf([])).toBeUndefined();
  });
});

describe("an approved review that exceeded a limit (security review: approval lifted every limit)", () => {
  const removed = reviewed([member("bob", joined), member("eve", joined)]);
  const exceeding = (limits: Parameters<typeof exceededBy>[1]) => ({
    ...removed,
    exceeded: exceededBy(removed, limits),
  });
  const none = { maxRemovals: undefined, maxEmails: undefined, deny: [] };

  it.each([
    ["--max-removals", exceeding({ ...none, maxRemovals: 1 })],
    ["an unknown kind of limit", { ...removed, exceeded: [{ limit: "later", message: "x" }] }],
    ["a list that is no list", { ...removed, exceeded: "x" as never }],
    ["no list", { ...removed, exceeded: undefined as never }],
  ])("is refused: %s", (_what, review) => {
    expect(() => approvedReview(JSON.parse(JSON.stringify(asJson(review))))).toThrow(
      expect.objectContaining({ code: "AVALA_APPROVED_REVIEW" }),
    );
  });

  it("is accepted with --allow-exceeded, and without an exceeded limit", () => {
    const json = asJson(exceeding({ ...none, maxRemovals: 1 }));
    expect(approvedReview(json, { allowExceeded: true }).exceeded).toHaveLength(1);
    expect(approvedReview(asJson(exceeding({ ...none, maxRemovals: 2 }))).exceeded).toEqual([]);
  });
});

describe("--mask-emails", () => {
  it("masks every address, distinguishes alike ones, and is the same each time", () => {
    const planned = ["ada", "anna", "bob"].map((name) =>
      member(
        name,
        joined,
        { role: "admin", reason: `asked by ${emailOf(name)}, root@example.org` },
        { name: `staff-${emailOf(name)}-core` },
      ),
    );
    const review = masked(
      reviewed(planned, {
        diagnostics: [{ severity: "warning", message: `"${emailOf("ada")}" and (Eve@Example.com)` }],
      }),
    );
    const text = JSON.stringify(review);
    expect(text).not.toMatch(/ada|anna|bob|root|eve/i);
    expect(review.changes.map(({ person }) => person.email)).toEqual([
      expect.stringMatching(/^a\*\*\*~[0-9a-f]{3}@example\.com$/),
      expect.stringMatching(/^a\*\*\*~[0-9a-f]{3}@example\.com$/),
      "b***@example.com",
    ]);
    expect(new Set(review.changes.map(({ person }) => person.email)).size).toBe(3);
    expect(masked(reviewed(planned)).changes).toEqual(review.changes);
  });
});

/** Names with markup of Markdown, GitHub, Mermaid or HTML, and names with terminal controls. */
const texts: string[] = [
  ...Object.values(hostileTexts),
  "end",
  "%%{init: {'theme':'dark'}}%%",
  'click n0 href "javascript:alert(1)"',
  "| a | b |",
  "@octocat #123 GH-1 https://evil.example.com www.evil.example.com :tada:",
  "```\n# b",
  'x"]; n9["',
  "#quot;&lt;",
  "</code></details><script>alert(1)</script>",
  "![a](http://evil.example.com/a.png)",
  "<!-- a",
  "-->",
];

const hostile = (): Review => {
  const named = texts.flatMap((text, at): Planned[] => [
    {
      ...team,
      name: text,
      id: `${acme}/${uid(100 + at)}`,
      was: { name: text },
      is: { name: text, organization: acme },
    },
    { kind: "Team", name: `made ${text}`, is: { name: text, organization: acme, description: text } },
    {
      kind: "TeamMembership",
      name: text,
      id: `${acme}/${uid(100 + at)}/${uid(500 + at)}`,
      was: { role: text, status: "active", userUid: uid(500 + at), username: text },
    },
    member(
      text,
      { ...joined, email: `${text}@example.com`, reason: "a" },
      { email: `${text}@example.com`, reason: text, role: "admin" },
      { name: `member ${text}`, id: `${acme}/${uid(700 + at)}` },
    ),
    { kind: "Other", name: text, is: { text } },
  ]);
  const diagnostics = texts.map((message) => ({ severity: "warning", message }));
  const review = reviewed([{ ...organization, was: { name: texts[9] }, is: { name: texts[9] } }, ...named], {
    diagnostics,
  });
  return {
    ...review,
    exceeded: exceededBy(review, { maxRemovals: 0, maxEmails: 0, deny: rulesOf(["admin-grants", "last-lead"]) }),
  };
};

/** The page as a browser renders it. */
const look = `(() => {
  const all = [...document.querySelectorAll("*")];
  return {
    elements: [...new Set(all.map(({ localName }) => localName))].sort(),
    attributes: [...new Set(all.flatMap((one) => one.getAttributeNames()))].sort(),
    text: document.body.textContent,
    wide: document.documentElement.scrollWidth,
  };
})()`;

describe("hostile names", () => {
  const review = hostile();

  it("neither steer a terminal nor break its lines", () => {
    const lines = textOf(review).flatMap(({ heading = "", lines: found }) => [
      heading,
      ...found.map(({ text }) => text),
    ]);
    for (const one of lines) expect(one).not.toMatch(steering);
    expect(lines.length).toBeLessThan(texts.length * 9);
  });

  it("stay within code elements of a comment, which contains no other markup from them and fits", () => {
    const markdown = markdownOf(review).text;
    expect(Buffer.byteLength(markdown)).toBeLessThan(65_536);
    expect(markdown).not.toMatch(steeringInLines);
    const html = marked.parse(markdown) as string;
    const elements = new Set([...html.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, name]) => name));
    const ours = "blockquote br code del details h3 li p strong summary table tbody td th thead tr ul".split(" ");
    expect([...elements].filter((name) => !ours.includes(name!))).toEqual([]);
    const outside = html.replace(/<pre>.*?<\/pre>|<code>.*?<\/code>/gs, "").replace(/<[^>]*>/g, "");
    expect(outside.replace(/&#\d+;/g, "")).not.toMatch(/[@`<>]|https?:|www\.|evil|alert|tada|octocat/);
    expect(markdown).not.toContain("```");
  });

  const browserPath = findBrowser();
  if (browserPath === undefined) {
    notRun("the page of a review in a browser", "no Chromium was found; install it or set AVALA_TEST_BROWSER");
  } else {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser(browserPath);
    });
    afterAll(() => browser.close());

    it("are text of the page in a browser, which sends no request", async () => {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
      const noticed: string[] = [];
      page.on("console", (message) => noticed.push(message.text()));
      page.on("pageerror", (error) => noticed.push(error.message));
      page.on("request", (sent) => noticed.push(sent.url()));
      page.on("dialog", (dialog) => (noticed.push(dialog.message()), dialog.dismiss()));
      await page.setContent(htmlOf(review));
      const seen = (await page.evaluate(look)) as {
        elements: string[];
        attributes: string[];
        text: string;
        wide: number;
      };
      await page.close();
      expect(noticed).toEqual([]);
      expect(seen.elements).toEqual(
        "b bdi body div h1 h2 head html i input label li main meta p s script section small span style table tbody td th thead title tr ul".split(
          " ",
        ),
      );
      expect(seen.attributes).toEqual(
        "aria-label autocomplete charset checked class content data-filter data-fold for hidden http-equiv id lang name placeholder role scope spellcheck tabindex title type".split(
          " ",
        ),
      );
      expect(seen.text).toContain("</code></details><script>alert(1)</script>");
      expect(seen.text).not.toMatch(steeringInLines);
      // Tables scroll in their own frames: the page is as wide as the phone.
      expect(seen.wide).toBe(390);
    });
  }
});

describe("the command", () => {
  let desk: Desk;
  beforeAll(() => {
    desk = new Desk();
    const document = previewDocument([organization, team, member("zoe", undefined, {})]);
    writeFileSync(join(desk.folder, "preview.json"), JSON.stringify(document));
  });
  afterAll(() => desk.close());

  it("reads stdin, and exits with 0 although a person is invited", async () => {
    const stdin = JSON.stringify(
      previewDocument([member("zoe", undefined, {})], { changeSummary: { create: 1, same: 4 } }),
    );
    const { code, stdout, stderr } = await desk.run(["review", "-"], { stdin });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("--show-sames");
    expect(stdout).toContain("  + zoe@example.com");
  });

  it.each<[string, string[], string, string]>([
    ["two formats", ["preview.json", "--json", "--html"], "", "AVALA_USAGE"],
    ["a rule that there is not", ["preview.json", "--deny", "everything"], "", "AVALA_USAGE"],
    ["a number that is none", ["preview.json", "--max-emails", "1e3"], "", "AVALA_USAGE"],
    ["no project and no preview", [], "", "AVALA_USAGE"],
    ["a file that is not there", ["nothing.json"], "", "AVALA_STACK"],
    ["no JSON", ["-"], "{", "AVALA_PREVIEW"],
    ["no preview", ["-"], "{}", "AVALA_PREVIEW"],
    [
      "a step of a later engine",
      ["-"],
      JSON.stringify(previewDocument([{ ...team, op: "teleport" }])),
      "AVALA_PREVIEW",
    ],
    [
      "a preview that has failed",
      ["-"],
      JSON.stringify(previewDocument([team], { diagnostics: [{ severity: "error", message: "x" }] })),
      "AVALA_PREVIEW",
    ],
    ["an approved review that is none", ["preview.json", "--approved", "preview.json"], "", "AVALA_APPROVED_REVIEW"],
  ])("refuses %s", async (_what, args, stdin, code) => {
    const ended = await desk.run(["review", ...args], { stdin });
    expect([ended.code, ended.stdout !== ""]).toEqual([1, args.includes("--json")]);
    expect(ended.stderr).toMatch(new RegExp(`^.*\\[${code}\\]\n$`));
  });

  it("names the step that was not approved", async () => {
    const stdin = JSON.stringify(previewDocument([organization, team, member("zoe", undefined, {})]));
    await desk.run(["review", "-", "--json", "--out", "approved.json"], { stdin });
    expect((await desk.run(["review", "preview.json", "--approved", "approved.json"])).code).toBe(0);
    const more = JSON.stringify(previewDocument([organization, team, member("zoe", undefined, { role: "admin" })]));
    const { code, stderr } = await desk.run(["review", "-", "--approved", "approved.json"], { stdin: more });
    expect([code, stderr]).toEqual([2, '"zoe@example.com" is invited, "Acme": not in the approved review.\n']);
  });

  it("compares what the reviews are bound to, and refuses one that exceeded a limit", async () => {
    const stdin = JSON.stringify(previewDocument([organization, team, member("zoe", undefined, {})]));
    const write = (...args: string[]) =>
      desk.run(["review", "-", "--json", "--out", "bound.json", "--bind", "head=a", ...args], { stdin });
    const compare = (...args: string[]) => desk.run(["review", "-", "--approved", "bound.json", ...args], { stdin });
    await write();
    expect(JSON.parse(readFileSync(join(desk.folder, "bound.json"), "utf8"))).toMatchObject({ binding: { head: "a" } });
    expect((await compare("--bind", "head=a")).code).toBe(0);
    const other = await compare("--bind", "head=b");
    expect([other.code, other.stdout]).toEqual([1, ""]);
    expect(other.stderr).toContain('bound to head "a", not to head "b"');
    expect((await compare("--bind", "base=a")).stderr).toContain('bound to no base, not to base "a"');
    expect((await write("--deny", "emails")).code).toBe(2);
    const exceeded = await compare("--bind", "head=a");
    expect([exceeded.code, exceeded.stderr]).toEqual([1, expect.stringContaining("exceeds a limit: deny emails.")]);
    expect((await compare("--bind", "head=a", "--allow-exceeded")).code).toBe(0);
  });
});
