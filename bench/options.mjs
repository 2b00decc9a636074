import { parseArgs } from "node:util";
import { OPERATIONS } from "./operations.mjs";
import { SHAPES } from "./shapes.mjs";

/** What can be asked for by --only: operations of the engine and the other parts. */
export const PARTS = [...OPERATIONS.map(({ key }) => key), "limit", "loading"];

const DEFAULT_SIZES = "100/10/10,1000/100/50";
const QUICK_SIZES = "30/3/10";
const SMALL_ROUNDS = 3;
/** Above this many people a size is measured once, and without checkpoints: those are quadratic in the file backend. */
const MOST_PEOPLE_WITH_CHECKPOINTS = 300;

const USAGE = "Usage: npm run bench -- [--quick] [--sizes 100/10/10,…] [--rounds n] [--only refresh,…] [--profile]";

export const HELP = `${USAGE}

Compares this provider with one that does nothing and a naive one, on the real engine and against the emulator.

  --quick        one small size, everything once: three minutes at the most on two quiet cores
  --sizes list   people/teams/people in each team, separated by commas; default ${DEFAULT_SIZES}
  --shapes list  how people are declared: ${Object.keys(SHAPES).join(", ")}; default all
  --rounds n     how often each size is measured; default ${SMALL_ROUNDS}, and 1 where it has more than ${MOST_PEOPLE_WITH_CHECKPOINTS} people
  --only list    of ${PARTS.join(", ")}; what they rest on is run, too, and not measured
  --profile      keeps CPU profiles of programs and hosts in .work/bench/profiles; the times then mean nothing

Results: a table on stdout, the same in .work/bench/<date>.md, and all figures in .work/bench/<date>.json.
How to read them: bench/README.md.`;

/** Words for the person at the terminal about a command line that cannot be run. */
export class UsageError extends Error {
  constructor(message) {
    super(`${message}\n${USAGE}`);
  }
}

/** What was asked for; `help` alone where help was. */
export function optionsOf(args) {
  const flag = { type: "boolean", default: false };
  const text = { type: "string" };
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        quick: flag,
        sizes: text,
        shapes: text,
        rounds: text,
        only: text,
        profile: flag,
        help: { ...flag, short: "h" },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (values.help) return { help: true };
  const { quick, profile } = values;
  const rounds = values.rounds === undefined ? undefined : wholeNumber(values.rounds, "--rounds");
  const sizes = listOf(values.sizes ?? (quick ? QUICK_SIZES : DEFAULT_SIZES)).map((size) => sizeOf(size));
  return {
    help: false,
    quick,
    profile,
    only: values.only === undefined ? PARTS : namesOf(values.only, PARTS, "--only"),
    shapes: namesOf(values.shapes ?? Object.keys(SHAPES).join(","), Object.keys(SHAPES), "--shapes"),
    sizes: sizes.map((size) => ({ ...size, rounds: rounds ?? (quick || !size.checkpoints ? 1 : SMALL_ROUNDS) })),
  };
}

const listOf = (text) => text.split(",").map((item) => item.trim());

function namesOf(text, known, option) {
  const names = listOf(text);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new UsageError(`${option} does not know "${wrong}"; it knows ${known.join(", ")}.`);
  return known.filter((name) => names.includes(name));
}

function sizeOf(text) {
  const parts = text.split("/");
  if (parts.length !== 3) throw new UsageError(`--sizes takes people/teams/each, such as 100/10/10, not "${text}".`);
  const [people, teams, each] = parts.map((part) => wholeNumber(part, "--sizes"));
  if (each >= people)
    throw new UsageError(`--sizes ${text}: the people of a team are not the owner, so at most ${people - 1}.`);
  return { name: text, people, teams, each, checkpoints: people <= MOST_PEOPLE_WITH_CHECKPOINTS };
}

function wholeNumber(text, option) {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`${option} takes whole numbers above zero, not "${text}".`);
  return Number(text);
}
