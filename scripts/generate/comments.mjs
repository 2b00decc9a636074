// The comments that editors show: the example of each class and function, and the link to its page.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.mjs";
import { exampleText, pageOf } from "./pages.mjs";
import { schemas } from "./sources.mjs";
import { fence, lowerFirst } from "./text.mjs";

const functionFiles = [
  "industryChoices",
  "invitations",
  "organizationMembers",
  "organizations",
  "teamMembers",
  "teams",
];

/** The files with public declarations, each with the page and the example of a name in it. */
function sources() {
  const inResources = Object.values(schemas.resources).map(({ key, kind }) => [
    `provider/resources/${key}.ts`,
    () => ({ page: `resources/${key}`, example: `${lowerFirst(kind)}/basic` }),
  ]);
  const inFunctions = functionFiles.map((name) => [
    `provider/functions/${name}.ts`,
    (declared) => {
      const called = lowerFirst(declared).replace(/(?:Output)?Args$|Output$/, "");
      return { page: `functions#${called.toLowerCase()}`, example: `functions/${declared}` };
    },
  ]);
  const others = [
    ["provider/components/people.ts", () => ({ page: "people", example: "people/basic" })],
    ["provider/resources/provider.ts", () => ({ page: "configuration#key-and-base-url", example: "provider/basic" })],
  ];
  return [...inResources, ...inFunctions, ...others];
}

const lines = (text) => text.split("\n").map((line) => ` * ${line}`.trimEnd());

/** The comment with the example, and with the link as its last line. */
function commented(comment, { page, example }) {
  const [, body] = /^\/\*\*([^]*)\*\/$/.exec(comment);
  const old = body.split("\n").map((line) => line.trimEnd());
  const plain = old.length === 1 ? [` * ${body.trim()}`] : old.slice(1, -1);
  const kept = plain.filter((line) => !line.startsWith(" * @see "));
  const at = kept.indexOf(" * @example");
  const shown = at === -1 ? kept : [...kept.slice(0, at), " * @example", ...lines(fence("ts", exampleText(example)))];
  const next = at === -1 ? -1 : kept.findIndex((line, index) => index > at && line.startsWith(" * @"));
  const rest = next === -1 ? [] : [" *", ...kept.slice(next)];
  return ["/**", ...shown, ...rest, ` * @see ${pageOf(page)}`, " */"].join("\n");
}

const DECLARED = /\/\*\*(?:(?!\*\/)[^])*\*\/(?=\nexport (?:class|function|interface|type) (\w+))/g;
const isPublic = (name) => /^get[A-Z]|Args$/.test(name) || !/[a-z](?:Choice|Outputs|Result|State)$/.test(name);

/** Every such file with its comments. */
export const comments = () =>
  sources().map(([file, of]) => {
    const text = readFileSync(join(PROJECT, file), "utf8");
    return [
      file,
      text.replaceAll(DECLARED, (comment, name) => (isPublic(name) ? commented(comment, of(name)) : comment)),
    ];
  });
