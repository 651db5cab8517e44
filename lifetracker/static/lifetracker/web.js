// Keys that lead from page to page. Every page works without this; what a key opens is a link on the page too.
"use strict";

const OFF = "keys-off";
const CHORD_MS = 1500;
const help = document.getElementById("keys");
const choice = document.getElementById("keys-on");
const links = [...document.querySelectorAll("[data-key]")];
let waitsForLetter = 0;

function areOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false; // the browser keeps nothing for this site
  }
}

function remember(isOn) {
  try {
    isOn ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes");
  } catch {
    // then the choice is good for this page
  }
}

function isField(element) {
  return element.closest("input, select, textarea, [contenteditable]") !== null;
}

// The same link stands in the rail and in the tab bar; either will do.
function open(letter) {
  const link = links.find((one) => one.dataset.key === letter);
  if (link) location.assign(link.href);
  return Boolean(link);
}

function step(rel) {
  const link = document.querySelector(`a[rel="${rel}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
}

function range(number) {
  const link = document.querySelectorAll(".ranges a")[number - 1];
  if (link) location.assign(link.href);
  return Boolean(link);
}

// A link to a form, or a form of this page, whose first field is then ready to be filled in.
function begin() {
  const place = document.querySelector("[data-new]");
  if (place?.href) location.assign(place.href);
  else place?.querySelector("select, textarea, input:not([type=hidden])").focus();
  return Boolean(place);
}

function search() {
  const field = document.getElementById("search-field");
  if (field) field.select();
  else location.assign(document.querySelector('a[href$="/search/"]').href);
  return true;
}

function answer(key) {
  if (key === "?") {
    help.showModal();
    return true;
  }
  if (key === "t") return open("h");
  if (key === "/") return search();
  if (key === "n") return begin();
  if (key === "ArrowLeft") return step("prev");
  if (key === "ArrowRight") return step("next");
  if (/^[1-5]$/.test(key)) return range(Number(key));
  return false;
}

function pressed(event) {
  const { key, target } = event;
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (isField(target) || target.closest("[data-points], .scroll") || help.open || !choice.checked) return;
  if (key === "g") {
    waitsForLetter = event.timeStamp + CHORD_MS;
    return;
  }
  const isChord = event.timeStamp < waitsForLetter;
  waitsForLetter = 0;
  if (isChord ? open(key) : answer(key)) event.preventDefault();
}

// A form that was refused opens at the first field that must be changed, and not at the top of its page.
const refused = document.querySelector("#main [aria-invalid=true]") ?? document.querySelector("#main .field-error");

if (refused) {
  refused.focus({ preventScroll: true });
  refused.scrollIntoView({ block: "center" });
}

function closeSheets(except) {
  for (const sheet of document.querySelectorAll(".tabs details[open]")) {
    if (sheet !== except) sheet.open = false;
  }
}

if (help) {
  choice.checked = !areOff();
  choice.addEventListener("change", () => remember(choice.checked));
  document.addEventListener("keydown", pressed);
  document.getElementById("keys-open").addEventListener("click", () => help.showModal());
}

document.addEventListener("click", (event) => closeSheets(event.target.closest(".tabs details")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSheets(null);
});

// While a sync is running the page shows what came. Who is at a control or in a field would lose their place.
const renews = document.querySelector('meta[name="renews"]');

function renew() {
  if (document.activeElement === document.body) location.reload();
}

if (renews) setInterval(renew, renews.content * 1000);

// The worker that answers where the network does not. Some browsers have none, or none in a private window; then the
// browser says itself that it is offline.
const workers = navigator.serviceWorker;
const worker = document.currentScript.dataset.worker;
const logOut = document.getElementById("log-out");

async function removeWorker() {
  await (await workers.getRegistration())?.unregister();
  const kept = (await caches.keys()).filter((name) => name.startsWith("life-tracker-"));
  await Promise.all(kept.map((name) => caches.delete(name)));
}

if (workers && worker) {
  workers.register(worker).catch(() => {});
  logOut?.addEventListener("submit", (event) => {
    event.preventDefault();
    removeWorker().finally(() => logOut.submit());
  });
}

// A button that copies what stands beside it. Where the browser does not let us, the text is chosen instead.
function choose(element) {
  if (element.select) return element.select();
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  choose(source);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
  } catch {
    return; // without https there is no clipboard: it is chosen, and Ctrl+C copies it
  }
  const label = button.firstChild;
  const before = label.data;
  label.data = "Copied";
  setTimeout(() => (label.data = before), 2000);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

// --- The cursor of charts. A chart names the table behind it, which has a row for each of its slices: there is one copy of
// the numbers. Charts of one table move together. What it opens is a link in that table too.

const SVG = "http://www.w3.org/2000/svg";
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const groups = new Map();

function drawn(name, parent) {
  return parent.appendChild(document.createElementNS(SVG, name));
}

function place(shape, attributes) {
  for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
}

function daysOf(row) {
  return row.cells[0].querySelector("a")?.href.match(/\d{4}-\d\d-\d\d/g) ?? [];
}

function dayWords(day, beside) {
  const [year, month, date] = day.split("-");
  return `${Number(date)} ${MONTHS[month - 1]}${beside.startsWith(year) ? "" : ` ${year}`}`;
}

class Group {
  constructor(table) {
    this.rows = [...table.tBodies[0].rows];
    this.heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    this.charts = [];
    this.at = this.from = null;
  }

  move(at, active) {
    this.at = Math.min(Math.max(at, 0), this.rows.length - 1);
    for (const chart of this.charts) chart.show(this, chart === active);
  }

  hide() {
    this.at = this.from = null;
    for (const chart of this.charts) chart.layer.hidden = true;
  }

  open() {
    const link = this.at === null ? null : this.rows[this.at].cells[0].querySelector("a");
    if (link) location.assign(link.href);
  }

  // The first and the last row of the stretch that is chosen.
  stretch() {
    if (this.from === null || this.from === this.at) return null;
    return [Math.min(this.from, this.at), Math.max(this.from, this.at)];
  }
}

class Chart {
  constructor(svg, group) {
    this.svg = svg;
    this.columns = svg.dataset.columns.split(" ").map(Number);
    this.layer = svg.parentElement.appendChild(document.createElement("div"));
    this.layer.className = "cursor";
    this.layer.hidden = true;
    const drawing = drawn("svg", this.layer);
    drawing.setAttribute("aria-hidden", "true");
    this.chosen = drawn("rect", drawing);
    this.line = drawn("line", drawing);
    this.dot = drawn("circle", drawing);
    this.tip = this.layer.appendChild(document.createElement("p"));
    this.tip.className = "tip";
    this.link = this.layer.appendChild(document.createElement("a"));
    group.charts.push(this);
    this.listen(group);
  }

  listen(group) {
    const plot = this.svg.parentElement;
    let isDown = false;
    this.svg.tabIndex = 0;
    plot.addEventListener("keydown", (event) => this.pressed(event, group));
    plot.addEventListener("focusout", (event) => plot.contains(event.relatedTarget) || group.hide());
    // What is pressed is neither dragged nor focused.
    plot.addEventListener("mousedown", (event) => event.preventDefault());
    plot.addEventListener("pointerdown", (event) => {
      if (event.button || this.link.contains(event.target)) return;
      isDown = true;
      group.from = this.slice(event, group);
      group.move(group.from, this);
    });
    plot.addEventListener("pointermove", (event) => {
      const isOffered = !isDown && group.stretch();
      if (isOffered || (!isDown && event.pointerType !== "mouse")) return;
      if (!isDown) group.from = null;
      group.move(this.slice(event, group), this);
      // Only now, so that a press that stays where it is follows the link below it.
      if (isDown && group.stretch()) plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener("pointerup", (event) => {
      if (isDown && !group.stretch() && event.pointerType === "mouse" && !event.target.closest("a")) group.open();
      isDown = false;
    });
    plot.addEventListener("pointercancel", () => {
      isDown = false;
      group.hide();
    });
    plot.addEventListener("pointerleave", (event) => {
      if (!isDown && !group.stretch() && event.pointerType === "mouse") group.hide();
    });
  }

  slice(event, group) {
    const box = this.svg.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * group.rows.length);
    return Math.min(Math.max(at, 0), group.rows.length - 1);
  }

  pressed(event, group) {
    const last = group.rows.length - 1;
    const now = group.at ?? last + 1;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this.svg) return;
    if (to !== undefined) {
      group.from = event.shiftKey ? (group.from ?? group.at) : null;
      group.move(to, this);
    } else if (event.key === "Enter") group.open();
    else if (event.key === "Escape") group.hide();
    else return;
    event.preventDefault();
  }

  show(group, isActive) {
    const width = 100 / group.rows.length;
    const x = (group.at + 0.5) * width;
    const stretch = group.stretch();
    this.layer.hidden = false;
    place(this.line, { x1: `${x}%`, x2: `${x}%`, y1: 0, y2: this.svg.getAttribute("height") - 24 });
    this.mark(group.rows[group.at], x);
    this.say(group, x, isActive);
    this.chosen.toggleAttribute("hidden", !stretch);
    this.link.hidden = !stretch || !isActive;
    if (stretch) this.offer(group, stretch, width);
  }

  // A ring around the value, where one number is drawn.
  mark(row, x) {
    const [low, high, top, bottom] = (this.svg.dataset.plot ?? "").split(" ").map(Number);
    const text = row.cells[this.columns[0]].textContent.replace("−", "-").replaceAll(",", "");
    const share = bottom && text ? (Number.parseFloat(text) - low) / (high - low) : Number.NaN;
    this.dot.toggleAttribute("hidden", Number.isNaN(share));
    if (!Number.isNaN(share)) {
      const y = bottom - Math.min(Math.max(share, 0), 1) * (bottom - top);
      place(this.dot, { cx: `${x}%`, cy: y, r: 4 });
    }
  }

  say(group, x, isActive) {
    const { cells } = group.rows[group.at];
    const [first] = this.columns;
    const { unit, usual } = this.svg.dataset;
    const value = cells[first].textContent;
    const isKnown = !cells[first].classList.contains("unknown");
    const one = `${value}${unit && isKnown ? ` ${unit}` : ""}, ${cells[0].textContent}`;
    const many = this.columns.map((column) => `${group.heads[column]} ${cells[column].textContent}`).join(", ");
    const below = usual && cells[usual].textContent ? `usually ${cells[usual].textContent}` : "";
    const lines = this.columns.length > 1 ? [cells[0].textContent, many] : [one, below];
    this.tip.ariaLive = isActive ? "polite" : "off";
    this.tip.replaceChildren(...lines.filter(Boolean).map((line, at) => {
      const part = document.createElement(at ? "span" : "b");
      part.textContent = line;
      return part;
    }));
    this.tip.style.left = x < 50 ? `${x}%` : "auto";
    this.tip.style.right = x < 50 ? "auto" : `${100 - x}%`;
  }

  offer(group, [first, last], width) {
    place(this.chosen, { x: `${first * width}%`, width: `${(last - first + 1) * width}%`, y: 0, height: "100%" });
    const begin = daysOf(group.rows[first])[0];
    const end = daysOf(group.rows[last]).at(-1);
    this.link.hidden ||= !begin;
    if (!begin) return;
    const query = new URLSearchParams(location.search);
    for (const name of ["range", "page"]) query.delete(name);
    query.set("from", begin);
    query.set("to", end);
    this.link.href = `?${query}`;
    this.link.textContent = `Show ${dayWords(begin, end)} to ${dayWords(end, begin)}`;
    this.link.style.left = `${Math.min(Math.max(((first + last + 1) / 2) * width, 15), 85)}%`;
  }
}

for (const svg of document.querySelectorAll("svg[data-points]")) {
  const table = document.getElementById(svg.dataset.points);
  if (!table) continue;
  if (!groups.has(table)) groups.set(table, new Group(table));
  if (groups.get(table).rows.length) new Chart(svg, groups.get(table));
}

// A month that is wider than the screen opens at today, and not at its first day.
for (const day of document.querySelectorAll(".scroll thead [aria-current=date]")) {
  const scroller = day.closest(".scroll");
  scroller.scrollLeft += day.getBoundingClientRect().right - scroller.getBoundingClientRect().right;
}
