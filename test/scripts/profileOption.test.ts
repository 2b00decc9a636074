import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { defaultSettings } from "../../emulator/src/settings.js";
import { described, measured } from "../properties/faults/deployments.js";
import { removeFolders, temporaryFolder } from "./setupProcess.js";

jest.setTimeout(60_000);
afterAll(removeFolders);

const root = join(__dirname, "../..");
const matrix = "test/properties/faults/everyDeployment";
const settings = { voidStatus: 200, readLagMs: 1500, rateLimit: { perMinute: 10, perSecond: 1 } };
const valid = { version: 1, date: "2026-11-29", settings, statements: {} };

function fileOf(content: unknown): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, "profile.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return { folder, path };
}

/** What the option makes of the arguments, or its error. */
function taken(args: string[], folder: string): unknown {
  const script = `
    import { withProfile } from ${JSON.stringify(pathToFileURL(join(root, "scripts/profileOption.mjs")).href)};
    const [folder, ...args] = process.argv.slice(1);
    try {
      console.log(JSON.stringify(withProfile(args, folder, ${JSON.stringify(join(root, "emulator/dist/index.js"))})));
    } catch (error) {
      console.log(JSON.stringify(error.constructor.name + ": " + error.message));
    }`;
  const all = ["--input-type=module", "--eval", script, "--", folder, ...args];
  return JSON.parse(spawnSync(process.execPath, all, { encoding: "utf8" }).stdout);
}

describe("npm test -- --profile", () => {
  it.each<[string[], string[]]>([
    [["--profile", "profile.json"], [matrix]],
    [["--profile=profile.json"], [matrix]],
    [
      ["-t", "a deployment", "--profile", "profile.json", "--verbose"],
      [matrix, "-t", "a deployment", "--verbose"],
    ],
    [["--profile", "other.json", "--profile", "profile.json"], [matrix]],
  ])("%j runs the matrix of deployments alone, with the file of the caller's folder", (args, rest) => {
    const { folder, path } = fileOf(valid);
    expect(taken(args, folder)).toEqual({ args: rest, env: { DEPLOYMENT_PROFILE: path } });
  });

  it("leaves other arguments as they are", () => {
    const args = ["test/unit", "-t", "--profile-of", "--verbose=true"];
    expect(taken(args, "/")).toEqual({ args, env: {} });
  });

  it.each<[string, string[], unknown, RegExp]>([
    ["without a file", ["--profile"], valid, /^--profile needs the path of a file: /],
    ["of a missing file", ["--profile", "none.json"], valid, /^none\.json cannot be used as --profile: ENOENT/],
    ["that is not JSON", ["--profile", "profile.json"], "{", /^profile\.json cannot be used as --profile: .*JSON/],
    ["of another version", ["--profile", "profile.json"], { ...valid, version: 2 }, /: version: expected 1, not 2$/],
    ["with two faults", ["--profile", "profile.json"], {}, /: version: .*; settings: /],
  ])("%s is an error in one line", (_, args, content, message) => {
    const error = taken(args, fileOf(content).folder);
    expect(error).toMatch(/^SetupError: /);
    expect(String(error).slice("SetupError: ".length)).toMatch(message);
    expect(error).not.toContain("\n");
  });

  it("is an option of npm test", () => {
    const { path } = fileOf(valid);
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["scripts/start.mjs", "test", ...args], { cwd: root, encoding: "utf8" });
    const listed = run("--profile", path, "--listTests");
    expect(listed.stdout.split("\n").filter((line) => line.endsWith(".test.ts"))).toEqual([
      join(root, `${matrix}.test.ts`),
    ]);
    const refused = run("--profile", join(root, "package.json"));
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/^\S+ cannot be used as --profile: .*\n$/),
    ]);
  });

  it("the row has all settings, those of the profile and the defaults, without a rate limit", () => {
    const row = measured(fileOf(valid).path);
    expect(row).toEqual({ ...defaultSettings, voidStatus: 200, readLagMs: 1500, rateLimit: null });
    expect(described(row)).toBe("voidStatus 200, readLagMs 1500");
  });
});
