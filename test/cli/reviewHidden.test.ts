import { approvedReview, unapproved } from "../../cli/review/approved.js";
import { exceededBy } from "../../cli/review/limits.js";
import { previewOf, type Kind } from "../../cli/pulumi/preview.js";
import { asJson, reviewOf, type Review } from "../../cli/review/report.js";
import type { Rule } from "../../cli/review/warnings.js";
import { resources } from "../../provider/schema/index.js";
import { previewDocument, unknown, type Planned } from "./previews.js";

/*
 * security 1: what a preview does not show counts as the worst that it can be. Every input of every kind, secret or not known
 * yet, in every step.
 */

const uid = (digits: string) => `${digits.padStart(8, "0")}-0000-4000-8000-000000000000`;
const [acme, core, ada] = [uid("ace"), uid("c"), uid("a")];
const email = "ada@example.com";
const hidden = { secret: "[secret]", unknown } as const;
type Hidden = keyof typeof hidden;

/** What is recorded, and declared, of one resource of each kind. Nothing in it makes a review warn. */
const plain: Record<Kind, { id: string; inputs: Record<string, unknown>; outputs: Record<string, unknown> }> = {
  Organization: { id: acme, inputs: { name: "Acme" }, outputs: { slug: "acme", __created: false } },
  Team: { id: `${acme}/${core}`, inputs: { name: "Core", organization: acme }, outputs: { slug: "core" } },
  OrganizationMember: {
    id: `${acme}/${email}`,
    inputs: { email, organization: acme, role: "member" },
    outputs: { status: "active", userUid: ada },
  },
  Invitation: {
    id: `${acme}/${email}`,
    inputs: { email, organization: acme, role: "member" },
    outputs: { status: "invited" },
  },
  TeamMembership: {
    id: `${acme}/${core}/${email}`,
    inputs: { email, team: `${acme}/${core}`, role: "member" },
    outputs: { status: "active", userUid: ada },
  },
  TeamRoster: {
    id: `${acme}/${core}`,
    inputs: { team: `${acme}/${core}`, members: `${email} member` },
    outputs: {},
  },
};
const organization: Planned = {
  op: "same",
  kind: "Organization",
  name: "acme",
  id: acme,
  was: { name: "Acme", slug: "acme" },
  is: { name: "Acme" },
};
/** Has the domain of the others, so that nobody is external. */
const colleague: Planned = {
  op: "same",
  kind: "OrganizationMember",
  name: "bob",
  id: `${acme}/bob@example.com`,
  was: { email: "bob@example.com", organization: acme, role: "member", status: "active" },
  is: { email: "bob@example.com", organization: acme, role: "member" },
};

const operations = ["create", "update", "delete", "replace"] as const;
type Operation = (typeof operations)[number];
interface Cell {
  kind: Kind;
  operation: Operation;
  /** Over what is recorded and declared. */
  recorded?: Record<string, unknown>;
  declared?: Record<string, unknown>;
}

function reviewed({ kind, operation, recorded = {}, declared = {} }: Cell): Review {
  const { id, outputs, inputs: usual } = plain[kind];
  // A person is named by uid or by address.
  const { email: _, ...byUid } = usual;
  const inputs = [declared, recorded].some((values) => "user" in values) ? { ...byUid, user: ada } : usual;
  const old = operation === "create" ? {} : { id, was: { ...inputs, ...outputs, ...recorded } };
  const now = operation === "delete" ? {} : { is: { ...inputs, ...declared } };
  const around = kind === "Organization" ? [] : [organization, colleague];
  const planned: Planned = { op: operation, kind, name: "it", ...old, ...now };
  return reviewOf(previewOf(previewDocument([...around, planned])), { maxRemovals: 10, domains: [] });
}

const inputsOf = (kind: Kind) =>
  Object.keys(Object.values(resources).find((schema) => (schema.kind as string) === kind)!.inputs);
const kinds = Object.keys(plain) as Kind[];
const hiddenNames = Object.keys(hidden) as Hidden[];
const contentOf = ({ changes, acts, warnings }: Review) => JSON.stringify({ changes, acts, warnings });
const rulesIn = ({ warnings }: Review) => warnings.map(({ rule }) => rule);
const isApproved = (review: Review) =>
  unapproved(review, approvedReview(JSON.parse(JSON.stringify(asJson(review))) as unknown)).length === 0;

const denies = (review: Review, rule: Rule) =>
  exceededBy(review, { maxRemovals: undefined, maxEmails: undefined, deny: [rule] }).length > 0;

/** Inputs that decide about access or emails, and so have a warning of their own: in a declaration, and in a deletion. */
const decisive: Record<Kind, { declared: string[]; deleted: string[] }> = {
  Organization: { declared: ["adopt", "onDestroy", "forceDestroy"], deleted: ["onDestroy", "forceDestroy"] },
  Team: { declared: ["organization", "adopt", "forceDestroy"], deleted: ["forceDestroy"] },
  OrganizationMember: {
    declared: ["organization", "user", "email", "role", "onExpiry", "maxEmails", "resend", "onDestroy", "validUntil"],
    deleted: ["user", "email", "onDestroy"],
  },
  Invitation: { declared: ["organization", "email", "role", "resend"], deleted: ["email"] },
  TeamMembership: {
    declared: ["team", "user", "email", "role", "onDestroy", "validUntil"],
    deleted: ["user", "email", "onDestroy"],
  },
  TeamRoster: { declared: ["team", "members", "unmanaged"], deleted: ["members"] },
};

/** Says which person or place a resource is of. The engine compares secrets: a secret one of an update is the same as before. */
const identities = new Set(["organization", "team", "user", "email"]);
const isSame = (kind: Kind, input: string, operation: Operation, how: Hidden) =>
  operation === "update" &&
  (input === "adopt" || (how === "secret" && identities.has(input) && kind !== "Organization"));

describe("a declared input that is not shown", () => {
  const cells = kinds.flatMap((kind) =>
    inputsOf(kind).flatMap((input) =>
      (["create", "update", "replace"] as const).flatMap((operation) =>
        hiddenNames.map(
          (how) => [`${how} ${input} of ${kind}, ${operation}`, { kind, input, operation, how }] as const,
        ),
      ),
    ),
  );
  const [same, other] = [true, false].map((one) =>
    cells.filter(([, { kind, input, operation, how }]) => isSame(kind, input, operation, how) === one),
  ) as [typeof cells, typeof cells];

  it.each(other)("%s: is shown, differs from the default, and is never approved", (_, cell) => {
    const { kind, input, operation, how } = cell;
    const review = reviewed({ kind, operation, declared: { [input]: hidden[how] } });
    expect(contentOf(review)).not.toBe(contentOf(reviewed({ kind, operation })));
    expect(contentOf(review)).toContain(how === "secret" ? "[secret]" : "[not known yet]");
    expect(isApproved(review)).toBe(false);
    const isDecisive = decisive[kind].declared.includes(input);
    expect([rulesIn(review).includes("unknown-access"), denies(review, "unknown-access")]).toEqual([
      isDecisive,
      isDecisive,
    ]);
  });

  it.each(same)("%s: is the same as before, as the engine has compared it or asks for it no more", (_, cell) => {
    const { kind, input, operation, how } = cell;
    const review = reviewed({ kind, operation, declared: { [input]: hidden[how] } });
    const usual = reviewed({ kind, operation });
    expect([review.changes.map(({ effect }) => effect), review.acts]).toEqual([
      usual.changes.map(({ effect }) => effect),
      usual.acts,
    ]);
  });
});

describe("a recorded value that is not shown", () => {
  const cells = kinds.flatMap((kind) =>
    [...inputsOf(kind), ...(inputsOf(kind).includes("role") ? ["status"] : [])].flatMap((input) =>
      hiddenNames.map((how) => [`${how} ${input} of ${kind}`, { kind, input, how }] as const),
    ),
  );

  it.each(cells)("%s: a deletion takes the most that it can", (_, { kind, input, how }) => {
    const review = reviewed({ kind, operation: "delete", recorded: { [input]: hidden[how] } });
    const usual = reviewed({ kind, operation: "delete" });
    const [taken, before] = [review, usual].map(({ summary: { loses, withdrawn }, removals }) => ({
      people: loses + withdrawn,
      unknown: removals.some(({ unknown }) => unknown),
    }));
    expect(taken!.unknown || taken!.people >= before!.people).toBe(true);
    const isDecisive = decisive[kind].deleted.includes(input) || input === "status";
    expect([rulesIn(review).includes("unknown-access"), isApproved(review)]).toEqual([isDecisive, !isDecisive]);
  });
});

/** What the worst case of each decisive value is. */
describe("a decisive value that is not shown counts for the rules and limits about its worst case", () => {
  const lapsed = { status: "expired", userUid: undefined };
  const invited = { status: "invited", userUid: undefined };
  const both = (input: string) => (how: Hidden) => ({
    recorded: { [input]: hidden[how] },
    declared: { [input]: hidden[how] },
  });
  const declares =
    (input: string, recorded: Record<string, unknown> = {}, declared: Record<string, unknown> = {}) =>
    (how: Hidden) => ({ recorded, declared: { ...declared, [input]: hidden[how] } });
  const records = (input: string) => (how: Hidden) => ({ recorded: { [input]: hidden[how] } });
  type Worst = [Kind, Operation, string, (how: Hidden) => Partial<Cell>, Rule];
  const cells: Worst[] = [
    ["OrganizationMember", "create", "role", declares("role"), "admin-grants"],
    ["OrganizationMember", "update", "role", declares("role"), "admin-grants"],
    ["OrganizationMember", "update", "role, before and after", both("role"), "admin-grants"],
    ["OrganizationMember", "replace", "role", declares("role"), "admin-grants"],
    ["Invitation", "create", "role", declares("role"), "admin-grants"],
    ["Invitation", "update", "role", declares("role"), "admin-grants"],
    ["OrganizationMember", "update", "role of somebody invited", declares("role", invited), "emails"],
    ["OrganizationMember", "update", "resend of somebody invited", declares("resend", invited), "emails"],
    [
      "OrganizationMember",
      "update",
      "resend, before and after",
      (how) => ({ ...both("resend")(how), recorded: { ...invited, resend: hidden[how] } }),
      "emails",
    ],
    ["OrganizationMember", "update", "onExpiry of an expired invitation", declares("onExpiry", lapsed), "emails"],
    [
      "OrganizationMember",
      "update",
      "maxEmails of an expired invitation",
      declares("maxEmails", { ...lapsed, emailsSent: 9 }, { onExpiry: "resend" }),
      "emails",
    ],
    ["Invitation", "update", "resend", declares("resend"), "emails"],
    [
      "OrganizationMember",
      "update",
      "validUntil",
      declares("validUntil", { validUntil: "2030-01-01T00:00:00Z" }),
      "extended-access",
    ],
    ["OrganizationMember", "update", "validUntil, before and after", both("validUntil"), "extended-access"],
    ["TeamMembership", "update", "role of a lead", declares("role", { role: "lead" }), "last-lead"],
    ["TeamRoster", "update", "members", declares("members", { members: `${email} lead` }), "last-lead"],
    ["TeamRoster", "update", "members, before and after", both("members"), "removals"],
    ["TeamRoster", "delete", "members", records("members"), "removals"],
    ["TeamRoster", "update", "members", declares("members"), "unknown-people"],
    ["TeamRoster", "create", "unmanaged", declares("unmanaged"), "unknown-people"],
    ["TeamRoster", "update", "unmanaged", declares("unmanaged"), "unknown-people"],
    ["Organization", "delete", "onDestroy", records("onDestroy"), "organization-deletions"],
    ["OrganizationMember", "create", "email", declares("email"), "external-domains"],
    ["Invitation", "create", "email", declares("email"), "external-domains"],
  ];

  it.each(
    cells.flatMap(([kind, operation, what, values, rule]) =>
      hiddenNames.map(
        (how) => [`${how} ${what} of ${kind}, ${operation}`, rule, { kind, operation, ...values(how) }] as const,
      ),
    ),
  )("%s: %s", (_, rule, cell) => {
    const { kind, operation } = cell;
    expect([denies(reviewed(cell), rule), denies(reviewed({ kind, operation }), rule)]).toEqual([true, false]);
  });

  it.each(hiddenNames)("--max-removals and --max-emails: %s", (how) => {
    const removed = reviewed({ kind: "TeamRoster", operation: "delete", recorded: { members: hidden[how] } });
    expect(exceededBy(removed, { maxRemovals: 1_000_000, maxEmails: undefined, deny: [] })).toHaveLength(1);
    const left = reviewed({ kind: "OrganizationMember", operation: "delete", recorded: { onDestroy: hidden[how] } });
    expect(exceededBy(left, { maxRemovals: 0, maxEmails: undefined, deny: [] })).toHaveLength(1);
    const sent = reviewed({ kind: "Invitation", operation: "update", declared: { resend: hidden[how] } });
    expect(exceededBy(sent, { maxRemovals: undefined, maxEmails: 0, deny: [] })).toHaveLength(1);
  });

  it.each(hiddenNames)("the email of an Organization says nothing of which it is: %s", (how) => {
    const recorded = { __created: true };
    const declared = { email: hidden[how] };
    const changed = reviewed({ kind: "Organization", operation: "update", recorded, declared });
    expect(changed.acts.map(({ act }) => act)).toEqual(["update"]);
  });

  it.each(hiddenNames)("flags of the hidden state: %s", (how) => {
    const recorded = { __created: hidden[how], __unfinished: hidden[how] };
    const gone = reviewed({ kind: "Organization", operation: "delete", recorded });
    expect(gone.acts.map(({ act }) => act)).toEqual(["delete"]);
    const ended = { status: "gone", __unfinished: hidden[how] };
    const left = reviewed({ kind: "OrganizationMember", operation: "delete", recorded: ended });
    expect(left.summary.loses).toBe(1);
    const pending = { status: "gone", userUid: undefined, __emailPending: hidden[how] };
    const sent = reviewed({ kind: "OrganizationMember", operation: "update", recorded: pending });
    expect(sent.summary.emails).toBe(1);
  });

  it.each(hiddenNames)("forceDestroy and adopt: %s", (how) => {
    for (const kind of ["Organization", "Team"] as const) {
      const created = kind === "Organization" ? { onDestroy: "delete" } : {};
      const gone = reviewed({ kind, operation: "delete", recorded: { ...created, forceDestroy: hidden[how] } });
      expect(gone.acts.map(({ act, forced }) => [act, forced])).toEqual([["delete", true]]);
      const adopted = reviewed({ kind, operation: "create", declared: { adopt: hidden[how] } });
      expect(adopted.acts.map(({ act }) => act)).toEqual(["adopt"]);
    }
  });
});
