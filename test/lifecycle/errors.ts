import type { Kind } from "../support/host.js";

/** An error that a resource can give, and when. */
export interface ResourceError {
  code: string;
  when: string;
}

/** Errors that a resource of every kind can give; errors.test.ts produces each with each kind. */
export const ofEveryKind: ResourceError[] = [
  { code: "AVALA_CONFIG", when: "no API key, or an invalid setting" },
  { code: "AVALA_READ_ONLY", when: "`AVALA_READ_ONLY` is set, and the step would change something" },
  { code: "AVALA_STATE_VERSION", when: "a newer version of the package has written the state" },
  { code: "AVALA_DECLARED_TWICE", when: "a second resource declares the same object or person" },
  { code: "AVALA_ORGANIZATION_VANISHED", when: "the key does not see the organization of this uid" },
  { code: "AVALA_UNAUTHORIZED", when: "Avala does not accept the key" },
  { code: "AVALA_FORBIDDEN", when: "the key's user, its scopes or the plan do not allow the request" },
  { code: "AVALA_INVALID", when: "Avala does not accept a value" },
  { code: "AVALA_CONFLICT", when: "Avala answers that the request conflicts with an existing object" },
  { code: "AVALA_UNAVAILABLE", when: "Avala fails with a status of 500 or above" },
  { code: "AVALA_UNEXPECTED_STATUS", when: "the answer has a status that the API does not use, such as a redirect" },
  { code: "AVALA_RESPONSE_SHAPE", when: "the answer is not Avala's, such as a web page" },
  { code: "AVALA_TRANSPORT", when: "a request got no answer, and nothing has changed" },
  { code: "AVALA_OUTCOME_UNKNOWN", when: "a write got no answer that can be used, and the lookup failed too" },
];

const wrongId = {
  code: "AVALA_GET",
  when: "`get` was called with an id of the wrong format, or of nothing that exists",
};
const teamVanished = { code: "AVALA_TEAM_VANISHED", when: "somebody deletes the team during the run" };
const unknownSlug = { code: "AVALA_ORGANIZATION_NOT_FOUND", when: "the key reaches no organization with this slug" };
const notFound = { code: "AVALA_NOT_FOUND", when: "the object of a write disappeared during the run" };
const hidden = {
  code: "AVALA_IDENTITY_UNKNOWN",
  when: "Avala hides the email addresses that are needed to find the person",
};
const moved = {
  code: "AVALA_GUARD",
  when: "the person has a different address now, and a new resource declares the former one",
};
const removals = { code: "AVALA_GUARD", when: "the run would remove more people than `AVALA_MAX_REMOVALS`" };
const teamGone = { code: "AVALA_GUARD", when: "the team does not exist" };
const twoWays = { code: "AVALA_GUARD", when: "a TeamRoster and a TeamMembership declare the same team" };

/** Errors of single kinds. */
export const ofKind: Record<Kind, ResourceError[]> = {
  organization: [
    { code: "AVALA_GUARD", when: "one of this name exists already; the message contains the `adopt` line" },
    { code: "AVALA_GUARD", when: "it is deleted while it contains unmanaged people" },
    { code: "AVALA_GUARD", when: "`adopt` names a different one than the state" },
    { code: "AVALA_ORGANIZATION_NOT_FOUND", when: "the key reaches no organization with the slug of `adopt` or `get`" },
    { code: "AVALA_CREATED_NOT_SHOWN", when: "Avala's list does not show the new object yet" },
  ],
  team: [
    { code: "AVALA_GUARD", when: "one of this name exists already; the message contains the `adopt` line" },
    { code: "AVALA_GUARD", when: "it is deleted while it contains unmanaged people" },
    { code: "AVALA_GUARD", when: "`adopt` names a different one than the state" },
    { code: "AVALA_GUARD", when: "the team of `adopt` does not exist" },
    unknownSlug,
    wrongId,
    teamVanished,
    { code: "AVALA_CREATED_NOT_SHOWN", when: "Avala's list does not show the new object yet" },
    notFound,
  ],
  organizationMember: [
    { code: "AVALA_GUARD", when: "a change would send more than `maxEmails` emails" },
    { code: "AVALA_GUARD", when: "the API key's user would be removed or demoted" },
    { code: "AVALA_GUARD", when: "`user` is the uid of somebody who is not a member" },
    moved,
    removals,
    hidden,
    wrongId,
    unknownSlug,
    notFound,
  ],
  teamMembership: [twoWays, teamGone, teamVanished, moved, removals, hidden, wrongId, notFound],
  teamRoster: [
    twoWays,
    teamGone,
    teamVanished,
    moved,
    removals,
    { code: "AVALA_INCOMPLETE", when: "the work takes longer than one part may; run `pulumi up` again" },
    hidden,
    wrongId,
    notFound,
  ],
  invitation: [
    { code: "AVALA_DECLARED_TWICE", when: "an OrganizationMember declares the same person" },
    removals,
    hidden,
    wrongId,
    unknownSlug,
    notFound,
  ],
};

/** Errors of a run that the number of requests and the engine cause; client/errors and host/process test them. */
export const ofRuns = ["AVALA_RATE_LIMITED", "AVALA_ENGINE_GONE"];
