import { defineCommand, type ExitCode, type Invocation } from "../command.js";
import { PreviewError, UsageError } from "../errors.js";
import { inputText, sourceName } from "../input.js";
import { previewCommand, previewOf } from "../pulumi/preview.js";
import { isInProject, previewed } from "../pulumi/run.js";
import { approvedReview, unapproved } from "./approved.js";
import { publish, reportOptions, reportRequest } from "./publish.js";
import { reviewOf } from "./report.js";

export const review = defineCommand({
  name: "review",
  summary: "Summarize access changes in a preview.",
  operands: [
    {
      name: "preview.json",
      optional: true,
      description: `the output of ${previewCommand}, or - for stdin; if omitted, the preview is run`,
    },
  ],
  options: reportOptions,
  about: [
    `Reads the output of ${previewCommand}, and lists who gains and who loses access: per person, organization and team, with the roles before and after, the number of emails and requests, and warnings for the reviewer. A person who only moves from one resource to another loses nothing.`,
    "The command sends nothing to Avala and needs no key. Without a file it runs pulumi preview in the project, which reads from Avala as usual and changes nothing.",
  ],
  exitCodes: [["2", "a review limit exceeded"]],
  sends: [],
  examples: [
    "review",
    "review preview.json --markdown --mask-emails",
    "review preview.json --json --out review.json",
    "review - --max-removals 5 --deny admin-grants --deny external-domains < preview.json",
    "review --approved review.json",
    "review preview.json --json --out review.json --bind pull-request=12 --bind head=0ddba115",
  ],
  run: runReview,
});

async function runReview(invocation: Invocation<typeof reportOptions>): Promise<ExitCode> {
  const request = await reportRequest(invocation, approvedReview);
  const { approved, standards } = request;
  const found = reviewOf(previewOf(await document(invocation)), standards);
  const exceeded = [...request.exceededBy(found), ...(approved ? unapproved(found, approved) : [])];
  return publish(invocation, request, { ...found, exceeded });
}

async function document(invocation: Invocation<typeof reportOptions>): Promise<unknown> {
  const [file] = invocation.operands;
  if (file !== undefined) return parsed(await inputText(file), sourceName(file));
  if (!isInProject(invocation)) {
    throw new UsageError(
      "No Pulumi project in this folder or its parents, and no preview was passed.",
      `Change to the folder of a project, or pass --cwd <folder> or the output of: ${previewCommand}.`,
    );
  }
  invocation.terminal.note("Running pulumi preview.");
  return parsed(await previewed(invocation, [], `, or pass the output of: ${previewCommand}`), "pulumi preview");
}

function parsed(content: string, source: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    throw new PreviewError(`${source} is not valid JSON.`, `Pass the output of: ${previewCommand}.`);
  }
}
