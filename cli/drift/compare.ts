import type { Observer } from "../../provider/lifecycle/observer.js";
import { namesOf, rosterOf } from "../../provider/schema/index.js";
import { printable, quoted } from "../../provider/core/text.js";
import type { Snapshot } from "../../provider/snapshot/index.js";
import type { Managed } from "../pulumi/managed.js";
import { declarationsOf, rosterMembership, teamNamesIn, type Declaration } from "../membership/declarations.js";
import { judge, judgeTime, type Finding as Standing } from "../membership/standing.js";
import { lookAt } from "../membership/live.js";
import { plural } from "../output/terminal.js";
import { secretText } from "../pulumi/values.js";
import { declaredIn, personIn } from "./declared.js";
import { declaredBy, teamNamed, type Finding, type Found, type Kind } from "./finding.js";
import { changedProperties, lookAtResource, type Look } from "./look.js";
import type { Names } from "./names.js";
import { ownershipOf } from "./owner.js";
import * as repairs from "./repairs.js";
import type { Scene } from "./scene.js";
import { unmanagedIn } from "./unmanaged.js";

/** Compares what the state holds of one organization with the organization as it is. */
export async function compare(
  snapshot: Snapshot,
  observer: Observer,
  uid: string,
  managed: readonly Managed[],
  names: Names,
): Promise<Found> {
  const aboutPeople = managed.some(({ kind }) => kind !== "Organization" && kind !== "Team");
  const live = await lookAt(snapshot, uid, aboutPeople);
  if (!live.row) return vanished(uid, managed);
  const { slug, name } = live.row;
  const looks = await Promise.all(managed.map((resource) => lookAtResource(observer, resource)));
  const view = await snapshot.organization(uid);
  const organization = { uid, slug, name };
  const ownership = await ownershipOf(view, organization, looks);
  const teamNames = teamNamesIn(managed);
  const scene: Scene = { organization, live, looks, teamNames, names, formerOwner: ownership.former };
  const lost = lostTeams(looks);
  const inExistingTeams = looks.filter(({ resource: { teamUid } }) => teamUid === undefined || !lost.has(teamUid));
  const unmanaged = await unmanagedIn(view, { ...scene, looks: inExistingTeams });
  return {
    organization: {
      ...scene.organization,
      visible: true,
      invitationsVisible: aboutPeople ? live.invitations !== undefined : undefined,
    },
    findings: [
      ...ownership.findings,
      ...[...lost].map(([team, resource]) => missingTeam(scene, team, resource)),
      ...inExistingTeams.flatMap((look) => changes(scene, look)),
      ...(await Promise.all(inExistingTeams.map((look) => standing(scene, look)))).flat(),
      ...unmanaged.findings,
    ],
    notices: unmanaged.notices,
    declared: looks.flatMap((look) => declaredIn(scene, look.resource, isHidden(scene, look))),
    notVisible: [...live.notes, ...ownership.notVisible, ...notCompared(scene), ...unmanaged.notVisible],
  };
}

/**
 * An organization that the key does not see was deleted, or access to it was lost: reported once for all that belongs to
 * it. Where other providers of the program manage it, this key need not see it.
 */
function vanished(uid: string, managed: readonly Managed[]): Found {
  const resource = managed.find(({ kind }) => kind === "Organization");
  const slug = typeof resource?.outputs["slug"] === "string" ? resource.outputs["slug"] : undefined;
  const name = typeof resource?.outputs["name"] === "string" ? resource.outputs["name"] : undefined;
  const organization = { uid, slug, name };
  const providers = [...new Set(managed.map(({ provider }) => provider))];
  const elsewhere = providers.every((provider) => provider !== undefined);
  const teamNames = teamNamesIn(managed);
  const found = {
    organization: { ...organization, visible: false, invitationsVisible: undefined },
    notices: [],
    declared: managed.flatMap((one) => declaredIn({ organization, teamNames }, one, true)),
  };
  if (elsewhere) {
    const names = providers.map((provider) => quoted(provider!)).join(" and ");
    const note = `Organization ${printable(uid)} is managed with the key of the provider ${names}, and is not visible to this key: set AVALA_API_KEY to that key and pass --organization.`;
    return { ...found, findings: [], notVisible: [note] };
  }
  const finding: Finding = {
    kind: "missing",
    subject: "organization",
    organization,
    resource: resource && declaredBy(resource),
    message: `is not visible to this API key: deleted, or access lost (${plural(managed.length, "resource")} in the state)`,
    repair: repairs.vanishedOrganization,
  };
  return { ...found, findings: [finding], notVisible: [] };
}

/** Teams that are gone, by uid, with the resource that declares them, where one does. */
function lostTeams(looks: readonly Look[]): Map<string, Managed | undefined> {
  const lost = looks.filter(({ is, resource }) => is === "missing" && resource.teamUid !== undefined);
  const teams = new Map<string, Managed | undefined>();
  for (const { resource } of lost) {
    const known = teams.get(resource.teamUid!);
    teams.set(resource.teamUid!, known ?? (resource.kind === "Team" ? resource : undefined));
  }
  return teams;
}

function missingTeam({ organization, teamNames }: Scene, uid: string, resource: Managed | undefined): Finding {
  return {
    kind: "missing",
    subject: "team",
    organization,
    team: { uid, name: teamNames.get(uid) },
    resource: resource && declaredBy(resource),
    message: "was deleted by somebody else",
    repair: resource ? repairs.missingTeam : repairs.missingForeignTeam,
  };
}

function changes(scene: Scene, look: Look): Finding[] {
  if (look.is !== "there") return [];
  const { resource, now } = look;
  return changedProperties(look).flatMap((property): Finding[] => {
    const value = now.inputs[property];
    if (resource.kind === "TeamRoster" && property === "members") return roleChanges(scene, resource, value);
    const about = resource.who === undefined ? undefined : declarationsOf(resource)[0];
    return [changed(scene, resource, about, property, resource.outputs[property], value)];
  });
}

/** Of a roster's people, those in the team with another role. */
function roleChanges(scene: Scene, roster: Managed, now: unknown): Finding[] {
  const roles = rosterOf(now);
  return [...rosterOf(roster.outputs["members"])].flatMap(([who, declared]) => {
    const role = roles.get(who);
    if (role === undefined || role === declared) return [];
    return [changed(scene, roster, rosterMembership(roster, who, declared, "active"), "role", declared, role)];
  });
}

/** @param about the person whose property it is; undefined for those of an organization or team */
function changed(
  scene: Scene,
  resource: Managed,
  about: Declaration | undefined,
  property: string,
  declared: unknown,
  now: unknown,
): Finding {
  const { kind, teamUid, outputs } = resource;
  const isSecret = resource.secret.has(property);
  return {
    kind: "changed",
    subject: about ? subjectOf(teamUid) : kind === "Organization" ? "organization" : "team",
    organization: scene.organization,
    team: teamUid === undefined ? undefined : teamNamed(teamUid, scene.teamNames),
    ...(about && personIn(about, resource)),
    resource: declaredBy(resource),
    property,
    declared: isSecret ? secretText : declared,
    now: isSecret ? secretText : now,
    message: isSecret
      ? `${property} differs from the declared value (${secretText})`
      : `${property} is ${shown(now)}, declared as ${shown(declared)}`,
    repair: outputs["status"] === "invited" ? repairs.changedInvitation : repairs.changed,
  };
}

function shown(value: unknown): string {
  if (value === undefined || value === "") return "empty";
  return typeof value === "string" ? quoted(value, 60) : JSON.stringify(value);
}

/** Where the people of a resource stand: on their way, ended, or run out. */
async function standing(scene: Scene, look: Look): Promise<Finding[]> {
  const { resource } = look;
  const declarations = await Promise.all(
    standingDeclarations(look).map(async (declaration) => {
      const stands = await judge(declaration, scene.live);
      const late = stands?.group === "ended" ? undefined : judgeTime(declaration);
      return [stands, late]
        .filter((one) => one !== undefined)
        .map((one) => standingFinding(scene, resource, declaration, one));
    }),
  );
  return declarations.flat();
}

/** Team memberships as they are now; memberships of the organization as the last run left them, to find their next step. */
function standingDeclarations(look: Look): Declaration[] {
  const { resource } = look;
  if (look.is !== "there" || resource.kind === "OrganizationMember" || resource.kind === "Invitation") {
    return declarationsOf(resource);
  }
  const now: Managed = { ...resource, outputs: { ...resource.outputs, ...look.now.outputs } };
  if (resource.kind !== "TeamRoster") return declarationsOf(now);
  const present = rosterOf(look.now.inputs["members"]);
  const roles = rosterOf(resource.outputs["members"]);
  const lost = [...roles].filter(([who]) => !present.has(who));
  const waiting = namesOf(look.now.outputs["waiting"]);
  return [
    ...waiting.map((who) => rosterMembership(resource, who, roles.get(who), "waiting")),
    ...lost.map(([who, role]) => rosterMembership(resource, who, role, "gone")),
  ];
}

function standingFinding(scene: Scene, resource: Managed, declaration: Declaration, stands: Standing): Finding {
  const kind = kindOf(declaration, stands);
  const { teamUid } = resource;
  return {
    kind,
    subject: subjectOf(teamUid),
    organization: scene.organization,
    team: teamUid === undefined ? undefined : teamNamed(teamUid, scene.teamNames),
    ...personIn(declaration, resource),
    resource: declaredBy(resource),
    message: stands.message,
    since: stands.since,
    until: stands.until,
    repair: repairs.ofPerson(kind, declaration, stands),
  };
}

/** That the next run puts somebody back does not mean that nothing has happened. */
function kindOf({ teamUid, status }: Declaration, { group, outcome }: Standing): Kind {
  if (group === "ready" && teamUid !== undefined && status === "gone") return "gone";
  if (group === "runOut") return "accessExpired";
  return group === "ended" ? outcome! : group;
}

const subjectOf = (teamUid: string | undefined): Finding["subject"] =>
  teamUid === undefined ? "person" : "teamMembership";

/** A list of members that the key may not see says nothing about those of the organization. */
function isHidden({ live }: Scene, { is, resource }: Look): boolean {
  return is === "hidden" || (resource.teamUid === undefined && live.members === undefined);
}

function notCompared({ looks }: Scene): string[] {
  const byReason = new Map<string, number>();
  for (const look of looks) {
    if (look.is === "hidden") byReason.set(look.why, (byReason.get(look.why) ?? 0) + 1);
  }
  const hidden = [...byReason].map(([why, count]) => `${plural(count, "resource")} not compared: ${why}`);
  const sealed = looks.flatMap(({ resource: { kind, name, sealed } }) =>
    sealed.map((property) => `${property} of ${kind} ${quoted(name)} not compared: it is encrypted in this state.`),
  );
  return [...hidden, ...sealed];
}
