/* Everything works without this file. */
(function () {
  "use strict";
  var doc = document;

  function on(name, act) {
    doc.addEventListener(name, act);
  }
  function showLost(isLost) {
    var box = doc.getElementById("connection");
    if (box && box.hidden === isLost) {
      box.hidden = !isLost;
      box.scrollIntoView({ block: "nearest" });
    }
  }
  function say(event) {
    if (!event.detail.elt.matches("[data-quiet]")) {
      showLost(true);
    }
  }
  on("htmx:beforeRequest", function (event) {
    if (!event.detail.elt.matches("[data-quiet]")) {
      event.detail.target.setAttribute("aria-busy", "true");
    }
  });
  on("htmx:afterRequest", function (event) {
    event.detail.target.removeAttribute("aria-busy");
    if (event.detail.successful) {
      showLost(false);
    }
  });
  on("htmx:sendError", say);
  on("htmx:responseError", function (event) {
    if (event.detail.xhr.status !== 422) {
      say(event);
    }
  });
  /* A second press of the same button sends nothing twice. */
  on("submit", function (event) {
    var form = event.target, now = Date.now();
    if (form.method === "post" && now - form.sentAt < 3000) {
      event.preventDefault();
    }
    form.sentAt = now;
  });

  /* Minus and plus beside an input with data-multiple and data-least; exact, in thousandths. */
  function thousandths(text) {
    return Math.round(parseFloat(text) * 1000);
  }
  function step(button) {
    var input = button.parentNode.querySelector("input");
    var unit = thousandths(input.dataset.multiple || "1");
    var least = thousandths(input.dataset.least || "1");
    var typed = thousandths(input.value.replace(/\s/g, "").replace(",", "."));
    var now = isNaN(typed) ? least : typed;
    var next = button.dataset.step === "1" ? (Math.floor(now / unit) + 1) * unit : (Math.ceil(now / unit) - 1) * unit;
    input.value = String(Math.max(least, next) / 1000);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  on("click", function (event) {
    var button = event.target.closest("[data-step]");
    if (button) {
      event.preventDefault();
      step(button);
    }
    var language = event.target.closest("a[hreflang]");
    if (language) {
      doc.cookie = "language=" + language.dataset.code + ";path=/;max-age=31536000;samesite=lax";
    }
    var menu = doc.querySelector("details.menu[open]");
    if (menu && !menu.contains(event.target)) {
      menu.open = false;
    }
  });
  /* Arrows walk from the search field through its suggestions and back; Escape puts them, or a menu, away. */
  on("keydown", function (event) {
    var key = event.key, form = event.target.closest("form.search");
    var menu = key === "Escape" && doc.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (form && !event.isComposing) {
      var stops = Array.from(form.querySelectorAll("[type=search],.suggestions a"));
      var next = stops.indexOf(event.target) + { ArrowDown: 1, ArrowUp: -1 }[key];
      if (key === "Escape" && stops[1]) {
        form.querySelector(".suggestions").textContent = "";
        next = 0;
      }
      if (stops[next]) {
        event.preventDefault();
        stops[next].focus();
      }
    }
  });
  /* A box ticks the rows of the group it names. */
  on("change", function (event) {
    var group = event.target.dataset.ticks;
    if (group) {
      doc.querySelectorAll('input[type=checkbox][name="' + group + '"]').forEach(function (box) {
        box.checked = event.target.checked;
      });
    }
  });
})();
