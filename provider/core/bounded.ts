import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const chunkSize = 64 * 1024;

/**
 * The content of a file. If it has more than `most` bytes, reading fails with an error with the code `EFBIG`, as of the
 * operating system, so that reading an endless device or pipe ends too.
 */
export function readBounded(path: string, most: number): Buffer {
  const file = openSync(path, "r");
  try {
    const read = new BoundedChunks(most);
    // Avoids reading a large file in vain; for a device or a pipe, the size is unknown.
    read.expect(fstatSync(file).size);
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkSize);
      const length = readSync(file, chunk);
      if (length === 0) return read.whole();
      read.add(chunk.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}

/** The same for a stream, such as stdin. */
export async function readBoundedStream(stream: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const read = new BoundedChunks(most);
  for await (const chunk of stream) read.add(chunk);
  return read.whole();
}

class BoundedChunks {
  readonly #most: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  expect(size: number): void {
    if (size > this.#most) throw Object.assign(new Error(`more than ${this.#most} bytes`), { code: "EFBIG" });
  }

  add(chunk: Buffer): void {
    this.#size += chunk.length;
    this.expect(this.#size);
    this.#chunks.push(chunk);
  }

  whole(): Buffer {
    return Buffer.concat(this.#chunks, this.#size);
  }
}
