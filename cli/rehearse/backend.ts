import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StackError } from "../errors.js";
import { isObject, mark, propertiesOf, secretMark } from "../pulumi/values.js";
import type { Passphrase } from "./passphrase.js";

/** A stack by its names, as they stand in URNs. */
export interface StackName {
  project: string;
  stack: string;
}

/**
 * Puts the state of a stack into a file backend, as `pulumi stack export --show-secrets` writes it: with pending
 * operations, which `pulumi stack import` would remove. Secrets are encrypted.
 * @throws StackError if the state contains secrets that are encrypted with a different key
 */
export function writeStack(
  folder: string,
  { project, stack }: StackName,
  state: unknown,
  passphrase: Passphrase,
): void {
  const { deployment, ...format } = propertiesOf(state);
  const latest = {
    ...propertiesOf(sealed(deployment, passphrase)),
    secrets_providers: { type: "passphrase", state: { salt: passphrase.salt } },
  };
  const checkpoint = { ...format, checkpoint: { stack: `organization/${project}/${stack}`, latest } };
  write(join(folder, ".pulumi/meta.yaml"), "version: 1\n");
  write(join(folder, ".pulumi/stacks", project, `${stack}.json`), JSON.stringify(checkpoint));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
}

/** The value with all secrets encrypted. */
function sealed(value: unknown, passphrase: Passphrase): unknown {
  if (Array.isArray(value)) return value.map((item) => sealed(item, passphrase));
  if (!isObject(value)) return value;
  if (value[mark] === secretMark) return sealedSecret(value["plaintext"], passphrase);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sealed(item, passphrase)]));
}

function sealedSecret(plaintext: unknown, passphrase: Passphrase): unknown {
  if (typeof plaintext === "string") return { [mark]: secretMark, ciphertext: passphrase.encrypted(plaintext) };
  throw new StackError(
    "The state contains secrets that cannot be decrypted, so it cannot be copied for a rehearsal.",
    "Run the command with what pulumi stack export --show-secrets needs, such as PULUMI_CONFIG_PASSPHRASE.",
  );
}
