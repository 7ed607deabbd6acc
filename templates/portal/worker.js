{% autoescape off %}// Keeps one page on this phone, and shows it where a page cannot be reached. It holds no words of anybody's.
const VERSION = "{{ version }}";
const PAGE = "{{ page }}";
const FILES = "{{ files }}";
const NAME = `page-${VERSION}-${PAGE}`;
const ADDRESSES = { html: /(?:href|src)="([^"]+)"/g, css: /url\(["']?([^"')]+)["']?\)/g, js: /(?:from|import)\s*["']([^"']+)["']/g };{% endautoescape %}

// What a file of ours names, as far as it is a file of ours too: style sheets, scripts and what these import.
function named(text, kind, base) {
  return [...text.matchAll(ADDRESSES[kind])]
    .map((found) => new URL(found[1], base))
    .filter((url) => url.origin === self.location.origin && url.pathname.startsWith(FILES))
    .map((url) => url.href);
}

async function keep(cache, address, kind, seen) {
  if (seen.has(address)) return;
  seen.add(address);
  const response = await fetch(address, { cache: "reload", credentials: "omit", redirect: "error" });
  if (!response.ok) throw new Error(String(response.status));
  await cache.put(address, response.clone());
  if (!(kind in ADDRESSES)) return;
  const inside = named(await response.text(), kind, address);
  await Promise.all(inside.map((each) => keep(cache, each, each.split(".").pop(), seen)));
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const page = new URL(PAGE, self.location.href).href;
  event.waitUntil(caches.open(NAME).then((cache) => keep(cache, page, "html", new Set())));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

async function kept(what) {
  return (await caches.match(what, { ignoreVary: true })) ?? Response.error();
}

// A form that is being sent is left to the browser: its words must not vanish behind another page.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(PAGE)));
  else if (origin === self.location.origin && pathname.startsWith(FILES)) event.respondWith(fetch(request).catch(() => kept(request)));
});
