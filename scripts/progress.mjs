const LINE_EVERY_MS = 15_000;
const REDRAW_MS = 200;

/**
 * Shows that a long step is alive: elapsed time and what it is at. One line that is rewritten on a terminal, else a new
 * line every 15 seconds through `log`.
 */
export function startProgress(title, { log, stream = process.stderr }) {
  const started = Date.now();
  let detail = "";
  const text = () => `  ${title} ${formatElapsed(Date.now() - started)}${detail && `  ${detail}`}`;
  const draw = stream.isTTY
    ? () => stream.write(`\r\x1b[2K${text().slice(0, (stream.columns || 80) - 1)}`)
    : () => log(text());
  const timer = setInterval(draw, stream.isTTY ? REDRAW_MS : LINE_EVERY_MS).unref();
  return {
    update(next) {
      detail = next;
    },
    stop() {
      clearInterval(timer);
      if (stream.isTTY) stream.write("\r\x1b[2K");
      return formatElapsed(Date.now() - started);
    },
  };
}

/** Minutes and seconds, as `2:05`. */
export function formatElapsed(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
