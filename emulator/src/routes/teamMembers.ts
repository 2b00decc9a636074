import { change, ledTeam, memberOf, peopleOrder, teamOf, visit } from "../access.js";
import { invalid, refusal } from "../errors.js";
import { body, choice, uid } from "../fields.js";
import type { Membership, Team, TeamRole } from "../model.js";
import { operation, type Router } from "../operation.js";
import { pageOf, pageQuery, paginate } from "../pages.js";
import * as schemas from "../schemas.js";
import { teamMember } from "../serializers.js";
import type { Service } from "../service.js";

const role = choice(["lead", "member"]);
const addBody = body({ user_uid: uid(), role: role.default("member") });
const roleBody = body({ role });

/** Twice is a conflict: the contract leaves the answer open, 409 is its status for duplicates. */
function add({ store, clock }: Service, team: Team, userUid: string, role: TeamRole): Membership<TeamRole> {
  const member = team.organization.members.get(userUid);
  if (!member) throw invalid("user_uid", "This person is not a member of the organization.");
  if (team.members.has(userUid)) throw refusal(409, "This person is already a member of the team.");
  const membership = { person: member.person, role, createdAt: clock.iso() };
  store.addTeamMember(team, membership);
  return membership;
}

export function teamMemberRoutes(router: Router): void {
  const tag = "team members";
  const base = "/organizations/{slug}/teams/{team_slug}/members/";

  operation(
    router,
    {
      id: "listTeamMembers",
      method: "get",
      path: base,
      summary: "People of a team",
      tag,
      query: pageQuery,
      answer: pageOf(schemas.teamMember),
    },
    (call) => {
      const team = teamOf(call, visit(call, "member"));
      return paginate(call, [...team.members.values()], teamMember(call), peopleOrder);
    },
  );

  operation(
    router,
    {
      id: "addTeamMember",
      method: "post",
      path: base,
      summary: "Put a member of the organization into the team; owner and admins only",
      tag,
      body: addBody,
      status: 201,
      answer: schemas.teamMember,
    },
    async (call) => {
      const team = teamOf(call, change(call, "manager"));
      const { user_uid, role } = await call.body();
      return call.json(teamMember(call)(add(call.service, team, user_uid, role)), 201);
    },
  );

  operation(
    router,
    {
      id: "updateTeamMemberRole",
      method: "patch",
      path: `${base}{user_uid}/role/`,
      summary: "Make a person lead or member; owner, admins and leads of the team",
      tag,
      body: roleBody,
    },
    async (call) => {
      const row = memberOf(call, ledTeam(call).members);
      row.role = (await call.body()).role;
      return call.done(teamMember(call)(row));
    },
  );

  operation(
    router,
    {
      id: "removeTeamMember",
      method: "delete",
      path: `${base}{user_uid}/`,
      summary: "Remove a person from the team; owner, admins and leads of the team",
      tag,
    },
    (call) => {
      const { members } = ledTeam(call);
      members.delete(memberOf(call, members).person.uid);
      return call.done();
    },
  );
}
