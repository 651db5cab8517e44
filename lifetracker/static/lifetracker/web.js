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

function answer(key) {
  if (key === "?") {
    help.showModal();
    return true;
  }
  if (key === "t") return open("h");
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

function closeSheets(except) {
  for (const sheet of document.querySelectorAll(".tabs details[open]")) {
    if (sheet !== except) sheet.open = false;
  }
}

if (help) {
  choice.checked = !areOff();
  choice.addEventListener("change", () => remember(choice.checked));
  document.addEventListener("keydown", pressed);
  document.getElementById("keys-open").hidden = false;
  document.getElementById("keys-open").addEventListener("click", () => help.showModal());
}

document.addEventListener("click", (event) => closeSheets(event.target.closest(".tabs details")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSheets(null);
});
