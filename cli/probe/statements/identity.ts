import { choicesOf } from "../../../provider/client/index.js";
import { canonicalUid } from "../../../provider/core/identity.js";
import type { Evidence, ListEvidence, Reads } from "../evidence.js";
import { rowsOf } from "../pages.js";
import { isObject, objectIn, shownReply, succeeded, type Reply, type Row } from "../reply.js";
import { differs, holds, notVisible, type Finding, type Statement } from "../statement.js";
import { haveFields, invitationFields, organizationFields, personFields, teamFields } from "./fields.js";
import { answered, objectsIn, together, type Named } from "./look.js";

const section = "Identity";

const published = { section, basis: "published", source: "SDK 0.10.0" } as const;
const fieldsProvider =
  "Refuses a row without uid or with a value of another type (`AVALA_RESPONSE_SHAPE`); any other missing field counts as not known.";
const fieldsDiffer =
  "Operations that need a row with a wrong type end with an error. A missing field cannot be compared: a change of it in Avala is not reported as drift.";

export const identityStatements: readonly Statement[] = [
  {
    name: "slug-edits-are-limited",
    ...published,
    claim:
      "Each slug edit of an organization uses one of a few (`slug_edits_remaining`). A new slug moves every path below it, including those of datasets and slices.",
    provider: "Sends a slug only when it differs. The preview shows the change.",
    ifDifferent: "The preview of a new slug cannot say how many edits remain.",
    copes: "yes",
    test: "test/lifecycle/slugs.test.ts",
    probe: { needs: "reads", judge: slugEdits },
  },
  {
    name: "uids-are-uuids",
    ...published,
    claim: "Every uid is a UUID, in lower case and with hyphens.",
    provider: "Compares uids in one spelling, whatever the answer has.",
    ifDifferent:
      "Nothing changes for the provider: it reads UUIDs in every spelling, and takes any other uid as it is.",
    copes: "yes",
    test: "test/client/spellings.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => uids(reads) },
  },
  {
    name: "times-have-a-zone",
    ...published,
    claim: "Times are ISO 8601 with a zone.",
    provider: "Reads times in several spellings. One without a zone counts as UTC.",
    ifDifferent:
      "If times without a zone are not UTC, an invitation counts as expired some hours too early or too late. No email is sent for that.",
    copes: "yes",
    test: "test/client/spellings.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => times(reads) },
  },
  {
    name: "own-user-may-be-unknown",
    ...published,
    claim: "`GET /users/me/` returns the uid of the API key's user. A deployment may refuse it or leave out the uid.",
    provider:
      "Asks once per run when it matters. Without an answer, the only member with the key's role counts as the user.",
    ifDifferent: "As long as the answer is not one of these, operations that need the user end with an error.",
    copes: "refuses",
    test: "test/properties/faults/everyDeployment.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => ownUser(reads.currentUser) },
  },
  {
    name: "usernames-may-be-phones",
    ...published,
    source: "Avala's TypeScript SDK",
    claim: "The user name of some people is their phone number.",
    provider: "Names people by email address or uid in messages.",
    ifDifferent: "Nothing: the provider never shows user names of members in place of an address.",
    copes: "yes",
    test: "test/cli/usernames.test.ts",
    probe: { never: "user names are personal data, which a probe does not look at." },
  },
  {
    name: "list-agrees-with-detail",
    ...published,
    claim: "The row of an organization in the list has the same values as its detail, in the fields that both have.",
    provider: "Finds an organization in the list, and reads its values from the detail.",
    ifDifferent:
      "A slug or uid that differs is an error. Other fields are taken from the detail, so `getOrganizations` may show a different value.",
    copes: "refuses",
    test: "test/lifecycle/slugs.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => agree(reads) },
  },
  {
    name: "organization-has-its-fields",
    ...published,
    claim: `The detail of an organization has the fields ${named(organizationFields)}.`,
    provider: fieldsProvider,
    ifDifferent: fieldsDiffer,
    copes: "refuses",
    test: "test/hostile/answers.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => detailFields(reads) },
  },
  {
    name: "member-has-its-fields",
    ...published,
    claim: `A member has the fields ${named(personFields)}.`,
    provider: fieldsProvider,
    ifDifferent: fieldsDiffer,
    copes: "refuses",
    test: "test/hostile/answers.test.ts",
    probe: {
      needs: "reads",
      judge: ({ reads }) => haveFields(read(reads.organization?.members), personFields, "The key sees no member."),
    },
  },
  {
    name: "invitation-has-its-fields",
    ...published,
    claim: `An invitation has the fields ${named(invitationFields)}.`,
    provider: fieldsProvider,
    ifDifferent: fieldsDiffer,
    copes: "refuses",
    test: "test/hostile/answers.test.ts",
    probe: {
      needs: "reads",
      judge: ({ reads }) =>
        haveFields(read(reads.organization?.invitations), invitationFields, "The key sees no invitation."),
    },
  },
  {
    name: "team-has-its-fields",
    ...published,
    claim: `A team has the fields ${named(teamFields)}.`,
    provider: fieldsProvider,
    ifDifferent: fieldsDiffer,
    copes: "refuses",
    test: "test/hostile/answers.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => teamsFields(reads) },
  },
  {
    name: "team-member-has-its-fields",
    ...published,
    claim: `A member of a team has the fields ${named(personFields)}.`,
    provider: fieldsProvider,
    ifDifferent: fieldsDiffer,
    copes: "refuses",
    test: "test/hostile/answers.test.ts",
    probe: {
      needs: "reads",
      judge: ({ reads }) =>
        haveFields(read(reads.organization?.team?.members), personFields, "The key sees no member of a team."),
    },
  },
  {
    name: "organization-roles",
    ...published,
    source: "API reference",
    claim: "Roles in an organization are `owner`, `admin` and `member`.",
    provider:
      "Declares `admin` and `member`. A person with any other role is reported, and never removed or demoted for it.",
    ifDifferent: "People with the other role cannot be declared; they are reported as drift if they are.",
    copes: "refuses",
    test: "test/guards/people.test.ts",
    probe: {
      needs: "reads",
      judge: ({ reads }) =>
        onlyValues(reads, "role", ["owner", "admin", "member"], ["organization", "member", "invitation"]),
    },
  },
  {
    name: "team-roles",
    ...published,
    source: "API reference",
    claim: "Roles in a team are `lead` and `member`.",
    provider: "Declares `lead` and `member`, and reports any other role as drift.",
    ifDifferent: "The other role cannot be declared; the next `up` sets the declared one.",
    copes: "yes",
    test: "test/lifecycle/teamMembership.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => onlyValues(reads, "role", ["lead", "member"], ["team member"]) },
  },
  {
    name: "visibilities",
    ...published,
    source: "API reference",
    claim: "The visibility of an organization is `public` or `private`.",
    provider: "Declares these two, and reports any other value as drift.",
    ifDifferent: "The other value cannot be declared; the next `up` sets the declared one.",
    copes: "yes",
    test: "test/lifecycle/organization.test.ts",
    probe: {
      needs: "reads",
      judge: ({ reads }) => onlyValues(reads, "visibility", ["public", "private"], ["organization"]),
    },
  },
  {
    name: "industries-are-listed",
    ...published,
    source: "API reference",
    claim:
      "`GET /organizations/industry-choices/` lists `robotics`, `autonomous_vehicle`, `ai_ml` and `other`, as a map, as pairs or as objects.",
    provider:
      "Reads each of these forms. Accepts every value of `industry` in a program: Avala decides which are valid.",
    ifDifferent: "`getIndustryChoices` returns other values, or an error. Resources do not use the list.",
    copes: "yes",
    test: "test/client/spellings.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => industries(reads.industryChoices) },
  },
];

function named(fields: object): string {
  const names = Object.keys(fields).map((name) => `\`${name}\``);
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;
}

const read = (list: ListEvidence | undefined): Row[] | undefined => list && rowsOf(list);

const unseen = "The key sees no organization.";

/** Judges the detail of the organization, if there is one. */
function overDetail({ organization }: Reads, judge: (detail: Row) => Finding): Finding {
  if (!organization) return notVisible(unseen);
  return answered(organization.detail, (reply) => {
    const detail = objectIn(reply);
    return detail ? judge(detail) : differs(`The detail of an organization is answered ${shownReply(reply)}.`);
  });
}

function slugEdits({ reads, writes }: Evidence): Finding {
  const stated = overDetail(reads, ({ slug_edits_remaining: edits }) => {
    if (edits === null) return holds("slug_edits_remaining is null.");
    return Number.isInteger(edits)
      ? holds("slug_edits_remaining is a number.")
      : differs("slug_edits_remaining is not a number.");
  });
  const [before, after] = [writes?.emptied, writes?.newSlug].map(
    (detail) => objectIn(detail)?.["slug_edits_remaining"],
  );
  if (typeof before !== "number" || typeof after !== "number" || stated.verdict === "differs") return stated;
  const details = `slug_edits_remaining was ${before} before a slug edit, and ${after} after it.`;
  return (after === before - 1 ? holds : differs)(details);
}

const detailFields = (reads: Reads): Finding =>
  overDetail(reads, (detail) => haveFields([detail], organizationFields, unseen));

function teamsFields({ organization }: Reads): Finding {
  const detail = objectIn(organization?.team?.detail);
  const rows = [...(read(organization?.teams) ?? []), ...(detail ? [detail] : [])];
  return haveFields(rows, teamFields, "The key sees no team.");
}

/** Judges the values of fields of all objects, by kind of object and field. */
function overValues(
  reads: Reads,
  isWanted: (field: string) => boolean,
  judge: (value: unknown) => string | undefined,
  said: (count: number) => string,
): Finding {
  const values = objectsIn(reads).flatMap(([kind, row]) =>
    Object.entries(row)
      .filter(([field, value]) => isWanted(field) && value !== null)
      .map(([field, value]) => ({ at: `${field} of ${kind}`, problem: judge(value) })),
  );
  if (values.length === 0) return notVisible(unseen);
  const wrong = values.filter(({ problem }) => problem !== undefined);
  if (wrong.length === 0) return holds(said(values.length));
  return together(
    [...new Map(wrong.map(({ at, problem }) => [at, [at, differs(problem!)] as const])).values()],
    unseen,
  );
}

/** Fields with a uid, by the names that are known: no other name is printed. */
const uidFields = ["uid", "user_uid", "organization_uid"];

const uids = (reads: Reads): Finding =>
  overValues(
    reads,
    (field) => uidFields.includes(field),
    (uid) => {
      const canonical = typeof uid === "string" ? canonicalUid(uid) : undefined;
      if (canonical === undefined) return "not a UUID";
      return canonical === uid ? undefined : "a UUID in a different spelling";
    },
    (count) => `All ${count} uids are UUIDs in lower case.`,
  );

const timeFields = ["created_at", "updated_at", "joined_at", "expires_at", "last_active_at"];
const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

const times = (reads: Reads): Finding =>
  overValues(
    reads,
    (field) => timeFields.includes(field),
    (time) => (typeof time === "string" && zoned.test(time) ? undefined : "not a time with a zone"),
    (count) => `All ${count} times have a zone.`,
  );

function onlyValues(reads: Reads, field: string, known: readonly string[], kinds: readonly string[]): Finding {
  const parts = kinds.map((kind): Named<Finding> => {
    const values = objectsIn(reads)
      .filter(([name]) => name === kind)
      .map(([, row]) => row[field])
      .filter((value) => typeof value === "string");
    const others = values.filter((value) => !known.includes(value)).length;
    if (values.length === 0) return [kind, notVisible("none is visible")];
    if (others > 0) return [kind, differs(`${others} of ${values.length} have a different ${field}`)];
    return [kind, holds(`only ${known.filter((value) => values.includes(value)).join(", ")}`)];
  });
  return together(parts, unseen);
}

function ownUser(reply: Reply): Finding {
  return answered(reply, ({ status, json }) => {
    if (status === 403 || status === 404) return holds(`Answered ${status}.`, { currentUser: status });
    if (succeeded(reply) && json === undefined) return holds("Answered with a page.", { currentUser: "html" });
    if (!succeeded(reply) || !isObject(json)) return differs(`Answered ${shownReply(reply)}, and not an object.`);
    const { uid } = json;
    if (typeof uid === "string" && canonicalUid(uid) !== undefined)
      return holds("Answered with the uid.", { currentUser: "full" });
    return uid === undefined || uid === null
      ? holds("Answered without a uid.", { currentUser: "withoutUid" })
      : differs("Its uid is not a UUID.");
  });
}

/** A new signature in each answer. */
const volatile = ["logo"];

function agree(reads: Reads): Finding {
  const row = reads.organization?.row;
  if (!row) return notVisible(unseen);
  return overDetail(reads, (detail) => {
    const shared = Object.keys(row).filter((name) => name in detail && !volatile.includes(name));
    const unequal = shared.filter((name) => JSON.stringify(row[name]) !== JSON.stringify(detail[name]));
    const known = unequal.filter((name) => name in organizationFields);
    const others = unequal.length - known.length;
    if (unequal.length === 0) return holds(`${shared.length} fields are the same.`);
    return differs(`Different values: ${[...known, ...(others > 0 ? [`${others} other fields`] : [])].join(", ")}.`);
  });
}

const INDUSTRIES = ["robotics", "autonomous_vehicle", "ai_ml", "other"];

function industries(reply: Reply): Finding {
  return answered(reply, () => {
    const choices = succeeded(reply) && reply.json !== undefined ? choicesOf(reply.json) : undefined;
    if (!choices) return differs(`Answered ${shownReply(reply)}, without readable choices.`);
    const values = choices.map(({ value }) => value);
    const missing = INDUSTRIES.filter((value) => !values.includes(value));
    const more = values.length - (INDUSTRIES.length - missing.length);
    const problems = [
      ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
      ...(more > 0 ? [`${more} more`] : []),
    ];
    return problems.length > 0
      ? differs(`The choices differ: ${problems.join(", ")}.`)
      : holds("It lists the four values.");
  });
}
