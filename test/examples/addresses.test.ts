import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../cli/commands.js";
import { commandPage, pages } from "../../provider/core/documentation.js";
import { read, root, under } from "./support.js";

/* The addresses in messages, help, types and everything else that reaches users, and the pages they lead to. */

const { homepage } = JSON.parse(read("package.json")) as { homepage: string };

/** Built files, and files that are published or copied as they are. */
const published = [
  ...built("dist"),
  ...built("emulator/dist"),
  ...readdirSync(root).filter((name) => name.endsWith(".schema.json")),
  ...["templates", ".github/workflows", ".github/actions"].flatMap((folder) => under(folder, "")),
];

function built(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.(js|d\.ts)$/.test(file)).map((file) => `${folder}/${file}`);
}

const text = new Map(published.map((file) => [file, readFileSync(join(root, file), "utf8")]));
const written = [...text.values()].flatMap(
  (content) => content.match(/https:\/\/avala-ai\.github\.io[\w/.#-]*/g) ?? [],
);
const addresses = [...new Set([...written, ...Object.values(pages), ...commands.map(({ name }) => commandPage(name))])];

/** As GitHub makes them, and the site too. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

/** What is wrong with an address, if anything. */
function fault(address: string): string | undefined {
  if (!address.startsWith(homepage)) return "is not on the site";
  const [path = "", anchor] = address.slice(homepage.length).split("#");
  if (path.startsWith("schemas/"))
    return existsSync(join(root, path.slice("schemas/".length))) ? undefined : `${path} is not served`;
  const file = path === "" ? "docs/README.md" : `docs/${path}.md`;
  if (!existsSync(join(root, file))) return `${file} does not exist`;
  const headings = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  if (anchor === undefined) return undefined;
  const here = headings.filter((heading) => anchorOf(heading) === anchor);
  return here.length === 1 ? undefined : `${file} has ${here.length} headings with this anchor`;
}

it.each(addresses.map((address) => [address]))("%s leads to a page and a heading", (address) => {
  expect(fault(address)).toBeUndefined();
});

it.each([
  ["https://avala-ai.github.io/elsewhere/", "is not on the site"],
  [`${homepage}schemas/persons.schema.json`, "schemas/persons.schema.json is not served"],
  [`${homepage}reference/mistakes`, "docs/reference/mistakes.md does not exist"],
  [`${homepage}reference/commands#dirft`, "docs/reference/commands.md has 0 headings with this anchor"],
  [`${homepage}reference/errors#avala-guard`, "docs/reference/errors.md has 0 headings with this anchor"],
])("%s is found out: it %s", (address, reason) => {
  expect(fault(address)).toBe(reason);
});

it("bug: messages named files of the repository, which users do not have", () => {
  const named = [...text].flatMap(([file, content]) =>
    (content.match(/\b(docs|examples)\/[\w/-]+\.md\b|see the README\b/g) ?? []).map((name) => `${file}: ${name}`),
  );
  expect(named).toEqual([]);
});

it("every page is named by a message", () => {
  const sources = ["provider", "cli"]
    .flatMap((room) => under(room, ".ts"))
    .map(read)
    .join("\n");
  expect(Object.keys(pages).filter((page) => !sources.includes(`pages.${page}`))).toEqual([]);
});
