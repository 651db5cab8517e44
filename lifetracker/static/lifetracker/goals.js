// The sentence of a new goal asks the server with each change for what belongs to it, and how often that was done before.
// Without this, a button does so.
"use strict";

const sentence = document.querySelector(".goal-sentence");
let asked = new AbortController();

// What is typed meanwhile is newer than any answer.
function stop() {
  asked.abort();
  asked = new AbortController();
}

function put(found, id) {
  const now = document.getElementById(id);
  const then = found.getElementById(id);
  if (now && then) now.replaceWith(document.adoptNode(then));
}

async function look() {
  stop();
  const sent = new FormData(sentence);
  sent.set("look", "yes");
  const { signal } = asked;
  try {
    const answer = await fetch(sentence.action, { method: "POST", body: sent, signal });
    if (!answer.ok || answer.redirected) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (signal.aborted) return;
    const focused = document.activeElement?.id;
    put(found, "wish");
    document.getElementById("wish-hint").innerHTML = found.getElementById("wish-hint").innerHTML;
    if (focused) document.getElementById(focused)?.focus();
  } catch {
    // The page is left, or the network is away: the sentence can be sent as it is.
  }
}

if (sentence) {
  sentence.addEventListener("change", look);
  sentence.addEventListener("input", stop);
  sentence.addEventListener("submit", stop);
}
