/**
 * Proof that the model finds faults: the provider is broken on purpose, in one way after the other, and the model
 * tries seeds (in its own process, which is faster; the first that finds the fault is tried again on real hosts). After
 * `npm run build`:
 *
 *     node test/properties/model/mutants.mjs            all of them
 *     node test/properties/model/mutants.mjs breaker    those whose names hold one of the words
 *
 * Prints a line for each: its name, the first seed that finds it, the promise that is broken, and how many seeds find it.
 * Ends with 1 where none of the first MUTANT_SEEDS (20) does.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../../scripts/bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const { MUTANT_SEEDS: seeds = "20" } = process.env;

/** Each `from` stands exactly once in its file. */
const mutants = [
  {
    name: "the key's own user is removed and demoted",
    edits: [
      ["lifecycle/resources/organizationMember.ts", "if ((await view.ownPerson()) !== member.userUid)", "if (true)"],
    ],
  },
  {
    name: "maxEmails is ignored",
    edits: [
      [
        "policy/person.ts",
        'return typeof most !== "number" || emailCount({ recorded }, emails) < most;',
        "return true;",
      ],
    ],
  },
  {
    name: "the breaker is off",
    edits: [["lifecycle/runtime/guards.ts", "all.size > before.size && all.size > this.#limit", "false"]],
  },
  {
    name: "the breaker does not count cancelled invitations",
    edits: [["lifecycle/resources/person.ts", "await run.breaker.count(", "await (async () => {})("]],
  },
  {
    name: "an adopted organization is deleted",
    edits: [["policy/organization.ts", 'return isCreated ? "delete" : "retain";', 'return "delete";']],
  },
  {
    name: "teams that no declaration knows go along",
    edits: [["lifecycle/resources/organization.ts", "if (teams.length > 0)", "if (false)"]],
  },
  {
    name: "unmanaged people in a team are removed",
    edits: [["lifecycle/resources/team.ts", "if (strangers.length === 0) {", "if (true) {"]],
  },
  {
    name: "onDestroy: retain is ignored",
    edits: [["lifecycle/resources/organizationMember.ts", 'if (inputs["onDestroy"] === "retain")', "if (false)"]],
  },
  {
    name: "handover is off",
    edits: [
      [
        "lifecycle/runtime/handOver.ts",
        "const { same, stale, moved } = claimantsOf(run, subject);",
        "return false;\n  const { same, stale, moved } = claimantsOf(run, subject);",
      ],
    ],
  },
  {
    name: "a deletion does not ask what the program declares",
    edits: [["lifecycle/runtime/handOver.ts", "if (program === undefined || !isKept(", "if (true || !isKept("]],
  },
  {
    name: "a stale address stands for nobody",
    edits: [["policy/identity.ts", 'return name === label ? "stale" : "other";', 'return "other";']],
  },
  {
    name: "a refresh records the owner of the address",
    edits: [
      [
        "lifecycle/resources/person.ts",
        'inputs["user"] ?? recordedUid(state) ?? named.userUid',
        'inputs["user"] ?? named.userUid',
      ],
    ],
  },
  {
    name: "identity is text",
    edits: [
      ["policy/identity.ts", 'return status === "invited" || typeof userUid !== "string" ? undefined : userUid;', ""],
    ],
  },
  {
    name: "a roster's people are known by address alone",
    edits: [["lifecycle/resources/teamRoster.ts", "const uid = seen.known.get(who) ??", "const uid ="]],
  },
  {
    name: "a changed identity that cannot be looked up is the same",
    edits: [
      [
        "lifecycle/resources/person.ts",
        "const member = await organization.members.find({ userUid: user, email });",
        "const member = await organization.members.find({ userUid: user, email }).catch(() => null);\n    if (member === null)\n        return false;",
      ],
    ],
  },
  {
    name: "update sends all that differs",
    edits: [["lifecycle/handlers.ts", "if (target.id === undefined || isUnfinished(target.state))", "if (true)"]],
  },
  {
    name: "a deletion takes what it does not hold",
    edits: [["policy/identity.ts", "return isUnfinished ||", "return true ||"]],
  },
  {
    name: "a deletion removes the owner of the address",
    edits: [
      [
        "lifecycle/resources/organizationMember.ts",
        "const seen = await observePerson(run, target);",
        "const seen = await observePerson(run, { ...target, state: { ...state, userUid: undefined } });",
      ],
    ],
  },
  {
    name: "somebody else's invitation is cancelled",
    edits: [["lifecycle/resources/person.ts", "if (!isOwn) {", "if (false) {"]],
  },
  {
    name: "two declarations of one thing are taken",
    edits: [
      ["lifecycle/runtime/handOver.ts", 'if (other === undefined || address === "")', "if (true)"],
      ["lifecycle/handlers.ts", "if (other !== undefined) throw", "if (false) throw", "all"],
    ],
  },
  {
    name: "claims do not distinguish deployments",
    edits: [["lifecycle/runtime/claims.ts", "digestOf(`${this.#deployment} ${key}`)", "digestOf(key)"]],
  },
  {
    name: "people are invited again unasked",
    edits: [["policy/person.ts", "return isWanted && hasEmailsLeft", "return hasEmailsLeft"]],
  },
];

/** Line ends and indents are the formatter's. */
function patternOf(text) {
  const literal = text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(literal.replaceAll(/\s+/g, "\\s+"), "g");
}

/** A folder from which the hosts find the broken provider, as programs find theirs. */
async function prepare({ name, edits }) {
  const folder = join(root, ".work/mutants", name.replaceAll(/\W+/g, "-"));
  rmSync(folder, { recursive: true, force: true });
  const [copy, modules] = [join(folder, "package"), join(folder, "program/node_modules")];
  mkdirSync(modules, { recursive: true });
  for (const part of ["dist", "provider", "package.json"])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(copy, join(modules, "pulumi-avala"));
  for (const [file, from, to, which] of edits) {
    const path = join(copy, "provider", file);
    const text = readFileSync(path, "utf8");
    const pattern = patternOf(from);
    const count = text.split(pattern).length - 1;
    if (count === 0 || (count > 1 && which !== "all")) throw new Error(`${name}: ${count} times in ${file}: ${from}`);
    writeFileSync(
      path,
      text.replaceAll(pattern, () => to),
    );
  }
  await bundle(copy, ["plugin"]);
  return folder;
}

/** By seed: the promise that it breaks. */
async function brokenBy(chosenSeeds, env) {
  const jest = spawn(process.execPath, ["node_modules/jest/bin/jest.js", "test/properties/model"], {
    cwd: root,
    env: { ...process.env, MODEL_SEED: chosenSeeds, MODEL_SHRINK_SECONDS: "0", ...env },
  });
  let output = "";
  for (const stream of [jest.stdout, jest.stderr]) stream.on("data", (data) => (output += data));
  await new Promise((resolve) => jest.once("close", resolve));
  if (!/^Tests: /m.test(output)) throw new Error(output);
  const found = output.matchAll(/Received: "Seed (\d+), .*\n\s*(.*)/g);
  return new Map([...found].map(([, seed, promise]) => [Number(seed), promise.slice(0, 200)]));
}

const inProcess = (folder) => ({ TEST_PROVIDER: join(folder, "package/provider") });
const onHosts = (folder) => ({ TEST_HOSTS: "processes", TEST_PROGRAM_FOLDER: join(folder, "program") });

const words = process.argv.slice(2);
const chosen = mutants.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
/** Failures of the unchanged provider prove nothing about a mutant. */
const before = await brokenBy(`1-${seeds}`, inProcess(await prepare({ name: "as it is", edits: [] })));
for (const [seed, promise] of before) process.stdout.write(`as it is: seed ${seed}: ${promise}\n`);

for (const mutant of chosen) {
  const folder = await prepare(mutant);
  const found = [...(await brokenBy(`1-${seeds}`, inProcess(folder)))].filter(([seed]) => !before.has(seed));
  const [seed, promise] = found.toSorted(([one], [other]) => one - other)[0] ?? [];
  const isReal = seed !== undefined && (await brokenBy(`${seed}`, onHosts(folder))).has(seed);
  const result = seed === undefined ? "not found" : `seed ${seed}${isReal ? "" : ", not on real hosts"}: ${promise}`;
  process.stdout.write(`${mutant.name}: ${result} (${found.length} of ${seeds} seeds)\n`);
  if (!isReal) process.exitCode = 1;
}
