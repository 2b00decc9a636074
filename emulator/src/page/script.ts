/**
 * Follows what happens in the emulator, sends the forms without a new page, and filters while one types. Without it the
 * page works as well, and shows changes when it is loaded again.
 */
export const SCRIPT = `
const at = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const gone = at("gone"), said = at("said");
const isCapped = () => "capped" in document.querySelector("main").dataset;
const partsOf = (root) => new Map(all("[data-part]", root).map((part) => [part.dataset.part, part.outerHTML]));
let parts = partsOf(document);
let version = document.querySelector("main").dataset.version;
let queue = Promise.resolve();
let isActing = false;

function keep(sent) {
  const active = document.activeElement;
  const fields = all("main input[id], main select[id]").filter((field) => !sent || field.form !== sent);
  return {
    id: active.id, start: active.selectionStart, end: active.selectionEnd,
    fields: fields.map((field) => [field.id, field.value, field.defaultValue]),
    open: all("details[id]").map(({ id, open }) => [id, open]),
    scrolled: all("[tabindex][id]").map(({ id, scrollLeft, scrollTop }) => [id, scrollLeft, scrollTop]),
  };
}

function restore({ id, start, end, fields, open, scrolled }) {
  for (const [id, value, before] of fields) {
    const field = at(id);
    if (!field || field.value === value || value === before) continue;
    const fits = field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value);
    if (fits) field.value = value;
  }
  for (const [id, isOpen] of open) if (at(id)) at(id).open = isOpen;
  for (const [id, left, top] of scrolled) if (at(id)) at(id).scrollTo(left, top);
  const field = id && at(id);
  if (!field || field === document.activeElement) return;
  field.focus({ preventScroll: true });
  if (typeof start === "number") field.setSelectionRange(start, end);
}

function update(page) {
  const next = partsOf(page);
  if ([...next.keys()].join() === [...parts.keys()].join()) {
    const [shown, fresh] = [all("[data-part]"), all("[data-part]", page)];
    fresh.forEach((part, i) => {
      if (next.get(part.dataset.part) !== parts.get(part.dataset.part)) shown[i].replaceWith(part);
    });
  } else {
    document.querySelector("main").replaceWith(page.querySelector("main"));
  }
  parts = next;
}

function say(text, isRefused = false) {
  said.className = isRefused ? "refused" : "done";
  said.textContent = text;
}

async function show(answer, sent) {
  gone.hidden = true;
  if (answer.status === 304) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("main");
  if (!answer.ok || !main) return void (sent && say("Nothing was changed: the emulator refused the form."));
  const about = page.getElementById("said");
  const isRefused = about.className === "refused";
  version = main.dataset.version;
  const kept = keep(sent && !isRefused ? sent : undefined);
  update(page);
  if (sent && !isRefused && sent.isConnected) sent.reset();
  restore(kept);
  enhance();
  if (!sent) return;
  say(about.textContent, isRefused);
  // A button may be gone, and some browsers do not focus the one that is pressed.
  const target = (kept.id && at(kept.id)) || at(about.dataset.focus);
  (target?.closest("tr[hidden]") ? at("filter") : target)?.focus();
}

function ask(path, options, sent) {
  queue = queue.then(async () => {
    try {
      await show(await fetch(path, { cache: "no-store", ...options }), sent);
    } catch {
      gone.hidden = false;
    }
  });
  return queue;
}

async function follow(isFirst) {
  const headers = isFirst ? {} : { "If-None-Match": '"' + version + '"' };
  await ask(isCapped() ? location.pathname + location.search : "/", { headers });
  setTimeout(follow, 1000);
}

const textOf = new WeakMap();
function rowText(row, names) {
  if (!textOf.has(row)) {
    const cells = [...row.cells].slice(0, -1);
    const texts = cells.map((cell) => cell.textContent.trim());
    const words = texts.map((text, i) => (i > 1 && text ? names[i] + " " + text : text));
    textOf.set(row, words.join(" ").toLowerCase());
  }
  return textOf.get(row);
}

function filter() {
  const input = at("filter");
  if (!input || isCapped()) return;
  const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let [found, count] = [0, 0];
  for (const table of all("table.matrix")) {
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.querySelector("bdi")?.textContent ?? "");
    for (const row of table.tBodies[0].rows) {
      row.hidden = !words.every((word) => rowText(row, names).includes(word));
      count++;
      if (!row.hidden) found++;
    }
  }
  at("found").textContent = words.length === 0 ? "" : found + " of " + count + " people";
}

function enhance() {
  for (const button of all("[data-copy]")) button.hidden = false;
  const input = at("filter");
  if (input && !isCapped()) input.form.querySelector("button").hidden = true;
  filter();
}

document.addEventListener("input", (event) => event.target.id === "filter" && filter());
document.addEventListener("click", async (event) => {
  const source = event.target.dataset?.copy;
  if (!source) return;
  try {
    await navigator.clipboard.writeText(at(source).textContent + "\\n");
    say("Copied. Paste the lines into a shell.");
  } catch {
    say("The browser does not allow copying: select the lines instead.", true);
  }
});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method === "get" && isCapped()) return;
  event.preventDefault();
  if (form.method === "get" || isActing) return;
  isActing = true;
  await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)) }, form);
  isActing = false;
});
enhance();
setTimeout(follow, 1000, location.search !== "");
`;
