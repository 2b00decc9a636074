/**
 * Follows what happens in the emulator, and sends the forms without a scroll of the page. Without it the page
 * works as well, and shows changes when it is loaded again.
 */
export const SCRIPT = `
const gone = document.getElementById("gone");

async function show(answer) {
  gone.hidden = true;
  if (answer.status === 304) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.id;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  if (focused) document.getElementById(focused)?.focus();
}

async function ask(path, options) {
  try {
    await show(await fetch(path, { cache: "no-store", ...options }));
  } catch {
    gone.hidden = false;
  }
}

async function follow() {
  const { version } = document.querySelector("main").dataset;
  await ask("/", { headers: { "If-None-Match": '"' + version + '"' } });
  setTimeout(follow, 1000);
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  event.submitter.disabled = true;
  ask(event.target.action, { method: "POST" });
});
setTimeout(follow, 1000);
`;
