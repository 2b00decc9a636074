/** The type token of a kind in the engine, the state and policies. */
export function typeToken(kind: string): string {
  return `pulumi-nodejs:dynamic/avala:${kind}`;
}

/** The token of a function in the mocks of a unit test. */
export function functionToken(name: string): string {
  return `avala:index:${name}`;
}

/** The text in the state. It never changes, because old states load exactly this module. */
export function providerText(key: string): string {
  return `exports.handler=()=>require("pulumi-avala/provider").${key}`;
}

/** Hidden input and output: identifies the resource within its stack, as its URN does. */
export const addressKey = "__address";
