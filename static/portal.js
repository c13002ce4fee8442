// The portal works without this file. With it: drafts stay on the device until sent, photos are shown before they are
// sent, and a receipt can be read aloud. No dependencies, no eval.
"use strict";

// ---- drafts: <form data-draft="NAME"> keeps its words; <… data-draft-clear="NAME"> on the receipt page drops them ----
const DRAFT_DAYS = 7;

function readDraft(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key)) || { at: Date.now(), words: {} };
    return Date.now() - draft.at < DRAFT_DAYS * 864e5 ? draft : { at: Date.now(), words: {} };
  } catch {
    return null; // storage is switched off, or what lies there is not ours: the form still works
  }
}

function writeDraft(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify({ ...draft, at: Date.now() }));
    return true;
  } catch {
    return false; // storage full or private mode
  }
}

function keepable(box) {
  const kinds = ["hidden", "file", "password", "submit", "button"];
  return box.name && !kinds.includes(box.type) && !box.closest("[data-draft-skip]");
}

function restore(form, words) {
  for (const box of form.elements) {
    if (!keepable(box) || !(box.name in words)) continue;
    const kept = words[box.name];
    if (box.type === "radio" || box.type === "checkbox") {
      const untouched = ![...form.elements].some((other) => other.name === box.name && other.defaultChecked);
      if (untouched) box.checked = kept.includes(box.value);
    } else if (box.tagName === "SELECT") {
      const shown = [...box.options].some((option) => option.defaultSelected && option.value);
      if (!shown && [...box.options].some((option) => option.value === kept[0])) box.value = kept[0];
    } else if (!box.value) {
      box.value = kept[0];
    }
  }
}

function keepDraft(form) {
  const key = `weimin:draft:${form.dataset.draft}`;
  const draft = readDraft(key);
  if (!draft || !writeDraft(key, draft)) return;
  restore(form, draft.words);
  const note = document.querySelector("[data-draft-note]");
  if (note) note.hidden = false;
  form.addEventListener("input", () => {
    for (const box of form.elements) if (keepable(box)) draft.words[box.name] = [];
    for (const box of form.elements) {
      if (!keepable(box)) continue;
      if (["radio", "checkbox"].includes(box.type) ? box.checked : box.value) draft.words[box.name].push(box.value);
    }
    for (const [name, kept] of Object.entries(draft.words)) if (!kept.length) delete draft.words[name];
    writeDraft(key, draft);
  });
  document.querySelectorAll("[data-draft-forget]").forEach((button) =>
    button.addEventListener("click", () => {
      localStorage.removeItem(key);
      draft.words = {};
      form.reset();
      form.querySelector("textarea, input:not([type=hidden])")?.focus();
    }),
  );
}

// ---- photos: shown before they are sent, each with a way to take it out again ----------------------------------------
function previewPhotos(part) {
  const input = part.querySelector("input[type=file]");
  const list = part.querySelector("[data-photos-list]");
  const note = part.querySelector("[data-photos-note]");
  const most = Number(part.dataset.maxFiles);
  const largest = Number(part.dataset.maxMb);
  let chosen = [];

  function show() {
    list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    list.replaceChildren(...chosen.map(photo));
    const carried = new DataTransfer();
    chosen.forEach((file) => carried.items.add(file));
    input.files = carried.files;
  }
  function photo(file) {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-link";
    remove.textContent = part.dataset.wordRemove;
    remove.setAttribute("aria-label", `${part.dataset.wordRemove} ${file.name}`);
    remove.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== file);
      show();
      input.focus();
    });
    if (file.type.startsWith("image/")) {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      item.append(image);
    } else {
      item.append(file.name);
    }
    item.append(remove);
    return item;
  }
  function say(words) {
    note.textContent = words;
    note.hidden = !words;
  }
  input.addEventListener("change", () => {
    let words = "";
    for (const file of input.files) {
      if (file.size > largest * 1048576) {
        words = part.dataset.wordLarge.replace("{name}", file.name).replace("{mb}", largest);
      } else if (chosen.length >= most) {
        words = part.dataset.wordMany.replace("{n}", most);
      } else {
        chosen.push(file);
      }
    }
    say(words);
    show();
  });
}

// ---- read aloud ------------------------------------------------------------------------------------------------------
function readAloud(button) {
  if (!("speechSynthesis" in window)) return;
  button.hidden = false;
  const word = button.querySelector("span");
  const start = word.textContent;
  const stopped = () => (word.textContent = start);
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      stopped();
      return;
    }
    const part = document.getElementById(button.dataset.readAloud);
    const speech = new SpeechSynthesisUtterance(part.dataset.spoken || part.innerText);
    speech.lang = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
    speech.rate = 0.85;
    speech.onend = speech.onerror = stopped;
    word.textContent = button.dataset.wordStop;
    speechSynthesis.speak(speech);
  });
}

function dress(root) {
  root.querySelectorAll("[data-draft-clear]").forEach((part) => {
    try {
      localStorage.removeItem(`weimin:draft:${part.dataset.draftClear}`);
    } catch {
      return; // storage is switched off: then no draft was kept either
    }
  });
  root.querySelectorAll("form[data-draft]").forEach(keepDraft);
  root.querySelectorAll("[data-photos]").forEach(previewPhotos);
  root.querySelectorAll("[data-read-aloud]").forEach(readAloud);
  root.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  root.querySelector("[data-focus]")?.focus();
}

dress(document);
document.addEventListener("weimin:shown", (event) => dress(event.target));
