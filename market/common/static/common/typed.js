/* What somebody sent after their session had ended stands in the form again once they have signed in: in this tab, for
   half an hour, without passwords and files. Everything works without this file. */
(function () {
  "use strict";
  var TYPED = "typed", HALF_HOUR = 1800000, main = document.querySelector("main");
  function controls(root) {
    return Array.from(root.querySelectorAll("input,select,textarea")).filter(function (one) {
      return one.name && ["hidden", "password", "file"].indexOf(one.type) < 0;
    });
  }
  function isTicked(one) {
    return one.type === "checkbox" || one.type === "radio";
  }
  function keep(form) {
    var fields = controls(form).map(function (one) {
      return [one.name, isTicked(one) ? one.checked : one.value, isTicked(one) ? one.value : ""];
    });
    sessionStorage.setItem(TYPED, JSON.stringify({ path: location.pathname, at: Date.now(), fields: fields }));
  }
  function putBack(fields) {
    fields.forEach(function (field) {
      controls(main).forEach(function (one) {
        if (one.name === field[0] && (!isTicked(one) || one.value === field[2])) {
          one[isTicked(one) ? "checked" : "value"] = field[1];
        }
      });
    });
  }
  try {
    var kept = JSON.parse(sessionStorage.getItem(TYPED));
    sessionStorage.removeItem(TYPED);
    var isBack = kept && kept.path === location.pathname && /\/accounts\//.test(document.referrer);
    if (isBack && Date.now() - kept.at < HALF_HOUR) {
      putBack(kept.fields);
    }
    main.addEventListener("submit", function (event) {
      if (event.target.method === "post") {
        keep(event.target);
      }
    });
  } catch (_) {
    /* a browser that keeps nothing */
  }
})();
