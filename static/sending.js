// While a form with photos is on its way: a bar with words, a way to stop, and, when it fails, nothing lost.
// Without this file the browser sends the form itself. "weimin:shown" tells the other files of a new <main>.
"use strict";

function size(bytes) {
  return bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

// The answer is shown without asking for it a second time, which would lose what it says once ("noted: …").
function showAnswer(answer, address) {
  const here = new Set([...document.scripts].map((script) => script.src));
  const more = [...answer.querySelectorAll("script[src]")].some((script) => !here.has(new URL(script.getAttribute("src"), address).href));
  if (more) return location.assign(address);
  if (address !== location.href) {
    history.pushState(null, "", address);
    addEventListener("popstate", () => location.reload());
  }
  const main = document.adoptNode(answer.querySelector("main"));
  document.querySelector("main").replaceWith(main);
  document.title = answer.title;
  scrollTo(0, 0);
  main.focus();
  main.dispatchEvent(new CustomEvent("weimin:shown", { bubbles: true }));
}

function sending(form) {
  const part = form.querySelector("[data-sending-bar]");
  const notice = form.querySelector("[data-sending-failed]");
  const [bar, words, stop] = ["progress", "[data-sending-words]", "[data-sending-stop]"].map((name) => part.querySelector(name));
  const said = notice.dataset;

  function rest(why) {
    part.hidden = true;
    form.querySelectorAll("[type=submit]").forEach((button) => (button.disabled = false));
    notice.querySelector("[data-sending-why]").textContent = why;
    notice.hidden = !why;
    if (why) notice.focus();
  }
  function arrived(request) {
    if (request.status === 413) return rest(said.wordLarge);
    if (request.status >= 400 || !request.responseURL) return rest(said.wordFailed);
    showAnswer(new DOMParser().parseFromString(request.responseText, "text/html"), request.responseURL);
  }
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    if (!files.length) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    const body = new FormData(form, event.submitter);
    form.querySelectorAll("[type=submit]").forEach((button) => (button.disabled = true));
    notice.hidden = true;
    part.hidden = false;
    const tell = (done, total) => {
      const percent = total ? Math.round((done / total) * 100) : 0;
      bar.value = percent;
      const now = said.wordSent.replace("{done}", size(done)).replace("{total}", size(total)).replace("{percent}", percent);
      words.textContent = percent < 100 ? now : said.wordKept;
    };
    tell(0, files.reduce((sum, file) => sum + file.size, 0));
    request.upload.addEventListener("progress", (progress) => tell(progress.loaded, progress.total));
    request.addEventListener("load", () => arrived(request));
    request.addEventListener("error", () => rest(said.wordFailed));
    request.addEventListener("abort", () => rest(said.wordStopped));
    stop.onclick = () => request.abort();
    request.open("POST", form.action || location.href);
    request.send(body);
  });
}

const dressSending = (root) => root.querySelectorAll("form[data-sending]").forEach(sending);
dressSending(document);
document.addEventListener("weimin:shown", (event) => dressSending(event.target));
