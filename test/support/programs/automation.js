/** An inline program of the Automation API, as a service of one's own would run it; prints what it saw as JSON. */
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const { Organization, Team, TeamMembership } = require("pulumi-avala");

async function program() {
  const acme = new Organization("acme", { name: "Acme" });
  const core = new Team("core", { organization: acme, name: "Core" });
  const lead = new TeamMembership("lead", { team: core, email: "owner@example.com", role: "lead" });
  return { team: core.id, status: lead.status };
}

async function main() {
  const options = process.argv[2] === undefined ? {} : { workDir: process.argv[2] };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "inline", projectName: "e2e", program }, options);
  const up = await stack.up();
  const again = await stack.preview();
  const refresh = await stack.refresh();
  const destroy = await stack.destroy();
  const results = {
    outputs: Object.fromEntries(Object.entries(up.outputs).map(([name, { value }]) => [name, value])),
    made: up.summary.resourceChanges,
    again: again.changeSummary,
    refreshed: refresh.summary.resourceChanges,
    destroyed: destroy.summary.resourceChanges,
  };
  process.stdout.write(JSON.stringify(results));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
