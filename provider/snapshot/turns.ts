/** Lets work of the same name run one after the other, so that the second sees what the first has made. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  }
}
