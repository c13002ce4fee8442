// Maps from our own outlines, without a tile server. Two uses:
// <… data-map="URL" data-map-table="ID"> draws the counts of the table's rows; <… data-map-pick="SELECT"> lets a village be
// chosen. Both pages are whole without this file: the table, or the list of villages, says the same.
"use strict";

const TONES = [0, 1, 5, 10, 20, 50]; // from this many on, the next darker tone

function toneOf(told) {
  if (told === "few") return 1;
  return TONES.filter((from) => Number(told) >= from && from > 0).length;
}

async function outlines(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function unfold(part) {
  part.hidden = false;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return L.map(part, {
    attributionControl: false, zoomSnap: 0.25, scrollWheelZoom: false, zoomAnimation: !still, fadeAnimation: !still,
    markerZoomAnimation: !still, zoomControl: true, // two fingers or the buttons: a page that is scrolled stays a page
  });
}

// ---- counts ----------------------------------------------------------------------------------------------------------
function drawCounts(part, all) {
  const rows = new Map([...document.querySelectorAll(`#${part.dataset.mapTable} [data-place]`)].map((row) => [row.dataset.place, row]));
  const map = unfold(part);
  const under = part.dataset.mapUnder;
  const ground = all.features.filter((one) => one.geometry.type !== "Point" && (!under || one.properties.code === under));
  const drawn = L.geoJSON({ type: "FeatureCollection", features: ground }, {
    style: (one) => ({ className: `map-area tone-${toneOf(rows.get(one.properties.code)?.dataset.n ?? "0")}` }),
    filter: (one) => one.properties.level !== "COUNTY" || ground.length === 1,
    onEachFeature: (one, layer) => say(layer, one, rows.get(one.properties.code), "map-word"),
  });
  const points = all.features.filter((one) => one.geometry.type === "Point" && rows.has(one.properties.code));
  const villages = L.geoJSON({ type: "FeatureCollection", features: points }, {
    pointToLayer: (one, at) => L.circleMarker(at, { radius: radius(rows.get(one.properties.code).dataset.n), className: "map-village" }),
    onEachFeature: (one, layer) => say(layer, one, rows.get(one.properties.code), "map-word"),
  });
  map.fitBounds((drawn.getLayers().length ? drawn : villages).getBounds(), { padding: [8, 8] });
  drawn.addTo(map);
  villages.addTo(map);
  nameWhenNear(map, part);
}

function radius(told) {
  return told === "few" ? 5 : 4 + Math.min(14, Math.sqrt(Number(told)) * 2.5);
}

function say(layer, one, row, className) {
  if (!row) return;
  const word = document.createElement("span");
  const name = document.createElement("span");
  name.className = "map-name";
  name.textContent = `${one.properties.name} `;
  word.append(name, row.dataset.short);
  layer.bindTooltip(word, { permanent: row.dataset.n !== "0", direction: "center", className, interactive: false });
  layer.on("click", () => row.querySelector("td a")?.click());
}

// Where names would lie on one another only the numbers stand; coming nearer shows the names.
function nameWhenNear(map, part) {
  const far = map.getZoom();
  const look = () => {
    part.classList.toggle("map-numbers", part.clientWidth < 560 && map.getZoom() - far < 1);
    map.eachLayer((layer) => layer.getTooltip?.()?.update()); // a word that grew shorter stands in the middle again
  };
  map.on("zoomend", look);
  look();
}

// ---- choosing a village ----------------------------------------------------------------------------------------------
function pick(part, all) {
  const select = document.querySelector(`select[name="${part.dataset.mapPick}"]`);
  const offered = new Set([...select.options].map((option) => option.value));
  const map = unfold(part);
  const areas = all.features.filter((one) => one.properties.level === "TOWNSHIP");
  const drawn = L.geoJSON({ type: "FeatureCollection", features: areas }, { className: "map-area tone-0", interactive: false });
  const points = all.features.filter((one) => one.geometry.type === "Point" && offered.has(one.properties.code));
  const home = drawn.getLayers().length ? drawn.getBounds() : L.geoJSON({ type: "FeatureCollection", features: points }).getBounds();
  map.fitBounds(home, { padding: [8, 8] });
  drawn.addTo(map);
  const dots = new Map();
  for (const one of points) {
    const at = L.latLng(one.geometry.coordinates[1], one.geometry.coordinates[0]);
    const dot = L.circleMarker(at, { radius: 5, className: "map-village" }).addTo(map);
    dot.bindTooltip(one.properties.name, { className: "map-word" });
    dots.set(one.properties.code, dot);
  }
  const note = part.parentElement.querySelector("[data-map-note]");
  const mark = (code) => {
    dots.forEach((dot, other) => {
      dot.setRadius(other === code ? 9 : 5);
      dot.getElement()?.classList.toggle("map-chosen", other === code);
      if (other === code) dot.openTooltip();
    });
    const option = [...select.options].find((one) => one.value === code);
    note.textContent = option && code ? part.dataset.wordChosen.replace("{name}", option.text) : "";
    note.hidden = !note.textContent;
  };
  // a finger is wider than a dot: wherever the map is touched, the nearest village is meant
  map.on("click", (event) => {
    const nearest = [...dots].sort((a, b) => event.latlng.distanceTo(a[1].getLatLng()) - event.latlng.distanceTo(b[1].getLatLng()))[0];
    if (!nearest) return;
    select.value = nearest[0];
    select.dispatchEvent(new CustomEvent("chosen-elsewhere"));
    select.dispatchEvent(new Event("input", { bubbles: true }));
    mark(nearest[0]);
  });
  select.addEventListener("change", () => mark(select.value));
  mark(select.value);
}

async function drawMap(part, draw) {
  const note = part.parentElement.querySelector("[data-map-note]");
  try {
    draw(part, await outlines(part.dataset.map));
  } catch {
    part.hidden = true;
    note.textContent = part.dataset.wordFailed;
    note.hidden = false;
  }
}

document.querySelectorAll("[data-map-table]").forEach((part) => drawMap(part, drawCounts));

// The page of the place stays light: the map is fetched when somebody asks for it.
function load(tag, attributes) {
  return new Promise((done, failed) => {
    const part = Object.assign(document.createElement(tag), attributes, { onload: done, onerror: failed });
    document.head.append(part);
  });
}

function opener(button) {
  const part = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (part.dataset.opened) {
      part.hidden = !part.hidden;
      button.setAttribute("aria-expanded", String(!part.hidden));
      return;
    }
    part.dataset.opened = "1";
    const note = part.parentElement.querySelector("[data-map-note]");
    try {
      await Promise.all([
        load("link", { rel: "stylesheet", href: button.dataset.mapStyle }),
        load("script", { src: button.dataset.mapScript }),
      ]);
      button.setAttribute("aria-expanded", "true");
      await drawMap(part, pick);
    } catch {
      delete part.dataset.opened; // the line broke: the next click tries again
      note.textContent = part.dataset.wordFailed;
      note.hidden = false;
    }
  });
}

const dressMaps = (root) => root.querySelectorAll("[data-map-open]").forEach(opener);
dressMaps(document);
document.addEventListener("weimin:shown", (event) => dressMaps(event.target));
