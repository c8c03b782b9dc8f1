/* Everything works without this file; it only says "busy", steps quantities, tells of a lost connection. */
(function () {
  "use strict";
  var doc = document;

  function target(event) {
    return (event.detail && event.detail.target) || event.target;
  }
  function isQuiet(event) {
    return event.detail.elt.hasAttribute("data-quiet");
  }
  function say(event) {
    if (isQuiet(event)) {
      return;
    }
    var box = doc.getElementById("connection");
    if (box) {
      box.hidden = false;
      box.scrollIntoView({ block: "nearest" });
    }
    target(event).removeAttribute("aria-busy");
  }
  doc.addEventListener("htmx:beforeRequest", function (event) {
    if (!isQuiet(event)) {
      target(event).setAttribute("aria-busy", "true");
    }
  });
  doc.addEventListener("htmx:afterRequest", function (event) {
    target(event).removeAttribute("aria-busy");
    var box = doc.getElementById("connection");
    if (box && event.detail.successful) {
      box.hidden = true;
    }
  });
  doc.addEventListener("htmx:sendError", say);
  doc.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status !== 422) {
      say(event);
    }
  });

  /* Minus and plus: `data-step="-1"` beside an input with data-multiple and data-least; exact, in thousandths. */
  function step(button) {
    var input = button.parentNode.querySelector("input");
    var unit = Math.round(parseFloat(input.dataset.multiple || "1") * 1000);
    var least = Math.round(parseFloat(input.dataset.least || "1") * 1000);
    var typed = parseFloat(input.value.replace(/\s/g, "").replace(",", "."));
    var now = isNaN(typed) ? least : Math.round(typed * 1000);
    var up = button.dataset.step === "1";
    var next = up ? (Math.floor(now / unit) + 1) * unit : (Math.ceil(now / unit) - 1) * unit;
    input.value = String(Math.max(least, next) / 1000);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  doc.addEventListener("click", function (event) {
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
  doc.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && doc.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  /* Suggestions by arrow: down into the list and on, up and back into the field; Escape puts them away. */
  doc.addEventListener("keydown", function (event) {
    var form = event.target.closest("form.search");
    var list = form && form.querySelector(".suggestions");
    if (!list || event.isComposing) {
      return;
    }
    var field = form.querySelector("input[type=search]");
    var stops = [field].concat(Array.from(list.querySelectorAll("a")));
    var here = stops.indexOf(event.target);
    var step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && here >= 0 && stops[here + step]) {
      event.preventDefault();
      stops[here + step].focus();
    } else if (event.key === "Escape" && stops.length > 1) {
      event.preventDefault();
      list.textContent = "";
      field.focus();
    }
  });
  /* Rows are ticked all at once by a box that names their group. */
  doc.addEventListener("change", function (event) {
    var group = event.target.dataset && event.target.dataset.ticks;
    if (group) {
      doc.querySelectorAll('input[type=checkbox][name="' + group + '"]').forEach(function (box) {
        box.checked = event.target.checked;
      });
    }
  });
})();
