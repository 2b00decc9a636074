/** A test, by its file below `test/` and by words of its name. */
export type Proof = readonly [file: string, name: string];

/** A step that the provider refuses, regardless of the key's permissions. */
export interface Guard {
  /** The promise. */
  guard: string;
  /** Tests that it refuses what it has to. */
  refuses: readonly Proof[];
  /** Tests that it allows other steps. */
  allows: readonly Proof[];
}

const member = "lifecycle/organizationMember.test.ts";
const access = "lifecycle/lostAccess.test.ts";
const people = "guards/people.test.ts";
const removals = "guards/removals.test.ts";
const key = "guards/key.test.ts";

/** Every guard, in both directions. */
export const guards: readonly Guard[] = [
  {
    guard: "The owner is neither removed nor demoted, for any declaration.",
    refuses: [
      [member, "is settled and reported, and neither changed nor removed, for every way to declare them"],
      [people, "and is given no other role; a person with a visible role is"],
      [people, "and is not removed; a person with a visible role is"],
    ],
    allows: [[member, "may become owner later, and stop being it: only then the declared role counts again"]],
  },
  {
    guard: "The API key's user is neither removed nor demoted, if they can be identified.",
    refuses: [
      [member, "as the only admin is neither demoted nor removed; retain drops the resource"],
      [member, "cannot be distinguished from another admin; the last of them is kept"],
      [
        people,
        "bug: the last person with the role of the API key's user is kept, though all of them are removed at the same time",
      ],
    ],
    allows: [[member, "cannot be distinguished from another admin; the last of them is kept"]],
  },
  {
    guard: "No run takes more than AVALA_MAX_REMOVALS people out of an organization or a team.",
    refuses: [
      [removals, "members: one more than the limit, all asked for at once, and all of them stay"],
      [access, "stops a run at the eleventh person removed from one team, and says how to continue"],
      ["lifecycle/teamRoster.test.ts", "check all removals together, before the first request"],
      [removals, "bug: two providers, each a host process of its own, are one run"],
      [removals, "bug: a team without forceDestroy removes more people than the limit: retained team memberships"],
      [
        removals,
        "bug: an organization without forceDestroy removes more people than the limit: people with a declared team membership",
      ],
      [access, "takes another limit from the %s"],
    ],
    allows: [
      [removals, "members: as many as the limit go"],
      [removals, "a roster: as many as the limit go"],
      [removals, "an organization: another one's removals are not counted with it"],
      [removals, "members and their team memberships are counted for each organization and team"],
      [removals, "a roster and the memberships that it replaces: a person is counted once"],
      [removals, "handovers are not counted: a roster instead of memberships, and ten removals"],
      [removals, "handovers are not counted: other names, and ten removals"],
      [removals, "two providers with as many as the limit"],
      [removals, "a team without forceDestroy takes along as many as the limit"],
      [removals, "an organization without forceDestroy takes along as many as the limit"],
      [access, "counts each team for itself"],
    ],
  },
  {
    guard: "Nobody is removed for having an address that was somebody else's, or that others have too.",
    refuses: [
      [
        people,
        "bug: nobody is removed for an address that was somebody else's before: as a member, in a team, in a roster",
      ],
      ["lifecycle/teamRoster.test.ts", "bug: an address that now belongs to somebody else does not remove that person"],
      [people, "bug: an address that two people have, apart from its case, gives nobody a role; a uid does"],
    ],
    allows: [[people, "bug: an address that two people have, apart from its case, gives nobody a role; a uid does"]],
  },
  {
    guard: "An organization or team that is not empty is not deleted without forceDestroy.",
    refuses: [
      ["lifecycle/organization.test.ts", "is refused while data or unmanaged people are inside, and forced on request"],
      ["lifecycle/team.test.ts", "is refused while unmanaged people are inside"],
      [people, "bug: an organization whose count is missing or negative is not proven empty"],
    ],
    allows: [
      ["lifecycle/organization.test.ts", "is refused while data or unmanaged people are inside, and forced on request"],
      ["lifecycle/team.test.ts", "goes through with forceDestroy"],
      ["lifecycle/team.test.ts", "removes declared people first, and is not refused"],
      [removals, "a team with forceDestroy removes everybody inside"],
      [removals, "an organization with forceDestroy removes everybody inside"],
    ],
  },
  {
    guard: "An organization that is not visible any more is an error, until AVALA_ASSUME_DELETED names it.",
    refuses: [
      [access, "is an error of refresh, explained once, and nothing is dropped from the state"],
      [access, "is an error of destroy, and nothing is dropped from the state"],
      [access, "is not dropped if AVALA_ASSUME_DELETED names another one"],
      [access, "is not dropped if it is visible"],
    ],
    allows: [
      [access, "does not affect a settled up, and causes a warning about failed look-ups"],
      [access, "is dropped by refresh if AVALA_ASSUME_DELETED names it"],
      [access, "is dropped by destroy if AVALA_ASSUME_DELETED names it, without a write"],
    ],
  },
  {
    guard: "A key that is revoked in the middle of a run ends its requests; what was done is recorded.",
    refuses: [
      [
        "client/transport.test.ts",
        "bug: is not used again: the first 401 explains it, waiting and new requests are not sent",
      ],
      [
        key,
        "bug: stops the run at once; completed steps are recorded, the reason is reported once, and the next run continues",
      ],
      [key, "keeps a partly created organization in the state, and the next run completes it"],
      [key, "records the completed steps of a roster, and the next run continues"],
      [key, "revoked in the middle of a destroy: deleted resources leave the state, the others stay"],
      [access, "401: a revoked key is an error of refresh and destroy, and drops nothing"],
    ],
    allows: [
      [
        key,
        "bug: stops the run at once; completed steps are recorded, the reason is reported once, and the next run continues",
      ],
    ],
  },
  {
    guard: "A key that is downgraded in the middle of a run breaks nothing.",
    refuses: [
      [key, "fails each further write, still reads, breaks nothing, and continues once the role is back"],
      [access, "403: a key that may not see invitations treats none as gone, invites nobody and removes nobody"],
      [access, "403: a key that may not write says so and records nothing"],
    ],
    allows: [[key, "fails each further write, still reads, breaks nothing, and continues once the role is back"]],
  },
  {
    guard: "One person is declared once in one organization or team.",
    refuses: [
      ["engine/declaredTwice.test.ts", "one person declared twice in one organization or team"],
      [member, "%s is refused if only the service shows it"],
      ["lifecycle/teamRoster.test.ts", "refuse one person named by email and by uid"],
      ["lifecycle/teamRoster.test.ts", "refuse a roster beside single memberships of the team"],
      [
        "guards/people.test.ts",
        "one person in one team, by email and by uid, is refused if only the service shows it; in another team it is not",
      ],
    ],
    allows: [
      [
        "lifecycle/handOver.test.ts",
        "does not apply to another team of the same person, nor to another person of the same team",
      ],
      ["lifecycle/handOver.test.ts", "works for --replace: created and deleted under one name"],
    ],
  },
  {
    guard: "With AVALA_READ_ONLY nothing but GET is sent.",
    refuses: [
      ["guards/readOnly.test.ts", "only GET is sent, regardless of the steps; preview and refresh work"],
      ["cli/usage.test.ts", "AVALA_READ_ONLY refuses %s before any request"],
      ["client/transport.test.ts", "reads and writes nothing"],
    ],
    allows: [["guards/readOnly.test.ts", "only GET is sent, regardless of the steps; preview and refresh work"]],
  },
];
