import { rowsOf } from "../pages.js";
import { isObject, objectIn, shownReply, succeeded, type Reply, type Row } from "../reply.js";
import { differs, holds, notTried, notVisible, type Finding, type Statement } from "../statement.js";
import { roundLag } from "../polling.js";
import { emptyValues, unknownField } from "../steps.js";
import type { Writes } from "../evidence.js";
import { answers, listed, named, withoutOrganization, written } from "./tried.js";

const everyDeployment = "test/properties/faults/everyDeployment.test.ts";

const transport: readonly Statement[] = [
  {
    name: "no-idempotency-keys",
    section: "Transport",
    claim:
      "The API has no idempotency keys. A write without an answer may have been carried out, and a write can send an email.",
    basis: "published",
    source: "SDK 0.10.0",
    provider:
      "Looks the object up before it sends anything again. Repeats only reads, deletions, requests refused with 429, and requests that never left.",
    ifDifferent:
      "Avala recognizes a request that is sent twice. Nothing changes for the provider: it sends no such key, and does not send a write twice.",
    copes: "yes",
    test: "test/lifecycle/lostAnswers.test.ts",
    probe: answers(["team", "teamAgain", "teamSameName"], (_replies, writes) => keyIsIgnored(writes)),
  },
  {
    name: "errors-name-fields",
    section: "Transport",
    claim: "Invalid input is refused with 400, with messages by field.",
    basis: "published",
    source: "API reference",
    provider: "Shows the messages with the names of the fields. A refusal is never taken for a success.",
    ifDifferent:
      "Errors of the provider do not say which field Avala refuses. If invalid input is accepted, a wrong value is noticed only by the next refresh.",
    copes: "yes",
    test: "test/client/decodeError.test.ts",
    probe: answers(["badVisibility"], ({ badVisibility }) => namesField(badVisibility, "visibility")),
  },
  {
    name: "unknown-fields-are-ignored",
    section: "Transport",
    claim: "A field that the API does not have is ignored in an update.",
    basis: "assumed",
    source: "the default of the service's framework",
    provider: "Sends fields of the contract only.",
    ifDifferent:
      "A deployment that is older than a field of the contract refuses updates that contain it. The error names the field: remove it from the program.",
    copes: "refuses",
    test: "test/client/operations.test.ts",
    probe: answers(["unknownField", "patched"], ({ unknownField: reply, patched }) => {
      if (!succeeded(reply)) return differs(`Answered ${shownReply(reply)}.`);
      const kept = objectIn(patched)?.[unknownField] !== undefined;
      return kept ? differs("Accepted and returned.") : holds(`Answered ${shownReply(reply)}, and not returned.`);
    }),
  },
];

const lists: readonly Statement[] = [
  {
    name: "lists-may-lag",
    section: "Lists",
    claim: "A list may lag behind a write, by less than ten seconds.",
    basis: "assumed",
    source: "nothing published says that lists are immediate",
    provider:
      "Remembers what this run has created or removed; looks for a team that is younger than a minute until it is there or the minute is over.",
    ifDifferent:
      "After an up, wait for a minute before the next one. What was created is reported as not shown yet (`AVALA_CREATED_NOT_SHOWN`) and found by the next run.",
    copes: "yes",
    test: "test/lifecycle/deployments.test.ts",
    probe: { needs: "writes", judge: ({ writes = {} }) => lagOf(writes) },
  },
];

const identity: readonly Statement[] = [
  {
    name: "slugs-move",
    section: "Identity",
    claim:
      "A slug can change, and can then be given to another organization or team: the old path is 404, and the new one leads to the same uid. Uids never change.",
    basis: "published",
    source: "API reference",
    provider:
      "Ids consist of uids. A slug that does not answer is looked up by uid; an answer with a different uid is not accepted.",
    ifDifferent:
      "Old slugs that still lead to the organization do no harm: the provider compares uids. If a new slug does not lead to it, update programs and references by hand after a slug edit.",
    copes: "yes",
    test: "test/lifecycle/slugs.test.ts",
    probe: written(slugMoved),
  },
  {
    name: "handles-have-no-hyphen",
    section: "Identity",
    claim: "A handle has letters, digits and underscores; a slug may also have hyphens.",
    basis: "published",
    source: "API reference",
    provider: "Checks each by its own pattern in the preview.",
    ifDifferent: "Handles with a hyphen are possible in your deployment; the provider refuses them in the preview.",
    copes: "refuses",
    test: "test/host/inputs.test.ts",
    probe: answers(["hyphenHandle"], ({ hyphenHandle }) => isRefused(hyphenHandle, [400])),
  },
];

const writes: readonly Statement[] = [
  {
    name: "creation-is-201",
    section: "Writes",
    claim: "The creation of an organization or team is answered with 201.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Takes each of 200, 201, 202 and 204 as a success.",
    ifDifferent: "Nothing, if the status is 200, 202 or 204. Another success is an error, and the object is looked up.",
    copes: "yes",
    test: "test/client/operations.test.ts",
    probe: answers(["created", "team"], ({ created, team }) => {
      const refused = [created, team].find(({ status }) => status >= 400);
      if (refused) return notTried(`Refused: ${shownReply(refused)}.`);
      const expected = created.status === 201 && team.status === 201;
      return (expected ? holds : differs)(`Organization ${shownReply(created)}, team ${shownReply(team)}.`);
    }),
  },
  {
    name: "writes-echo-input",
    section: "Writes",
    claim:
      "The answer of a create or update contains the values that were sent, and is not empty. It may contain only the fields that can be written, without uid and slug.",
    basis: "published",
    source: "API reference",
    provider: "Reads the list again to find the object, and compares with the uids that existed before.",
    ifDifferent:
      "Missing values do no harm: the object is read again. Values that come back changed are shown as drift in each run: declare them as Avala returns them. An answer that is not JSON is an error.",
    copes: "refuses",
    test: everyDeployment,
    probe: answers(["created", "filled", "team"], ({ created, filled, team }) => echoes([created, filled, team])),
  },
  {
    name: "defaults-of-a-new-organization",
    section: "Writes",
    claim: "Visibility and industry of a new organization have one of the published values.",
    basis: "assumed",
    source: "the defaults are not published",
    provider: "Does not manage a field that the program does not declare, and returns what Avala reports.",
    ifDifferent: "A field with an unknown value is returned as it is. Nothing changes for declared fields.",
    copes: "yes",
    test: "test/lifecycle/organization.test.ts",
    probe: answers(["fresh"], ({ fresh }) => {
      const { visibility, industry } = objectIn(fresh) ?? {};
      const unknown = [
        ...(visibilities.has(visibility) ? [] : ["visibility"]),
        ...(industries.has(industry) ? [] : ["industry"]),
      ];
      if (unknown.length > 0) return differs(`Not a published value: ${named(unknown)}.`);
      return holds(`Visibility ${String(visibility)}, industry ${String(industry)}.`);
    }),
  },
  {
    name: "slug-follows-name",
    section: "Writes",
    claim: "A slug stays when the name of its organization or team changes.",
    basis: "assumed",
    source: "slugs have a field of their own, and edits of them are limited",
    provider: "Finds the object by its uid after each rename, and follows the slug within the run.",
    ifDifferent:
      "Renaming an organization or team moves every path below it, also those of datasets. The provider follows; other programs and links need the new slug.",
    copes: "yes",
    test: everyDeployment,
    probe: written(slugFollowsName),
  },
  {
    name: "empty-values-differ",
    section: "Writes",
    claim:
      'A field that is absent from an update is left alone. Description, website, email and phone are emptied by `""`, a handle by `null`. Other fields have no empty value.',
    basis: "published",
    source: "API reference",
    provider: "Each field has its own empty value. A field without one is left as it is when it leaves the program.",
    ifDifferent:
      "A field named here is not emptied when it leaves the program: the run reports an error or the same difference again. Empty it in Avala's own pages.",
    copes: "refuses",
    test: "test/lifecycle/organization.test.ts",
    probe: written(fieldsAreEmptied),
  },
  {
    name: "absent-fields-stay",
    section: "Writes",
    claim: "An update of one field leaves the others as they are.",
    basis: "published",
    source: "API reference",
    provider: "Sends only fields that differ.",
    ifDifferent:
      "An update of one field resets others, also those that the program does not declare. Do not change organizations with the provider before you have reported this to Avala.",
    copes: "no",
    test: "test/lifecycle/organization.test.ts",
    probe: written(othersStay),
  },
  {
    name: "logo-urls-are-signed",
    section: "Writes",
    claim: "The URL of a logo may be signed anew in each answer, and its query may contain credentials.",
    basis: "published",
    source: "read contract of SDK 0.7.0 for TypeScript",
    provider: "Sends a logo when it changes in the program, and never records or reports the URL that Avala returns.",
    ifDifferent: "Nothing: the provider never compares the URL of a logo.",
    copes: "yes",
    test: "test/lifecycle/organization.test.ts",
    probe: { never: "it needs the upload of an image." },
  },
  {
    name: "read-only-fields",
    section: "Writes",
    claim: "Counts, plan, verification, profile links, the caller's role and times are only returned.",
    basis: "published",
    source: "API reference",
    provider: "Returns them from functions. Fields that change by themselves are not in the state of a resource.",
    ifDifferent: "Nothing: the provider never sends them.",
    copes: "yes",
    test: "test/lifecycle/organization.test.ts",
    probe: { never: "sending a plan or a count could change what the organization pays." },
  },
  {
    name: "counts-follow-writes",
    section: "Writes",
    claim: "`team_count` of an organization follows the creation of its teams.",
    basis: "assumed",
    source: "counts are published, their delay is not",
    provider: "Shows counts, and reads lists where people or teams are in the way of a deletion.",
    ifDifferent: "Counts that functions and reports show may be out of date.",
    copes: "yes",
    test: "test/lifecycle/organization.test.ts",
    probe: answers(["fresh", "counted"], ({ fresh, counted }, { teams }) =>
      listed(teams, ({ length }) => {
        const [before, after] = [fresh, counted].map((reply) => objectIn(reply)?.["team_count"]);
        if (typeof before !== "number" || typeof after !== "number") return differs("`team_count` is not a number.");
        return (after - before === length ? holds : differs)(`${length} teams created, ${after - before} counted.`);
      }),
    ),
  },
  {
    name: "team-names-may-repeat",
    section: "Writes",
    claim: "A second team of the same name is created, with another slug.",
    basis: "assumed",
    source: "nothing published says that names are unique",
    provider: "Refuses to create a team of a name that exists, unless the program adopts it or asks for a second one.",
    ifDifferent: "A second team of the same name is refused by Avala; the error of the run says so.",
    copes: "yes",
    test: "test/lifecycle/team.test.ts",
    probe: answers(["team", "teamSameName"], ({ team, teamSameName }, { teams }) => {
      if (!succeeded(team)) return notTried(`No team was created: ${shownReply(team)}.`);
      if (!succeeded(teamSameName)) return differs(`Answered ${shownReply(teamSameName)}.`);
      return listed(teams, (rows) => {
        const slugs = rows.filter(({ name }) => name === sent(team, "name")).map(({ slug }) => slug);
        if (slugs.length < 2) return differs("Answered with a success, and no second team is listed.");
        return new Set(slugs).size === slugs.length
          ? holds(`${slugs.length} teams of one name, with different slugs.`)
          : differs(`${slugs.length} teams of one name, with the same slug.`);
      });
    }),
  },
  {
    name: "team-color-keeps-its-case",
    section: "Writes",
    claim: "The color of a team comes back as it was sent.",
    basis: "assumed",
    source: "API reference gives an example in upper case",
    provider: "Compares colors without case.",
    ifDifferent:
      "A color in another case does not matter. A color that comes back as a different one is shown as drift in each run.",
    copes: "yes",
    test: "test/lifecycle/team.test.ts",
    probe: answers(["team"], ({ team }, { teams }) => listed(teams, (rows) => colorStays(team, rows))),
  },
  {
    name: "team-creator-joins",
    section: "Writes",
    claim: "A new team has no people, or its creator alone, as `lead`.",
    basis: "assumed",
    source: "nothing published says which",
    provider: "Does not count the creator as an unmanaged person, and removes nobody who is not declared.",
    ifDifferent:
      "People who are in a new team are reported as unmanaged, and keep the team from being deleted without `forceDestroy`.",
    copes: "yes",
    test: "test/lifecycle/deployments.test.ts",
    probe: written(({ newTeam }) =>
      listed(newTeam, (rows) => {
        if (rows.length === 0) return holds("A new team has no people.", { teamCreatorJoins: false });
        const [{ role }] = rows as [Row];
        if (rows.length === 1 && role === "lead") return holds("The creator is its lead.", { teamCreatorJoins: true });
        return differs(`A new team has people: ${rows.length}, of another role or more than its creator.`);
      }),
    ),
  },
  {
    name: "own-user-joins-team",
    section: "Writes",
    claim: "A member of the organization is added to a team by their uid, with 201.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Adds people by uid, and takes each of 200, 201, 202 and 204 as a success.",
    ifDifferent: "If people cannot be added to a team, the run ends with Avala's error, and the next one tries again.",
    copes: "refuses",
    test: "test/lifecycle/teamMembership.test.ts",
    probe: answers(["added"], ({ added }, { creatorRemoved, teamMembers }) => {
      if (creatorRemoved && !succeeded(creatorRemoved)) {
        return notTried(`The creator could not be removed from the team first: ${shownReply(creatorRemoved)}.`);
      }
      if (added.status !== 201) return differs(`Answered ${shownReply(added)}.`);
      const shown = teamMembers && rowsOf(teamMembers);
      return shown?.length === 0 ? differs("Answered 201, and not listed.") : holds("Answered 201.");
    }),
  },
  {
    name: "team-role-changes",
    section: "Writes",
    claim: "The role of a person in a team can be changed from `member` to `lead`.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Changes the role in place.",
    ifDifferent: "Another role of a person in a team cannot be declared: the run ends with Avala's error.",
    copes: "refuses",
    test: "test/lifecycle/teamMembership.test.ts",
    probe: answers(["added", "promoted"], ({ added, promoted }, { teamMembers }) => {
      if (!succeeded(added)) return notTried("Nobody was added to the team.");
      if (!succeeded(promoted)) return differs(`Answered ${shownReply(promoted)}.`);
      return listed(teamMembers, (rows) =>
        rows.some(({ role }) => role === "lead")
          ? holds("The list shows the new role.")
          : differs("Answered with a success, and the list does not show the role."),
      );
    }),
  },
  {
    name: "adding-twice-is-refused",
    section: "Writes",
    claim: "A person who is in a team already is not added again: 400 or 409.",
    basis: "assumed",
    source: "409 is the published status of a conflict",
    provider: "Reads the list first, and after a refusal; it never adds a person twice.",
    ifDifferent: "Nothing: the provider adds nobody who is listed. A person listed twice is an error.",
    copes: "yes",
    test: "test/lifecycle/teamMembership.test.ts",
    probe: answers(["added", "addedAgain"], ({ added, addedAgain }, { teamMembers }) => {
      if (!succeeded(added)) return notTried("Nobody was added to the team.");
      const refused = isRefused(addedAgain, [400, 409]);
      if (refused.verdict !== "holds") return refused;
      return listed(teamMembers, ({ length }) =>
        length > 1 ? differs(`Refused, and listed ${length} times.`) : refused,
      );
    }),
  },
  {
    name: "void-answers",
    section: "Writes",
    claim: "A removal or deletion is answered with 204, or with 200 and any content.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Takes each of 200, 201, 202 and 204 as a success, and does not use the content.",
    ifDifferent: "A removal that is answered otherwise is reported as an error, and looked up by the next run.",
    copes: "refuses",
    test: "test/client/operations.test.ts",
    probe: answers(["memberRemoved", "teamDeleted"], ({ memberRemoved, teamDeleted }) => {
      const [one, other] = [memberRemoved.status, teamDeleted.status];
      const details = `Removal ${shownReply(memberRemoved)}, deletion of a team ${shownReply(teamDeleted)}.`;
      if (![one, other].every((status) => status === 200 || status === 204)) return differs(details);
      return holds(details, one === other ? { voidStatus: one as 200 | 204 } : undefined);
    }),
  },
  {
    name: "deleted-is-404",
    section: "Writes",
    claim: "What has been deleted is answered with 404, also a second deletion.",
    basis: "published",
    source: "API reference",
    provider: "Takes 404 of a deletion as done if the list does not show the object either.",
    ifDifferent: "A deletion that has been carried out before may be reported as an error. Refresh the state.",
    copes: "refuses",
    test: "test/lifecycle/team.test.ts",
    probe: answers(
      ["teamDeleted", "deletedTeam", "teamDeletedAgain"],
      ({ teamDeleted, deletedTeam, teamDeletedAgain }) => {
        if (!succeeded(teamDeleted)) return notTried(`No team was deleted: ${shownReply(teamDeleted)}.`);
        const expected = deletedTeam.status === 404 && teamDeletedAgain.status === 404;
        const details = `Read ${shownReply(deletedTeam)}, second deletion ${shownReply(teamDeletedAgain)}.`;
        return (expected ? holds : differs)(details);
      },
    ),
  },
  {
    name: "organization-delete",
    section: "Writes",
    claim:
      "An organization with a team is deleted with its content, kept with `is_active: false`, or not deleted before its teams are.",
    basis: "assumed",
    source: "nothing published says which",
    provider:
      "Protects organizations from deletion by default. Afterwards the list has to prove the deletion, or the organization has to be inactive.",
    ifDifferent:
      "A deletion is reported as an error, and the organization stays in the state. Delete it in Avala's own pages.",
    copes: "refuses",
    test: "test/lifecycle/organization.test.ts",
    probe: written(deletionOf),
  },
];

const visibilities = new Set<unknown>(["public", "private"]);
const industries = new Set<unknown>(["robotics", "autonomous_vehicle", "ai_ml", "other"]);

export const writeStatements: readonly Statement[] = [...transport, ...lists, ...identity, ...writes];

/** A value that a request has sent. */
const sent = ({ request: { body } }: Reply, field: string): unknown => (body as Row | undefined)?.[field];

function isRefused(reply: Reply, statuses: readonly number[]): Finding {
  return (statuses.includes(reply.status) ? holds : differs)(`Answered ${shownReply(reply)}.`);
}

function namesField(reply: Reply, field: string): Finding {
  if (reply.status !== 400) return differs(`Answered ${shownReply(reply)}.`);
  const { json } = reply;
  const detail = isObject(json) ? json["detail"] : undefined;
  const names = [json, detail].some((part) => isObject(part) && part[field] !== undefined);
  return (names ? holds : differs)(
    `Answered ${shownReply(reply)}, ${names ? "with" : "without"} the name of the field.`,
  );
}

/** The first two requests are the same, and have the same key; the third has none. */
function keyIsIgnored({ team, teamAgain, teamSameName, teams }: Writes): Finding {
  const [first, second, third] = [team, teamAgain, teamSameName].map((reply) => reply && succeeded(reply));
  if (!first) return notTried("No team was created.");
  if (!second) {
    if (!third) return notVisible("A second team of the same name is refused, with a key or without.");
    return differs(`The second request with one key was answered ${shownReply(teamAgain!)}.`);
  }
  return listed(teams, ({ length }) =>
    length === (third ? 3 : 2)
      ? holds("Two requests with one key have created two teams.")
      : differs("Two requests with one key have created one team."),
  );
}

/** An organization that no read shows is the longest lag. */
function lagOf(writes: Writes): Finding {
  const { created, fresh, lag, teams } = writes;
  if (created && succeeded(created) && !fresh) return differs(withoutOrganization(writes));
  if (!fresh) return notTried(withoutOrganization(writes));
  if (lag === undefined) return notTried("No team was created.");
  if (lag !== "never") return holds(shownLag(lag), { readLagMs: roundLag(lag) });
  const readable = teams && rowsOf(teams);
  return readable
    ? differs("The list of teams did not show a new team within ten seconds.")
    : notVisible("The list of teams could not be read.");
}

function shownLag({ moreThan, atMost }: { moreThan: number; atMost: number }): string {
  if (atMost === 0) return "The list of teams shows a new team at once.";
  return `The list of teams shows a new team after ${Math.round(moreThan)} to ${Math.ceil(atMost)} ms.`;
}

function slugMoved({ emptied, slugEdited, newSlug, oldSlug }: Writes): Finding {
  if (!slugEdited) {
    const none = objectIn(emptied)?.["slug_edits_remaining"] === 0;
    return none ? notVisible("The organization has no slug edits.") : notTried("A step before it failed.");
  }
  if (!succeeded(slugEdited)) return notVisible(`The slug edit was refused: ${shownReply(slugEdited)}.`);
  if (!newSlug) return differs("The new slug does not lead to the organization.");
  if (!oldSlug) return notTried("The old slug was not read.");
  const details = `The new slug leads to the organization, the old one is answered ${shownReply(oldSlug)}.`;
  return (oldSlug.status === 404 ? holds : differs)(details);
}

/** Full answers have a uid. Colors are compared without case (team-color-keeps-its-case). */
function echoes(replies: readonly Reply[]): Finding {
  const accepted = replies.filter(succeeded);
  if (accepted.length === 0) return notTried("Every write was refused.");
  const strange = accepted.find((reply) => !objectIn(reply) && reply.text.trim() !== "");
  if (strange) return differs(`An answer is not an object: ${shownReply(strange)}.`);
  const missing = accepted.flatMap((reply) => missingFields(reply));
  if (missing.length > 0) return differs(`Answers lack fields that were sent: ${named([...new Set(missing)])}.`);
  const changed = accepted.flatMap((reply) => changedFields(reply));
  if (changed.length > 0) return differs(`Fields come back changed: ${named([...new Set(changed)])}.`);
  const full = accepted.every((reply) => objectIn(reply)?.["uid"] !== undefined);
  return full
    ? holds("Answers contain the whole object.", { writeBody: "full" })
    : holds("Answers contain the fields that can be written.", { writeBody: "minimal" });
}

function missingFields(reply: Reply): string[] {
  const answer = objectIn(reply) ?? {};
  return Object.keys(reply.request.body as Row).filter((field) => !(field in answer));
}

function changedFields(reply: Reply): string[] {
  const answer = objectIn(reply) ?? {};
  const isSame = (field: string, value: unknown) =>
    field === "color" ? String(value).toLowerCase() === String(answer[field]).toLowerCase() : value === answer[field];
  return Object.entries(reply.request.body as Row)
    .filter(([field, value]) => !isSame(field, value))
    .map(([field]) => field);
}

function slugFollowsName({ renamed, patched, emptied, teamRenamed, teams, teamsAfterRename }: Writes): Finding {
  const organization = renamed && movedByName(renamed, objectIn(patched), objectIn(emptied));
  const before = teams && rowsOf(teams)?.[0];
  const after = teamsAfterRename && rowsOf(teamsAfterRename)?.find(({ uid }) => uid === before?.["uid"]);
  const team = teamRenamed && movedByName(teamRenamed, before, after);
  const known = [organization, team].filter((moved) => moved !== undefined);
  if (known.length === 0) return notTried("No new name was shown.");
  if (known.every((moved) => !moved)) return holds("Slugs stay.", { slugFollowsName: false });
  if (known.every((moved) => moved)) return differs("Slugs follow names.", { slugFollowsName: true });
  return differs(`Only the slug of the ${organization ? "organization" : "team"} follows its name.`);
}

/** Unknown unless the new name is shown. */
function movedByName(renamed: Reply, before: Row | undefined, after: Row | undefined): boolean | undefined {
  if (!before || !after || after["name"] !== sent(renamed, "name")) return undefined;
  return before["slug"] !== after["slug"];
}

function fieldsAreEmptied({ filled, patched, cleared = {}, emptied }: Writes): Finding {
  const [before, after] = [objectIn(patched), objectIn(emptied)];
  if (!filled || !before || !after) return notTried("A step before it failed.");
  const isEmpty = (value: unknown) => value === "" || value === null || value === undefined;
  const tried = Object.keys(emptyValues).filter((field) => cleared[field] && !isEmpty(before[field]));
  if (tried.length === 0) return notTried(`The fields could not be filled: ${shownReply(filled)}.`);
  const refused = tried.filter((field) => !succeeded(cleared[field]!));
  const kept = tried.filter((field) => !refused.includes(field) && !isEmpty(after[field]));
  if (refused.length + kept.length === 0) return holds(`Emptied: ${named(tried)}.`);
  const parts = [
    ...(refused.length > 0 ? [`refused: ${named(refused)}`] : []),
    ...(kept.length > 0 ? [`not emptied: ${named(kept)}`] : []),
  ];
  return differs(`Fields are ${parts.join("; ")}.`);
}

/** The last update of one field before `patched` is that of the description. */
function othersStay({ fresh, filled, changed, patched }: Writes): Finding {
  const [start, now] = [objectIn(fresh), objectIn(patched)];
  if (!start || !now || !filled || !changed) return notTried("A step before it failed.");
  if (!succeeded(filled) || !succeeded(changed)) return notTried("The updates were refused.");
  const { description: _, ...others } = filled.request.body as Row;
  const { name, visibility, industry } = start;
  const expected = { name, visibility, industry, ...others };
  const lost = Object.entries(expected).filter(([field, value]) => now[field] !== value);
  if (lost.length > 0) return differs(`Changed by updates of other fields: ${named(lost.map(([field]) => field))}.`);
  return holds(`Not changed by updates of other fields: ${named(Object.keys(expected))}.`);
}

function colorStays(team: Reply, rows: readonly Row[]): Finding {
  const color = String(sent(team, "color"));
  const colors = rows.map((row) => row["color"]);
  if (colors.length === 0) return notTried("No team is listed.");
  if (colors.every((other) => other === color)) return holds("Comes back as it was sent.");
  const same = colors.every((other) => typeof other === "string" && other.toLowerCase() === color.toLowerCase());
  return differs(same ? "Comes back in another case." : "Comes back as another color.");
}

function deletionOf({ teams, deleted, deletedEmpty, afterDeletion }: Writes): Finding {
  if (!deleted) return notTried("The organization was not deleted by the probe.");
  if (((teams && rowsOf(teams)) ?? []).length === 0) return notTried("The organization had no team.");
  const gone = afterDeletion === "absent" || afterDeletion === "inactive";
  if (succeeded(deleted)) {
    if (afterDeletion === "absent") return holds("Deleted with its team.", { organizationDelete: "hard" });
    if (gone) return holds("Kept with `is_active: false`.", { organizationDelete: "soft" });
    return afterDeletion === "active"
      ? differs(`Answered ${shownReply(deleted)}, and the organization stays.`)
      : notTried("Reads did not show whether it was deleted.");
  }
  const details = `With a team ${shownReply(deleted)}`;
  if (!deletedEmpty) return differs(`${details}.`);
  const emptied = `${details}, without ${shownReply(deletedEmpty)}.`;
  return gone ? holds(emptied, { organizationDelete: "refuse" }) : differs(emptied);
}
