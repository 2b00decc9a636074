import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

/**
 * Encrypts as Pulumi's secrets provider `passphrase` does (version 1: AES-256-GCM, with a key that PBKDF2 makes of the
 * passphrase): the CLI itself takes secrets only one by one, or as arguments, which every user of the machine can read.
 */
export class Passphrase {
  /** Known to the processes of the rehearsal only, and written nowhere. */
  readonly text = randomBytes(32).toString("base64url");
  /** `encryptionsalt` of a configuration, `salt` of a state. */
  readonly salt: string;
  readonly #key: Buffer;

  constructor() {
    const salt = randomBytes(8);
    this.#key = pbkdf2Sync(this.text, salt, 1_000_000, 32, "sha256");
    // The CLI decrypts this text to check the passphrase.
    this.salt = `v1:${salt.toString("base64")}:${this.encrypted("pulumi")}`;
  }

  encrypted(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }
}
