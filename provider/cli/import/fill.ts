import type { ImportInvocation } from "./import.js";

export async function fill(_invocation: ImportInvocation): Promise<void> {}
