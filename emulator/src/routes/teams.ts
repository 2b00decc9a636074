import { randomUUID } from "node:crypto";
import { change, ledTeam, teamOf, visit } from "../access.js";
import { body, text } from "../fields.js";
import type { Organization, Team } from "../model.js";
import { type Call, operation, type Router } from "../operation.js";
import { pageOf, pageQuery, paginate } from "../pages.js";
import * as schemas from "../schemas.js";
import { DEFAULT_COLOR } from "../seed.js";
import { team as serialized, teamWritten } from "../serializers.js";
import { slugify } from "../slugs.js";
import type { Service } from "../service.js";

const fields = {
  name: text(255),
  description: text(1024, { blank: true }).optional(),
  color: text(7).optional(),
};
const createBody = body(fields);
const updateBody = body({ ...fields, name: fields.name.optional() });

const order = {
  name: ({ name }: Team) => name,
  slug: ({ slug }: Team) => slug,
  created_at: ({ createdAt }: Team) => Date.parse(createdAt),
};

function create(call: Call, organization: Organization, given: { name: string }): Team {
  const { store, clock, settings } = call.service;
  const createdAt = clock.iso();
  const team: Team = {
    uid: randomUUID(),
    organization,
    slug: store.freeTeamSlug(organization, slugify(given.name, "team")),
    description: "",
    color: DEFAULT_COLOR,
    ...given,
    createdAt,
    updatedAt: createdAt,
    members: new Map(),
  };
  store.addTeam(team);
  if (settings.teamCreatorJoins) store.addTeamMember(team, { person: call.person, role: "lead", createdAt });
  return team;
}

/** Changes the fields; the slug follows the name where the settings say so. */
export function updateTeam({ store, clock, settings }: Service, team: Team, changes: Partial<Team>): void {
  const renamed = changes.name !== undefined && changes.name !== team.name;
  Object.assign(team, changes, { updatedAt: clock.iso() });
  if (!renamed || !settings.slugFollowsName) return;
  const slug = slugify(team.name, "team");
  if (slug !== team.slug) store.moveTeam(team, store.freeTeamSlug(team.organization, slug));
}

export function teamRoutes(router: Router): void {
  const tag = "teams";
  const base = "/organizations/{slug}/teams/";
  const path = `${base}{team_slug}/`;

  operation(
    router,
    {
      id: "listTeams",
      method: "get",
      path: base,
      summary: "Teams of an organization",
      tag,
      query: pageQuery,
      answer: pageOf(schemas.team),
    },
    (call) => paginate(call, [...visit(call, "member").organization.teams.values()], serialized, order),
  );

  operation(
    router,
    {
      id: "createTeam",
      method: "post",
      path: base,
      summary: "Create a team; owner and admins only",
      tag,
      body: createBody,
      status: 201,
      answer: schemas.teamWritten,
    },
    async (call) => {
      const { organization } = change(call, "manager");
      return call.json(teamWritten(call, create(call, organization, await call.body())), 201);
    },
  );

  operation(router, { id: "getTeam", method: "get", path, summary: "One team", tag, answer: schemas.team }, (call) =>
    call.json(serialized(teamOf(call, visit(call, "member")))),
  );

  operation(
    router,
    {
      id: "updateTeam",
      method: "patch",
      path,
      summary: "Change the fields that are sent; owner, admins and leads of the team",
      tag,
      body: updateBody,
      answer: schemas.teamWritten,
    },
    async (call) => {
      const team = ledTeam(call);
      updateTeam(call.service, team, await call.body());
      return call.json(teamWritten(call, team));
    },
  );

  operation(
    router,
    {
      id: "deleteTeam",
      method: "delete",
      path,
      summary: "Delete a team; its people stay in the organization",
      tag,
    },
    (call) => {
      call.service.store.removeTeam(teamOf(call, change(call, "manager")));
      return call.done();
    },
  );
}
