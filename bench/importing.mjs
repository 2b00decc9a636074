import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { backendUrl } from "../scripts/platform.mjs";
import { PROJECT } from "../scripts/project.mjs";
import { runStep } from "../scripts/run.mjs";
import { BenchError } from "./benchError.mjs";
import { startEmulator } from "./emulator.mjs";
import { FOLDER } from "./folder.mjs";
import { SLUG, standingSeedOf } from "./shapes.mjs";

const STACK = "bench";
const LINES_SHOWN = 20;
let made = 0;

/**
 * What the import of a living organization takes: to write the project, `pulumi import`, and the preview that has to show
 * no change. Without checkpoints, as the command itself runs it.
 *
 * @param style of the written program: `edges` or `roster`
 */
export async function measureImport(style, { engine, size }) {
  const emulator = await startEmulator(standingSeedOf(size));
  const folder = join(FOLDER, `import-${++made}`);
  mkdirSync(join(folder, "state"), { recursive: true });
  const env = {
    ...engine.env,
    ...emulator.environment,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: backendUrl(join(folder, "state")),
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_CHECKPOINTS: "true",
  };
  const out = join(folder, "made");
  const pulumi = (...args) =>
    timed(engine.command, [...args, "--stack", STACK, "--non-interactive", "--color", "never"], { cwd: out, env });
  try {
    const command = [join(PROJECT, "dist/cli.js"), "import", SLUG, "--out", out, "--style", style, "--json"];
    const writeSeconds = await timed(process.execPath, command, { cwd: folder, env });
    const calls = await emulator.takeCalls();
    await pulumi("stack", "init", "--no-select");
    const flags = ["--file", "import.json", "--yes", "--skip-preview", "--protect=false", "--generate-code=false"];
    const importSeconds = await pulumi("import", ...flags);
    const previewSeconds = await pulumi("preview", "--expect-no-changes");
    const sent = [...calls, ...(await emulator.takeCalls())];
    return {
      style,
      size: size.name,
      writeSeconds,
      importSeconds,
      previewSeconds,
      calls: calls.length,
      writes: sent.filter(({ method }) => method !== "GET").length,
      fileBytes: statSync(join(out, "import.json")).size,
    };
  } finally {
    await emulator.stop();
  }
}

/** Runs a program to its end, and answers the seconds that it took. */
async function timed(command, args, options) {
  const lines = [];
  const started = performance.now();
  const code = await runStep(command, args, { ...options, ownGroup: true, onLine: (line) => lines.push(line) });
  if (code === 0) return (performance.now() - started) / 1000;
  const end = lines.filter(Boolean).slice(-LINES_SHOWN);
  throw new BenchError([`${args.join(" ")} ended with exit code ${code}:`, ...end].join("\n  "));
}
