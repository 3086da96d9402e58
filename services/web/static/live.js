// Live parts: the server says that something changed, never what. The page is asked for again, with what its reader may
// see, and the parts marked data-live are swapped; a part in which somebody is typing is left alone.
const status = document.getElementById("live");
const say = (text, state) => { status.textContent = text; status.dataset.state = state; };
const busy = (part) => [...part.querySelectorAll("input:not([type=hidden]), select, textarea")].some((field) =>
  field === document.activeElement || (field.type === "radio" || field.type === "checkbox"
    ? field.checked !== field.defaultChecked
    : field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected && one.defaultSelected)
    : field.value !== field.defaultValue));

async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focus = document.activeElement?.getAttribute("href");
  for (const old of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(old.id);
    if (!now || strip(now) === strip(old)) continue;
    if (busy(old)) { say("◔ changed meanwhile; reload to see", "off"); continue; }
    const open = [...old.querySelectorAll("details")].map((one) => one.open);
    old.replaceWith(now);
    [...now.querySelectorAll("details")].forEach((one, place) => { if (open.length && open[place] !== undefined) one.open = open[place]; });
    if (focus && !document.activeElement?.closest("main")) now.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus();
  }
}
const strip = (part) => part.innerHTML.replace(/name="once" value="[^"]*"/g, "").replace(/<details open="">/g, "<details>");

const where = document.body.dataset.events;
if (where) {
  const source = new EventSource(where);
  let waiting = 0;
  source.onopen = () => say("● live", "on");
  source.onerror = () => say("○ reconnecting", "off");
  source.addEventListener("changed", () => { clearTimeout(waiting); waiting = setTimeout(renew, 150); });
}
