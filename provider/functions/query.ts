import type { Service } from "./service.js";

/** Reads the result of a function from the service. */
export type Read<Args, Result> = (service: Service, args: Args) => Promise<Result>;

/** A function: how its result is read, and how a result of a unit test's mocks is converted. */
export interface Query<Args, Result> {
  readonly name: string;
  readonly read: Read<Args, Result>;
  readonly isList: boolean;
  /** Converts a result of mocks, which has plain values only, to the function's result. */
  ofMock(this: void, answer: Result): Result;
}

export function objectQuery<Args, Result extends object>(name: string, read: Read<Args, Result>): Query<Args, Result> {
  return { name, read, isList: false, ofMock: (answer) => answer };
}

export function listQuery<Args, Row>(
  name: string,
  read: Read<Args, Row[]>,
  ofMock: (row: Row) => Row = (row) => row,
): Query<Args, Row[]> {
  return { name, read, isList: true, ofMock: (rows) => rows.map(ofMock) };
}
