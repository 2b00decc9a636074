/**
 * What is promised, and the tests that hold it; docs/internals/reliability.md shows it. Cases are counted from the data
 * that a test runs, which stands in a module of its own, without jest. A number that only a run can tell is kept in a
 * file that its test compares, or is left out.
 */
import { flagsOf, resources } from "../provider/schema/index.js";
import { arriving, writesOf } from "./crashes/program.js";
import { operations } from "./e2e/operations.js";
import { faultKinds } from "./faults/faults.js";
import { operations as faultOperations } from "./faults/operations.js";
import { guards } from "./guards/guards.js";
import { hostileTexts } from "./hostile/texts.js";
import { refused, taken } from "./support/addresses.js";
import { declarations, situations, table } from "./lifecycle/person/table.js";
import { spellingsOf } from "./support/secrets.js";
import { facts } from "./unit/facts.js";

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
    promise: "Nobody is mailed twice, and nobody beyond `maxEmails`",
    tests: [
      {
        where: "lifecycle/person",
        how: `every one of ${Object.keys(situations).length} situations of a person, under ${Object.keys(declarations).length} declarations, at every command: steps, requests, mails and reads, exactly`,
        cases: [cells, "cells"],
      },
      { where: "lifecycle/organizationMember.test.ts", how: "mails of one declaration, counted over its life" },
      { where: "lifecycle/invitation.test.ts", how: "the same for a plain invitation" },
      {
        where: "model/model.test.ts",
        how: "random programs, settings, acts of others, keys, faults and kills: mails of each person, counted",
      },
    ],
  },
  {
    promise: "An address that no mail system delivers to fails the preview, and nobody is invited before that",
    tests: [
      {
        where: "unit/address.test.ts",
        how: "one table of addresses through every input, file and option that takes one",
        cases: [refused.length + taken.length, "addresses"],
      },
      { where: "host/inputs.test.ts", how: "the same in the real host process, without a request" },
    ],
  },
  {
    promise: "A lost answer loses nothing, and doubles no object and no first mail",
    tests: [
      {
        where: "faults/faults.test.ts",
        how: `everything that a resource does, and at each of its calls each kind of fault: the next run ends where the first would have, after no more mails. ${faultKinds.length} kinds of fault; the number of cases, some thousands, is printed by the test`,
        cases: [faultOperations.length, "operations"],
      },
      {
        where: "e2e/faults.test.ts",
        how: "each kind of fault once on the real engine, in one program of all resources",
      },
      {
        where: "lifecycle/doubt.test.ts",
        how: "requests and answers lost, at creation, change and removal of each kind",
      },
      { where: "client/sockets.test.ts", how: "connections that drop, deadlines, redirects, endless bodies" },
      { where: "client/retry.test.ts", how: "what is sent again, how often, and what never is" },
    ],
  },
  {
    promise: "After a crash, the commands of [recovery](../guides/recovery.md) lead to what was declared",
    tests: [
      {
        where: "crashes/engineKilled.test.ts",
        how: "kill -9 of the engine at every write of an up that makes, an up that changes, and a destroy: while it arrives, and when it is carried out and not answered yet",
        cases: [writes + arrivals, "points"],
      },
      {
        where: "crashes/hostKilled.test.ts",
        how: "the same for the process that runs the handlers",
        cases: [writes + arrivals, "points"],
      },
      { where: "crashes/interrupted.test.ts", how: "Ctrl-C once at every write", cases: [writes, "points"] },
      { where: "crashes/interruptedTwice.test.ts", how: "Ctrl-C twice at every write", cases: [writes, "points"] },
      {
        where: "examples/recovery.test.ts",
        how: "a killed engine and a lost state, by the commands as they stand there",
      },
      {
        where: "host/process.test.ts",
        how: "a process whose engine is gone sends nothing, and ends within two seconds",
      },
    ],
  },
  {
    promise: "Nobody is evicted by a refactoring",
    tests: [
      {
        where: "e2e/refactoring.test.ts",
        how: "renamed, moved, replaced, given to another provider: on the real engine",
      },
      { where: "lifecycle/handOver.test.ts", how: "every move between kinds and spellings: no request is made" },
      { where: "lifecycle/slugs.test.ts", how: "slugs that move, and slugs that are given to somebody else" },
    ],
  },
  {
    promise: "Absence needs proof",
    tests: [
      { where: "client/pages.test.ts", how: "pages that fail, repeat, vanish or do not add up" },
      { where: "lifecycle/access.test.ts", how: "access that is lost or forbidden: nothing leaves the state" },
      { where: "lifecycle/deployments.test.ts", how: "answers that lag behind what has just been created" },
      {
        where: "e2e/drift.test.ts",
        how: "every managed field of every kind, changed by somebody else, found and repaired",
      },
    ],
  },
  {
    promise: "Nobody is locked out, and no run takes out more people than it may",
    tests: [
      {
        where: "guards/guards.ts",
        how: "each guard with the tests that it refuses what it must, and those that it lets through what is fine",
        cases: [guards.length, "guards"],
      },
      {
        where: "lifecycle/organizationMember.test.ts",
        how: "the owner and the key's own person, whatever is declared",
      },
      { where: "lifecycle/access.test.ts", how: "the limit of removals" },
      {
        where: "lifecycle/teamRoster.test.ts",
        how: "removals of a roster, judged as a whole before the first request",
      },
      {
        where: "guards/privateFolder.test.ts",
        how: "links, pipes and folders of other users where a run keeps what it shares: nothing is read, written or removed",
      },
      { where: "e2e/deletedWith.test.ts", how: "a team that goes, with the people it knows and those it does not" },
      { where: "e2e/declaredTwice.test.ts", how: "one person declared twice in one place, in whatever spelling" },
      {
        where: "lifecycle/identity",
        how: "names that move: what happened to a person, team or organization, what the program does, and the order of the engine, each with each",
      },
      { where: "e2e/identity.test.ts", how: "each of these stories once, on the real engine" },
      {
        where: "e2e/deletionsFirst.test.ts",
        how: "delete-before-replace above somebody, replaced providers, targets, excludes, broken-off renames, marked copies",
      },
    ],
  },
  {
    promise: "Each operation of the API is reached, and costs what is said",
    tests: [
      {
        where: "e2e/operations.test.ts",
        how: `all ${ways.length} operations, by every resource, function and command that reaches them`,
        cases: [ways.reduce((all, count) => all + count, 0), "ways"],
      },
      { where: "lifecycle/budget.test.ts", how: "exact calls of every kind of run" },
      { where: "lifecycle/limits.test.ts", how: "several processes with one key: each call answered, and done once" },
    ],
  },
  {
    promise: "What the API's contract leaves open does not matter",
    tests: [
      {
        where: "unit/facts.test.ts",
        how: "each fact of the [contract](contract.md) is named by a test",
        cases: [facts.length, "facts"],
      },
      {
        where: "faults/everyDeployment.test.ts",
        how: "everything that a resource does, under the answers a deployment may give: all of its settings, each value together with each value of the others",
        cases: [faultOperations.length, "operations"],
      },
    ],
  },
  {
    promise: "Hostile text steers no screen",
    tests: [
      { where: "unit/text.test.ts", how: "anything at all, made one short line without controls" },
      {
        where: "unit/hiddenCharacters.test.ts",
        how: "every code point that cannot be seen; honest names; names that look alike",
      },
      { where: "cli/lookalikes.test.ts", how: "teams and people who look alike, shown with their uids" },
      {
        where: "hostile/names.test.ts",
        how: "names, addresses and texts as nobody has them, in every place where they reach a screen or a record",
        cases: [Object.keys(hostileTexts).length, "texts"],
      },
      { where: "hostile/engine.test.ts", how: "the same on the real engine" },
      {
        where: "hostile/answers.test.ts",
        how: "answers that no service gives, to every kind of call: errors with a code, bounded memory, no key to another host",
      },
      {
        where: "hostile/memory.test.ts",
        how: "whatever an answer of the largest size holds: the memory of a process that reads it stays below 300 MB",
      },
    ],
  },
  {
    promise: "No key and no accept link in state, logs, messages, files or arguments of processes",
    tests: [
      {
        where: "e2e/secrets.test.ts",
        how: "a whole run, as loud as it gets, searched for the secrets of every source; what the engine's own debug logs hold is listed exactly",
        cases: [forms.size, "forms of each secret"],
      },
      { where: "client/redact.test.ts", how: "what the service echoes in its errors" },
    ],
  },
  {
    promise: "The commands that look change nothing, and tell what is there and what will be",
    tests: [
      {
        where: "e2e/import.test.ts",
        how: "1,000 people in 100 teams of 50, and awkward names: imported with no write, then a preview with no change",
      },
      { where: "cli/import.test.ts", how: "what is written of an organization, again and again, edited or not" },
      {
        where: "cli/driftOfPeople.test.ts",
        how: "every situation of a person that comes about after a run, under every declaration: the drift that it is, or none",
      },
      { where: "cli/drift.test.ts", how: "what others change, remove and add: exactly what was planted" },
      {
        where: "cli/review.test.ts",
        how: "a large change on the real engine: who gains and who loses what, and afterwards the service asked",
      },
      {
        where: "cli/reviewPreviews.test.ts",
        how: "every kind of step, limits, approvals, masks, hostile names in each format",
      },
      {
        where: "examples/workflows.test.ts",
        how: "the workflows' own shell steps, from pull request to apply and drift",
      },
      { where: "package/commands.test.ts", how: "every command from the packed package, installed by npm and by pnpm" },
    ],
  },
  {
    promise: "States of earlier versions go on, those of later ones are refused",
    tests: [
      {
        where: "e2e/upgrades.test.ts",
        how: "stacks as each released version wrote them, and as this one does, with every kind in every status: imported, previewed, refreshed, destroyed",
        cases: [statuses.length, "statuses of a version"],
      },
      {
        where: "lifecycle/newerState.test.ts",
        how: "a newer state: an error of every command, nothing sent, nothing lost",
      },
      { where: "host/text.test.ts", how: "the one line of text in every state has not changed" },
    ],
  },
];
