/* Photos get smaller before a slow link has to carry them: at most data-shrink pixels on the longer side. What the
   browser cannot draw is sent as it is. Everything works without this file. */
(function () {
  "use strict";
  function shrunk(file, most) {
    return createImageBitmap(file).then(function (image) {
      var scale = most / Math.max(image.width, image.height);
      var canvas = document.createElement("canvas");
      if (scale >= 1) {
        return file;
      }
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) {
        canvas.toBlob(function (blob) {
          var isSmaller = blob && blob.size < file.size;
          done(isSmaller ? new File([blob], file.name, { type: blob.type }) : file);
        }, "image/jpeg", 0.85);
      });
    }).catch(function () {
      return file;
    });
  }
  document.addEventListener("change", function (event) {
    var input = event.target, most = Number(input.dataset.shrink);
    if (most && window.createImageBitmap && window.DataTransfer) {
      Promise.all(Array.from(input.files, function (file) {
        return shrunk(file, most);
      })).then(function (files) {
        var chosen = new DataTransfer();
        files.forEach(function (file) {
          chosen.items.add(file);
        });
        input.files = chosen.files;
      });
    }
  });
})();
