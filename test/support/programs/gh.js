#!/usr/bin/env node
/**
 * Stands in for GitHub's `gh` in tests of workflows: what it is asked is kept in calls.jsonl of GH_DESK, and answered from
 * answers.json there, by "METHOD path". Expressions of --jq are evaluated by jq itself.
 */
const { appendFileSync, cpSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { parseArgs } = require("node:util");
const jq = require("jq-wasm");

const desk = process.env.GH_DESK;
const texts = [
  "jq",
  "json",
  "repo",
  "name",
  "dir",
  "label",
  "state",
  "limit",
  "title",
  "description",
  "comment",
  "body-file",
];
const flags = ["paginate", "silent", "force"];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    method: { type: "string", default: "GET" },
    field: { type: "string", short: "F" },
    ...Object.fromEntries(texts.map((name) => [name, { type: "string" }])),
    ...Object.fromEntries(flags.map((name) => [name, { type: "boolean" }])),
  },
});
if (!process.env.GH_TOKEN) throw new Error("gh: GH_TOKEN is not set");

const bodyFile = values["body-file"] ?? values.field?.replace(/^body=@/, "");
const { method, jq: filter, dir, "body-file": _file, field: _field, ...options } = values;
const call = {
  command: positionals.join(" "),
  ...(positionals[0] === "api" && { method }),
  ...options,
  ...(bodyFile !== undefined && { body: readFileSync(bodyFile, "utf8") }),
};
appendFileSync(join(desk, "calls.jsonl"), `${JSON.stringify(call)}\n`);

async function answer() {
  if (positionals[0] === "run") {
    cpSync(join(desk, "artifacts", positionals[2], options.name), dir, { recursive: true });
  } else if (filter !== undefined) {
    const key = positionals[0] === "api" ? `${method} ${positionals[1]}` : positionals.join(" ");
    const known = JSON.parse(readFileSync(join(desk, "answers.json"), "utf8"));
    if (!(key in known)) throw new Error(`gh: nothing is known of ${key}`);
    const found = await jq.raw(known[key], filter, ["-r"]);
    if (found !== "") process.stdout.write(`${found.trimEnd()}\n`);
  }
}

void answer();
