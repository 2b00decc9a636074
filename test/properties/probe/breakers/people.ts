import {
  answered,
  answersOf,
  eachRow,
  field,
  inPlaceOf,
  isCall,
  isListOf,
  refused,
  rowOf,
  rowsChanged,
  without,
} from "../breaking.js";
import { memberKey, ownKey } from "../world.js";
import { type Broken, asKey, organization, withStatus, because, remembering } from "./common.js";

const invite = isCall(`POST ${organization}invitations/`);

const cancel = isCall(`POST ${organization}invitations/{uid}/cancel/`);
const secondUid = "0f7a4c1e-6a53-4b6e-9d0c-2f6f5d0b8e11";

/** What rows of invitations show. */
const ofInvitations = [
  "accepted-invitations-vanish",
  "answers-hold-secrets",
  "expired-may-be-pending",
  "invitation-has-its-fields",
];

/** By the name of the statement that is broken. */
export const people: Readonly<Record<string, readonly Broken[]>> = {
  "one-owner": [
    {
      what: "an admin is an owner too",
      breaker: eachRow(
        "member",
        field("role", (role) => (role === "admin" ? "owner" : role)),
      ),
    },
    {
      what: "a member is an owner too",
      breaker: eachRow(
        "member",
        field("role", (role) => (role === "member" ? "owner" : role)),
      ),
    },
    {
      what: "nobody is owner",
      breaker: eachRow(
        "member",
        field("role", (role) => (role === "owner" ? "admin" : role)),
      ),
    },
  ],
  "invitations-are-for-managers": [
    {
      what: "an owner may not list invitations",
      breaker: inPlaceOf(isListOf("invitation"), () => refused(403)),
      also: because(
        "no invitation is shown",
        ...ofInvitations,
        "cancelled-invitations-vanish",
        "inviting-twice-is-refused",
      ),
    },
    {
      what: "a member may list invitations",
      key: memberKey,
      breaker: asKey((call) => call.path === "/organizations/initech-robotics/invitations/", ownKey),
      also: because("invitations are shown", ...ofInvitations),
    },
    {
      what: "for a member the list of invitations is empty",
      key: memberKey,
      breaker: answersOf(isListOf("invitation"), (answer) =>
        answer.status === 403 ? answered(200, { count: 0, next: null, previous: null, results: [] }) : answer,
      ),
      also: because("the list does not contain one", "accepted-invitations-vanish"),
    },
    {
      what: "for a member the list of invitations is missing",
      key: memberKey,
      breaker: answersOf(isListOf("invitation"), (answer) => (answer.status === 403 ? refused(404) : answer)),
    },
  ],
  "accepted-invitations-vanish": [
    {
      what: "an accepted invitation is listed",
      breaker: eachRow(
        "invitation",
        field("status", (status, { is_expired }) => (is_expired === true ? status : "accepted")),
      ),
    },
  ],
  "expired-may-be-pending": [
    {
      what: "an invitation whose time is over is said not to be expired",
      breaker: eachRow(
        "invitation",
        field("is_expired", () => false),
      ),
    },
    {
      what: "an invitation whose time is not over is said to be expired",
      breaker: eachRow(
        "invitation",
        field("is_expired", () => true),
      ),
    },
  ],
  "invitation-is-201": [
    { what: "inviting is 200", breaker: withStatus(invite, 200) },
    { what: "inviting is 202", breaker: withStatus(invite, 202) },
    ...["invited_email", "role", "status"].map((name) => ({
      what: `a new invitation comes back without ${name}`,
      breaker: answersOf(invite, (answer) =>
        answer.status === 201 ? { ...answer, body: without(name)(rowOf(answer.body)) } : answer,
      ),
    })),
    {
      what: "a new invitation is sent, not pending",
      breaker: answersOf(invite, (answer) =>
        answer.status === 201 ? { ...answer, body: { ...rowOf(answer.body), status: "sent" } } : answer,
      ),
    },
    {
      what: "a new invitation has another role",
      breaker: answersOf(invite, (answer) =>
        answer.status === 201 ? { ...answer, body: { ...rowOf(answer.body), role: "admin" } } : answer,
      ),
    },
  ],
  "inviting-twice-is-refused": [
    {
      what: "inviting twice is 200",
      breaker: answersOf(invite, (answer, { body }) =>
        answer.status === 400 ? answered(200, { status: "pending", ...rowOf(body) }) : answer,
      ),
    },
    {
      what: "inviting twice is 201",
      breaker: answersOf(invite, (answer, { body }) =>
        answer.status === 400 ? answered(201, { status: "pending", ...rowOf(body) }) : answer,
      ),
    },
    {
      what: "inviting twice is 403",
      breaker: answersOf(invite, (answer) => (answer.status === 400 ? refused(403) : answer)),
    },
    {
      what: "inviting twice makes a second row",
      breaker: secondRow(),
    },
  ],
  "role-change-needs-new-email": [
    {
      what: "an invitation can be changed",
      breaker: inPlaceOf(isCall(`PATCH ${organization}invitations/{uid}/`), ({ body }) =>
        answered(200, { status: "pending", ...rowOf(body) }),
      ),
    },
    {
      what: "a change of an invitation is 204",
      breaker: inPlaceOf(isCall(`PATCH ${organization}invitations/{uid}/`), () => answered(204)),
    },
    {
      what: "a change of an invitation is 400",
      breaker: inPlaceOf(isCall(`PATCH ${organization}invitations/{uid}/`), () => refused(400)),
    },
  ],
  "cancelled-invitations-vanish": [
    {
      what: "a cancelled invitation is still pending",
      breaker: inPlaceOf(cancel, () => answered(204)),
    },
    {
      what: "an invitation cannot be cancelled",
      breaker: inPlaceOf(cancel, () => refused(405)),
    },
  ],
};

/** A second invitation of an address is refused, and listed; cancelling it removes it. */
function secondRow() {
  return remembering(
    () => new Map<string, Record<string, unknown>>(),
    (rows) => async (call, pass) => {
      if (cancel(call) && call.path.includes(secondUid) && rows.delete("again")) return answered(204);
      const answer = await pass();
      if (invite(call) && answer.status === 400) rows.set("again", rowOf(call.body));
      if (!isListOf("invitation")(call) || !rows.has("again")) return answer;
      const { email } = rows.get("again")!;
      return rowsChanged(answer, (listed) => {
        const first = listed.find(({ invited_email }) => invited_email === email);
        return first ? [...listed, { ...first, uid: secondUid }] : listed;
      });
    },
  );
}
