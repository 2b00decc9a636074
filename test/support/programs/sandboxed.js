/**
 * Declares what program.json lists, and writes what a program can see of its stack to the file that SEEN names. With
 * HOLD, an update writes that file and then waits for ever.
 */
const { writeFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");

const { SEEN, HOLD, REFERENCES = "" } = process.env;

async function seen() {
  const config = Object.entries(pulumi.runtime.allConfig()).map(([key, value]) => [
    key,
    { value, secret: pulumi.runtime.isConfigSecret(key) },
  ]);
  const references = REFERENCES.split(" ").filter(Boolean);
  const outputs = references.map(async (name) => {
    const reference = new pulumi.StackReference(name);
    const values = await new Promise((resolve) => reference.outputs.apply(resolve));
    const secret = Object.keys(values).map(async (key) => [key, await pulumi.isSecret(reference.getOutput(key))]);
    return [name, { values, secret: Object.fromEntries(await Promise.all(secret)) }];
  });
  return {
    organization: pulumi.getOrganization(),
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    config: Object.fromEntries(config),
    outputs: Object.fromEntries(await Promise.all(outputs)),
    environment: Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(AVALA|OTHER)_/.test(name))),
  };
}

if (SEEN) void seen().then((all) => writeFileSync(SEEN, JSON.stringify(all)));
if (HOLD && !pulumi.runtime.isDryRun()) {
  writeFileSync(HOLD, "");
  setInterval(() => undefined, 1000);
}

module.exports = require("./fromJson.js");
