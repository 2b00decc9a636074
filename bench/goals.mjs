import { OPERATIONS, titleOf } from "./operations.mjs";
import { countsOf } from "./shapes.mjs";
import { median } from "./statistics.mjs";

const MIB = 2 ** 20;
/** What no program that only declares may load. */
const FOREIGN = ["undici", "avala-emulator", "pulumi-avala/client", "pulumi-avala/cli", "pulumi-avala/snapshot"];

/**
 * The goals, with what was reached: `what`, `where` it was measured, `goal` and `reached` as numbers, and whether that is
 * met. A goal for which nothing was measured is left out.
 */
export function goalsOf({ plan, rows, limits, loading }) {
  return [
    ...plan.flatMap(({ shape, size }) => goalsOfSize({ shape, size, rows })),
    ...limits.map(goalOfLimit),
    ...(loading ? goalsOfLoading(loading) : []),
  ];
}

function goalsOfSize({ shape, size, rows }) {
  const where = `${shape} ${size.name}`;
  const find = (operation, contender) =>
    rows.find(
      (row) =>
        row.shape === shape && row.size === size.name && row.operation === operation && row.contender === contender,
    );
  const worst = (operation, figure) => {
    const row = find(operation, "provider");
    return row && Math.max(...row.rounds.map(figure));
  };
  const wallRatio = (operation) =>
    ratioOf(find(operation, "provider"), find(operation, "null"), ({ wallSeconds }) => wallSeconds);
  const goal = (what, goal, reached, unit = "") =>
    reached === undefined ? [] : [{ what, where, goal, reached, unit, met: reached <= goal }];

  const counts = countsOf(shape, size);
  const [firstUp, nullFirstUp] = [find("firstUp", "provider"), find("firstUp", "null")];
  const [refresh, naiveRefresh] = [find("refresh", "provider"), find("refresh", "naive")];
  const naiveCalls = naiveRefresh?.calls ?? naiveRefresh?.rounds[0].calls;
  return [
    ...goal(
      "refresh: calls, at most two above the floor",
      counts.pages + 2,
      worst("refresh", ({ calls }) => calls),
    ),
    ...["noop", "preview"].flatMap((key) =>
      goal(
        `${titleOf(key)}: calls`,
        0,
        worst(key, ({ calls }) => calls),
      ),
    ),
    ...OPERATIONS.filter(({ writes }) => writes(counts) > 0).flatMap(({ key, title, writes }) => [
      ...goal(
        `${title}: writes, one per changed object`,
        writes(counts),
        worst(key, (figures) => figures.writes),
      ),
      ...goal(
        `${title}: reads made twice`,
        0,
        worst(key, (figures) => figures.repeatedReads),
      ),
    ]),
    ...goal("refresh: wall, against null", 1.1, wallRatio("refresh"), "×"),
    ...goal("no-op up: wall, against null", 1.1, wallRatio("noop"), "×"),
    ...goal("first up: wall, against null", 1.25, wallRatio("firstUp"), "×"),
    ...(naiveCalls === undefined || size.people < 1000
      ? []
      : goal("refresh: calls, against naive", 1 / 20, refresh.rounds[0].calls / naiveCalls, "×")),
    ...(firstUp?.rounds[0].edgeBytes === undefined
      ? []
      : goal(
          "state of an edge, on top of null without outputs",
          300,
          Math.round(firstUp.rounds[0].edgeBytes - nullFirstUp.rounds[0].bareEdgeBytes),
          "bytes",
        )),
    ...goal(
      "refresh: memory of the host",
      200,
      worst("refresh", ({ hostMemoryBytes }) => hostMemoryBytes / MIB),
      "MiB",
    ),
    ...goal(
      "refresh: longest pause of the host's event loop",
      200,
      worst("refresh", ({ longestPauseMs }) => longestPauseMs),
      "ms",
    ),
  ];
}

/** The ratio of two rows in a figure: of each round, whose runs lie next to each other in time, then the middle one. */
export function ratioOf(row, other, figure) {
  if (row?.rounds === undefined || other?.rounds === undefined) return undefined;
  return median(row.rounds.map((figures, round) => figure(figures) / figure(other.rounds[round])));
}

function goalOfLimit({ shape, size, window, limit, calls, seconds, allowedSeconds }) {
  const reached = seconds / allowedSeconds;
  const each = window === "perSecond" ? "a second" : "a minute";
  const what = `time of ${calls} calls at ${limit} ${each}, after the burst, against what the limit allows`;
  return { what, where: `${shape} ${size}`, goal: 1.05, reached, unit: "×", met: reached <= 1.05 };
}

function goalsOfLoading({ ratio, modules }) {
  const foreign = FOREIGN.filter((name) => name in modules);
  const where = "a program that only declares";
  const added = ratio - 1;
  return [
    {
      what: 'require("pulumi-avala") on top of the SDK',
      where,
      goal: 0.15,
      reached: added,
      unit: "×",
      met: added <= 0.15,
    },
    {
      what: "client, snapshot, command line and emulator loaded",
      where,
      goal: 0,
      reached: foreign.length,
      unit: "",
      met: foreign.length === 0,
    },
  ];
}
