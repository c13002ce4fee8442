// A voice note: record, listen, take away. What is recorded goes into the page's own file box and is sent with the form.
// Where the browser cannot record, or has not been allowed to, the file box stays, and words say so.
"use strict";

const FORMATS = [["audio/webm;codecs=opus", "webm"], ["audio/mp4", "m4a"], ["audio/ogg;codecs=opus", "ogg"]];

function clockWords(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function recorder(part) {
  const format = window.MediaRecorder && navigator.mediaDevices && FORMATS.find(([type]) => MediaRecorder.isTypeSupported(type));
  const input = part.querySelector("input[type=file]");
  if (!format || !input) return;
  const of = (name) => part.querySelector(`[data-recorder-${name}]`);
  const [start, stop, words, kept, audio, remove] = ["start", "stop", "words", "kept", "audio", "remove"].map(of);
  const most = Number(part.dataset.seconds);
  of("part").hidden = false;
  input.hidden = true; // page 2 takes recordings made elsewhere
  const label = part.querySelector("label");
  label.removeAttribute("for");
  label.id = `${input.id}_label`;
  start.setAttribute("aria-describedby", label.id);
  let recording, ticking, begun, full;

  function say(text) {
    words.textContent = text;
    words.hidden = !text;
  }
  function spent() {
    return Math.min(most, (performance.now() - begun) / 1000);
  }
  function tick() {
    // the words change once a second; a screen reader is told only at every half minute
    const seconds = spent();
    words.setAttribute("aria-live", Math.floor(seconds) % 30 ? "off" : "polite");
    say(part.dataset.wordRecording.replace("{time}", clockWords(seconds)).replace("{most}", clockWords(most)));
    if (seconds >= most) {
      full = true;
      finish();
    }
  }
  function finish() {
    clearInterval(ticking);
    if (recording?.state === "recording") recording.stop();
  }
  function keep(pieces, seconds) {
    const sound = new Blob(pieces, { type: format[0].split(";")[0] });
    const carried = new DataTransfer();
    carried.items.add(new File([sound], `${part.dataset.wordName}.${format[1]}`, { type: sound.type }));
    input.files = carried.files;
    audio.src = URL.createObjectURL(sound);
    kept.hidden = false;
    stop.hidden = true;
    words.setAttribute("aria-live", "polite");
    const ready = part.dataset.wordReady.replace("{time}", clockWords(seconds));
    say(full ? `${part.dataset.wordFull.replace("{most}", clockWords(most))} ${ready}` : ready);
    remove.focus();
  }
  async function begin() {
    full = false;
    try {
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
      const pieces = [];
      recording = new MediaRecorder(sound, { mimeType: format[0], audioBitsPerSecond: 24000 });
      recording.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
      recording.addEventListener("stop", () => {
        sound.getTracks().forEach((track) => track.stop());
        keep(pieces, spent());
      });
      recording.start(1000);
    } catch (error) {
      say(error.name === "NotFoundError" ? part.dataset.wordNone : part.dataset.wordRefused);
      input.hidden = false;
      label.htmlFor = input.id;
      return;
    }
    begun = performance.now();
    start.hidden = true;
    stop.hidden = false;
    stop.focus();
    tick();
    ticking = setInterval(tick, 1000);
  }

  start.addEventListener("click", begin);
  stop.addEventListener("click", finish);
  remove.addEventListener("click", () => {
    URL.revokeObjectURL(audio.src);
    audio.removeAttribute("src");
    input.value = "";
    kept.hidden = true;
    start.hidden = false;
    say("");
    start.focus();
  });
}

const dressRecorders = (root) => root.querySelectorAll("[data-recorder]").forEach(recorder);
dressRecorders(document);
document.addEventListener("weimin:shown", (event) => dressRecorders(event.target));
