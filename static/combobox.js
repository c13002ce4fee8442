// Boxes that search while one types (ARIA combobox with a list), over plain boxes that work without this file:
// <select data-combobox [data-url="…"]>: the select keeps the value; without a url its own options are searched, each by
// its text and its data-search (pinyin, initials). <input data-combobox data-url="…">: free words with suggestions, and
// the chosen value goes into the box named by data-value-into. The url is asked with ?q= and answers
// {"results": [{"value", "label", "detail"}]}.
"use strict";

let boxes = 0;

class Combobox {
  constructor(source) {
    this.source = source;
    this.words = document.body.dataset;
    this.results = [];
    this.at = -1;
    this.build(`combobox-${++boxes}`);
    this.listen();
  }

  build(id) {
    const { source } = this;
    this.box = document.createElement("div");
    this.box.className = "combobox";
    source.before(this.box);
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: `${id}-list`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.status = document.createElement("div");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    this.input = source.tagName === "SELECT" ? this.inputFor(source, id) : source;
    this.input.removeAttribute("list");
    this.input.autocomplete = "off";
    const label = document.querySelector(`label[for="${CSS.escape(this.input.id)}"]`);
    if (label) {
      label.id ||= `${id}-label`;
      this.list.setAttribute("aria-labelledby", label.id);
    }
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(roles)) this.input.setAttribute(name, value);
    const held = document.activeElement === this.input; // what moves in the page lets go of the cursor
    this.box.append(this.input, this.list, this.status);
    if (held) this.input.focus();
  }

  inputFor(select, id) {
    const input = document.createElement("input");
    input.type = "text";
    input.className = "form-control";
    input.id = `${id}-box`;
    input.required = select.required;
    input.placeholder = select.dataset.placeholder || "";
    input.value = select.value ? select.selectedOptions[0].text : "";
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    document.querySelectorAll(`label[for="${CSS.escape(select.id)}"]`).forEach((label) => (label.htmlFor = input.id));
    document.querySelectorAll(`a[href="#${CSS.escape(select.id)}"]`).forEach((link) => (link.hash = input.id));
    if (select.autofocus) input.autofocus = true;
    select.required = false;
    select.hidden = true;
    return input;
  }

  listen() {
    this.input.addEventListener("input", (event) => {
      if (!event.isComposing) this.typed(); // pinyin still being typed into an input method is not yet a word
    });
    this.input.addEventListener("compositionend", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.leave());
    // the select was set by another hand, a map for one
    this.source.addEventListener("chosen-elsewhere", () => (this.input.value = this.source.selectedOptions[0]?.text || ""));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.at));
    });
  }

  typed() {
    clearTimeout(this.timer);
    this.put("");
    this.waiting = Boolean(this.input.value.trim());
    if (this.waiting) this.timer = setTimeout(() => this.ask(), this.source.dataset.url ? 150 : 0);
    else this.close();
  }

  async ask() {
    const words = this.input.value.trim();
    try {
      const found = this.source.dataset.url ? await this.fetched(words) : this.own(words);
      if (found && words === this.input.value.trim()) this.arrived(found);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.waiting = false;
      this.say(this.words.wordFailed);
    }
  }

  // Who types faster than the answer comes has gone on to the next box: the first that fits is theirs.
  arrived(found) {
    this.waiting = false;
    this.show(found);
    if (document.activeElement === this.input) return;
    if (this.source.tagName === "SELECT") this.choose(0);
    this.leave();
  }

  async fetched(words) {
    this.asking?.abort();
    this.asking = new AbortController();
    const address = new URL(this.source.dataset.url, location.href);
    address.searchParams.set("q", words);
    const answer = await fetch(address, { signal: this.asking.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).results;
  }

  own(words) {
    const sought = words.toLowerCase();
    return [...this.source.options]
      .filter((option) => option.value && `${option.text} ${option.dataset.search || ""}`.toLowerCase().includes(sought))
      .slice(0, 12)
      .map((option) => ({ value: option.value, label: option.text, detail: option.dataset.detail || "" }));
  }

  show(results) {
    this.results = results;
    this.at = results.length ? 0 : -1;
    this.list.replaceChildren(...results.map((result, at) => this.option(result, at)));
    this.list.hidden = !results.length;
    this.input.setAttribute("aria-expanded", String(Boolean(results.length)));
    this.mark();
    this.say(results.length ? this.words.wordCount.replace("{n}", results.length) : this.words.wordNone);
  }

  option(result, at) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${at}`;
    item.dataset.at = at;
    item.setAttribute("role", "option");
    item.append(result.label);
    if (result.detail) {
      const detail = document.createElement("span");
      detail.textContent = result.detail;
      item.append(detail);
    }
    return item;
  }

  mark() {
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.at)));
    const item = this.list.children[this.at];
    if (item) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      if (!open) return void this.ask();
      this.at = (this.at + steps[event.key] + this.results.length) % this.results.length;
      this.mark();
    } else if (open && (event.key === "Enter" || event.key === "Tab")) {
      if (event.key === "Enter") event.preventDefault();
      this.choose(this.at);
    } else if (open && event.key === "Escape") {
      event.stopPropagation();
      this.close();
    }
  }

  choose(at) {
    const result = this.results[at];
    if (!result) return;
    clearTimeout(this.timer);
    this.asking?.abort();
    this.waiting = false;
    this.input.value = result.label;
    this.put(result.value, result.label);
    this.close();
  }

  put(value, label) {
    const holder = this.source.tagName === "SELECT" ? this.source : document.getElementById(this.source.dataset.valueInto);
    if (!holder || holder.value === String(value)) return;
    if (holder.tagName === "SELECT" && ![...holder.options].some((option) => option.value === String(value))) {
      holder.add(new Option(label || "", value));
    }
    holder.value = value;
    holder.dispatchEvent(new Event("change", { bubbles: true }));
  }

  leave() {
    if (this.waiting) return; // see arrived()
    this.close();
    if (this.source.tagName === "SELECT" && !this.source.value) this.input.value = "";
  }

  close() {
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  say(words) {
    this.status.textContent = words;
  }
}

function dressIn(root) {
  root.querySelectorAll("[data-combobox]:not([data-dressed])").forEach((source) => {
    source.dataset.dressed = "";
    new Combobox(source);
  });
}

dressIn(document);
document.addEventListener("htmx:load", (event) => dressIn(event.target));
document.addEventListener("weimin:shown", (event) => dressIn(event.target));
