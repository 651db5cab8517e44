// The quick line offers foods while one types, and what is sent from the page of a day changes it in place. Without this,
// each of it is a form that leads to a page, and back.

const WAIT_MS = 120;
const LOOK_MS = 150;
const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e"];

let asked = new AbortController();
let timer = 0;
let at = -1;
// What is offered is for an earlier text than the one that stands there; Enter waits for the newer offers.
let isStale = false;
let enterWaits = false;

const byId = (id) => document.getElementById(id);
const options = () => [...document.querySelectorAll("#offers [role=option]")];
const isOpen = () => byId("food")?.ariaExpanded === "true";

// --- The offers

function prepare() {
  const field = byId("food");
  if (!field) return;
  field.role = "combobox";
  field.ariaAutoComplete = "list";
  field.ariaExpanded = "false";
  field.setAttribute("aria-controls", "offers");
  const camera = byId("camera");
  camera.hidden = !("BarcodeDetector" in window && navigator.mediaDevices);
}

function stop() {
  clearTimeout(timer);
  asked.abort();
  asked = new AbortController();
}

function close() {
  stop();
  const field = byId("food");
  if (!field) return;
  field.ariaExpanded = "false";
  field.removeAttribute("aria-activedescendant");
  byId("offers-place").hidden = true;
  at = -1;
}

function mark(place) {
  const all = options();
  at = place;
  all.forEach((one, number) => (one.ariaSelected = String(number === at)));
  if (at < 0) byId("food").removeAttribute("aria-activedescendant");
  else byId("food").setAttribute("aria-activedescendant", all[at].id);
  all[at]?.scrollIntoView({ block: "nearest" });
}

async function look() {
  stop();
  const { signal } = asked;
  const form = byId("quick");
  const query = new URLSearchParams(["line", "day", "time", "kind", "meal"].map((name) => [name, form.elements[name]?.value ?? ""]));
  try {
    const headers = { "X-Offers": "yes" };
    const answer = await fetch(`${byId("food").dataset.offers}?${query}`, { signal, headers });
    if (!answer.ok || answer.redirected) return;
    const text = await answer.text();
    if (signal.aborted) return;
    show(text);
  } catch {
    // The page is left, or the network is away: the line can be sent as it is.
    if (!signal.aborted && enterWaits) plainly(form);
  }
}

function show(text) {
  const place = byId("offers-place");
  place.innerHTML = text;
  place.hidden = false;
  isStale = false;
  byId("food").ariaExpanded = String(options().length > 0);
  mark("sure" in byId("offers").dataset ? 0 : -1);
  if (!enterWaits) return;
  enterWaits = false;
  if (at < 0) plainly(byId("quick"));
  else take(options()[at]);
}

function lookSoon() {
  stop();
  isStale = true;
  timer = setTimeout(look, WAIT_MS);
}

function take(option) {
  const form = byId("quick");
  if (option.dataset.to) {
    form.action = option.dataset.to;
    plainly(form);
    return;
  }
  form.elements.choice.value = option.dataset.choice;
  close();
  send(form);
}

function pressedInLine(event) {
  const last = options().length - 1;
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!isOpen()) look();
    else if (event.key === "ArrowDown") mark(at >= last ? 0 : at + 1);
    else mark(at <= 0 ? last : at - 1);
  } else if (event.key === "Escape" && isOpen()) close();
  else if (event.key === "Enter" && isStale && event.target.value.trim()) enterWaits = true;
  else if (event.key === "Enter" && isOpen() && at >= 0) take(options()[at]);
  else return;
  event.preventDefault();
}

// --- What is sent from the page changes it in place

// Around the listener below: the page that answers is shown as it is.
function plainly(form) {
  HTMLFormElement.prototype.submit.call(form);
}

async function send(form) {
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const body = new FormData(form);
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // A question, or what is wrong: that has a page of its own.
    if (!answer.ok || !page.getElementById("quick")) plainly(form);
    else replace(page, form);
  } catch {
    plainly(form);
  }
}

function replace(page, form) {
  const row = form.closest("li[id]")?.id;
  const isLine = form.id === "quick";
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  prepare();
  const changed = document.querySelector(`#${row ?? "none"} summary`) ?? document.querySelector(".messages button");
  const next = isLine ? byId("food") : changed;
  isQuiet = true;
  (next ?? byId("main")).focus();
  isQuiet = false;
}

// Focus that comes back to the line opens nothing.
let isQuiet = false;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !form.closest("main") || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  send(form);
});

// --- An item opens in place

document.addEventListener(
  "toggle",
  (event) => {
    const opened = event.target;
    if (!opened.matches("details.eaten[open]")) return;
    for (const other of document.querySelectorAll("details.eaten[open]")) if (other !== opened) other.open = false;
    opened.querySelector("input[name=amount]").select();
  },
  true,
);

function closeItem(item) {
  item.open = false;
  item.querySelector("summary").focus();
}

// --- When it was eaten

function sayWhen() {
  const { kind, time } = byId("quick").elements;
  const option = kind.selectedOptions[0];
  const words = byId("when");
  const hour = time.value || option.dataset.usual || words.dataset.now;
  words.textContent = `${kind.value ? option.text : words.dataset.kind} at ${hour}`;
}

// --- Bar codes, read by the browser itself

async function scan() {
  const dialog = byId("scanner");
  const video = dialog.querySelector("video");
  dialog.showModal();
  let stream = null;
  dialog.addEventListener("close", () => stream?.getTracks().forEach((track) => track.stop()), { once: true });
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (!dialog.open) stream.getTracks().forEach((track) => track.stop());
    video.srcObject = stream;
    await video.play();
    await find(dialog, video, new BarcodeDetector({ formats: FORMATS }));
  } catch {
    dialog.querySelector("p").textContent = "The camera cannot be used here. Type the number below the bars instead.";
  }
}

async function find(dialog, video, detector) {
  while (dialog.open) {
    const [code] = await detector.detect(video);
    if (code) {
      dialog.close();
      byId("food").value = code.rawValue;
      send(byId("quick"));
      return;
    }
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

// --- Listening

document.addEventListener("input", (event) => event.target.id === "food" && lookSoon());
document.addEventListener("change", (event) => event.target.closest(".when") && sayWhen());
document.addEventListener("focusin", (event) => event.target.id === "food" && !isQuiet && look());
document.addEventListener("focusout", (event) => event.target.id === "food" && close());
document.addEventListener("keydown", (event) => {
  if (event.target.id === "food") pressedInLine(event);
  const item = event.key === "Escape" && event.target.closest("details.eaten[open]");
  if (item) closeItem(item);
});
// What is pressed in the list takes no focus from the line.
document.addEventListener("mousedown", (event) => event.target.closest("#offers-place") && event.preventDefault());
document.addEventListener("click", (event) => {
  const option = event.target.closest("#offers [role=option]");
  if (option) take(option);
  else if (event.target.id === "food" && !isOpen()) look();
  else if (event.target.closest("#camera")) scan();
});
// Who comes back to a page that the browser has kept sees the day as it is by now.
addEventListener("pageshow", (event) => event.persisted && location.reload());

prepare();
