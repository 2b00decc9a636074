import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { peopleDefaults, person } from "../../provider/schema/index.js";
import { documents, read, root, under } from "./support.js";

const all = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, found]) => found!)),
];
const provider = ["provider", "cli"]
  .flatMap((room) => under(room, ".ts"))
  .map(read)
  .join("\n");
const headings = (path: string) => all(read(path), /^#+ (.+)$/gm);
/** As GitHub makes them. */
const anchors = (path: string) =>
  headings(path).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

describe("docs/reference/errors.md", () => {
  it("explains every code, and no others", () => {
    const scripts = under("scripts", ".mjs").map(read).join("\n");
    const codes = all(provider + scripts, /\bcode = "([A-Z_]+)"/g);
    expect(codes.length).toBeGreaterThan(20);
    const explained = headings("docs/reference/errors.md").filter((heading) => /^[A-Z_]+$/.test(heading));
    expect(explained.toSorted()).toEqual(codes.toSorted());
  });
});

describe("docs/reference/configuration.md", () => {
  it("names every setting, and no others", () => {
    const settings = read("provider/client/settings.ts") + read("provider/lifecycle/runtime/settings.ts");
    const page = read("docs/reference/configuration.md");
    const variables = all(settings, /"(AVALA_[A-Z_]+)"/g);
    const keys = all(settings, /"(avala:\w+)"/g).filter((key) => key !== "avala:explicit");
    const rows = page
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .map((line) => line.split("|").slice(1, 3).join("|"))
      .join("\n");
    expect(all(rows, /`(AVALA_[A-Z_]+)`/g).toSorted()).toEqual(variables.toSorted());
    expect(all(rows, /`(avala:\w+)`/g).toSorted()).toEqual(keys.toSorted());
  });
});

describe("docs/reference/people.md", () => {
  const rows = (heading: string) => {
    const section = read("docs/reference/people.md")
      .split(/^## /m)
      .find((text) => text.startsWith(`${heading}\n`));
    return all(section!, /^\| `(\w+)`/gm);
  };

  it("names every field of a person, and nothing else", () => {
    expect(rows("Fields of a person").toSorted()).toEqual(Object.keys(person).toSorted());
  });

  it("names every default", () => {
    const [, defaults] = /^\| `defaults` *\| ([^|]*)/m.exec(read("docs/reference/people.md"))!;
    expect(all(defaults!, /`(\w+)`/g).toSorted()).toEqual(Object.keys(peopleDefaults).toSorted());
  });
});

describe.each(documents)("%s", (path) => {
  const text = read(path);

  it("names only commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    expect(all(text, /\bnpm run ([\w-]+(?::\w+)*)/g).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it("links only to what exists", () => {
    const links = all(text, /\]\(((?!https?:)[^)]+)\)/g);
    const broken = links.filter((link) => {
      const [file, anchor] = link.split("#") as [string, string?];
      const target = file === "" ? path : join(dirname(path), file);
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchors(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it("names only files that exist", () => {
    const named = all(text, /`((?:provider|scripts|test|docs|examples|emulator)\/[\w./-]+)`/g);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
