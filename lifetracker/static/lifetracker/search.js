// Arrows lead from the field through what was found, and back. Every result is a link without this too.
"use strict";

const field = document.getElementById("search-field");

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [field, ...document.querySelectorAll("#found .offers a")];
  const at = stops.indexOf(document.activeElement);
  if (!step || at < 0) return;
  stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
  event.preventDefault();
});
