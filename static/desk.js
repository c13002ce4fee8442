// The desk by keyboard: rows with j and k, search with /, new with n, suggestions with 1 2 3, help with ?.
// Everything here has a plain link or button underneath. No dependencies, no eval.
"use strict";

const KEYS_OFF = "weimin:keys-off";

function keysAreOff() {
  try {
    return localStorage.getItem(KEYS_OFF) === "1";
  } catch {
    return false; // storage is switched off: keys stay on for this page
  }
}

function rememberKeys(on) {
  try {
    if (on) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  } catch {
    return; // storage is switched off: the choice holds for this page only
  }
}

let keysOn = !keysAreOff();

// ---- rows: <tr data-row> holding one main link <a data-open>, and perhaps a tick box <input data-tick> ---------------
function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("here") || row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
  rows.forEach((row) => row.classList.toggle("here", row === next));
  const link = next.querySelector("[data-open]") || next.querySelector("a");
  link?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = document.querySelector("[data-row].here [data-tick]");
  box?.click();
}

function openHelp() {
  const help = document.getElementById("keys");
  if (help && !help.open) help.showModal();
}

function focusSearch() {
  const box = document.querySelector("[data-search]");
  box?.focus();
  box?.select();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: tick,
  a: () => document.querySelector("[data-tick-all]")?.click(),
  r: () => document.querySelector("[data-by-rule]")?.focus(),
  "/": focusSearch,
  n: () => document.querySelector("[data-new]")?.click(),
  "?": openHelp,
  1: () => document.querySelector('[data-choice="1"]')?.click(),
  2: () => document.querySelector('[data-choice="2"]')?.click(),
  3: () => document.querySelector('[data-choice="3"]')?.click(),
};

function typing(target) {
  const buttons = ["checkbox", "radio", "button", "submit"];
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)
    || (target.tagName === "INPUT" && !buttons.includes(target.type));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
  if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
  if (!act) return;
  event.preventDefault();
  act();
});

// Ctrl+Enter sends the form one writes in, from any of its boxes.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest("main form[method=post]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".actions .btn-primary"));
});

document.querySelectorAll("[data-keys-help]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", openHelp);
});
document.querySelectorAll("[data-keys-on]").forEach((box) => {
  box.checked = keysOn;
  box.addEventListener("change", () => {
    keysOn = box.checked;
    rememberKeys(keysOn);
  });
});

// A menu closes when one clicks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// The resident's view grows beside the answer, and says what is still missing.
const field = (name) => document.querySelector(`form [name="${name}"]`);
const mirrors = [...document.querySelectorAll("[data-mirror]")];
const checks = [...document.querySelectorAll("[data-check]")];

function reflect() {
  mirrors.forEach((place) => (place.textContent = field(place.dataset.mirror)?.value.trim() || ""));
  document.querySelectorAll("[data-mirrored]").forEach((part) => {
    part.hidden = ![...part.querySelectorAll("[data-mirror]")].some((place) => place.textContent);
  });
  checks.forEach((line) => {
    const values = line.dataset.check.split("+").map((name) => field(name)?.value.trim() || "");
    const together = values.length > 1 && values.every((value) => !value);
    const done = (together || values.every(Boolean)) && !values.some((value) => /[{｛].*[}｝]/.test(value));
    line.classList.toggle("tone-done", done);
    line.classList.toggle("tone-soon", !done);
    const words = line.closest(".checks").dataset;
    line.querySelector("span").textContent = together ? words.wordNone : done ? words.wordDone : words.wordOpen;
    const use = line.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, done ? "#check-circle" : "#hourglass-split"));
  });
}

if (mirrors.length) {
  document.addEventListener("input", reflect);
  reflect();
}

// A table for a spreadsheet: words without icons, moments as they sort, and no cell that a spreadsheet would compute.
// What counts as a formula is told once, in kernel/csv_safe.py; this keeps to it.
function safeCell(text) {
  const bare = text.replace(/^'+/, "");
  const seen = bare.replace(/^[ \u00a0\u3000\u200b\ufeff]+/, "").normalize("NFKC");
  const runs = !/^-[0-9]{1,15}(\.[0-9]+)?$/.test(bare) && /^[=+\-@]/.test(seen);
  return runs ? `'${text}` : text;
}

function cellWords(cell) {
  const plain = cell.cloneNode(true);
  plain.querySelectorAll("svg, .sorter").forEach((part) => part.remove());
  return safeCell((cell.dataset.copy ?? plain.textContent).replace(/\s+/g, " ").trim());
}

function tableWords(table) {
  return [...table.rows].map((row) => [...row.cells].filter((cell) => !("noCopy" in cell.dataset)).map(cellWords).join("\t"));
}

document.querySelectorAll("[data-copy-table]").forEach((button) => {
  const { copyTable, wordCopied, wordFailed } = button.dataset;
  const table = copyTable ? document.getElementById(copyTable) : document.querySelector("main table");
  if (!table || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const lines = tableWords(table);
    const note = button.nextElementSibling;
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      note.textContent = wordCopied.replace("{n}", lines.length - 1);
    } catch {
      note.textContent = wordFailed;
    }
  });
});

// One tick for the whole page.
document.querySelectorAll("[data-tick-all]").forEach((all) => {
  all.hidden = false;
  all.addEventListener("change", () => {
    all.closest("table").querySelectorAll("[data-tick]").forEach((box) => (box.checked = all.checked));
  });
});

// What may be taken back goes away when its time has passed; sent later, it is refused in words.
document.querySelectorAll("form.undo[data-seconds]").forEach((form) => {
  setTimeout(() => {
    if (form.contains(document.activeElement)) document.getElementById("main")?.focus();
    form.remove();
  }, Number(form.dataset.seconds) * 1000);
});

document.querySelector("[data-focus]")?.focus();
