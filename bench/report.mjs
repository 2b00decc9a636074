import { ratioOf } from "./goals.mjs";
import { OPERATIONS } from "./operations.mjs";
import { countsOf, SHAPES } from "./shapes.mjs";
import { median } from "./statistics.mjs";

const MIB = 2 ** 20;
const WINDOWS = { perSecond: "a second", perMinute: "a minute" };

/** The results in Markdown. */
export function markdownOf(results) {
  return [
    ...heading(results),
    ...results.plan.flatMap((entry) => sizeSection(entry, results.rows)),
    ...importSection(results.imports),
    ...limitSection(results.limits),
    ...loadingSection(results.loading),
    ...goalSection(results.goals),
    "",
  ].join("\n");
}

function heading({ date, machine, versions, options }) {
  const { cores, cpu, memoryBytes, load } = machine;
  const { node, cli, sdk, package: own } = versions;
  return [
    `# Benchmark of ${date}`,
    "",
    `${cores} cores (${cpu}), ${Math.round(memoryBytes / MIB / 1024)} GiB; load ${load.before} before and ${load.after} after; ` +
      `Node ${node}, Pulumi CLI ${cli}, @pulumi/pulumi ${sdk}, pulumi-avala ${own}.`,
    ...(options.profile ? ["", "Hosts were profiled: the times mean nothing."] : []),
  ];
}

function sizeSection({ shape, size }, rows) {
  const own = rows.filter((row) => row.shape === shape && row.size === size.name);
  if (own.length === 0) return [];
  const { resources, grants } = countsOf(shape, size);
  const rounds = size.rounds === 1 ? "one round" : `${size.rounds} rounds`;
  return [
    "",
    `## ${shape}, ${size.people} people, ${size.teams} teams of ${size.each}`,
    "",
    `${SHAPES[shape].title}; ${resources} resources, ${grants} places; ` +
      `${size.checkpoints ? "with checkpoints" : "PULUMI_SKIP_CHECKPOINTS=true"}; ${rounds}; no limit of calls.`,
    "",
    ...table(
      [
        "operation",
        "provider",
        "wall s",
        "× null",
        "× naive",
        "CPU s",
        "× null",
        "program",
        "host",
        "host MiB",
        "pause ms",
        "calls",
        "writes",
        "state KiB",
      ],
      own.map((row) => cells(row, own)),
    ),
  ];
}

function cells(row, all) {
  const title = OPERATIONS.find(({ key }) => key === row.operation).title;
  const name = row.contender === "provider" ? "pulumi-avala" : row.contender;
  if (row.rounds === undefined)
    return [title, name, ...Array(9).fill(""), `${row.calls} (from ${row.computedFrom})`, "", ""];
  const middle = (figure) => median(row.rounds.map(figure));
  const against = (contender, figure) => {
    const other = all.find((entry) => entry.operation === row.operation && entry.contender === contender);
    const ratio = row.contender === contender ? undefined : ratioOf(row, other, figure);
    return ratio === undefined ? "" : ratio.toFixed(2);
  };
  const [wall, cpu] = [({ wallSeconds }) => wallSeconds, ({ cpuSeconds }) => cpuSeconds];
  return [
    title,
    name,
    spread(row.rounds.map(wall)),
    against("null", wall),
    against("naive", wall),
    middle(cpu).toFixed(1),
    against("null", cpu),
    middle(({ programCpuSeconds }) => programCpuSeconds).toFixed(1),
    middle(({ hostCpuSeconds }) => hostCpuSeconds).toFixed(1),
    Math.round(middle(({ hostMemoryBytes }) => hostMemoryBytes) / MIB),
    Math.round(middle(({ longestPauseMs }) => longestPauseMs)),
    middle(({ calls }) => calls),
    middle(({ writes }) => writes),
    Math.round(middle(({ stateBytes }) => stateBytes) / 1024),
  ];
}

/** The middle value, and the range where there is one. */
function spread(values) {
  const text = median(values).toFixed(2);
  return values.length === 1 ? text : `${text} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
}

function importSection(imports) {
  if (imports.length === 0) return [];
  return [
    "",
    "## Import of a living organization",
    "",
    ...table(
      ["size", "write the project, s", "calls", "pulumi import, s", "pulumi preview, s", "writes", "import file, KiB"],
      imports.map(({ style, size, writeSeconds, calls, importSeconds, previewSeconds, writes, fileBytes }) => [
        `${style} ${size}`,
        writeSeconds.toFixed(2),
        calls,
        importSeconds.toFixed(2),
        previewSeconds.toFixed(2),
        writes,
        Math.round(fileBytes / 1024),
      ]),
    ),
  ];
}

function limitSection(limits) {
  if (limits.length === 0) return [];
  return [
    "",
    "## First up under a limit",
    "",
    ...table(
      ["size", "limit", "calls", "refused", "seconds after the burst", "whole windows", "seconds in all"],
      limits.map(({ shape, size, window, limit, calls, refused, seconds, allowedSeconds, totalSeconds }) => [
        `${shape} ${size}`,
        `${limit} ${WINDOWS[window]}`,
        calls,
        refused,
        seconds.toFixed(2),
        `${allowedSeconds} s`,
        totalSeconds.toFixed(2),
      ]),
    ),
  ];
}

function loadingSection(loading) {
  if (loading === undefined) return [];
  const { rounds, sdkMs, packageMs, ratio, modules } = loading;
  const list = Object.entries(modules).map(([name, files]) => `${name} (${files})`);
  return [
    "",
    "## Loading",
    "",
    `\`require("@pulumi/pulumi")\` takes ${sdkMs.toFixed(0)} ms, and \`require("pulumi-avala")\` after it ` +
      `${packageMs.toFixed(0)} ms more, ${percent(ratio - 1)} (medians of ${rounds} processes).`,
    "",
    `Files it loads: ${list.join(", ")}.`,
  ];
}

function goalSection(goals) {
  if (goals.length === 0) return [];
  return [
    "",
    "## Goals",
    "",
    ...table(
      ["what", "where", "goal", "reached", ""],
      goals.map(({ what, where, goal, reached, unit, met }) => [
        what,
        where,
        `≤ ${shown(goal, unit)}`,
        shown(reached, unit),
        met ? "met" : "**not met**",
      ]),
    ),
  ];
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const shown = (value, unit) =>
  [unit === "×" ? Number(value.toFixed(3)) : Math.round(value), unit].filter(String).join(" ");

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
