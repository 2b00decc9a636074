import {
  type Kind,
  type Row,
  answered,
  answersOf,
  each,
  eachDetail,
  eachRow,
  everyKind,
  field,
  html,
  inPlaceOf,
  isCall,
  refused,
  renamed,
  requestsOf,
  rowOf,
  without,
  both,
} from "../breaking.js";
import { type Answer, type Call } from "../service.js";
import { type Broken, getOrganization, industryChoices, patchOrganization, remembering, because } from "./common.js";

const currentUser = isCall("GET /users/me/");
const uidField = (kind: Kind) => (kind === "member" || kind === "teamMember" ? "user_uid" : "uid");
const hex = (uid: unknown) => String(uid).replaceAll("-", "");
const withoutZone = (time: unknown) => (typeof time === "string" ? time.replace(/Z$/, "") : time);
const inSeconds = (time: unknown) => (typeof time === "string" ? Date.parse(time) / 1000 : time);

/** Names of fields, and the other statements that cannot be judged without them. */
type Needs = Record<string, readonly string[]>;

/** Each field renamed, and some of them with values of another type. */
const fields = (kind: Kind, needs: Needs, wrong: Row): Broken[] => [
  ...Object.keys(needs).map((name) => ({
    what: `${kind} without ${name}`,
    breaker: each(kind, renamed(name, `${name}_v2`)),
    also: because(`${name} shows it`, ...needs[name]!),
  })),
  ...Object.entries(wrong).map(([name, value]) => ({
    what: `${kind} with ${name} as ${JSON.stringify(value)}`,
    breaker: each(
      kind,
      field(name, () => value),
    ),
    also: because(`${name} shows it`, ...needs[name]!),
  })),
];

/** Steps with the own user in a team. */
const ofPeople = ["adding-twice-is-refused", "own-user-joins-team", "team-role-changes", "void-answers"];

/** Uids of a kind in another spelling, in answers and requests. */
const spelt = (kind: Kind, change: (uid: unknown) => string) =>
  both(
    requestsOf(
      () => true,
      ({ path, body }) => ({
        path: path.split("/").map(canonical).join("/"),
        body: field("user_uid", (uid) => canonical(String(uid)))(rowOf(body)),
        ...(body === undefined && { body }),
      }),
    ),
    each(kind, field(uidField(kind), change)),
  );

/** Steps with teams. */
const ofTeams = [...ofPeople, "deleted-is-404", "team-creator-joins", "team-names-may-repeat"];

/** What the probe has created cannot be recognized. */
const noUid = { also: { writes: "nothing shows that the organization is that of the probe" } };

const ofDetail: Needs = {
  slug: [],
  name: [],
  handle: ["absent-fields-stay"],
  industry: ["defaults-of-a-new-organization"],
  visibility: ["defaults-of-a-new-organization"],
  plan: [],
  is_active: [],
  role: [],
  member_count: [],
  team_count: ["counts-follow-writes"],
  created_at: [],
  description: [],
  website: ["absent-fields-stay"],
  email: ["absent-fields-stay"],
  phone: ["absent-fields-stay"],
};

/** By the name of the statement that is broken. */
export const identity: Readonly<Record<string, readonly Broken[]>> = {
  "slugs-move": [
    {
      what: "the old path still serves the organization",
      breaker: oldSlug((call, pass, slug) =>
        pass({ path: call.path.replace(/^\/organizations\/[^/]+/, `/organizations/${slug}`) }),
      ),
    },
    {
      what: "the old path is a redirect",
      breaker: oldSlug((_, __, slug) => answered(301, undefined, { location: `/api/v1/organizations/${slug}/` })),
      organization: "unproven",
      also: because("the old path is a redirect after the deletion, too", "organization-delete"),
    },
    { what: "the old path is 410", breaker: oldSlug(() => refused(410)) },
    {
      what: "a slug edit changes the uid",
      breaker: changedUid(),
      organization: "stays",
      also: { writes: "nothing shows any more that the organization is that of the probe" },
    },
  ],
  "slug-edits-are-limited": [
    {
      what: "the rest of the slug edits is not stated",
      breaker: eachDetail("organization", without("slug_edits_remaining")),
      also: because("it is one of the fields", "organization-has-its-fields"),
    },
    {
      what: "the rest of the slug edits is a text",
      breaker: eachDetail("organization", field("slug_edits_remaining", String)),
      also: because("it is one of the fields", "organization-has-its-fields"),
    },
    {
      what: "the rest of the slug edits does not fall",
      breaker: eachDetail(
        "organization",
        field("slug_edits_remaining", () => 3),
      ),
    },
  ],
  "spelling-may-change": [
    {
      what: "addresses come back with another domain",
      breaker: each(
        "invitation",
        field("invited_email", (email) => String(email).replace(/@.*/, "@elsewhere.example")),
      ),
      also: because("it is not the address that was invited", "invitation-is-201"),
    },
  ],
  "uids-are-uuids": [
    {
      what: "uids of organizations are numbers",
      breaker: each(
        "organization",
        field("uid", (uid) => Number.parseInt(String(uid).slice(0, 8), 16)),
      ),
      also: because("it is not a text", "organization-has-its-fields"),
    },
    ...(["organization", "team", "invitation", "member", "teamMember"] as const).flatMap((kind) => [
      { what: `the uid of each ${kind} has no hyphens`, breaker: spelt(kind, hex) },
      {
        what: `the uid of each ${kind} is in upper case`,
        breaker: spelt(kind, (uid) => String(uid).toUpperCase()),
      },
      {
        what: `the uid of each ${kind} has a prefix`,
        breaker: spelt(kind, (uid) => `id_${hex(uid)}`),
      },
    ]),
  ],
  "times-have-a-zone": [
    ...everyKind.map((kind) => ({
      what: `created_at of each ${kind} has no zone`,
      breaker: each(kind, field("created_at", withoutZone)),
    })),
    {
      what: "times are in seconds",
      breaker: each(everyKind, field("created_at", inSeconds)),
      also: because(
        "it is not a text",
        "organization-has-its-fields",
        "member-has-its-fields",
        "invitation-has-its-fields",
        "team-has-its-fields",
        "team-member-has-its-fields",
      ),
    },
    {
      what: "times are dates",
      breaker: each(
        everyKind,
        field("created_at", (time) => String(time).slice(0, 10)),
      ),
    },
    { what: "expires_at has no zone", breaker: each("invitation", field("expires_at", withoutZone)) },
  ],
  "handles-have-no-hyphen": [
    {
      what: "a handle with a hyphen is accepted",
      breaker: requestsOf(
        (call) => patchOrganization(call) && String(rowOf(call.body)["handle"]).includes("-"),
        ({ body }) => ({ body: { ...rowOf(body), handle: String(rowOf(body)["handle"]).replaceAll("-", "_") } }),
      ),
    },
    {
      what: "a handle with a hyphen is refused with 409",
      breaker: answersOf(
        (call) => patchOrganization(call) && String(rowOf(call.body)["handle"]).includes("-"),
        (answer) => (answer.status === 400 ? refused(409) : answer),
      ),
    },
  ],
  "own-user-may-be-unknown": [
    { what: "the own user is an error of the server", breaker: inPlaceOf(currentUser, () => html(500)) },
    {
      what: "the own user is a redirect",
      breaker: inPlaceOf(currentUser, () => answered(302, undefined, { location: "/login/" })),
    },
  ],
  "list-agrees-with-detail": [
    ...(["plan", "industry", "visibility", "role"] as const).map((name) => ({
      what: `the list has another ${name}`,
      breaker: eachRow(
        "organization",
        field(
          name,
          (value) =>
            ({
              basic: "pro",
              pro: "basic",
              robotics: "other",
              other: "robotics",
              public: "private",
              private: "public",
              owner: "admin",
              admin: "owner",
            })[String(value)],
        ),
      ),
    })),
    {
      what: "the list has another member_count",
      breaker: eachRow(
        "organization",
        field("member_count", (count) => Number(count) + 1),
      ),
    },
    {
      what: "the list has no handles",
      breaker: eachRow(
        "organization",
        field("handle", () => null),
      ),
    },
    {
      what: "the list has another created_at",
      breaker: eachRow(
        "organization",
        field("created_at", () => "2020-01-01T00:00:00Z"),
      ),
    },
  ],
  "organization-has-its-fields": [
    ...Object.entries(ofDetail).map(([name, others]) => ({
      what: `the detail without ${name}`,
      breaker: eachDetail("organization", renamed(name, `${name}_v2`)),
      also: because(`${name} shows it`, ...others),
    })),
    {
      what: "the detail without uid",
      breaker: eachDetail("organization", renamed("uid", "id")),
      ...noUid,
    },
    ...Object.entries({ member_count: "3", is_active: "true", industry: { value: "other" }, plan: 7 }).map(
      ([name, value]) => ({
        what: `organization with ${name} as ${JSON.stringify(value)}`,
        breaker: each(
          "organization",
          field(name, () => value),
        ),
        also: because(
          `${name} shows it`,
          ...(name === "industry" ? ["absent-fields-stay", "defaults-of-a-new-organization"] : []),
        ),
      }),
    ),
  ],
  "member-has-its-fields": fields(
    "member",
    {
      user_uid: ["no-single-reads", ...ofPeople],
      username: [],
      email: ["hidden-emails"],
      full_name: [],
      role: ["one-owner"],
      created_at: [],
    },
    { role: ["owner"], username: 7, email: {} },
  ),
  "invitation-has-its-fields": fields(
    "invitation",
    {
      uid: ["cancelled-invitations-vanish", "role-change-needs-new-email"],
      invited_email: ["invitation-is-201", "spelling-may-change"],
      role: ["invitation-is-201"],
      status: ["expired-may-be-pending", "invitation-is-201"],
      expires_at: [],
      is_expired: [],
      created_at: [],
    },
    { is_expired: "false", status: 1, role: { name: "member" } },
  ),
  "team-has-its-fields": fields(
    "team",
    {
      uid: [],
      slug: [...ofTeams, "team-member-has-its-fields", "team-roles"],
      name: ["team-names-may-repeat", "writes-echo-input"],
      description: ["writes-echo-input"],
      color: ["team-color-keeps-its-case", "writes-echo-input"],
      member_count: [],
      created_at: [],
    },
    { member_count: "2" },
  ),
  "team-member-has-its-fields": fields(
    "teamMember",
    {
      user_uid: [],
      username: [],
      email: ["hidden-emails"],
      full_name: [],
      role: ["team-role-changes", "team-roles"],
      created_at: [],
    },
    { role: 1 },
  ),
  "organization-roles": [
    {
      what: "a member is a viewer",
      breaker: eachRow(
        "member",
        field("role", (role) => (role === "member" ? "viewer" : role)),
      ),
    },
    {
      what: "an admin is a manager",
      breaker: eachRow(
        "member",
        field("role", (role) => (role === "admin" ? "manager" : role)),
      ),
    },
    {
      what: "roles are in capitals",
      breaker: eachRow(
        "member",
        field("role", (role) => String(role).toUpperCase()),
      ),
      also: because("no role is that of the owner", "one-owner"),
    },
    {
      what: "people are invited as guests",
      breaker: eachRow(
        "invitation",
        field("role", () => "guest"),
      ),
    },
  ],
  "team-roles": [
    {
      what: "a lead is a manager",
      breaker: eachRow(
        "teamMember",
        field("role", (role) => (role === "lead" ? "manager" : role)),
      ),
      also: because("the new role is not shown", "team-role-changes"),
    },
    {
      what: "a member is an editor",
      breaker: eachRow(
        "teamMember",
        field("role", (role) => (role === "member" ? "editor" : role)),
      ),
    },
  ],
  visibilities: [
    {
      what: "organizations are internal",
      breaker: each(
        "organization",
        field("visibility", () => "internal"),
      ),
      also: because("a new organization has it, too", "defaults-of-a-new-organization"),
    },
    {
      what: "visibility is in capitals",
      breaker: each(
        "organization",
        field("visibility", (value) => String(value).toUpperCase()),
      ),
      also: because("a new organization has it, too", "defaults-of-a-new-organization"),
    },
  ],
  "industries-are-listed": [
    {
      what: "robotics is not listed",
      breaker: answersOf(industryChoices, (answer) => ({
        ...answer,
        body: { choices: without("robotics")(rowOf(rowOf(answer.body)["choices"])) },
      })),
    },
    {
      what: "the industries are a text",
      breaker: inPlaceOf(industryChoices, () => answered(200, { choices: "robotics, other" })),
    },
    {
      what: "the list of industries is empty",
      breaker: inPlaceOf(industryChoices, () => answered(200, { choices: {} })),
    },
    {
      what: "industries are listed by their labels",
      breaker: inPlaceOf(industryChoices, () => answered(200, ["Robotics", "Autonomous vehicle", "AI / ML", "Other"])),
    },
    { what: "there is no list of industries", breaker: inPlaceOf(industryChoices, () => refused(404)) },
  ],
};

/** What the path of an organization answers after its slug was edited. */
function oldSlug(
  answer: (call: Call, pass: (changed?: Partial<Call>) => Promise<Answer>, slug: string) => Answer | Promise<Answer>,
) {
  return remembering(
    () => new Map<string, string>(),
    (moved) => async (call, pass) => {
      const [, , slug = ""] = call.path.split("/");
      const now = moved.get(slug);
      if (now !== undefined && getOrganization(call)) return answer(call, pass, now);
      const { slug: wanted } = rowOf(call.body);
      const done = await pass();
      if (patchOrganization(call) && typeof wanted === "string" && wanted !== slug && done.status === 200)
        moved.set(slug, wanted);
      return done;
    },
  );
}

/** An organization whose slug was edited has another uid. */
function changedUid() {
  return remembering(
    () => new Map<unknown, string>(),
    (changed) => async (call, pass) => {
      const answer = await pass();
      const { uid, slug } = rowOf(answer.body);
      if (patchOrganization(call) && "slug" in rowOf(call.body) && answer.status === 200) changed.set(slug, other(uid));
      const now = getOrganization(call) && answer.status === 200 ? changed.get(slug) : undefined;
      return now === undefined ? answer : { ...answer, body: { ...rowOf(answer.body), uid: now } };
    },
  );
}

const other = (uid: unknown): string => String(uid).replace(/^./, (digit) => (digit === "0" ? "1" : "0"));

/** The spelling of the service. */
function canonical(text: string): string {
  const digits = /^(?:id_)?([0-9a-f]{32})$/i.exec(text.replaceAll("-", ""))?.[1]?.toLowerCase();
  if (digits === undefined) return text;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
