// Larger text, remembered on this device for a year. Without this file the link enlarges the page it leads to.
"use strict";

function textSize(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const size = link.dataset.textSize;
    document.cookie = `text=${size}; path=/; max-age=31536000; SameSite=Lax`;
    const address = new URL(location.href);
    address.searchParams.delete("text");
    if (address.href === location.href) location.reload();
    else location.replace(address);
  });
}

document.querySelectorAll("[data-text-size]").forEach(textSize);
