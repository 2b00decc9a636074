import { shellWord } from "../../provider/core/shell.js";
import { jsonText } from "../output/terminal.js";
import type { Living } from "./liveOrganization.js";
import type { File } from "./folder.js";
import type { ImportFile } from "./importFile.js";
import { peopleFileOf, programOf, teamsFileOf, type Naming, type Style } from "./program.js";

/** Names of the files and resources of one import. */
export interface ImportNames extends Naming {
  program: string;
  importFile: string;
  record: string;
}

/** In a project of its own, or beside what is in a project already. */
export function importNames(key: string, beside: boolean): ImportNames {
  const before = beside ? `${key}.` : "";
  return {
    program: beside ? `${key}.ts` : "index.ts",
    people: `${before}people.yaml`,
    teams: `${before}teams.yaml`,
    importFile: `${before}import.json`,
    prefix: beside ? `${key}-` : "",
    record: beside ? `.avala-import.${key}.json` : ".avala-import.json",
  };
}

/** The commands that take the program's resources into the state, and show that nothing is left to do. */
export function importCommands(importFile: string): string[] {
  return [
    `PULUMI_SKIP_CHECKPOINTS=true pulumi import ${importArguments(importFile).slice(1).map(shellWord).join(" ")}`,
    "pulumi preview --expect-no-changes",
  ];
}

/** No checkpoint after each entry: an import sends nothing to Avala, and one that is broken off can be run again. */
export const importEnvironment = { PULUMI_SKIP_CHECKPOINTS: "true" };

export function importArguments(importFile: string): string[] {
  return ["import", "--file", importFile, "--yes", "--skip-preview", "--protect=false", "--generate-code=false"];
}

/** All files of an import, in the order in which people read them. */
export function filesOf(
  living: Living,
  style: Style,
  names: ImportNames,
  imported: ImportFile,
  { beside, version }: { beside: boolean; version: string },
): File[] {
  const own = beside ? [] : projectFiles(living, style, names, version);
  const teams = style === "roster" ? [{ name: names.teams, text: teamsFileOf(living) }] : [];
  return [
    ...own,
    { name: names.program, text: programOf(living, style, names) },
    { name: names.people, text: peopleFileOf(living, style === "edges") },
    ...teams,
    { name: names.importFile, text: json(imported) },
  ];
}

/** What the program needs beside Pulumi and this package. */
export function packagesOf(style: Style): Record<string, string> {
  return style === "roster" ? { yaml: "^2.9.1" } : {};
}

function projectFiles({ key }: Living, style: Style, names: ImportNames, version: string): File[] {
  const project = `avala-${key}`;
  const manifest = {
    name: project.toLowerCase(),
    private: true,
    main: "index.ts",
    dependencies: { "@pulumi/pulumi": "^3.216.0", "pulumi-avala": `^${version}`, ...packagesOf(style) },
    devDependencies: { "@types/node": "^20.19.0", typescript: "~6.0.3" },
  };
  const compiler = {
    compilerOptions: {
      target: "es2022",
      module: "nodenext",
      types: ["node"],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ["*.ts"],
  };
  const once = true;
  return [
    {
      name: "Pulumi.yaml",
      text: `name: ${project}\ndescription: An organization of Avala, its teams and its people.\nruntime: nodejs\nmain: index.ts\n`,
      once,
    },
    { name: "package.json", text: json(manifest), once },
    { name: "tsconfig.json", text: json(compiler), once },
    { name: "README.md", text: readme(key, style, names), once },
  ];
}

/** JSON as formatters leave it: short lists on one line. */
function json(value: unknown): string {
  const text = jsonText(value, 2);
  return `${text.replaceAll(/\[\s+("[\w*.]+")\s+\]/g, "[$1]")}\n`;
}

function readme(key: string, style: Style, names: ImportNames): string {
  const teams =
    style === "edges"
      ? `- \`${names.program}\`: the organization, its teams, and the owner's places in them.
- \`${names.people}\`: everybody else, with their roles and their places in teams.`
      : `- \`${names.program}\`: the organization. It reads the two files below.
- \`${names.people}\`: everybody but the owner, with their role in the organization.
- \`${names.teams}\`: the teams, and who is in them, the owner included.`;
  return `# ${key}

An organization of Avala as code, as \`npx pulumi-avala import\` has found it.

${teams}
- \`${names.importFile}\`: takes what exists into the state of a stack. Nothing else reads it; once that is done it may be deleted.
- \`${names.record}\`: what was written, so that a later import sees what has been edited. Commit it.

## Take it into a stack

\`\`\`sh
export AVALA_API_KEY=<your key>
npm install
pulumi stack init prod
${importCommands(names.importFile).join("\n")}
\`\`\`

It takes version 3.254 of the Pulumi CLI, or a newer one. The import asks Avala nothing and changes nothing there. The
preview must show no change. From then on, change the files, and look at \`pulumi preview\` before \`pulumi up\`.

## After changes that were made elsewhere

\`pulumi preview --refresh\` shows what differs from these files, and \`pulumi up --refresh\` puts it back. To take it over in
place of that, run the import again: it writes what is new, and nothing at all where a file that would change has been
edited. Then:

\`\`\`sh
pulumi refresh
${importCommands(names.importFile).join("\n")}
\`\`\`
`;
}
