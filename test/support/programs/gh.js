#!/usr/bin/env node
/**
 * Stands in for GitHub's `gh` in tests of workflows: what it is asked is kept in calls.jsonl of GH_DESK, and answered from
 * answers.json there, by "METHOD path" or command; an answer of `{ "$pages": [...] }` comes page by page, and only the
 * first one without --paginate. Expressions of --jq are evaluated by jq itself.
 */
const { appendFileSync, cpSync, existsSync, readFileSync } = require("node:fs");
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
  "signer-workflow",
  "source-ref",
  "source-digest",
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
const command = positionals[0] === "attestation" ? positionals.slice(0, 2) : positionals;
const call = {
  command: command.join(" "),
  ...(positionals[0] === "api" && { method }),
  ...options,
  ...(bodyFile !== undefined && { body: readFileSync(bodyFile, "utf8") }),
};
appendFileSync(join(desk, "calls.jsonl"), `${JSON.stringify(call)}\n`);
const answers = JSON.parse(readFileSync(join(desk, "answers.json"), "utf8"));

function known(key) {
  if (!(key in answers)) throw new Error(`gh: nothing is known of ${key}`);
  return answers[key];
}

/** `env.NAME` of the real program's jq; the one of the tests sees no environment. */
const withEnvironment = (expression) =>
  expression.replaceAll(/\benv\.([A-Z_]+)/g, (_, name) => JSON.stringify(process.env[name] ?? null));

async function answer() {
  if (positionals[0] === "run") {
    cpSync(join(desk, "artifacts", positionals[2], options.name), dir, { recursive: true });
  } else if (positionals[0] === "attestation") {
    const found = known("attestation verify");
    if (!existsSync(positionals[2]) || found !== true) throw new Error("gh: no attestation matches");
  } else if (filter !== undefined) {
    const found = known(positionals[0] === "api" ? `${method} ${positionals[1]}` : positionals.join(" "));
    const pages = found?.$pages ?? [found];
    for (const page of options.paginate ? pages : pages.slice(0, 1)) {
      const lines = await jq.raw(page, withEnvironment(filter), ["-r"]);
      if (lines !== "") process.stdout.write(`${lines.trimEnd()}\n`);
    }
  } else if (answers[`fails ${method}`]) {
    throw new Error("gh: the request failed");
  }
}

void answer();
