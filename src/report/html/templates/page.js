(function () {
  "use strict";
  // A finding is opened by the link to it.
  function open(id) {
    var place = id && document.getElementById(id);
    var fold = place && place.closest("details");
    for (var outer = fold; outer; outer = outer.parentNode.closest("details")) { outer.open = true; }
    if (fold) { fold.scrollIntoView(); fold.querySelector("summary").focus({ preventScroll: true }); }
  }
  window.addEventListener("hashchange", function () { open(location.hash.slice(1)); });
  open(location.hash.slice(1));
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href^='#']");
    var to = link && link.getAttribute("href");
    if (to && to === location.hash) { open(to.slice(1)); }
  });

  // On paper everything is open.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.from(document.querySelectorAll("details:not([open])"));
    folded.forEach(function (fold) { fold.open = true; });
  });
  window.addEventListener("afterprint", function () { folded.forEach(function (fold) { fold.open = false; }); });

  // Columns sort by what they hold: by number where every cell has one.
  function value(row, column) {
    var cell = row.cells[column];
    if (cell.dataset.sort !== undefined) { return Number(cell.dataset.sort); }
    var text = cell.textContent.trim();
    var number = parseFloat(text.replace(/,/g, "").replace(/^[<+]\s*/, ""));
    return /^[<+]?\s*-?[\d.,]/.test(text) && !isNaN(number) ? number : text;
  }
  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") { return a - b; }
    return String(a).localeCompare(String(b), "en", { numeric: true });
  }
  document.querySelectorAll("table").forEach(function (table) {
    var body = table.tBodies[0];
    if (!body || body.rows.length < 3) { return; }
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent || "name";
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var rises = head.getAttribute("aria-sort") !== "ascending";
        Array.from(table.tHead.rows[0].cells).forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", rises ? "ascending" : "descending");
        var keyed = Array.from(body.rows).map(function (row, at) { return [value(row, column), at, row]; });
        keyed.sort(function (a, b) { return (rises ? 1 : -1) * compare(a[0], b[0]) || a[1] - b[1]; });
        keyed.forEach(function (entry) { body.appendChild(entry[2]); });
      });
    });
  });

  // A map shows one class or cluster alone.
  document.querySelectorAll(".map").forEach(function (map) {
    var only = map.querySelector(".only");
    var select = only.querySelector("select");
    only.hidden = false;
    select.addEventListener("change", function () {
      var kind = select.value.split(" ")[0];
      map.classList.toggle("classes", kind === "class");
      map.classList.toggle("clusters", kind === "cluster");
      map.querySelectorAll("[data-place]").forEach(function (path) {
        path.style.display = !kind || path.dataset.place === select.value ? "" : "none";
      });
    });
  });

  // Findings are filtered by their words and their verdict.
  var table = document.getElementById("findings");
  if (table) {
    var search = document.getElementById("search");
    var verdict = document.getElementById("verdict");
    var shown = document.getElementById("shown");
    var rows = Array.from(table.tBodies[0].rows);
    var cards = Array.from(document.querySelectorAll("details.finding"));
    var others = document.querySelector("details.others");
    var words = rows.map(function (row) { return row.textContent.toLowerCase(); });
    var filter = function () {
      var wanted = search.value.toLowerCase().split(/\s+/);
      var count = 0;
      rows.forEach(function (row, i) {
        var fits = (!verdict.value || row.dataset.verdict === verdict.value) &&
          wanted.every(function (word) { return words[i].indexOf(word) >= 0; });
        row.hidden = !fits;
        if (cards[i]) { cards[i].hidden = !fits; }
        count += fits ? 1 : 0;
      });
      if (others && (search.value || verdict.value)) { others.open = true; }
      shown.textContent = count + " of " + rows.length + " findings";
    };
    search.addEventListener("input", filter);
    verdict.addEventListener("change", filter);
    document.querySelector(".filter").hidden = false;
    filter();
  }
})();
