// Counts the running entry on, and shows the newest columns of a wide table first. The page is whole without it.
"use strict";

const MINUTE_MS = 60000;

function count(timer) {
  const seconds = Number(timer.dataset.seconds) + performance.now() / 1000;
  const minutes = Math.floor(seconds / 60);
  timer.querySelector("[data-hours]").textContent = Math.floor(minutes / 60);
  timer.querySelector("[data-minutes]").textContent = String(minutes % 60).padStart(2, "0");
  // Its room stays, so that nothing beside it moves.
  timer.querySelector("[data-as-of]").style.visibility = "hidden";
  setTimeout(count, MINUTE_MS - (seconds % 60) * 1000, timer);
}

document.querySelectorAll("[data-seconds]").forEach(count);

// Where the last column is in sight, the first one beside the pinned names is whole.
for (const frame of document.querySelectorAll(".heat-frame")) {
  frame.scrollLeft = frame.scrollWidth;
  const [pinned, ...columns] = [...frame.querySelectorAll("thead th")].map((head) => head.getBoundingClientRect());
  const cut = columns.find((column) => column.left < pinned.right - 1 && column.right > pinned.right);
  if (cut) frame.scrollLeft -= Math.ceil(pinned.right - cut.left);
}
