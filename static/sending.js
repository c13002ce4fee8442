// While a form with photos is on its way: a bar with words, a way to stop, and, when it fails, nothing lost.
// Without this file the browser sends the form itself.
"use strict";

function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
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
    // The answer is shown as the browser would have shown it: asking for it a second time would lose what it says once.
    if (request.responseURL !== location.href) history.pushState(null, "", request.responseURL);
    document.open();
    document.write(request.responseText);
    document.close();
    addEventListener("popstate", () => location.reload());
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

document.querySelectorAll("form[data-sending]").forEach(sending);
