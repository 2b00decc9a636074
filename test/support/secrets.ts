import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";

/** A place in which a secret can be read, and its form there. */
export interface Finding {
  secret: string;
  form: string;
  place: string;
}

/**
 * Every form in which the secret can be read from a text: unchanged, as in a URL, in hexadecimal digits, and in Base64,
 * whose characters depend on the number of bytes before it.
 */
export function spellingsOf(secret: string): [form: string, text: string][] {
  const url = encodeURIComponent(secret);
  const hex = Buffer.from(secret).toString("hex");
  const base64 = [0, 1, 2].map((before) => base64Within(secret, before));
  return [
    ["clear", secret],
    ["URL", url],
    ["URL", url.replaceAll(/%\w\w/g, (escape) => escape.toLowerCase())],
    ["hex", hex],
    ["hex", hex.toUpperCase()],
    ...base64.flatMap((text): [string, string][] => [
      ["base64", text],
      ["base64url", text.replaceAll("+", "-").replaceAll("/", "_")],
    ]),
  ];
}

/**
 * The characters that Base64 makes of the secret alone, where it follows that many bytes (modulo 3) and others follow it.
 */
function base64Within(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  return bytes.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** Looks for secrets, given by the names under which findings are reported. */
export class SecretSearch {
  readonly #spellings: [secret: string, form: string, text: string][];

  constructor(secrets: Record<string, string>) {
    this.#spellings = Object.entries(secrets).flatMap(([name, secret]) =>
      spellingsOf(secret).map(([form, text]): [string, string, string] => [name, form, text]),
    );
  }

  inText(place: string, text: string): Finding[] {
    const found = this.#spellings.filter(([, , spelling]) => text.includes(spelling));
    const once = new Map(found.map(([secret, form]) => [`${secret} ${form}`, { secret, form, place }]));
    return [...once.values()];
  }

  /** Names and contents of the files below a folder; compressed data is unpacked. */
  inFolder(folder: string, isWanted: (file: string) => boolean = () => true): Finding[] {
    return filesIn(folder)
      .filter(isWanted)
      .flatMap((file) => {
        const bytes = readFileSync(join(folder, file));
        const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
        return this.inText(file, `${file}\n${(isPacked ? gunzipSync(bytes) : bytes).toString("latin1")}`);
      });
  }
}

/** Paths of all files below a folder, relative to it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
