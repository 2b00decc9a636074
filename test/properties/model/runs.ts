import type { Stack, UpOptions } from "../../support/stack.js";
import type { Command } from "./world.js";

export const up = (stack: Stack): Command => ({ name: "up", run: (program) => stack.up(program) });
export const upWithRefresh = (stack: Stack): Command => ({
  name: "up --refresh",
  looks: true,
  run: (program) => stack.up(program, { refresh: true }),
});
export const preview = (stack: Stack): Command => ({
  name: "preview",
  writing: false,
  run: (program) => stack.preview(program),
});
export const refresh = (stack: Stack): Command => ({ name: "refresh", writing: false, run: () => stack.refresh() });
export const down = (stack: Stack): Command => ({ name: "destroy", program: {}, run: () => stack.destroy() });

/** An up in one of the engine's orders. */
export const upWith = (stack: Stack, name: string, options: UpOptions, remade: readonly string[] = []): Command => ({
  name,
  remade,
  run: (program) => stack.up(program, options),
});
