import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { put, putProgram, removeFolders, start, temporaryFolder } from "./setupProcess";

afterEach(removeFolders);

const recorded = join(__dirname, "../../scripts/pulumiCli/SHA512SUMS");

/** A clone as far as set-up looks at it, and an empty folder that is all of PATH besides the shell's own programs. */
function clone() {
  const root = temporaryFolder();
  for (const name of ["pulumi-resource-pulumi-nodejs", "pulumi-resource-pulumi-nodejs.cmd"]) {
    put(join(root, "node_modules/@pulumi/pulumi", name), name);
  }
  const bin = join(temporaryFolder(), "bin");
  put(join(bin, "README"), "");
  return { root, bin };
}

const FAILS = `async () => { throw new Error("the installer failed."); }`;

/** Runs ensurePulumi with a download that fails and, unless given, the build of the project itself. */
function ensure(
  { root, bin }: { root: string; bin: string },
  build = "undefined",
  { download = FAILS, ...env }: Record<string, string> = {},
) {
  return start(
    `import { downloadRelease, ensurePulumi } from "SCRIPTS/pulumi.mjs";
    import { chmodSync, existsSync, writeFileSync } from "node:fs";
    import { setTimeout as sleep } from "node:timers/promises";
    const until = async (file) => { while (!existsSync(file)) await sleep(10); };
    const program = (file, script) => { writeFileSync(file, "#!/bin/sh\\n" + script + "\\n"); chmodSync(file, 0o755); };
    const both = (folder, version = "3.259.0") => {
      program(folder + "/bin/pulumi", "echo v" + version);
      program(folder + "/bin/pulumi-language-nodejs", "exit 0");
    };
    try {
      const { env, ...found } = await ensurePulumi({ root: ${JSON.stringify(root)}, 
        download: ${download}, build: ${build} });
      console.log(JSON.stringify({ ...found, path: env.PATH }));
    } catch (error) {
      console.log(JSON.stringify({ code: /[A-Z_]{9,}/.exec(error.message)?.[0], message: error.message }));
    }`,
    { PATH: bin, ...env },
  );
}

const answer = async (started: ReturnType<typeof start>) => {
  const { stdout } = await started.ended;
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, string>;
};

const setUps = (root: string) => readdirSync(join(root, ".pulumi-cli"));
const WHOLE = "async ({ folder }) => both(folder)";

it("a version is new enough from its release on, and a pre-release of it is not", async () => {
  const newEnough = ["3.254.0", "v3.254.0", "3.254.1", "3.300.0", "4.0.0", "3.254.0+build", "3.255.0-alpha.1"];
  const tooOld = ["3.254.0-alpha.1", "3.253.9", "3.99.0", "2.999.0", "development", ""];
  const code = `import { isAtLeast } from "SCRIPTS/pulumi.mjs";
    const versions = ${JSON.stringify([...newEnough, ...tooOld])};
    console.log(JSON.stringify(versions.filter((version) => isAtLeast(version, "3.254.0"))));`;
  expect(JSON.parse((await start(code).ended).stdout)).toEqual(newEnough);
});

describe("a CLI on PATH", () => {
  it("is used when it is new enough and has its language host", async () => {
    const place = clone();
    putProgram(join(place.bin, "pulumi"), "echo v3.260.1");
    putProgram(join(place.bin, "pulumi-language-nodejs"), "");
    expect(await answer(ensure(place))).toMatchObject({
      command: join(place.bin, "pulumi"),
      version: "3.260.1",
      source: "path",
    });
    expect(existsSync(join(place.root, ".pulumi-cli"))).toBe(false);
  });

  it.each([
    ["too old", "echo v3.253.0", true, "is version 3.253.0, older than 3.254.0."],
    ["without its language host", "echo v3.260.1", false, "has no pulumi-language-nodejs beside it or on PATH."],
    ["broken", "exit 9", true, "ended with 9 and told no version."],
  ])("is passed over when it is %s", async (_, script, languageHost, reason) => {
    const place = clone();
    putProgram(join(place.bin, "pulumi"), script);
    if (languageHost) putProgram(join(place.bin, "pulumi-language-nodejs"), "");
    expect(await answer(ensure(place, WHOLE))).toMatchObject({ source: "build" });
    const nothing = await answer(ensure({ ...place, root: clone().root }));
    expect(nothing["message"]).toContain(reason);
  });
});

describe("a set-up", () => {
  it("is made once, put first on PATH with the dynamic plugin beside it, and found by the next run", async () => {
    const place = clone();
    const built = await answer(ensure(place, WHOLE));
    const command = join(place.root, ".pulumi-cli/3.259.0/bin/pulumi");
    expect(built).toMatchObject({ command, version: "3.259.0", source: "build" });
    expect(built["path"]?.split(delimiter)[0]).toBe(dirname(command));
    expect(existsSync(join(dirname(command), "pulumi-resource-pulumi-nodejs"))).toBe(true);
    expect(await answer(ensure(place))).toMatchObject({ command, source: "earlier" });
  });

  it("stays in front of node_modules/.bin in a run that a run has started", async () => {
    const place = clone();
    const { path = "", command = "" } = await answer(ensure(place, WHOLE));
    const nested = await answer(ensure(place, WHOLE, { PATH: path }));
    expect(nested).toMatchObject({ command, source: "earlier" });
    expect(nested["path"]?.split(delimiter)[0]).toBe(dirname(command));
  });

  it("that was killed half-way is not taken for a whole one", async () => {
    const place = clone();
    const first = ensure(place, `async ({ folder }) => { both(folder); console.log("half"); await until("never"); }`);
    await first.said("half");
    first.child.kill("SIGKILL");
    await first.ended;
    expect(setUps(place.root)).toEqual(["partial"]);
    expect((await answer(ensure(place)))["code"]).toBe("PULUMI_SETUP_FAILED");
    expect(await answer(ensure(place, WHOLE))).toMatchObject({ source: "build" });
    expect(setUps(place.root)).toEqual(["3.259.0"]);
  });

  it.each([
    ["a CLI that does not run", `async ({ folder }) => { both(folder); program(folder + "/bin/pulumi", "exit 1"); }`],
    ["a CLI of another version", `async ({ folder }) => both(folder, "3.258.0")`],
    ["no language host", `async ({ folder }) => program(folder + "/bin/pulumi", "echo v3.259.0")`],
    ["no CLI at all", "async () => {}"],
  ])("that ends with %s leaves nothing", async (_, build) => {
    const place = clone();
    expect((await answer(ensure(place, build)))["code"]).toBe("PULUMI_SETUP_FAILED");
    expect(setUps(place.root)).toEqual([]);
  });

  it("that no longer runs is made again", async () => {
    const place = clone();
    await ensure(place, WHOLE).ended;
    putProgram(join(place.root, ".pulumi-cli/3.259.0/bin/pulumi"), "exit 126");
    expect(await answer(ensure(place, WHOLE))).toMatchObject({ source: "build" });
    expect(await answer(ensure(place))).toMatchObject({ source: "earlier" });
  });

  it("is made by one of two runs at once; the other waits for it", async () => {
    const place = clone();
    const go = join(place.root, "go");
    const first = ensure(
      place,
      `async ({ folder }) => { console.log("building"); await until(${JSON.stringify(go)}); both(folder); }`,
    );
    await first.said("building");
    const second = ensure(place, `async () => { throw new Error("built twice"); }`);
    await second.said(`Waiting for process ${first.child.pid}, which is setting up the Pulumi CLI.`);
    writeFileSync(go, "");
    expect(await answer(first)).toMatchObject({ source: "build" });
    expect(await answer(second)).toMatchObject({ source: "earlier" });
  });
});

describe("the release", () => {
  const system = `${process.platform}-${process.arch}`;
  const name = `pulumi-v3.259.0-${system}.tar.gz`;
  let server: Server;
  let archive: Buffer | undefined;
  /** How the archive is sent, if not in full. */
  let send: ((response: ServerResponse) => void) | undefined;
  const asked: string[] = [];
  beforeAll(async () => {
    server = createServer(({ url = "" }, response) => {
      asked.push(url);
      if (send && url.endsWith(name)) return send(response);
      response.writeHead(archive ? 200 : 404).end(archive);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => server.close());
  afterEach(() => (send = undefined));

  const sha512 = (content: Buffer | undefined) =>
    createHash("sha512")
      .update(content ?? "")
      .digest("hex");
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** Sets up from the server; without Go, so that no other way is left. */
  const fetched = (place = clone(), sums: string | undefined = `${sha512(archive)}  ${name}\n`) => {
    symlinkSync("/bin/tar", join(place.bin, "tar"));
    symlinkSync("/bin/gzip", join(place.bin, "gzip"));
    const checksums = join(place.root, "SHA512SUMS");
    if (sums !== "") writeFileSync(checksums, sums);
    const download = `(context) => downloadRelease(context, "${origin()}", ${JSON.stringify(checksums)})`;
    return answer(ensure(place, "undefined", { download, HTTP_PROXY: "", http_proxy: "" }));
  };

  /** A release as Pulumi packs it, with its programs in `folder`. */
  const packed = (folder: string, script = "echo v3.259.0") => {
    const root = temporaryFolder();
    putProgram(join(root, folder, "pulumi"), script);
    putProgram(join(root, folder, "pulumi-language-nodejs"), "exit 0");
    return execFileSync("tar", ["-czf", "-", "-C", root, "pulumi"]);
  };

  it.each(["pulumi", "pulumi/bin"])("is fetched and unpacked, its programs in %s", async (folder) => {
    archive = packed(folder);
    asked.length = 0;
    const place = clone();
    const command = join(place.root, ".pulumi-cli/3.259.0/bin/pulumi");
    expect(await fetched(place)).toMatchObject({ source: "release", command });
    expect(asked).toEqual([`/${name}`]);
    expect(setUps(place.root)).toEqual(["3.259.0"]);
  });

  it.each([
    ["is not there", undefined, `-${system}.tar.gz was answered 404.`],
    ["is not an archive", Buffer.from("<html>"), "tar -xf ended with exit code"],
  ])("that %s is passed over, and leaves nothing", async (_, content, reason) => {
    archive = content;
    const place = clone();
    expect(await fetched(place)).toMatchObject({
      code: "PULUMI_SETUP_FAILED",
      message: expect.stringContaining(reason),
    });
    expect(setUps(place.root)).toEqual([]);
  });

  const unlisted = `${name} has no checksum in scripts/pulumiCli/SHA512SUMS, so it is not fetched.`;
  it.each([
    ["the file of checksums is missing", ""],
    ["the file lists nothing", "# comment\n"],
    ["the file lists another version only", `${sha512(undefined)}  ${name.replace("3.259.0", "3.258.0")}\n`],
    ["the checksum is not one of SHA-512", `${"a".repeat(64)}  ${name}\n`],
  ])("is not even asked for where %s", async (_, sums) => {
    archive = packed("pulumi");
    asked.length = 0;
    const place = clone();
    const { code, message } = await fetched(place, sums);
    expect([code, asked, setUps(place.root)]).toEqual(["PULUMI_SETUP_FAILED", [], []]);
    expect(message).toContain(unlisted);
  });

  type Sender = (response: ServerResponse, whole: Buffer, other: Buffer) => void;
  it.each<[string, Sender, RegExp]>([
    [
      "is another",
      (response, _, other) => response.end(other),
      /has the checksum [0-9a-f]{128}, and not [0-9a-f]{128}\./,
    ],
    ["is cut short", (response, whole) => response.end(whole.subarray(0, -1)), /has the checksum/],
    [
      "has more at its end",
      (response, whole) => response.end(Buffer.concat([whole, Buffer.from("x")])),
      /has the checksum/,
    ],
    [
      "breaks off",
      (response, whole) => {
        response.writeHead(200, { "content-length": whole.length });
        response.write(whole.subarray(0, 10), () => response.destroy());
      },
      /terminated|other side closed|aborted/,
    ],
    [
      "comes from another address",
      (response) => response.writeHead(302, { location: `${origin().replace("127.0.0.1", "localhost")}/other` }).end(),
      /localhost:\d+\/other has the checksum/,
    ],
  ])("that %s is neither unpacked nor run", async (_, sender, reason) => {
    const ran = join(temporaryFolder(), "ran");
    const whole = packed("pulumi");
    const other = packed("pulumi", `echo > "${ran}"; echo v3.259.0`);
    archive = other;
    send = (response) => sender(response, whole, other);
    const place = clone();
    const { code, message } = await fetched(place, `${sha512(whole)}  ${name}\n`);
    expect([code, existsSync(ran), setUps(place.root)]).toEqual(["PULUMI_SETUP_FAILED", false, []]);
    expect(message).toMatch(reason);
  });

  describe("its checksums", () => {
    const systems = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "windows-arm64", "windows-x64"];
    const archives = systems.map((one) => `pulumi-v9.9.9-${one}.${one.startsWith("windows") ? "zip" : "tar.gz"}`);
    const content = (path: string) => Buffer.from(`content of ${path}`);
    const line = (one: string) => `${sha512(content(one))}  ${one}\n`;

    /** Records from `sums` and archives with their own content, except those in `others`. */
    const record = async (sums: string, others: Record<string, Buffer | undefined> = {}) => {
      const file = join(temporaryFolder(), "SHA512SUMS");
      writeFileSync(file, "as it was\n");
      const served = {
        ...Object.fromEntries(archives.map((one) => [one, content(one)])),
        sums: Buffer.from(sums),
        ...others,
      };
      const code = `import { recordChecksums } from "SCRIPTS/checksums.mjs";
        const served = new Map(Object.entries(${JSON.stringify(served)}).map(([name, { data }]) => [name, Buffer.from(data)]));
        const fetch = async (url) => {
          const found = served.get(url.split("/").at(-1));
          return new Response(found, { status: found ? 200 : 404 });
        };
        try {
          await recordChecksums({ version: "9.9.9", published: "https://one.example/sums", releases: "https://other.example",
            fetch, log: () => {}, file: ${JSON.stringify(file)} });
          console.log("recorded");
        } catch (error) {
          console.log(error.message);
        }`;
      const { stdout } = await start(code).ended;
      return { said: stdout.trim(), written: readFileSync(file, "utf8") };
    };

    it("are recorded as Pulumi has published them, if every archive has its own", async () => {
      const { said, written } = await record(
        `${sha512(undefined)}  pulumi-v9.9.9.src.tgz\n${archives.map(line).join("")}`,
      );
      expect(said).toBe("recorded");
      const [comment, ...lines] = written.split(/(?<=\n)/);
      expect([comment, lines]).toEqual([readFileSync(recorded, "utf8").split(/(?<=\n)/)[0], archives.map(line)]);
    });

    const [first = "", last = ""] = [archives[0], archives.at(-1)];
    it.each<[string, string, Record<string, Buffer | undefined>, string]>([
      [
        "an archive is another",
        archives.map(line).join(""),
        { [last]: Buffer.from("other") },
        `and not ${sha512(content(last))}.`,
      ],
      ["an archive is not there", archives.map(line).join(""), { [last]: undefined }, `${last} was answered 404.`],
      ["an archive is not listed", archives.slice(1).map(line).join(""), {}, `does not list ${first}.`],
      ["the list is a page", "<html></html>", {}, `does not list ${first}.`],
    ])("are left as they were where %s", async (_, sums, others, reason) => {
      const { said, written } = await record(sums, others);
      expect([said.endsWith(reason), written]).toEqual([true, "as it was\n"]);
    });
  });

  it("the repository lists all systems of the version, or none", () => {
    const lines = readFileSync(recorded, "utf8").trim().split("\n").slice(1);
    expect([0, 6]).toContain(lines.length);
    for (const one of lines)
      expect(one).toMatch(/^[0-9a-f]{128} {2}pulumi-v3\.259\.0-(darwin|linux|windows)-(arm64|x64)\./);
  });
});

describe("when nothing works", () => {
  it("the message says what was tried and the ways out", async () => {
    const { code, message } = await answer(ensure(clone()));
    expect(code).toBe("PULUMI_SETUP_FAILED");
    for (const tried of ["on PATH: no pulumi.", "release 3.259.0: the installer failed.", "go is not on PATH."]) {
      expect(message).toContain(tried);
    }
    for (const way of ["install the Pulumi CLI 3.254.0 or newer", "get.pulumi.com", "install Go 1.25 or newer"]) {
      expect(message).toContain(way);
    }
  });

  it("the message holds the last words of a failed build", async () => {
    const place = clone();
    putProgram(join(place.bin, "go"), "echo 'no such module' >&2\nexit 1");
    expect((await answer(ensure(place)))["message"]).toContain("go build ended with exit code 1:\n    no such module");
    expect(setUps(place.root)).toEqual([]);
  });
});

describe("the project's environment", () => {
  const environment = async (env: Record<string, string>) => {
    const { root, bin } = clone();
    const code = `import { pulumiEnvironment } from "SCRIPTS/pulumi.mjs";
      const found = { command: "/cli/bin/pulumi", source: "earlier" };
      const env = ${JSON.stringify({ PATH: bin, ...env })};
      console.log(JSON.stringify(pulumiEnvironment(found, { root: ${JSON.stringify(root)}, env })));`;
    const { stdout } = await start(code).ended;
    return { root, env: JSON.parse(stdout) as Record<string, string> };
  };

  it("keeps state, home and temporary files inside the clone", async () => {
    const { root, env } = await environment({});
    expect(env["PULUMI_BACKEND_URL"]).toBe(`file://${root}/.work/state`);
    for (const folder of [env["PULUMI_HOME"], env["TMPDIR"]]) expect(folder?.startsWith(`${root}/.work/`)).toBe(true);
    expect(existsSync(env["TMPDIR"] ?? "")).toBe(true);
    expect(env["PULUMI_CONFIG_PASSPHRASE"]).toBeDefined();
    expect(env["CI"]).toBeUndefined();
  });

  it("lets variables win that are set already", async () => {
    const { env } = await environment({ PULUMI_HOME: "/mine", PULUMI_CONFIG_PASSPHRASE: "" });
    expect(env).toMatchObject({ PULUMI_HOME: "/mine", PULUMI_CONFIG_PASSPHRASE: "" });
  });

  it("gives no well-known passphrase to a backend that somebody chose", async () => {
    const { env } = await environment({ PULUMI_BACKEND_URL: "s3://states" });
    expect(env["PULUMI_BACKEND_URL"]).toBe("s3://states");
    expect(env["PULUMI_CONFIG_PASSPHRASE"]).toBeUndefined();
  });
});

it("builds CLI and SDK of one version", () => {
  const modules = join(__dirname, "../../scripts/pulumiCli");
  const cli = readFileSync(join(modules, "cli/go.mod"), "utf8");
  const languageHost = readFileSync(join(modules, "languageHost/go.mod"), "utf8");
  const versions = (text: string) => [...text.matchAll(/pulumi\/pulumi\/(pkg|sdk)\/v3 (v\S+)/g)].map((m) => m.slice(1));
  const source = readFileSync(join(modules, "../pulumi.mjs"), "utf8");
  const constant = (name: string) => new RegExp(`const ${name} = "(.*)"`).exec(source)?.[1];
  expect(versions(cli)).toEqual(["pkg", "sdk"].map((part) => [part, `v${constant("CLI_VERSION")}`]));
  expect(versions(languageHost)).toEqual([["sdk", `v${constant("LANGUAGE_HOST_VERSION")}`]]);
});
