// Links that copy what an address answers. Where there is no clipboard they lead to the page that shows the same.
"use strict";

async function markdown(url) {
  const answer = await fetch(url);
  // Whoever was logged out meanwhile is sent to the login.
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status} from ${url}`);
  return new Blob([await answer.text()], { type: "text/plain" });
}

async function copyFrom(link) {
  const label = link.firstChild;
  const before = label.data;
  // Safari takes a promise alone: what comes later than the press is refused.
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": markdown(link.dataset.markdown) })]);
  label.data = "Copied";
  setTimeout(() => (label.data = before), 2000);
}

for (const link of document.querySelectorAll("[data-markdown]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    copyFrom(link).catch(() => location.assign(link.href));
  });
}
