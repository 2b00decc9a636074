import {
  type Row,
  answered,
  answersOf,
  both,
  each,
  field,
  inPlaceOf,
  isCall,
  refused,
  requestsOf,
  rowOf,
  rowsChanged,
  without,
} from "../breaking.js";
import { type Answer, type Breaker } from "../service.js";
import {
  type Broken,
  getOrganization,
  getOrganizations,
  organization,
  patchOrganization,
  patchTeam,
  postTeam,
  remembering,
  team,
  withStatus,
  because,
} from "./common.js";

const postOrganization = isCall("POST /organizations/");
const deleteOrganization = isCall(`DELETE ${organization}`);
const deleteTeam = isCall(`DELETE ${team}`);
const addToTeam = isCall(`POST ${team}members/`);
const removeFromTeam = isCall(`DELETE ${team}members/{uid}/`);
const changeTeamRole = isCall(`PATCH ${team}members/{uid}/role/`);

/** What needs a second team. */
const oneTeam = because("there is only one team", "deleted-is-404", "no-idempotency-keys", "void-answers");

/** By the name of the statement that is broken. */
export const writes: Readonly<Record<string, readonly Broken[]>> = {
  "creation-is-201": [
    { what: "creating an organization is 200", breaker: withStatus(postOrganization, 200) },
    { what: "creating a team is 200", breaker: withStatus(postTeam, 200) },
    { what: "creating a team is 202", breaker: withStatus(postTeam, 202) },
  ],
  "writes-echo-input": [
    { what: "creating an organization returns no object", breaker: withStatus(postOrganization, 201, {}) },
    { what: "creating a team returns no object", breaker: withStatus(postTeam, 201, {}) },
    { what: "updates return no object", breaker: withStatus(patchOrganization, 200, {}) },
    { what: "updates return a message", breaker: withStatus(patchOrganization, 200, { detail: "Saved." }) },
  ],
  "defaults-of-a-new-organization": [
    { what: "a new organization has no industry", breaker: ofNew("industry", "") },
    { what: "a new organization has an unlisted industry", breaker: ofNew("industry", "agriculture") },
    { what: "a new organization has an unknown visibility", breaker: ofNew("visibility", "internal") },
    { what: "a new organization has no visibility", breaker: ofNew("visibility", null) },
  ],
  "slug-follows-name": [
    { what: "only the slug of an organization follows its name", breaker: slugFollows("organization") },
    { what: "only the slug of a team follows its name", breaker: slugFollows("team") },
    { what: "all slugs follow names", breaker: both(slugFollows("organization"), slugFollows("team")) },
  ],
  "empty-values-differ": [
    ...["description", "website", "email", "phone"].flatMap((name) => [
      {
        what: `an empty ${name} is refused`,
        breaker: inPlaceOf(
          (call) => patchOrganization(call) && rowOf(call.body)[name] === "",
          () => answered(400, { [name]: ["This field may not be blank."] }),
        ),
      },
      {
        what: `an empty ${name} is ignored`,
        breaker: requestsOf(
          (call) => patchOrganization(call) && rowOf(call.body)[name] === "",
          ({ body }) => ({ body: without(name)(rowOf(body)) }),
        ),
      },
    ]),
    {
      what: "a handle of null is refused",
      breaker: inPlaceOf(
        (call) => patchOrganization(call) && rowOf(call.body)["handle"] === null,
        () => answered(400, { handle: ["This field may not be null."] }),
      ),
    },
    {
      what: "a handle of null is ignored",
      breaker: requestsOf(
        (call) => patchOrganization(call) && rowOf(call.body)["handle"] === null,
        ({ body }) => ({ body: without("handle")(rowOf(body)) }),
      ),
    },
  ],
  "absent-fields-stay": [
    {
      what: "what an update leaves out is emptied",
      breaker: requestsOf(patchOrganization, ({ body }) => ({
        body: { description: "", website: "", email: "", phone: "", ...rowOf(body) },
      })),
    },
    {
      what: "an update of the description empties the website",
      breaker: requestsOf(
        (call) => patchOrganization(call) && "description" in rowOf(call.body),
        ({ body }) => ({ body: { website: "", ...rowOf(body) } }),
      ),
    },
  ],
  "counts-follow-writes": [
    { what: "team_count of a new organization stays 0", breaker: ofNew("team_count", 0) },
    { what: "team_count of a new organization is 7", breaker: ofNew("team_count", 7) },
  ],
  "team-names-may-repeat": [
    {
      what: "a name that exists is refused with 400",
      also: oneTeam,
      breaker: repeatedTeam(() => answered(400, { name: ["A team with this name already exists."] })),
    },
    { what: "a name that exists is refused with 409", also: oneTeam, breaker: repeatedTeam(() => refused(409)) },
    {
      what: "a name that exists returns its team",
      also: oneTeam,
      breaker: repeatedTeam((first) => ({ ...first, status: 200 })),
    },
  ],
  "team-color-keeps-its-case": [
    {
      what: "colours are replaced",
      also: because("it is not the value that was sent", "writes-echo-input"),
      breaker: each(
        "team",
        field("color", () => "#123456"),
      ),
    },
    {
      what: "colours come back in another notation",
      also: because("it is not the value that was sent", "writes-echo-input"),
      breaker: each(
        "team",
        field("color", (color) => `0x${String(color).slice(1)}`),
      ),
    },
  ],
  "team-creator-joins": [{ what: "the creator joins a team as a member", breaker: creatorJoins("member") }],
  "own-user-joins-team": [
    { what: "adding a person to a team is 200", breaker: withStatus(addToTeam, 200) },
    {
      what: "adding a person to a team is refused",
      also: because("nobody is in the team", "adding-twice-is-refused", "team-role-changes", "void-answers"),
      breaker: inPlaceOf(addToTeam, () => refused(403)),
    },
    {
      what: "adding a person to a team has no effect",
      also: because("nobody is in the team", "adding-twice-is-refused", "team-role-changes", "void-answers"),
      breaker: inPlaceOf(addToTeam, ({ body }) => answered(201, { role: "member", ...rowOf(body) })),
    },
  ],
  "team-role-changes": [
    { what: "a role cannot be changed", breaker: inPlaceOf(changeTeamRole, () => refused(405)) },
    { what: "a change of role has no effect", breaker: inPlaceOf(changeTeamRole, () => answered(204)) },
  ],
  "adding-twice-is-refused": [
    {
      what: "adding a person twice is 200",
      breaker: answersOf(addToTeam, (answer, { body }) =>
        answer.status === 409 ? answered(200, { role: "member", ...rowOf(body) }) : answer,
      ),
    },
    {
      what: "adding a person twice is 201",
      breaker: answersOf(addToTeam, (answer, { body }) =>
        answer.status === 409 ? answered(201, { role: "member", ...rowOf(body) }) : answer,
      ),
    },
    {
      what: "adding a person twice is 403",
      breaker: answersOf(addToTeam, (answer) => (answer.status === 409 ? refused(403) : answer)),
    },
  ],
  "void-answers": [
    { what: "removing a person from a team is 202", breaker: withStatus(removeFromTeam, 202) },
    { what: "deleting a team is 202", breaker: withStatus(deleteTeam, 202) },
    {
      what: "deleting a team is refused",
      also: because("no team is deleted", "deleted-is-404"),
      breaker: inPlaceOf(deleteTeam, () => refused(405)),
    },
  ],
  "deleted-is-404": [
    { what: "a deleted team is 410", breaker: afterDeletion("GET", () => refused(410)) },
    { what: "a deleted team is 403", breaker: afterDeletion("GET", () => refused(403)) },
    { what: "a deleted team is still shown", breaker: afterDeletion("GET", () => answered(200, { name: "gone" })) },
    { what: "deleting a team twice is 204", breaker: afterDeletion("DELETE", () => answered(204)) },
    { what: "deleting a team twice is 400", breaker: afterDeletion("DELETE", () => refused(400)) },
  ],
  "organization-delete": [
    {
      what: "an organization cannot be deleted",
      breaker: inPlaceOf(deleteOrganization, () => refused(405)),
      organization: "stays",
    },
    {
      what: "deleting an organization is 204 and has no effect",
      breaker: inPlaceOf(deleteOrganization, () => answered(204)),
      organization: "stays",
    },
    {
      what: "deleting an organization is forbidden",
      breaker: inPlaceOf(deleteOrganization, () => refused(403)),
      organization: "stays",
    },
  ],
  "members-join-by-invitation": [
    {
      what: "a membership can be created",
      breaker: inPlaceOf(isCall(`POST ${organization}members/`), ({ body }) =>
        answered(201, { role: "member", ...rowOf(body) }),
      ),
    },
    {
      what: "creating a membership is 400",
      breaker: inPlaceOf(isCall(`POST ${organization}members/`), () =>
        answered(400, { user_uid: ["This field is required."] }),
      ),
    },
  ],
};

/** A value of the organizations that are made while the service runs. */
function ofNew(name: string, value: unknown) {
  return remembering(
    () => new Set<unknown>(),
    (made) => async (call, pass) => {
      const answer = await pass();
      if (postOrganization(call) && answer.status === 201) made.add(rowOf(answer.body)["uid"]);
      const change = (row: Row) => (made.has(row["uid"]) ? field(name, () => value)(row) : row);
      if (getOrganizations(call)) return rowsChanged(answer, (rows) => rows.map(change));
      const alone = postOrganization(call) || getOrganization(call);
      // What an update sends shows in what it answers.
      return alone ? { ...answer, body: change(rowOf(answer.body)) } : answer;
    },
  );
}

/** A slug that follows the name, with the API's own means. */
function slugFollows(kind: "organization" | "team") {
  const isRename = kind === "organization" ? patchOrganization : patchTeam;
  return remembering(
    () => new Map<string, string>(),
    (moved) => async (call, pass) => {
      const index = kind === "organization" ? 2 : 4;
      const segments = call.path.split("/");
      const wanted = segments[index] ?? "";
      const before = [...moved].find(([, after]) => after === wanted)?.[0];
      if (moved.has(wanted)) return refused(404);
      const path = before === undefined ? call.path : segments.with(index, before).join("/");
      const answer = await pass({ path });
      const { name } = rowOf(call.body);
      if (isRename(call) && typeof name === "string" && answer.status === 200) {
        moved.set(before ?? wanted, `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-renamed`);
      }
      return slugsChanged(answer, kind, (slug) => moved.get(slug) ?? slug);
    },
  );
}

/** Slugs of organizations or teams, wherever they are in an answer. */
function slugsChanged(answer: Answer, kind: "organization" | "team", change: (slug: string) => string): Answer {
  const inRow = (row: Row): Row => {
    const isTeam = "organization_slug" in row && "color" in row;
    const name = kind === "team" || !isTeam ? "slug" : "organization_slug";
    if (kind === "team" && !isTeam) return row;
    return field(name, (slug) => change(String(slug)))(row);
  };
  if (answer.status >= 300) return answer;
  const changed = rowsChanged(answer, (rows) => rows.map(inRow));
  return "results" in rowOf(answer.body)
    ? changed
    : {
        ...answer,
        body: Array.isArray(answer.body)
          ? (changed.body as Row[])
          : answer.body === undefined
            ? undefined
            : inRow(rowOf(answer.body)),
      };
}

function repeatedTeam(answer: (first: Answer) => Answer) {
  return remembering(
    () => new Map<string, Answer>(),
    (made) => async (call, pass) => {
      if (!postTeam(call)) return pass();
      const name = `${call.path} ${String(rowOf(call.body)["name"])}`;
      const first = made.get(name);
      if (first !== undefined) return answer(first);
      const done = await pass();
      made.set(name, done);
      return done;
    },
  );
}

/** The creator of a team is its member, with this role. */
function creatorJoins(role: string) {
  return (): Breaker => async (call, pass) => {
    const answer = await pass();
    if (!postTeam(call) || answer.status !== 201) return answer;
    const me = await pass({ method: "GET", path: "/users/me/", body: undefined });
    const { slug } = rowOf(answer.body);
    await pass({ path: `${call.path}${String(slug)}/members/`, body: { user_uid: rowOf(me.body)["uid"], role } });
    return answer;
  };
}

/** What a team that has been deleted answers. */
function afterDeletion(method: "GET" | "DELETE", answer: () => Answer) {
  return remembering(
    () => new Set<string>(),
    (gone) => async (call, pass) => {
      if (call.method === method && gone.has(call.path)) return answer();
      const done = await pass();
      if (deleteTeam(call) && done.status < 300) gone.add(call.path);
      return done;
    },
  );
}
