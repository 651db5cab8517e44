// Adds this browser to those that show messages. The form takes what the browser says of itself, and is sent as any other.
"use strict";

const form = document.getElementById("browser-add");
const state = document.getElementById("browser-state");
const denied = "This browser was told to show no messages of this site. Allow it in the browser's settings of the site.";

function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

async function digestOf(text) {
  const found = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(found), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Of a subscription under another key nothing could be shown.
function hasOurKey(subscription) {
  const own = new Uint8Array(subscription.options.applicationServerKey || []);
  const ours = bytesOf(form.dataset.key);
  return own.length === ours.length && own.every((byte, place) => byte === ours[place]);
}

async function subscribed() {
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  if (before && hasOurKey(before)) return before;
  await before?.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(form.dataset.key) };
  return pushManager.subscribe(options);
}

async function add(event) {
  event.preventDefault();
  try {
    if ((await Notification.requestPermission()) !== "granted") return (state.textContent = denied);
    const { endpoint, keys } = (await subscribed()).toJSON();
    form.elements.endpoint.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  } catch (error) {
    state.textContent = `This browser takes no messages: ${error.message}`;
  }
}

// The row of this browser is marked, and to remove it ends its subscription too.
async function markOwn() {
  const registration = await navigator.serviceWorker.getRegistration();
  const own = await registration?.pushManager.getSubscription();
  if (!own) return;
  const row = document.querySelector(`[data-browser="${await digestOf(own.endpoint)}"]`);
  if (!row) return;
  form.hidden = true;
  row.querySelector(".pill").hidden = false;
  const removal = row.querySelector("form");
  removal.addEventListener("submit", (event) => {
    event.preventDefault();
    own.unsubscribe().finally(() => removal.submit());
  });
}

if (form && window.PushManager && window.Notification && navigator.serviceWorker) {
  form.hidden = false;
  if (Notification.permission === "denied") state.textContent = denied;
  form.addEventListener("submit", add);
  markOwn().catch(() => {});
}
