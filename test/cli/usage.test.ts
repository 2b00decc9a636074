import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readCommandLine } from "../../cli/commandLine.js";
import { commands } from "../../cli/commands.js";
import { helpOf } from "../../cli/help.js";
import { version } from "../../package.json";
import { person } from "../lifecycle/support.js";
import { program } from "../support/commandLine.js";
import { escapes, office } from "./support.js";

const o = office();

describe("--help", () => {
  it("lists every command and exit code, on stdout", async () => {
    const { code, stdout, stderr } = await o.desk.run(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const { name, summary } of commands) expect(stdout).toContain(`${name.padEnd(18)}  ${summary}`);
    for (const exit of ["0", "1", "2", "130"]) expect(stdout).toMatch(new RegExp(`^  ${exit} `, "m"));
  });

  it.each(commands)(
    "of $name explains every option and argument and the API calls, and gives examples",
    async (command) => {
      const { code, stdout } = await o.desk.run([command.name, "--help"]);
      expect(code).toBe(0);
      for (const [name, { description, short }] of Object.entries(command.options)) {
        const flags = short === undefined ? `  --${name}` : `  --${name}, -${short}`;
        expect(stdout.split("\n").find((line) => line.startsWith(`${flags} `))).toContain(description);
      }
      for (const { name, description } of command.operands)
        expect(stdout.split("\n").find((line) => line.startsWith(`  ${name}  `))).toContain(description);
      for (const line of [...command.sends, ...command.examples]) expect(stdout).toContain(line);
      expect(await o.emulator.calls()).toEqual([]);
    },
  );

  it("of a command shows an optional argument in one pair of brackets, and its own exit codes alone", async () => {
    const [review, doctor] = await Promise.all(["review", "doctor"].map((name) => o.desk.run([name, "--help"])));
    expect(review!.stdout).toMatch(/^Usage: pulumi-avala review \[preview\.json\] \[options\]\n/);
    const codes = (stdout: string) =>
      stdout
        .split("Exit codes:\n")[1]!
        .match(/^ {2}\d+/gm)!
        .map(Number);
    expect([codes(review!.stdout), codes(doctor!.stdout)]).toEqual([
      [0, 1, 2],
      [0, 1],
    ]);
  });

  it("of a command does not need its arguments, nor a key", async () => {
    o.desk.environment = {};
    expect((await o.desk.run(["transfer-ownership", "-h"])).code).toBe(0);
  });
});

describe("bug: other words for --help and --version", () => {
  it.each([[["--version"]], [["-v"]], [["version"]]])("%j prints the version", async (args) => {
    expect(await o.desk.run(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each<[string[], string[]]>([
    [[], ["--help"]],
    [["help"], ["--help"]],
    [["-h"], ["--help"]],
    [["help", "--json"], ["--help"]],
    ...commands.map(({ name }): [string[], string[]] => [
      ["help", name],
      [name, "--help"],
    ]),
  ])("%j is %j", async (args, same) => {
    const ended = await o.desk.run(args);
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    expect(ended.stdout).toMatch(/^Usage: pulumi-avala /);
    expect(ended).toEqual(await o.desk.run(same));
  });
});

describe("bug: an error with --json is JSON on stdout as well", () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ["AVALA_USAGE", ["leave", "--json"], {}, "Missing required argument 'organization'."],
    ["AVALA_USAGE", ["stauts", "--json"], {}, "Unknown command 'stauts'."],
    ["AVALA_CONFIG", ["status", "-o", "acme", "--json"], { AVALA_API_KEY: "" }, "The API key for Avala is missing."],
    ["AVALA_STACK", ["drift", "--json", "--state", "missing.json"], {}, '"missing.json" cannot be read (ENOENT).'],
    ["AVALA_PREVIEW", ["review", "--json", "-"], {}, "The input is not a preview"],
    ["AVALA_RULES", ["drift", "--json", "--ignore", "missing.yaml"], {}, "missing.yaml"],
    ["AVALA_ORGANIZATION_NOT_FOUND", ["import", "nowhere", "--json", "--out", "none"], {}, "nowhere"],
    ["AVALA_READ_ONLY", ["leave", "acme", "--yes", "--json"], { AVALA_READ_ONLY: "1" }, "AVALA_READ_ONLY is set"],
    ["AVALA_REFUSED", ["resend", "acme", person("ada"), "--json"], {}, "has no invitation to Acme"],
    ["AVALA_NOT_CONFIRMED", ["leave", "acme", "--json"], {}, ""],
  ])("%s: %j", async (code, args, env, message) => {
    const stdin = args.includes("-") ? "{}" : "";
    const { code: exit, stdout, stderr } = await o.desk.run(args, { env, stdin });
    expect(exit).toBe(1);
    const { error } = JSON.parse(stdout) as { error: Record<"code" | "message" | "fix", string> };
    expect(error).toEqual({
      code,
      message: expect.stringContaining(message) as string,
      fix: expect.any(String) as string,
    });
    expect(stderr).toContain(`${`${error.message} ${error.fix}`.trim()} [${code}]\n`);
    const { stdout: plain } = await o.desk.run(
      args.filter((arg) => arg !== "--json"),
      { env, stdin },
    );
    expect(plain).toBe("");
  });

  it("but not after a result: doctor's checks are one document", async () => {
    const { code, stdout } = await o.desk.run(["doctor", "--json"], { env: { AVALA_API_KEY: "avk_of-nobody-8Zq1" } });
    expect([code, Object.keys(JSON.parse(stdout) as object)]).toEqual([1, ["ok", "checks"]]);
  });
});

describe("completion", () => {
  const shell = (name: string, script: string, ...args: string[]) =>
    spawnSync(name, args, { input: script, encoding: "utf8" });
  const isInstalled = (name: string) => shell(name, "", "-c", "exit").error === undefined;
  const completionScript = async (name: string) => (await o.desk.run(["completion", name])).stdout;
  /** What bash offers for the last of these words. */
  async function offered(...words: string[]): Promise<string[]> {
    const line = ["pulumi-avala", ...words].map((one) => JSON.stringify(one)).join(" ");
    const script = `${await completionScript("bash")}
      COMP_WORDS=(${line}) COMP_CWORD=${words.length}
      _pulumi_avala
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = shell("bash", script, "--norc");
    expect([stderr, status]).toEqual(["", 0]);
    return stdout.split("\n").filter(Boolean);
  }
  const flags = ({ options }: (typeof commands)[number]) =>
    Object.entries(options).flatMap(([name, { short }]) => [
      `--${name}`,
      ...(short === undefined ? [] : [`-${short}`]),
    ]);

  it("in bash offers commands", async () => {
    const names = commands.map(({ name }) => name);
    expect((await offered("")).toSorted()).toEqual([...names, "help", "version", "--help", "--version"].toSorted());
    expect(await offered("tra")).toEqual(["transfer-ownership"]);
    expect((await offered("help", "")).toSorted()).toEqual(names.toSorted());
    expect(await offered("completion", "z")).toEqual(["zsh"]);
  });

  it.each(commands)("in bash offers the options of $name", async (command) => {
    expect((await offered(command.name, "-")).toSorted()).toEqual(flags(command).toSorted());
  });

  it("in bash offers files and folders as values, and nothing where a value is free", async () => {
    expect(await offered("drift", "--state", "/etc/hostna")).toEqual(["/etc/hostname"]);
    expect(await offered("drift", "--cwd", "/et")).toEqual(["/etc"]);
    expect(await offered("review", "/etc/hostna")).toEqual(["/etc/hostname"]);
    expect(await offered("drift", "--stack", "")).toEqual([]);
  });

  // Where zsh or fish is installed, it reads its script; the options are in it anyway.
  it.each(["zsh", "fish"])("for %s has every command and option, and is valid", async (name) => {
    const script = await completionScript(name);
    for (const command of commands) {
      expect(script).toContain(command.name);
      for (const option of Object.keys(command.options))
        expect(script).toMatch(name === "zsh" ? new RegExp(`--${option}\\[`) : new RegExp(` -l ${option} `));
    }
    const checked = isInstalled(name) ? shell(name, script, "-n").status : 0;
    expect(checked).toBe(0);
    // Quotes are balanced on every line.
    const closed = script.replaceAll(/'\\''|\\'/g, "");
    for (const line of closed.split("\n").filter((text) => !text.startsWith("#")))
      expect(line.split("'").length % 2).toBe(1);
  });
});

it.each(
  commands.flatMap(({ name, options }) => Object.entries(options).map(([option, of]) => ({ name, option, ...of }))),
)("bug: $name takes --$option as its help says: $type", ({ name, option, type, multiple = false }) => {
  const given = type === "boolean" ? [`--${option}`] : [`--${option}`, "v", ...(multiple ? [`--${option}=w`] : [])];
  const command = commands.find((one) => one.name === name)!;
  // Other required arguments.
  const needed = Object.entries(command.options)
    .filter(([other, { required }]) => required && other !== option)
    .flatMap(([other]) => [`--${other}`, "x"]);
  const operands = command.operands.filter(({ optional }) => !optional).map(() => "operand");
  const typed = readCommandLine(commands, version, [name, ...given, ...operands, ...needed]);
  const expected = type === "boolean" ? true : multiple ? ["v", "w"] : "v";
  expect("text" in typed ? typed.text : [typed.operands, typed.options[option]]).toEqual(
    option === "help" ? helpOf(command) : [operands, expected],
  );
});

describe("a usage error ends with 1, on stderr, without a request", () => {
  it.each<[string[], RegExp]>([
    [["help", "stauts"], /^Unknown command 'stauts'\. Did you mean status\?/],
    [["version", "more"], /^Unknown command 'version'/],
    [["completion"], /^Missing required argument 'shell'/],
    [["completion", "tcsh"], /^<shell> is none of the known shells\. Pass one of bash, zsh, fish\./],
    [["stauts"], /^Unknown command 'stauts'\. Did you mean status\?/],
    [["transfer"], /^Unknown command 'transfer'/],
    [["tranfer-ownership"], /Did you mean transfer-ownership\?/],
    [["\u001b[31mred"], /^Unknown command 'red'/],
    [["leave"], /^Missing required argument 'organization'\. Run pulumi-avala leave --help/],
    [["leave", "acme", "more"], /^Too many arguments for 'leave'\. Expected 1 argument but got 2\. Run/],
    [["leave", "acme", "--yess"], /^Unknown option '--yess'\. Did you mean --yes\?/],
    [["leave", "acme", "-x"], /^Unknown option '-x'\. Run/],
    [["leave", "acme", "--yes=1"], /--yes/],
    [["status", "--stack"], /^Option '-s, --stack <name>' argument missing/],
    [["status", "acme"], /^Too many arguments for 'status'/],
    [["-q"], /^Unknown option '-q'/],
    [["transfer-ownership", "acme"], /^Required option '--to <person>' not specified/],
    [["transfer-ownership", "acme", "--to", "ada"], /--to is "ada"/],
    [["resend", "acme", "ada"], /<email> is "ada"/],
    [["resend", "acme", "00000002-0000-4000-8000-000000000000"], /for email addresses, not user uids/],
    [["status"], /No Pulumi project in this folder/],
    [["status", "--organization", "acme", "--stack", "dev"], /No Pulumi project/],
  ])("%j", async (args, reported) => {
    const { code, stdout, stderr } = await o.desk.run(args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(reported);
    expect(stderr).toMatch(/ \[AVALA_USAGE\]\n$/);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(await o.emulator.calls()).toEqual([]);
  });
});

describe("an error", () => {
  const errors: [string, string[], Record<string, string>][] = [
    ["AVALA_CONFIG", ["leave", "acme", "--yes"], { AVALA_API_KEY: "" }],
    ["AVALA_UNAUTHORIZED", ["leave", "acme", "--yes"], { AVALA_API_KEY: "avk_of-nobody-8Zq1" }],
    ["AVALA_CONFIG", ["status", "-o", "acme"], { AVALA_BASE_URL: "http://api.example.com" }],
    ["AVALA_ORGANIZATION_NOT_FOUND", ["status", "-o", "Acme"], {}],
    ["AVALA_ORGANIZATION_NOT_FOUND", ["leave", "nowhere", "--yes"], {}],
    ["AVALA_STACK", ["status", "--state", "missing.json"], {}],
  ];
  it.each(errors)("%s is one line on stderr, with its code and neither stack nor key: %j", async (code, args, env) => {
    const ended = await o.desk.run(args, { env });
    expect([ended.code, ended.stdout]).toEqual([1, ""]);
    expect(ended.stderr).toMatch(new RegExp(`^[^\\n]+ \\[${code}\\]\\n$`));
    expect(ended.stderr).not.toMatch(/\bat .*\.js|avk_/);
    expect(await o.emulator.writes()).toEqual([]);
  });
});

const writing = [
  ["transfer-ownership", "acme", "--to", "ada@example.com", "--yes"],
  ["leave", "acme", "--yes"],
  ["resend", "acme", "zoe@example.com"],
  ["probe", "--write", "--yes"],
];

it.each(writing)("AVALA_READ_ONLY refuses %s before any request", async (...args) => {
  const { code, stdout, stderr } = await o.desk.run(args, { env: { AVALA_READ_ONLY: "1" } });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/ \[AVALA_READ_ONLY\]\n$/);
  expect(await o.emulator.calls()).toEqual([]);
});

it("covers every command that writes", () => {
  const sending = commands.filter(({ sends }) => sends.some((line) => /^(POST|PATCH|DELETE)/.test(line)));
  expect(writing.map(([name]) => name).toSorted()).toEqual(sending.map(({ name }) => name).toSorted());
});

describe("colour", () => {
  const args = ["status", "--organization", "acme"];
  beforeEach(() => o.emulator.api("POST", "/organizations/acme/invitations/", { email: "zoe@example.com" }));

  it("is not used in a pipe", async () => {
    const { stdout, stderr } = await o.desk.run(args, { env: { FORCE_COLOR: "1", TERM: "xterm" } });
    expect(stdout).toContain("zoe@example.com");
    expect(stdout + stderr).not.toMatch(escapes);
  });

  it("is used at a terminal, unless NO_COLOR is set", async () => {
    expect((await o.desk.atTerminal(args, () => "")).screen).toMatch(escapes);
    expect((await o.desk.atTerminal(args, () => "", { NO_COLOR: "1" })).screen).not.toMatch(escapes);
  });
});

it("ends without an error when its output is closed", async () => {
  const env = { PATH: process.env["PATH"], ...o.desk.environment };
  const child = spawn(process.execPath, [program, "status", "--organization", "acme"], { cwd: o.desk.folder, env });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  expect(await once(child, "close")).toEqual([0, null]);
  expect(stderr).toBe("");
});
