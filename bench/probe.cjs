/**
 * Required into every Node process of a run; the program and the host of the dynamic resources leave figures behind, one
 * file a process, in the folder BENCH_FIGURES.
 */
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { monitorEventLoopDelay } = require("node:perf_hooks");

const RESOLUTION_MS = 10;
const { BENCH_FIGURES: folder, BENCH_PROFILES: profiles } = process.env;
const ROLES = {
  host: /[\\/]cmd[\\/]dynamic-provider([\\/]index\.js)?$/,
  program: /[\\/]cmd[\\/]run([\\/]index\.js)?$/,
};
const role = Object.keys(ROLES).find((name) => ROLES[name].test(process.argv[1] ?? ""));
if (role !== undefined) observe();

function observe() {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  // After the SDK has been loaded, which is nobody's pause but the SDK's.
  setTimeout(() => loop.enable(), 0).unref();
  const stopProfile = profiles ? startProfile() : () => undefined;
  // The engine ends its plugins by SIGINT, which would leave no time to write.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  process.once("exit", () => {
    const { user, system } = process.cpuUsage();
    const figures = {
      cpuSeconds: (user + system) / 1e6,
      memoryBytes: process.resourceUsage().maxRSS * 1024,
      // The histogram counts the interval between two looks as well.
      longestPauseMs: Math.max(0, loop.max / 1e6 - RESOLUTION_MS),
    };
    writeFileSync(join(folder, `${role}-${process.pid}.json`), JSON.stringify(figures));
    stopProfile();
  });
}

function startProfile() {
  const { Session } = require("node:inspector");
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  return () =>
    session.post("Profiler.stop", (_error, { profile }) =>
      writeFileSync(join(profiles, `${process.env.BENCH_LABEL}-${role}.cpuprofile`), JSON.stringify(profile)),
    );
}
