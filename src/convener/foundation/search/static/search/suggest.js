/* Names while one types, in a list below the box: the combobox of the WAI-ARIA Authoring Practices 1.2 (list, manual
   selection). Without this script the box works as it is. Asks only this hub; nothing is kept. */
(function () {
  "use strict";
  const PAUSE_MS = 150;

  function setUp(input) {
    const list = document.createElement("ul");
    const status = document.createElement("div");
    let options = [];
    let chosen = -1;
    let waiting = 0;
    let asked = "";

    list.id = input.id + "-suggestions";
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.suggestTitle);
    status.className = "vh";
    status.setAttribute("role", "status");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.after(list, status);

    function choose(place) {
      chosen = place;
      Array.from(list.children).forEach(function (item, number) {
        item.setAttribute("aria-selected", String(number === place));
      });
      if (place < 0) {
        input.removeAttribute("aria-activedescendant");
      } else {
        input.setAttribute("aria-activedescendant", list.children[place].id);
      }
    }

    function close() {
      window.clearTimeout(waiting);
      asked = null;
      status.textContent = "";
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      choose(-1);
    }

    function show(found) {
      options = found;
      list.replaceChildren(...found.map(function (one, number) {
        const item = document.createElement("li");
        const name = document.createElement("bdi");
        const kind = document.createElement("span");
        item.id = list.id + "-" + number;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        name.textContent = one.name;
        kind.textContent = one.kind;
        item.append(name, " ", kind);
        item.addEventListener("mousedown", function (event) { event.preventDefault(); }); // the box keeps the focus
        item.addEventListener("click", function () { window.location.assign(one.href); });
        return item;
      }));
      chosen = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      status.textContent = found.length === 1 ? input.dataset.suggestOne
        : found.length ? input.dataset.suggestSome.replace("%n", String(found.length)) : "";
    }

    function ask() {
      const words = input.value.trim();
      asked = words;
      if (words.length < 2) {
        show([]);
        return;
      }
      fetch(input.dataset.suggest + "?q=" + encodeURIComponent(words), { headers: { Accept: "application/json" } })
        .then(function (response) { return response.ok ? response.json() : { suggestions: [] }; })
        .then(function (answer) {
          if (asked === words && document.activeElement === input) {
            show(answer.suggestions);
          }
        })
        .catch(function () { show([]); });
    }

    input.addEventListener("input", function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(ask, PAUSE_MS);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) {
        return; // an input method is using these keys
      }
      const open = !list.hidden;
      if (event.key === "ArrowDown" && open) {
        choose((chosen + 1) % options.length);
      } else if (event.key === "ArrowUp" && open) {
        choose((chosen <= 0 ? options.length : chosen) - 1);
      } else if (event.key === "Enter" && open && chosen >= 0) {
        window.location.assign(options[chosen].href);
      } else if (event.key === "Escape" && open) {
        close();
      } else {
        return;
      }
      event.preventDefault();
    });
  }

  document.querySelectorAll("input[data-suggest]").forEach(setUp);
}());
