// Shows a page of ours where the network fails. What is held is the same for everybody: pages of a person, and what
// the API says, go by here and are not kept. `self.held` is set by the address that loads this.
"use strict";

const PREFIX = "life-tracker-";
const { version, page, files, icon } = self.held;
const held = [page, ...files];

async function keep() {
  const cache = await caches.open(PREFIX + version);
  // Without the session's cookie the answer cannot depend on it.
  await cache.addAll(held.map((url) => new Request(url, { cache: "reload", credentials: "omit" })));
  await self.skipWaiting();
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== PREFIX + version);
  await Promise.all(older.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function fromNetwork(event, kept) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return (await caches.match(kept)) || Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate") event.respondWith(fromNetwork(event, page));
  else if (files.includes(pathname)) event.respondWith(fromNetwork(event, pathname));
});

// What is pushed (`notifications/push.py`). Browsers want each message shown, also one that makes no sense.
function message(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

function show(event) {
  const { title, body, path, tag } = message(event.data);
  const options = { body: body || "", icon, data: path || "" };
  if (tag) options.tag = tag;
  return self.registration.showNotification(title || "Life Tracker", options);
}

// Only pages of ours are opened, whatever a message says.
async function lead(path) {
  const { scope } = self.registration;
  const { href } = new URL(path, scope);
  const target = href.startsWith(scope) ? href : scope;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((one) => one.url === target);
  return shown ? shown.focus() : self.clients.openWindow(target);
}

self.addEventListener("push", (event) => event.waitUntil(show(event)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data));
});
