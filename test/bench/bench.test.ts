import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

jest.setTimeout(240_000);

const root = resolve(__dirname, "../..");
const operations = ["firstUp", "noop", "preview", "refresh", "change", "destroy"];
const contenders = ["provider", "null", "naive"];
const figures = [
  "wallSeconds",
  "cpuSeconds",
  "programCpuSeconds",
  "hostCpuSeconds",
  "hostMemoryBytes",
  "longestPauseMs",
  "calls",
  "writes",
  "repeatedReads",
  "stateBytes",
];

interface Row {
  contender: string;
  operation: string;
  rounds: Record<string, number>[];
}

interface Results {
  rows: Row[];
  imports: Record<string, unknown>[];
  limits: Record<string, number>[];
  loading: { ratio: number; modules: Record<string, number> };
  goals: { what: string; goal: number; reached: number; met: boolean }[];
}

function start(command: string, ...args: string[]) {
  const child = spawn(command, args, { cwd: root });
  const bench = { child, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (bench.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (bench.stderr += text));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return Object.assign(bench, { ended });
}

/** The results of a run, deleted afterwards; the table is on stdout too. */
async function taken(run: ReturnType<typeof start>): Promise<Results> {
  const code = await run.ended;
  expect({ code, complaint: code === 0 ? "" : run.stderr }).toEqual({ code: 0, complaint: "" });
  const json = join(root, /\.work\/bench\/\S+\.json$/m.exec(run.stderr)![0]);
  const markdown = json.replace(/json$/, "md");
  const [results, table] = [json, markdown].map((file) => readFileSync(file, "utf8")) as [string, string];
  for (const file of [json, markdown]) rmSync(file);
  expect(run.stdout).toBe(table);
  return JSON.parse(results) as Results;
}

const bench = (...args: string[]) => start(process.execPath, join(root, "bench/bench.mjs"), ...args);

describe("npm run bench", () => {
  it("measures everything at a tiny size and writes every figure", async () => {
    const asked = ["--quick", "--shapes", "edges", "--sizes", "4/1/2"];
    const run = start("npm", "run", "--silent", "bench", "--", ...asked);
    const results = await taken(run);

    expect(results.rows.map(({ operation, contender }) => `${operation} ${contender}`)).toEqual(
      operations.flatMap((operation) => contenders.map((contender) => `${operation} ${contender}`)),
    );
    for (const { rounds } of results.rows) {
      expect(rounds).toHaveLength(1);
      for (const figure of figures) expect(rounds[0]).toHaveProperty(figure, expect.any(Number));
    }
    const round = (operation: string, contender: string) =>
      results.rows.find((row) => row.operation === operation && row.contender === contender)!.rounds[0]!;
    // One team and two team memberships; everybody is a member already.
    expect(contenders.map((contender) => round("firstUp", contender)["writes"])).toEqual([3, 0, 3]);
    expect(contenders.map((contender) => round("noop", contender)["calls"])).toEqual([0, 0, 0]);
    expect(contenders.map((contender) => round("change", contender)["writes"])).toEqual([1, 0, 1]);
    expect(contenders.map((contender) => round("destroy", contender)["writes"])).toEqual([6, 0, 6]);
    // The null provider records the same as ours; only the lines of the two programs have different names.
    const [ours, nulls] = ["provider", "null"].map((contender) => round("firstUp", contender)["edgeBytes"]!);
    expect(nulls! / ours!).toBeGreaterThan(0.97);

    // Organizations, the detail, teams, invitations, people, and those of the team.
    expect(results.imports).toEqual([expect.objectContaining({ style: "edges", calls: 6, writes: 0 })]);
    expect(results.limits).toEqual([
      expect.objectContaining({ limit: expect.any(Number), calls: expect.any(Number), refused: 0 }),
    ]);
    expect(results.limits[0]!["calls"]).toBeGreaterThan(results.limits[0]!["limit"]!);
    expect(results.loading.ratio).toBeGreaterThan(1);
    expect(results.loading.modules).toHaveProperty(["pulumi-avala/resources"]);
    expect(results.loading.modules).not.toHaveProperty("undici");
    expect(results.goals.length).toBeGreaterThan(0);
    for (const { goal, reached, met } of results.goals) expect(met).toBe(reached <= goal);
  });

  it("measures rosters, which the naive provider does not have", async () => {
    const run = bench("--quick", "--shapes", "roster", "--sizes", "4/1/2", "--only", "change");
    const { rows, limits, loading } = await taken(run);
    expect(rows.map(({ operation, contender }) => `${operation} ${contender}`)).toEqual([
      "change provider",
      "change null",
    ]);
    expect(rows[0]!.rounds[0]!["writes"]).toBe(1);
    expect({ limits, loading }).toEqual({ limits: [], loading: undefined });
  });

  it.each([["--sizes", "100"], ["--sizes", "10/1/10"], ["--only", "everything"], ["--rounds", "0"], ["--fast"]])(
    "refuses %s %s with what it takes",
    async (...args) => {
      const refused = bench(...args);
      expect(await refused.ended).toBe(2);
      const { stderr } = refused;
      expect(stderr).toContain(args.at(-1));
      expect(stderr).toContain("Usage: npm run bench");
    },
  );

  it("is explained by --help", async () => {
    const help = bench("--help");
    expect(await help.ended).toBe(0);
    for (const option of ["--quick", "--sizes", "--shapes", "--rounds", "--only", "--profile"]) {
      expect(help.stdout).toContain(option);
    }
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const run = bench("--quick", "--sizes", "4/1/2");
    while (!run.stderr.includes("round 1 of 1") && run.child.exitCode === null) await once(run.child.stderr, "data");
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(130);
    expect(run.stdout).toBe("");
    expect(readdirSync(join(root, ".work/bench/runs"))).not.toContain(`${run.child.pid}`);
  });
});
