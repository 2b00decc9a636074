/** The type under which the engine, state and policies know a kind. */
export function typeToken(kind: string): string {
  return `pulumi-nodejs:dynamic/avala:${kind}`;
}

/** The token under which the mocks of a unit test know a function. */
export function functionToken(name: string): string {
  return `avala:index:${name}`;
}

/** The text in state. It never changes: old states ask for this very module. */
export function providerText(key: string): string {
  return `exports.handler=()=>require("pulumi-avala/provider").${key}`;
}

/** Hidden input and output: what tells the resource from the others of its stack, as in its URN. */
export const addressKey = "__address";
