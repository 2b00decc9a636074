import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { put, putProgram, removeFolders, temporaryFolder } from "../scripts/setupProcess.js";
import { findSdk } from "./python.js";

afterEach(removeFolders);

/** A Python whose steps succeed, each noted in the file `steps`, except those that a test makes fail. */
function fakePython({
  version = "3 12",
  venv = 'mkdir -p "$4/bin" && cp "$0" "$4/bin/python"',
  pip = "",
  load = "",
} = {}) {
  const folder = temporaryFolder();
  const steps = join(folder, "steps");
  const python = join(folder, "bin/python3");
  putProgram(
    python,
    `echo "$2 $3" >> "${steps}"
case "$2 $3" in
  "-c import avala") ${load || ":"} ;;
  "-c "*) echo "${version} ${python}" ;;
  "-m venv") ${venv} ;;
  "-m pip") ${pip || ":"} ;;
esac`,
  );
  const [requirements, work] = [join(folder, "requirements.txt"), join(folder, "work")];
  put(requirements, "avala==0.10.0");
  const find = (env: Record<string, string> = { PATH: join(folder, "bin") }) =>
    findSdk({ ...env, PATH: `${env["PATH"] ?? ""}:/usr/bin:/bin` }, { requirements, folder: work });
  return {
    python,
    requirements,
    work,
    find,
    steps: () => readFileSync(steps, "utf8").trim().split("\n"),
    left: () => (existsSync(work) ? readdirSync(work).toSorted() : []),
  };
}

const FAILING: [string, Parameters<typeof fakePython>[0], RegExp][] = [
  ["is too old", { version: "3 9" }, /python3 is Python 3\.9, older than 3\.10$/],
  ["does not run", { version: "$(kill -9 $$)" }, /python3 could not tell its version: it ended with SIGKILL$/],
  [
    "has no venv",
    { venv: "echo No module named venv >&2; exit 1" },
    /could not make a virtual environment: No module named venv$/,
  ],
  [
    "has no registry",
    { pip: "echo retrying; echo ERROR: no matching distribution >&2; exit 1" },
    /could not install the SDK: ERROR: no matching distribution$/,
  ],
  [
    "cannot load the SDK",
    { load: "echo ImportError: no avala >&2; exit 1" },
    /could not load the SDK: ImportError: no avala$/,
  ],
];

it.each(FAILING)(
  "a Python that %s is a reason not to run, and nothing of the set-up is left",
  (_, behaviour, reason) => {
    const { find, left } = fakePython(behaviour);
    expect(find()).toEqual({ reason: expect.stringMatching(reason) });
    expect(left()).toEqual([]);
  },
);

it.each(FAILING)("AVALA_TEST_PYTHON that %s is an error", (_, behaviour, reason) => {
  const { find, python } = fakePython(behaviour);
  const message = reason.source.replace(/\$$/, "");
  expect(() => find({ AVALA_TEST_PYTHON: python })).toThrow(
    new RegExp(`^AVALA_TEST_PYTHON=${python}: .*${message}\\. Set `),
  );
});

it("an AVALA_TEST_PYTHON that does not exist is an error, and an empty one means none", () => {
  expect(() => findSdk({ AVALA_TEST_PYTHON: "/nowhere/python3" })).toThrow("could not tell its version: spawnSync");
  const reason = "no Python was found; install Python 3.10 or newer, or set AVALA_TEST_PYTHON";
  expect(findSdk({ AVALA_TEST_PYTHON: "", PATH: process.env["PATH"] })).toEqual({ reason });
  expect(findSdk({ PATH: "/nowhere" })).toEqual({ reason });
  expect(findSdk({})).toEqual({ reason });
});

it("the set-up is made once for a Python and a list of packages", () => {
  const { find, requirements, steps, left } = fakePython();
  const first = find();
  expect(first).toEqual({ python: expect.stringMatching(/\/work\/[0-9a-f]{16}\/bin\/python$/) });
  const made = ["-m venv", "-m pip", "-c import avala"];
  expect(steps().slice(1)).toEqual(made);
  expect(find()).toEqual(first);
  expect(steps()).toHaveLength(5);
  put(requirements, "avala==0.11.0");
  expect(find()).not.toEqual(first);
  expect(steps().slice(-3)).toEqual(made);
  expect(left()).toHaveLength(2);
});

it("what a killed set-up has left is not taken for one", () => {
  const { find, left, work } = fakePython();
  const first = find();
  const [key] = left();
  renameSync(join(work, key!), join(work, `${key}.999`));
  expect(find()).toEqual(first);
  expect(left()).toEqual([key, `${key}.999`]);
});

it("the packages are pinned by version and by content, without an address", () => {
  const lines = readFileSync(join(__dirname, "requirements.txt"), "utf8").replaceAll("\\\n", "").trim().split("\n");
  const packages = lines.filter((line) => !line.startsWith("#"));
  const pinned = /^[a-z][-a-z0-9]*==[\w.]+ (?:; python_full_version < '3\.11' )?(?: +--hash=sha256:[0-9a-f]{64})+$/;
  for (const line of packages) expect(line).toMatch(pinned);
  expect(packages.filter((line) => line.startsWith("avala=="))).toEqual([expect.stringMatching(/^avala==0\.10\.0 /)]);
});
