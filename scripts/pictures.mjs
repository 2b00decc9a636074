import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { draw } from "./pictures/draw.mjs";
import { quickstartText, recordQuickstart } from "./pictures/quickstart.mjs";
import { record } from "./pictures/record.mjs";
import { digestOf, readSources, SOURCES } from "./pictures/sources.mjs";
import { PICTURES } from "./pictures/story.mjs";
import { say, SetupError } from "./project.mjs";
import { Interrupted } from "./run.mjs";

const HELP = `Usage: npm run pictures [-- --recorded | --check | --check-quickstart]

Writes docs/pictures from real output: applies a program with the Pulumi engine to an emulator, lets the commands report on
it, and draws what they print. Needs Chromium. Takes about two minutes.

  --recorded          draws from the states and previews that the last run has recorded
  --check             writes nothing, and fails where the commands print something else than what is drawn
  --digests <file>    with --check: of what was drawn, instead of docs/pictures/sources.json
  --check-quickstart  the same for the output of the quickstart, from stdin
`;
const DIGESTS = join(PICTURES, "sources.json");

async function main() {
  const flag = { type: "boolean", default: false };
  const options = { recorded: flag, check: flag, "check-quickstart": flag, help: flag, digests: { type: "string" } };
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(HELP);
  if (values["check-quickstart"]) return checkQuickstart();
  if (!values.recorded && !values.check) {
    await record();
    await recordQuickstart();
  }
  const sources = await readSources();
  if (values.check) return report(staleAmong(sources, values.digests));
  await draw(sources.map(([name, text]) => ({ name, text, kind: SOURCES[name].kind })));
  const digests = Object.fromEntries(sources.map(([name, text]) => [name, digestOf(text)]));
  writeFileSync(DIGESTS, `${JSON.stringify(digests, undefined, 2)}\n`);
}

/** Names of pictures that were made from something else than what is printed today. */
function staleAmong(sources, file = DIGESTS) {
  const digests = JSON.parse(readFileSync(file, "utf8"));
  const names = new Set([...Object.keys(digests), ...sources.map(([name]) => name)]);
  const today = Object.fromEntries(sources);
  return [...names].filter((name) => today[name] === undefined || digestOf(today[name]) !== digests[name]);
}

async function checkQuickstart() {
  const drawn = (await SOURCES.quickstart.read()).split("\n");
  const printed = quickstartText(await text(process.stdin)).split("\n");
  const line = drawn.findIndex((one, at) => one !== printed[at]);
  if (line === -1 && drawn.length === printed.length) return;
  say(`The quickstart prints another line than its picture shows: ${printed.at(line)}`);
  report(["quickstart"]);
}

function report(stale) {
  if (stale.length === 0) return;
  say(`Not up to date: ${stale.map((name) => `docs/pictures/${name}`).join(", ")}. Run npm run pictures.`);
  process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.exitCode = error instanceof Interrupted ? error.exitCode : 1;
  if (error.code?.startsWith("ERR_PARSE_ARGS")) say(`${error.message}\n${HELP}`);
  else if (error instanceof SetupError) say(error.message);
  else if (!(error instanceof Interrupted)) throw error;
}
