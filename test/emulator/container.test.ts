import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { blocks, read, root } from "../examples/support.js";

jest.setTimeout(60_000);

const text = read("emulator/Containerfile");
/** Name and rest of each instruction, without comments and line breaks. */
const instructions = text
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => /^(\w+) +(.*)$/.exec(line)!.slice(1) as [string, string]);
const lastStage = instructions.slice(instructions.findLastIndex(([name]) => name === "FROM"));
const only = (wanted: string): string => {
  const found = lastStage.filter(([name]) => name === wanted);
  expect(found).toHaveLength(1);
  return found[0]![1];
};
const list = (json: string) => JSON.parse(/\[.*\]$/.exec(json)![0]) as string[];
const INSTALLED = "/emulator/node_modules/avala-emulator/";

interface Packed {
  filename: string;
  files: { path: string }[];
}

describe("emulator/Containerfile", () => {
  it("has nothing that the linter finds, which finds faults and warnings", () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace("--interval", "--interva"))).toHaveLength(1);
    expect(validate(text.replace("USER", "user"))).toHaveLength(1);
  });

  it("runs as a user without privileges, on one base image", () => {
    expect(only("USER")).toBe("node");
    const images = instructions.filter(([name]) => name === "FROM").map(([, rest]) => rest.split(" ")[0]);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:\d+-alpine$/);
  });

  it("contains the package as npm packs it, and its command", () => {
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--dry-run", "--json", "--silent"], {
        cwd: join(root, "emulator"),
        encoding: "utf8",
      }),
    ) as [Packed];
    const [, pattern] = /^(\S+) avala-emulator\.tgz$/.exec(instructions.find(([name]) => name === "COPY")![1])!;
    const [before, after] = pattern!.split("*");
    expect([packed.filename.startsWith(before!), packed.filename.endsWith(after!)]).toEqual([true, true]);
    expect(read("emulator/.dockerignore")).toBe(`*\n!${pattern}\n`);
    const [program, file] = list(only("ENTRYPOINT"));
    expect(program).toBe("node");
    expect(packed.files.map(({ path }) => INSTALLED + path)).toContain(file);
  });

  it("starts an emulator that a published port reaches, with a health check that notices its end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "avala-container-"));
    const here = (word: string) => word.replace(INSTALLED, join(root, "emulator/"));
    const [, ...words] = list(only("ENTRYPOINT"));
    const child = spawn(process.execPath, [...words.map(here), "--port", "0"], { cwd: folder, stdio: "pipe" });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith("export AVALA_ALLOW")) break;
    }
    expect(lines).toContain("  Open   to everybody who reaches this machine, because of --host 0.0.0.0");
    const { port } = new URL(lines.find((line) => line.startsWith("export AVALA_BASE_URL="))!.split("=")[1]!);

    const health = () => {
      const [, ...args] = list(only("HEALTHCHECK"));
      return spawnSync(
        process.execPath,
        args.map((word) => word.replace(":8787/", `:${port}/`)),
      ).status;
    };
    expect(only("EXPOSE")).toBe("8787");
    expect(list(only("HEALTHCHECK")).join(" ")).toContain("http://127.0.0.1:8787/_emulator/settings");
    expect(health()).toBe(0);
    // Another address of this machine stands for the one of the container, to which a published port leads.
    expect(await statusOf(Number(port), "127.0.0.2", `127.0.0.1:${port}`)).toBe(200);
    expect(await statusOf(Number(port), "127.0.0.2", `avala.example:${port}`)).toBe(403);

    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(health()).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

it("emulator/README.md: the service of a workflow has what the provider needs", () => {
  const [workflow] = blocks(read("emulator/README.md"), "yaml").map(
    (block) => parse(block) as { jobs: Record<string, { services: Record<string, { ports: string[] }>; env: object }> },
  );
  const [job] = Object.values(workflow!.jobs);
  expect(Object.values(job!.services).map(({ ports }) => ports)).toEqual([["127.0.0.1:8787:8787"]]);
  expect(job!.env).toEqual({
    AVALA_BASE_URL: "http://127.0.0.1:8787/api/v1",
    AVALA_API_KEY: "avk_local",
    AVALA_ALLOW_INSECURE_BASE_URL: "1",
  });
});

function statusOf(port: number, address: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: address, path: "/_emulator/settings", headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once("error", reject)
      .end();
  });
}
