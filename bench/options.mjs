import { parseArgs } from "node:util";
import { OPERATIONS } from "./operations.mjs";
import { countsOf, SHAPES } from "./shapes.mjs";

/** What can be asked for by --only: operations of the engine and the other parts. */
export const PARTS = [...OPERATIONS.map(({ key }) => key), "import", "limit", "loading"];

const ROUNDS = 3;
/** Sizes of more people are measured once. */
const MOST_PEOPLE_MORE_THAN_ONCE = 300;
/** Programs of more resources run without checkpoints, whose cost is quadratic in the file backend. */
const MOST_RESOURCES_WITH_CHECKPOINTS = 500;

const USAGE =
  "Usage: npm run bench -- [--quick] [--shapes edges,…] [--sizes 100/10/10,…] [--rounds n] [--only refresh,…] [--profile]";

const shapeLines = Object.entries(SHAPES).map(
  ([name, { title, sizes, quickSizes }]) => `    ${name.padEnd(9)} ${title}; ${sizes}, or ${quickSizes} with --quick`,
);

export const HELP = `${USAGE}

Compares this provider with one that does nothing and a naive one, on the real engine and against the emulator.

  --quick        small sizes, everything once: three minutes at the most on two quiet cores
  --shapes list  how people are declared, and at which sizes; default all:
${shapeLines.join("\n")}
  --sizes list   other sizes: people/teams/people in each team, separated by commas
  --rounds n     how often each size is measured; default ${ROUNDS}, and 1 with --quick or more than ${MOST_PEOPLE_MORE_THAN_ONCE} people
  --only list    of ${PARTS.join(", ")}; the first up that they rest on is run, too, and not measured
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
  const shapes = namesOf(values.shapes ?? Object.keys(SHAPES).join(","), Object.keys(SHAPES), "--shapes");
  const sizesOf = (shape) => values.sizes ?? SHAPES[shape][quick ? "quickSizes" : "sizes"];
  return {
    help: false,
    quick,
    profile,
    only: values.only === undefined ? PARTS : namesOf(values.only, PARTS, "--only"),
    plan: shapes.flatMap((shape) =>
      listOf(sizesOf(shape)).map((text) => ({ shape, size: planned(shape, sizeOf(text), { quick, rounds }) })),
    ),
  };
}

/** A size with how it is measured. */
function planned(shape, size, { quick, rounds }) {
  const more = !quick && size.people <= MOST_PEOPLE_MORE_THAN_ONCE;
  const checkpoints = countsOf(shape, size).resources <= MOST_RESOURCES_WITH_CHECKPOINTS;
  return { ...size, checkpoints, rounds: rounds ?? (more ? ROUNDS : 1) };
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
  if (each < people) return { name: text, people, teams, each };
  throw new UsageError(`--sizes ${text}: the people of a team are not the owner, so at most ${people - 1}.`);
}

function wholeNumber(text, option) {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`${option} takes whole numbers above zero, not "${text}".`);
  return Number(text);
}
