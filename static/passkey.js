// Says aloud when a passkey could not be used or made; without this the page would stay silent.
"use strict";
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.querySelector("[data-passkey-error]");
  note.hidden = false;
  note.focus();
});
