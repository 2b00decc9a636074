/** Runs tasks with the same name one after the other, so that the second sees the result of the first. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  }
}
