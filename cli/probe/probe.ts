import { pages } from "../../provider/core/documentation.js";
import { ReadOnlyError } from "../../provider/core/errors.js";
import { requireConfirmable } from "../output/confirm.js";
import { confirmation, defineCommand, sharedOptions, type ExitCode, type Invocation } from "../command.js";
import { UsageError } from "../errors.js";
import { writePrivateOutput } from "../output/file.js";
import { jsonText } from "../output/terminal.js";
import { commandSettings } from "../session.js";
import { collectReads } from "./reads.js";
import { asJson, show } from "./report.js";
import { judgeAll, profileOf } from "./results.js";
import { Service } from "./service.js";
import { statements } from "./statements/index.js";
import { carryOutWrites, inviteesOf, type Trial } from "./writes.js";

const options = {
  write: {
    type: "boolean",
    description: "Also try writes, on an organization of the probe's own, which is deleted again. Asks first.",
  },
  invite: {
    type: "string",
    multiple: true,
    value: "<address>",
    description: "With --write: an address to which invitation emails are sent. May be repeated. Default: no emails.",
  },
  organization: {
    type: "string",
    short: "o",
    value: "<slug or uid>",
    description: "The organization to read. Default: the one that shows most to this key.",
  },
  "other-organization": {
    type: "string",
    value: "<slug>",
    description: "An organization that exists, and that the API key's user does not belong to: shows how it is hidden.",
  },
  out: { type: "string", value: "<file>", description: "Also write the profile of the deployment to this file." },
  ...confirmation,
  ...sharedOptions,
} as const;

type Options = typeof options;

export const probe = defineCommand({
  name: "probe",
  summary: "Try the statements of the contract on the service, and report which hold.",
  operands: [],
  options,
  about: [
    `Tries the facts about Avala's API that the provider relies on (${pages.contract}) on the service that the settings name, and reports for each: it holds, it differs (how, and what that means), it is not visible to this key, or it was not tried. It only reads, unless --write is given, and needs at most 60 requests for that.`,
    "With --write it creates an organization of its own, tries changes on it, and deletes it again, also after a failure or Ctrl-C. It changes nothing else, and sends invitation emails only to the addresses of --invite.",
    "--out writes a profile: settings with which the emulator reproduces the deployment, and the verdicts. Neither the report nor the profile contains names, slugs, uids, addresses, the key or the host.",
  ],
  sends: [
    "GET /users/me/permissions/, /users/me/, /organizations/, /organizations/industry-choices/",
    "GET /organizations/{slug}/ with its members, invitations, teams and one team, for one organization",
    "GET of an object and of a path that do not exist, and GET /organizations/ without the key",
    "POST, PATCH and DELETE  with --write only: of an organization of the probe's own, and of its content",
  ],
  exitCodes: [
    ["2", "probe: a statement differs with which the provider does not work correctly"],
    ["130", "interrupted (Ctrl-C); with --write, its organization is deleted first"],
  ],
  examples: [
    "probe",
    "probe --out avala-profile.json",
    "probe --write --invite me@example.com",
    "probe --json | jq '.statements[] | select(.verdict == \"differs\")'",
  ],
  run: runProbe,
});

async function runProbe(invocation: Invocation<Options>): Promise<ExitCode> {
  const { options, terminal } = invocation;
  checkUsage(options);
  const settings = await commandSettings(invocation);
  if (options.write) {
    if (settings.client.readOnly) throw readOnly();
    requireConfirmable(terminal, options.yes);
  }
  const service = new Service(settings, terminal);
  try {
    const reads = await collectReads(service, {
      organization: options.organization,
      otherOrganization: options["other-organization"],
    });
    const { yes, invite } = options;
    const trial: Trial | undefined = options.write
      ? await carryOutWrites(service, { terminal, yes, invite })
      : undefined;
    const given = { reads: true, writes: options.write, emails: options.write && invite.length > 0 };
    const results = judgeAll(statements, { reads, ...(trial && { writes: trial.writes }) }, given);
    const profile = profileOf(results, new Date());
    const report = { results, requests: service.sent, profile };
    if (options.json) terminal.json(asJson(report));
    else show(report, terminal);
    if (options.out !== undefined) await writePrivateOutput(options.out, `${jsonText(profile, 2)}\n`);
    if (trial?.problem) throw trial.problem;
    return results.some(({ statement, finding }) => finding.verdict === "differs" && statement.copes === "no") ? 2 : 0;
  } finally {
    await service.close();
  }
}

function checkUsage({ write, yes, invite }: Invocation<Options>["options"]): void {
  inviteesOf(invite);
  if (write) return;
  const given = [yes && "--yes", invite.length > 0 && "--invite"].filter((name) => name !== false);
  if (given.length > 0) throw new UsageError(`${given.join(" and ")} needs --write.`, "Add --write, or omit it.");
}

function readOnly(): ReadOnlyError {
  return new ReadOnlyError("probe --write makes changes, but AVALA_READ_ONLY is set.", "Unset it, or omit --write.", {
    method: "POST",
    path: "",
  });
}
