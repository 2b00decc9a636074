import { say } from "../scripts/project.mjs";
import { scaledCalls } from "./calls.mjs";
import { Contender, CONTENDERS } from "./contenders.mjs";
import { OPERATIONS } from "./operations.mjs";
import { countsOf, SHAPES } from "./shapes.mjs";

/** Where the calls of the naive contender are counted for sizes at which it is not measured. */
const REDUCED = { name: "20/2/5", people: 20, teams: 2, each: 5, checkpoints: true };

/**
 * Measures the operations asked for with all contenders, in turn: each operation with one contender after the other, and
 * all of that once a round.
 *
 * @returns a row for each operation and contender: `rounds` holds the figures of each round, or, where the naive
 *   contender would take hours, `calls` what it would make, and `computedFrom` at which size that was counted
 */
export async function compare({ engine, shape, size, only, profile }) {
  const asked = OPERATIONS.filter(({ key }) => only.includes(key));
  if (asked.length === 0) return [];
  // Everything rests on a first up.
  const operations = OPERATIONS.filter(({ key }) => key === "firstUp" || only.includes(key));
  const { naive: hasNaive } = SHAPES[shape];
  // Its state is 20 times as large, so without checkpoints is where it would take hours.
  const names = CONTENDERS.filter((name) => name !== "naive" || (hasNaive && size.checkpoints));
  const rounds = [];
  for (let round = 1; round <= size.rounds; round++) {
    say(`${shape} ${size.name}, round ${round} of ${size.rounds}`);
    rounds.push(await takeTurns(names, operations, { engine, shape, size, profile, warm: round > 1 }));
  }
  const naive = hasNaive && !size.checkpoints ? await computeNaive({ engine, shape, size, operations }) : undefined;
  return asked.flatMap(({ key }) => {
    const row = { shape, size: size.name, operation: key };
    const measured = names.map((contender) => ({
      ...row,
      contender,
      rounds: rounds.map((figures) => figures[key][contender]),
    }));
    return naive ? [...measured, { ...row, contender: "naive", ...naive[key] }] : measured;
  });
}

/** One round: the figures by operation and contender. */
async function takeTurns(names, operations, { engine, shape, size, profile = false, warm = false }) {
  const contenders = [];
  const figures = {};
  try {
    for (const name of names) {
      // The provider comes before the null contender, which repeats what it has recorded.
      const like = name === "null" ? contenders[0] : undefined;
      contenders.push(await Contender.open(name, { engine, shape, size, like }));
    }
    if (!warm) for (const contender of contenders) await contender.warmUp();
    for (const operation of operations) {
      const byContender = {};
      for (const contender of contenders) {
        byContender[contender.name] = await contender.measure(operation, { profile });
      }
      figures[operation.key] = byContender;
      say(`  ${operation.title}: ${wordsOf(byContender)}`);
    }
  } finally {
    for (const contender of contenders) await contender.close();
  }
  return figures;
}

const wordsOf = (byContender) =>
  Object.entries(byContender)
    .map(([name, { wallSeconds }]) => `${name} ${wallSeconds.toFixed(1)} s`)
    .join(", ");

/** The naive contender's calls: as many for each object as at a reduced size. */
async function computeNaive({ engine, shape, size, operations }) {
  say(`${shape} ${REDUCED.name}, to count the calls of the naive provider`);
  const figures = await takeTurns(["naive"], operations, { engine, shape, size: REDUCED, warm: true });
  const [from, to] = [countsOf(shape, REDUCED), countsOf(shape, size)];
  return Object.fromEntries(
    operations.map(({ key }) => [
      key,
      { computedFrom: REDUCED.name, calls: scaledCalls(figures[key].naive.callsAbout, from, to) },
    ]),
  );
}
