/**
 * The text of a file: in UTF-8, or in UTF-16 as PowerShell and spreadsheets write it. The encoding is recognized by the
 * byte order mark, which is not part of the text, or else by the zero byte of the first character.
 * @throws Error if the bytes are not valid in this encoding
 */
export function decodedText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const name = encoding === "utf-8" ? "UTF-8" : "UTF-16";
    throw new Error(`it is not text in ${name}; save it in UTF-8`, { cause: error });
  }
}

function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0)) return "utf-16be";
  return "utf-8";
}
