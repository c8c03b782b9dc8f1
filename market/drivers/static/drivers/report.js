/* Without this file the buttons work as a plain form. With it a press is first kept on the phone, with its time and a
   key of its own, and then sent; what finds no network stays and goes later, once: the server knows the key. */
(function () {
  "use strict";
  var doc = document;
  var STORE = "tuanji.reports";
  var form = doc.getElementById("report");
  var kept = doc.getElementById("kept");
  var words = kept.dataset;
  var isSending = false;
  var last = { what: "", when: 0 }; /* a thumb that trembles presses twice */

  function load() {
    try {
      return JSON.parse(localStorage.getItem(STORE)) || [];
    } catch (error) {
      return [];
    }
  }
  function save(rows) {
    try {
      localStorage.setItem(STORE, JSON.stringify(rows));
      return true;
    } catch (error) {
      return false; /* private window, or full: then the form is sent plainly */
    }
  }
  /* Another tab may have changed the list while we waited for an answer: always change what is there now. */
  function change(key, act) {
    var rows = load();
    var found = rows.filter(function (row) { return row.key === key; })[0];
    if (found) {
      act(found, rows);
      save(rows);
    }
    show();
  }
  function forget(key) {
    change(key, function (row, rows) { rows.splice(rows.indexOf(row), 1); });
  }
  function newKey() {
    var bytes = new Uint8Array(12);
    crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  function button(label, act) {
    var made = doc.createElement("button");
    made.type = "button";
    made.className = "small-button second";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  }
  function beijing(at) {
    return new Date(at).toLocaleString(doc.documentElement.lang, {
      timeZone: "Asia/Shanghai", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false,
    });
  }
  function show() {
    var rows = load();
    var list = kept.querySelector("ul");
    list.textContent = "";
    rows.forEach(function (row) {
      var item = doc.createElement("li");
      var text = doc.createElement("span");
      text.textContent = beijing(row.at) + " · " + row.words +
        (row.refusal ? " · " + words.refused + ": " + row.refusal : "");
      item.appendChild(text);
      if (row.refusal) {
        var buttons = doc.createElement("span");
        buttons.className = "row";
        buttons.appendChild(button(words.again, function () {
          change(row.key, function (found) { found.at = new Date().toISOString(); delete found.refusal; });
          send();
        }));
        buttons.appendChild(button(words.forget, function () { forget(row.key); }));
        item.appendChild(buttons);
      }
      list.appendChild(item);
    });
    kept.hidden = !rows.length;
  }
  function tell(message) {
    var box = doc.getElementById("sent");
    box.textContent = message;
    box.hidden = false;
  }

  /* One after the other, oldest first. No network, too often, or a server in trouble: later again. */
  function send() {
    var next = load().filter(function (row) { return !row.refusal; })[0];
    if (isSending || !next) {
      return;
    }
    isSending = true;
    var body = new URLSearchParams(next.fields);
    body.set("key", next.key);
    body.set("at", next.at);
    body.set("sent", new Date().toISOString());
    fetch(next.url, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "omit" })
      .then(function (answer) {
        if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
          throw new Error("later");
        }
        return answer.json().then(function (told) {
          if (answer.ok) {
            forget(next.key);
            tell(told.message);
          } else {
            change(next.key, function (row) { row.refusal = told.message; });
          }
        });
      })
      .then(function () { isSending = false; send(); }, function () { isSending = false; show(); });
  }

  /* The second click of two at one place: what moved under the thumb meanwhile is not pressed. */
  form.addEventListener("click", function (event) {
    if (event.detail > 1 && event.target.closest("button")) {
      event.preventDefault();
    }
  }, true);
  form.addEventListener("submit", function (event) {
    var pressed = event.submitter;
    if (!pressed || !pressed.value || pressed.value === "look") {
      return;
    }
    var needed = pressed.dataset.needs && form.elements[pressed.dataset.needs];
    if (needed && !needed.value.trim()) {
      event.preventDefault();
      needed.setCustomValidity(pressed.dataset.say);
      needed.reportValidity();
      return;
    }
    var fields = [];
    new FormData(form).forEach(function (value, name) {
      if (name !== "key") {
        fields.push([name, value]);
      }
    });
    fields.push(["step", pressed.value]);
    var what = JSON.stringify(fields);
    if (what === last.what && Date.now() - last.when < 3000) {
      event.preventDefault();
      return;
    }
    last = { what: what, when: Date.now() };
    var rows = load();
    var label = pressed.closest("details") && pressed.dataset.needs !== "note" && pressed.dataset.needs
      ? pressed.closest("details").querySelector("summary").textContent : pressed.textContent;
    var waybill = form.elements.waybill ? form.elements.waybill.value : "";
    rows.push({
      key: newKey(),
      at: new Date().toISOString(),
      url: form.getAttribute("action"),
      fields: fields,
      words: label.replace(/[…\s]+$/, "") + (waybill ? " · " + waybill : ""),
    });
    if (!save(rows)) {
      return;
    }
    event.preventDefault();
    ["place", "signed_by", "weight", "temperature", "note"].forEach(function (name) { form.elements[name].value = ""; });
    form.querySelectorAll("details[open]").forEach(function (box) { box.open = false; });
    doc.getElementById("sent").hidden = true;
    show();
    kept.scrollIntoView({ block: "nearest" });
    send();
  });
  form.addEventListener("input", function (event) {
    if (event.target.setCustomValidity) {
      event.target.setCustomValidity("");
    }
  });

  window.addEventListener("online", send);
  window.addEventListener("storage", show);
  doc.addEventListener("visibilitychange", send);
  window.setInterval(send, 20000);
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(words.worker).catch(function () { /* then without network there is no page */ });
  }
  show();
  send();
})();
