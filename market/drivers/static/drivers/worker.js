/* Shows the driver's page where there is no network: the newest copy this phone has seen. Reports themselves are kept
   and sent by report.js; nothing but pages and their static files passes here. */
"use strict";
var NAME = "tuanji-driver-1";
var MOST = 30;

function keep(request, answer) {
  return caches.open(NAME).then(function (cache) {
    if (answer.status === 404 || answer.status === 410) {
      return cache.delete(request);
    }
    if (answer.status !== 200 || answer.redirected) {
      return undefined;
    }
    return cache.put(request, answer).then(function () { return cache.keys(); }).then(function (keys) {
      return Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map(function (key) { return cache.delete(key); }));
    });
  });
}

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener("fetch", function (event) {
  var request = event.request;
  var isPage = request.mode === "navigate";
  var isStatic = new URL(request.url).pathname.indexOf("/static/") === 0;
  if (request.method !== "GET" || !(isPage || isStatic)) {
    return;
  }
  event.respondWith(
    fetch(request).then(function (answer) {
      event.waitUntil(keep(request, answer.clone()));
      return answer;
    }, function (error) {
      return caches.match(request, { ignoreVary: true }).then(function (found) {
        if (found) {
          return found;
        }
        throw error;
      });
    })
  );
});
