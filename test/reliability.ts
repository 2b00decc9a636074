/**
 * The guarantees and their tests, which docs/internals/reliability.md shows. Cases are counted from the data that a
 * test runs; the data has a module of its own, without jest. A number that only a run can determine is left out, or is
 * kept in a file with which the test compares it.
 */
import { statements } from "../cli/probe/statements/index.js";
import { flagsOf, resources } from "../provider/schema/index.js";
import { arriving, writesOf } from "./properties/crashes/program.js";
import { operations } from "./engine/operations.js";
import { faultKinds } from "./properties/faults/faults.js";
import { operations as faultOperations } from "./properties/faults/operations.js";
import { guards } from "./guards/guards.js";
import { hostileTexts } from "./hostile/texts.js";
import { refused, taken } from "./support/addresses.js";
import { declarations, situations, table } from "./lifecycle/person/table.js";
import { spellingsOf } from "./support/secrets.js";

export interface Tested {
  /** The file or folder, below `test/`. */
  where: string;
  how: string;
  /** How many of what: `[455, "cells"]`. */
  cases?: readonly [count: number, what: string];
}

export interface Promised {
  promise: string;
  tests: readonly Tested[];
}

const rowsOfPerson = Object.values(table).flatMap((rows) => Object.values(rows));
const cells = rowsOfPerson.map((row) => Object.keys(row).length).reduce((all, count) => all + count, 0);
const ways = Object.values(operations).map((through) => Object.keys(through).length);
const statuses = Object.values(resources).flatMap(({ outputs }) =>
  "status" in outputs ? (flagsOf(outputs.status).known ?? []) : ["made"],
);
const writes = Object.values(writesOf).flat(2).length;
const arrivals = Object.values(arriving).flat().length;
const forms = new Set(spellingsOf("any").map(([form]) => form));

export const promises: readonly Promised[] = [
  {
    promise: "Nobody is invited twice, and nobody gets more than `maxEmails` emails",
    tests: [
      {
        where: "lifecycle/person",
        how: `each of ${Object.keys(situations).length} situations of a person, with each of ${Object.keys(declarations).length} declarations and every command: exact steps, requests, emails and reads`,
        cases: [cells, "cells"],
      },
      {
        where: "lifecycle/organizationMember.test.ts",
        how: "emails of one OrganizationMember, counted over its lifetime",
      },
      { where: "lifecycle/invitation.test.ts", how: "the same for an Invitation" },
      {
        where: "properties/model/model.test.ts",
        how: "random programs, settings, changes by others, keys, faults and kills: the emails of each person, counted",
      },
    ],
  },
  {
    promise: "An address that email systems cannot deliver to fails the preview, before anybody is invited",
    tests: [
      {
        where: "unit/address.test.ts",
        how: "one table of addresses, given to every input, file and option that accepts one",
        cases: [refused.length + taken.length, "addresses"],
      },
      { where: "host/inputs.test.ts", how: "the same in the real host process, without a request" },
    ],
  },
  {
    promise: "A lost response loses nothing, and causes no second object and no second first email",
    tests: [
      {
        where: "properties/faults/faults.test.ts",
        how: `every operation of a resource, with each of ${faultKinds.length} kinds of fault at each of its requests: the next run leads to the result that the first would have had, without more emails. The test prints the number of cases, some thousands`,
        cases: [faultOperations.length, "operations"],
      },
      {
        where: "engine/faults.test.ts",
        how: "each kind of fault once on the real engine, in one program with all resources",
      },
      {
        where: "lifecycle/lostAnswers.test.ts",
        how: "lost requests and responses, when each kind of resource is created, updated and deleted",
      },
      { where: "client/sockets.test.ts", how: "broken connections, deadlines, redirects, endless bodies" },
      { where: "client/retry.test.ts", how: "which requests are repeated, how often, and which never" },
    ],
  },
  {
    promise: "After a crash, the commands of [recovery](../guides/recovery.md) lead to the declared result",
    tests: [
      {
        where: "properties/crashes/engineKilled.test.ts",
        how: "kill -9 of the engine at every write of an up that creates, an up that updates, and a destroy: while the request arrives, and when it has been carried out but not answered",
        cases: [writes + arrivals, "points"],
      },
      {
        where: "properties/crashes/hostKilled.test.ts",
        how: "the same for the process that runs the handlers",
        cases: [writes + arrivals, "points"],
      },
      { where: "properties/crashes/interrupted.test.ts", how: "Ctrl-C once at every write", cases: [writes, "points"] },
      {
        where: "properties/crashes/interruptedTwice.test.ts",
        how: "Ctrl-C twice at every write",
        cases: [writes, "points"],
      },
      {
        where: "examples/recovery.test.ts",
        how: "a killed engine and a lost state, with the commands of the page",
      },
      {
        where: "host/process.test.ts",
        how: "a process whose engine has ended sends nothing, and ends within two seconds",
      },
    ],
  },
  {
    promise: "Refactoring never removes anyone",
    tests: [
      {
        where: "engine/refactoring.test.ts",
        how: "resources that are renamed, moved, replaced, or passed to a different provider, on the real engine",
      },
      {
        where: "lifecycle/handOver.test.ts",
        how: "every move between kinds of resources and spellings: no request that changes anything",
      },
      {
        where: "lifecycle/slugs.test.ts",
        how: "slugs that change, and slugs that a different organization or team gets",
      },
    ],
  },
  {
    promise: "Absence needs proof",
    tests: [
      { where: "client/pages.test.ts", how: "pages that fail, repeat, disappear or contradict the count" },
      { where: "lifecycle/lostAccess.test.ts", how: "lost or forbidden access: nothing leaves the state" },
      { where: "lifecycle/deployments.test.ts", how: "lists that lag behind a creation" },
      {
        where: "engine/drift.test.ts",
        how: "every managed field of every kind of resource: a change by somebody else is found and repaired",
      },
    ],
  },
  {
    promise: "Nobody is locked out, and no run removes more people than the limit",
    tests: [
      {
        where: "guards/guards.ts",
        how: "each guard with the tests of what it refuses, and those of what it allows",
        cases: [guards.length, "guards"],
      },
      {
        where: "lifecycle/organizationMember.test.ts",
        how: "the owner and the API key's user, with every declaration",
      },
      { where: "lifecycle/lostAccess.test.ts", how: "the limit of removals in one run" },
      {
        where: "lifecycle/teamRoster.test.ts",
        how: "removals of a roster, checked as a whole before the first request",
      },
      {
        where: "guards/privateFolder.test.ts",
        how: "links, pipes and folders of other users in place of the folder that the processes of a run share: nothing is read, written or removed",
      },
      { where: "engine/deletedWith.test.ts", how: "a team that is deleted, with managed and unmanaged people in it" },
      {
        where: "engine/declaredTwice.test.ts",
        how: "one person declared twice in one organization or team, in all spellings",
      },
      {
        where: "lifecycle/identity",
        how: "names that move to a different object: each change of a person, team or organization, with each change of the program and each order of the engine",
      },
      { where: "engine/identity.test.ts", how: "each of these changes once, on the real engine" },
      {
        where: "engine/deletionsFirst.test.ts",
        how: "`deleteBeforeReplace` of a parent, replaced providers, `--target`, `--exclude`, interrupted renames, copies that are pending deletion",
      },
    ],
  },
  {
    promise: "Each operation of the API is used, with the documented number of requests",
    tests: [
      {
        where: "engine/operations.test.ts",
        how: `all ${ways.length} operations, by every resource, function and command that uses them`,
        cases: [ways.reduce((all, count) => all + count, 0), "uses"],
      },
      { where: "lifecycle/callCounts.test.ts", how: "exact requests of every kind of run" },
      {
        where: "lifecycle/limits.test.ts",
        how: "several processes with one key: every request succeeds, and is carried out once",
      },
    ],
  },
  {
    promise: "Open questions of the API's contract make no difference",
    tests: [
      {
        where: "unit/facts.test.ts",
        how: "each statement of the [contract](contract.md) has a test, which tests by name those that the provider refers to",
        cases: [statements.length, "statements"],
      },
      {
        where: "properties/faults/everyDeployment.test.ts",
        how: "every operation of a resource, with every behaviour that the contract leaves open: all settings of the emulator, each value combined with each value of the others",
        cases: [faultOperations.length, "operations"],
      },
    ],
  },
  {
    promise: "Hostile text cannot control a terminal, a page or a log",
    tests: [
      { where: "unit/text.test.ts", how: "any text becomes one short line without control characters" },
      {
        where: "unit/hiddenCharacters.test.ts",
        how: "every invisible code point, ordinary names, and names that look alike",
      },
      { where: "cli/lookalikes.test.ts", how: "teams and people whose names look alike, shown with their uids" },
      {
        where: "hostile/names.test.ts",
        how: "hostile names, addresses and texts, in every output and record that contains them",
        cases: [Object.keys(hostileTexts).length, "texts"],
      },
      { where: "hostile/engine.test.ts", how: "the same on the real engine" },
      {
        where: "hostile/answers.test.ts",
        how: "malformed responses to every kind of request: errors with a code, bounded memory, no key sent to a different host",
      },
      {
        where: "hostile/memory.test.ts",
        how: "responses of the largest accepted size, with any content: the memory of the process stays below 300 MB",
      },
    ],
  },
  {
    promise: "No key and no accept link in the state, logs, messages, files or arguments of processes",
    tests: [
      {
        where: "engine/secrets.test.ts",
        how: "a whole run with all debug output, searched for the secrets of every source; the exact occurrences in the engine's own debug logs are listed",
        cases: [forms.size, "forms of each secret"],
      },
      { where: "client/redact.test.ts", how: "secrets that the service repeats in its errors" },
    ],
  },
  {
    promise: "Commands that only read change nothing, and report correctly what is and what will be",
    tests: [
      {
        where: "engine/import.test.ts",
        how: "1,000 people in 100 teams of 50, and unusual names: an import without a write, then a preview without a change",
      },
      {
        where: "cli/import.test.ts",
        how: "the files that are written for an organization, repeatedly, with and without edits",
      },
      {
        where: "cli/driftOfPeople.test.ts",
        how: "every situation of a person that arises after a run, with every declaration: exactly its drift, or none",
      },
      { where: "cli/drift.test.ts", how: "changes, removals and additions by others: exactly those are reported" },
      {
        where: "cli/review.test.ts",
        how: "a large change on the real engine: gained and lost access, compared with the service afterwards",
      },
      {
        where: "cli/reviewPreviews.test.ts",
        how: "every kind of step, limits, approvals, masked values, hostile names in each format",
      },
      {
        where: "cli/reviewHidden.test.ts",
        how: "every input of every kind, secret or not known yet, in every step: shown, counted as the worst case, never approved",
      },
      {
        where: "cli/previewDocuments.test.ts",
        how: "documents that are not a whole preview, and what the engine does with each step",
      },
      {
        where: "properties/reviews/reviews.test.ts",
        how: "random programs and changes on the real engine, whole or limited (`--target`, `--exclude`): whatever `up` did, its review has said and its rehearsal has done",
      },
      {
        where: "examples/workflows.test.ts",
        how: "the shell steps of the GitHub workflows: the result of the required check and of apply for each attack that their document lists",
      },
      { where: "examples/gitlab.test.ts", how: "the same for the GitLab pipeline" },
      {
        where: "engine/plan.test.ts",
        how: "saved plans of Pulumi: what is carried out, what is refused, and what the plan file contains",
      },
      { where: "package/commands.test.ts", how: "every command from the packed package, installed by npm and by pnpm" },
    ],
  },
  {
    promise: "States of earlier versions work, states of later versions are refused",
    tests: [
      {
        where: "engine/upgrades.test.ts",
        how: "stacks that each released version and this version wrote, with every kind of resource in every status: imported, previewed, refreshed, destroyed",
        cases: [statuses.length, "statuses of a version"],
      },
      {
        where: "lifecycle/newerState.test.ts",
        how: "a newer state: every command fails, nothing is sent, nothing is lost",
      },
      { where: "host/text.test.ts", how: "the constant line of text in every state has not changed" },
    ],
  },
];
